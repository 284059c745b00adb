"""Keeps the clocks of a case in step with its state: start, pause, resume, stop.

Nothing is read or written here: given a record, its running clocks and the rules, ``keep`` says what is to
change. The engine stores that with the step itself, so that a step and its deadlines are stored together or
not at all.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from recordsets import instance

from . import terms
from .clock_dates import calendar_of, fires_anew, reckon, rule_of, version_of
from .days import rule_day
from .machine import ClockRule
from .models import Case, Clock, Pause, Policy
from .rules import Rules

if TYPE_CHECKING:
    from .clock_orders import Lifting, PauseOrder

__all__ = [
    "DUE", "Bench", "ClockChange", "Kept", "What",
    "calendar_of", "fires_anew", "keep", "reckon", "rule_of", "version_of",
]  # fmt: skip

LAST_MOMENT = time(23, 59, 59)
DUE = "due"


class What(StrEnum):
    """What happened to a clock."""

    STARTED = "started"
    STOPPED = "stopped"
    PAUSED = "paused"
    RESUMED = "resumed"
    RECOMPUTED = "recomputed"


@dataclass(frozen=True)
class ClockChange:
    """What a step does to one clock. ``rungs`` are the deadlines to arm, each with its instant.

    ``ordered_in`` is the line of history that orders a pause, or that ordered the one which ends; ``ends``
    the key of the pause that ends.
    """

    what: What
    clock: Clock
    at: datetime
    reason: str = ""
    authority: str = ""
    ordered_in: int | None = None
    ends: int | None = None
    rungs: tuple[tuple[str, datetime], ...] = ()
    before: Mapping[str, Any] = field(default_factory=dict)

    def told(self) -> dict[str, Any]:
        """The line of history: what happened to which clock, and for a running one its date and rule.

        The reason and the authority of an order are not in it: the step has them, sealed.
        """
        line: dict[str, Any] = {"what": str(self.what), "clock": self.clock.key}
        if self.ordered_in is not None:
            line["order"] = self.ordered_in
        if self.what not in (What.STOPPED, What.PAUSED):
            due = None if self.clock.paused else self.clock.due_on
            line |= {"due": due, "rule": version_of(self.clock), **self.before}
        return line


@dataclass
class Kept:
    """The clocks of a case after a step: what changed, and all that have not stopped."""

    changes: list[ClockChange] = field(default_factory=list)
    clocks: list[Clock] = field(default_factory=list)

    @property
    def next_due_at(self) -> datetime | None:
        """The earliest legal date among the running clocks, for the order of the desk."""
        return min((each.due_at for each in self.clocks if each.due_at and not each.paused), default=None)


@dataclass(frozen=True)
class Bench:
    """A record at an instant, under the rules: where its clocks are set."""

    record: Case
    at: datetime
    rules: Rules

    def _until(self, rule: ClockRule) -> datetime | None:
        end = getattr(self.record, rule.until)
        if end is None or isinstance(end, datetime):
            return end
        return datetime.combine(end, LAST_MOMENT, ZoneInfo(self.record.time_zone))

    def _counts_from(self, rule: ClockRule) -> date | None:
        found = getattr(self.record, rule.starts_from) if rule.starts_from else None
        if isinstance(found, datetime):
            return self.record.day_at(found)
        return found

    def wants(self, rule: ClockRule) -> bool:
        if self.record.state not in rule.runs_in:
            return False
        return not rule.until or getattr(self.record, rule.until) is not None

    def changed(self, rule: ClockRule, clock: Clock) -> bool:
        """Whether a fixed end moved, or a notice was served anew, while the clock ran."""
        if rule.until:
            return self._until(rule) != clock.until_at
        counts_from = getattr(self.record, rule.starts_from) if rule.starts_from else None
        return (
            isinstance(counts_from, date)
            and not isinstance(counts_from, datetime)
            and counts_from != clock.counts_from
        )

    def ladder(self, clock: Clock) -> tuple[tuple[str, datetime], ...]:
        """Compute the clock's date and its rungs.

        A rung that fired is armed again only if it has moved to a later moment, and that moment is still to
        come. Warnings from before the start are left out.
        """
        dates = self.rules.once(self._begun_alike(clock), partial(self._dates, clock))
        clock.due_on, clock.due_at, rungs = dates
        return tuple(
            (rung, when)
            for rung, when in rungs
            if fires_anew(when, fired_for=clock.fired_rungs.get(rung), at=self.at)
            and (when > clock.started_at or rung == DUE)
        )

    def _dates(self, clock: Clock) -> tuple[date, datetime, tuple[tuple[str, datetime], ...]]:
        """The clock's day and instant, and those of all its rungs."""
        record, book = self.record, self.rules.book
        closures = self.rules.closures(record.jurisdiction)
        found = reckon(record, clock, at=self.at, closures=closures, book=book)
        days = calendar_of(record, clock, on=rule_day(self.at), book=book)
        ladder = clock.policy.ladder if clock.policy else terms.rungs({})
        return found.on, found.at, tuple((each.rung, terms.rung_at(found, each, days)) for each in ladder)

    def _begun_alike(self, clock: Clock) -> Hashable:
        """What the dates of a clock that counts days and has never stood still follow from; else nothing."""
        if clock.policy is None or not clock.policy_id or clock.until_at or clock.stretches():
            return None
        if clock.policy.term.unit is terms.Unit.HOURS:
            return None
        record = self.record
        first = clock.counts_from or record.day_at(clock.started_at)
        return (
            clock.policy_id, first, clock.served, record.kind, clock.key, record.jurisdiction,
            record.time_zone, rule_day(self.at),
        )  # fmt: skip

    def start(self, rule: ClockRule) -> ClockChange:
        record = self.record
        counts_from = self._counts_from(rule)
        clock = instance(
            Clock,
            {
                "case_id": record.pk,
                "key": rule.key,
                "started_at": self.at,
                "counts_from": counts_from,
                "served": getattr(record, rule.served_by) if rule.served_by else "",
                "until_at": self._until(rule) if rule.until else None,
            },
        )
        today = rule_day(self.at)
        clock.follow(
            self.rules.book.governing(
                rule.rule, day=counts_from or today, today=today, jurisdiction=record.jurisdiction
            )
        )
        clock.held_pauses = []
        return ClockChange(What.STARTED, clock, self.at, rungs=self.ladder(clock))

    def stop(self, clock: Clock) -> ClockChange:
        clock.stopped_at = self.at
        return ClockChange(What.STOPPED, clock, self.at)

    def pause(
        self, clock: Clock, *, reason: str, authority: str = "", ordered_in: int | None = None
    ) -> ClockChange:
        began = instance(
            Pause,
            {
                "clock_id": clock.pk, "began_at": self.at, "reason": reason, "authority": authority,
                "ordered_in": ordered_in,
            },
        )  # fmt: skip
        clock.held_pauses = [*clock.stretches(), began]
        return ClockChange(
            What.PAUSED, clock, self.at, reason=reason, authority=authority, ordered_in=ordered_in
        )

    def resume(self, clock: Clock, pause: Pause) -> ClockChange:
        """End one of the clock's pauses; it goes on if that was the last one."""
        clock.held_pauses = stretches = clock.stretches()
        for each in stretches:
            if (each.began_at, each.ordered_in) == (pause.began_at, pause.ordered_in):
                each.ended_at = each.ended_at or self.at
        rungs: tuple[tuple[str, datetime], ...] = ()
        if not clock.paused:
            clock.generation += 1
            rungs = self.ladder(clock)
        return ClockChange(
            What.RESUMED, clock, self.at, rungs=rungs, ends=pause.pk, ordered_in=pause.ordered_in
        )

    def align(
        self, rule: ClockRule, clock: Clock | None, *, entered: bool
    ) -> tuple[list[ClockChange], Clock | None]:
        """What brings one clock in line with the record's state, and the clock that then goes on, if any."""
        if self.wants(rule):
            stopped: list[ClockChange] = []
            if clock is not None and ((rule.restarts and entered) or self.changed(rule, clock)):
                stopped, clock = [self.stop(clock)], None
            if clock is None:
                started = self.start(rule)
                return [*stopped, started], started.clock
            own = clock.own_pause
            return ([self.resume(clock, own)] if own else []), clock
        if clock is None:
            return [], None
        if self.record.state not in rule.paused_in:
            return [self.stop(clock)], None
        return ([] if clock.own_pause else [self.pause(clock, reason=rule.stored_reason)]), clock

    def recompute(self, clock: Clock, row: Policy) -> ClockChange:
        """Let a clock follow another dated row, or its own one after a closure was declared.

        The rungs that are still ahead are armed anew. A clock that stands still only takes the row: its
        date is found when it goes on.
        """
        before = {"old": clock.due_on, "old_rule": version_of(clock)}
        clock.follow(row)
        rungs: tuple[tuple[str, datetime], ...] = ()
        if not clock.paused:
            clock.generation += 1
            rungs = self.ladder(clock)
        return ClockChange(What.RECOMPUTED, clock, self.at, rungs=rungs, before=before)

    def counted_elsewhere(self, clock: Clock) -> list[ClockChange]:
        """What another time zone does to a clock that goes on; one that stands still gets its date later."""
        return [] if clock.paused or clock.policy is None else [self.recompute(clock, clock.policy)]


def keep(
    record: Case,
    clocks: Sequence[Clock],
    *,
    rules: Rules,
    at: datetime,
    entered: bool,
    follow: Mapping[int, Policy] | None = None,
    order: PauseOrder | Lifting | None = None,
    moved: bool = False,
) -> Kept:
    """Bring every clock in line with the state just entered.

    ``clocks`` are those that have not stopped, with their pauses. ``entered`` tells whether the step
    changed the state: a clock that ``restarts`` begins anew only then. ``follow`` names the clocks, by key
    of the row, that now run under another rule; ``order`` is what a person ordered about one of them. With
    ``moved`` the record counts its days in another time zone from now on: what goes on is computed anew.
    """
    bench = Bench(record, at, rules)
    going = {clock.key: clock for clock in clocks}
    kept = Kept()
    for clock in clocks:
        if follow and clock.pk in follow:
            kept.changes.append(bench.recompute(clock, follow[clock.pk]))
        if order is not None and order.clock == clock.key:
            kept.changes.append(order.applied(bench, clock))
    touched = [change.clock for change in kept.changes]
    state = record.state
    for rule in record.machine.clocks:
        if rule.key not in going and state not in rule.runs_in:
            continue
        changes, going_on = bench.align(rule, going.pop(rule.key, None), entered=entered)
        if moved and going_on is not None and not changes and going_on not in touched:
            changes = bench.counted_elsewhere(going_on)
        kept.changes.extend(changes)
        if going_on is not None:
            kept.clocks.append(going_on)
    kept.clocks.extend(going.values())
    return kept

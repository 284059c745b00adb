"""What moving one case to another version does to its state, its desk and its clocks. Nothing is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from . import assigning, clockwork, history, storing
from .clockwork import Bench, ClockChange, What
from .days import rule_day
from .machine import ClockRule, remembered_states
from .models import Clock, Deadline, Pause, Step
from .models.version_change import CHANGE
from .parties import Actor
from .reading import Reading
from .turn import next_step
from .version_maps import VersionMap, shipped_moves

STEP = CHANGE


class CannotMove(Exception):
    """Why this case stays where it is, in a sentence."""


@dataclass(frozen=True)
class ClockMove:
    """What becomes of one clock. ``what`` is goes on, renamed, stopped, started, restored, paused or resumed.

    The dates are days of the case's calendar; None where it stands still or has none.
    """

    what: str
    key: str
    was: str
    old_on: date | None
    new_on: date | None


@dataclass(frozen=True)
class Restored:
    """A clock that the move to the other version had stopped, running again; its pauses and rungs."""

    clock: Clock
    pauses: tuple[Pause, ...]
    rungs: tuple[tuple[str, datetime], ...]


@dataclass
class Move:
    """One case, ready to be stored under its new version."""

    change: storing.Change
    from_state: str
    to_state: str
    from_desk: int | None
    fallen: str = ""
    clocks: list[ClockMove] = field(default_factory=list)
    renamed: dict[int, str] = field(default_factory=dict)
    restored: list[Restored] = field(default_factory=list)

    @property
    def record(self) -> Any:
        return self.change.record

    @property
    def step(self) -> Step:
        return self.change.step


@dataclass
class _Bench:
    """A case under its new version while its clocks are set."""

    reading: Reading
    map: VersionMap
    at: datetime
    effects: list[dict[str, Any]] = field(default_factory=list)
    changes: list[ClockChange] = field(default_factory=list)
    going: list[Clock] = field(default_factory=list)
    told: list[ClockMove] = field(default_factory=list)
    renamed: dict[int, str] = field(default_factory=dict)
    restored: list[Restored] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.record = self.reading.record
        self.bench = Bench(self.record, self.at, self.reading.rules)
        self.rules: Mapping[str, ClockRule] = {rule.key: rule for rule in self.record.machine.clocks}

    def changed(self, change: ClockChange) -> None:
        """A clock that is computed anew and then stands still or stops arms nothing."""
        if change.what in (What.PAUSED, What.STOPPED):
            for index, earlier in enumerate(self.changes):
                if earlier.clock is change.clock:
                    self.changes[index] = replace(earlier, rungs=())
        self.changes.append(change)
        self.effects.append(change.told())

    def carry(self, clock: Clock) -> None:
        """Let a clock go on under its new name and rule, or stop it."""
        was, old_on = clock.key, None if clock.paused else clock.due_on
        key = self.map.clock_for(was)
        if key is None:
            self.changed(self.bench.stop(clock))
            self.told.append(ClockMove("stopped", was, was, old_on, None))
            return
        if key != was:
            clock.key = self.renamed[clock.pk] = key
            self.effects.append(
                {
                    "what": "renamed",
                    "clock": key,
                    "was": was,
                    "due": old_on,
                    "rule": clockwork.version_of(clock),
                }
            )
        self._follow(clock)
        self.going.append(clock)
        new_on = None if clock.paused else clock.due_on
        self.told.append(ClockMove("renamed" if key != was else "goes on", key, was, old_on, new_on))

    def _follow(self, clock: Clock) -> None:
        """Let a clock run by the rule that its new version names, if that is another one."""
        rule = self.rules[clock.key]
        if clock.policy is None or clock.policy.key == rule.rule:
            return
        row = self.reading.rules.book.governing(
            rule.rule,
            day=clock.counts_from or rule_day(clock.started_at),
            today=rule_day(self.at),
            jurisdiction=self.record.jurisdiction,
        )
        self.changed(self.bench.recompute(clock, row))

    def restore(self, stopped: Clock) -> None:
        """Let a clock run again as if the move that is undone had never stopped it."""
        rule = self.rules.get(stopped.key)
        here = self.record.state
        if rule is None or rule.until or here not in rule.runs_in | rule.paused_in:
            return
        if any(clock.key == stopped.key for clock in self.going):  # it began anew in the meantime
            return
        clock = Clock(
            case_id=self.record.pk, key=stopped.key, policy=stopped.policy, served=stopped.served,
            generation=stopped.generation + 1, started_at=stopped.started_at, counts_from=stopped.counts_from,
        )  # fmt: skip
        clock.fired_rungs = {
            each.rung: each.due_at
            for each in sorted(stopped.deadlines.all(), key=lambda each: each.due_at)
            if each.state == Deadline.State.FIRED
        }
        pauses = [self._as_before(pause, stopped, here in rule.paused_in) for pause in stopped.pauses.all()]
        clock.held_pauses = pauses
        ahead = self.bench.ladder(clock)
        rungs = ahead if here in rule.runs_in and not clock.paused else ()
        started = ClockChange(What.STARTED, clock, self.at, rungs=rungs)
        self.effects.append(started.told() | {"restored": True})
        for pause in pauses:
            if pause.ended_at is None:
                order = {} if pause.ordered_in is None else {"order": pause.ordered_in}
                self.effects.append({"what": "paused", "clock": clock.key, **order})
        self.restored.append(Restored(clock, tuple(pauses), rungs))
        self.going.append(clock)
        self.told.append(ClockMove("restored", clock.key, clock.key, None, clock.due_on))

    @staticmethod
    def _as_before(pause: Pause, stopped: Clock, stands: bool) -> Pause:
        """A pause of the stopped clock; one that ended only because the clock stopped lasts on."""
        lasting = pause.ended_at == stopped.stopped_at and (stands or pause.ordered_in is not None)
        return Pause(
            began_at=pause.began_at,
            ended_at=None if lasting else pause.ended_at,
            reason=pause.reason,
            authority=pause.authority,
            ordered_in=pause.ordered_in,
        )

    def settle(self) -> datetime | None:
        """Start, stop and pause as the new state asks for; returns the next date of the case."""
        kept = clockwork.keep(self.record, self.going, rules=self.reading.rules, at=self.at, entered=False)
        for change in kept.changes:
            self.changed(change)
            key, on = change.clock.key, None if change.clock.paused else change.clock.due_on
            self.told.append(ClockMove(str(change.what), key, key, None, on))
        return kept.next_due_at


def move(
    reading: Reading,
    known: VersionMap,
    *,
    by: Actor,
    at: datetime,
    reason: str,
    undone: Step | None = None,
    stopped: Sequence[Clock] = (),
) -> Move:
    """The case of a reading as it would be under the map's new version. Raises CannotMove.

    ``undone`` is the line that a way back undoes, if the case has not moved since: then its state is the one
    of before. ``stopped`` are the clocks that that line had stopped.
    """
    record = reading.record
    before, expected = storing.own_columns(record), record.version
    from_state, from_desk, old = record.state, record.desk_id, record.definition_version
    to_state = undone.from_state if undone is not None else _target(known, from_state)
    _refuse_to_decide(known, from_state, to_state)
    record.definition_version = known.target
    record.__dict__["state"] = to_state
    _map_remembered(record, known)
    left = assigning.put_on_desk(record, _desk(record, to_state))
    bench = _Bench(reading, known, at)
    for clock in reading.clocks:
        bench.carry(clock)
    for clock in stopped:
        bench.restore(clock)
    record.next_due_at = bench.settle()
    fallen = proposal.step if (proposal := reading.proposal()) else ""
    data = {"from_version": old, "to_version": known.target, "back": known.turned} | left
    step = next_step(
        record, nature=Step.Nature.MIGRATED, name=STEP, from_state=from_state, by=by, at=at, reason=reason,
        data=data | ({"fallen": fallen} if fallen else {}), effects=history.plain(bench.effects), key="",
    )  # fmt: skip
    own = storing.changed_columns(record, before)
    return Move(
        change=storing.Change(record, expected, step, bench.changes, own),
        from_state=from_state,
        to_state=to_state,
        from_desk=from_desk,
        fallen=fallen,
        clocks=bench.told,
        renamed=bench.renamed,
        restored=bench.restored,
    )


def _target(known: VersionMap, state: str) -> str:
    target = known.state_for(state)
    if target is not None:
        return target
    if known.turned:
        raise CannotMove(
            f"It went on to {state} under version {known.source}, and no single state of version "
            f"{known.target} leads there. Name one in “back” of the map."
        )
    raise CannotMove(f"Version {known.target} has no state {state}. Name one in “states” of the map.")


def _refuse_to_decide(known: VersionMap, was: str, becomes: str) -> None:
    """A map that is only given to the command leads into no state that a second person decides on."""
    if was == becomes or becomes not in known.new.guarded:
        return
    if (was, becomes) not in shipped_moves(known.kind, known.source, known.target):
        raise CannotMove(
            f"Into {becomes} a second person leads. Only a map that ships with the definitions may do so too."
        )


def _map_remembered(record: Any, known: VersionMap) -> None:
    """Map the states that the record remembers, so that a held case still goes back to where it was held."""
    for attribute in remembered_states(type(record)):
        state = getattr(record, attribute)
        if state:
            setattr(record, attribute, _target(known, state))


def _desk(record: Any, state: str) -> int | None:
    holder = record.machine.standing(state).holder
    try:
        desk: int | None = record.desk_of(holder)
    except AttributeError:
        raise CannotMove(f"{state} is the turn of “{holder}”, who has no desk on this case.") from None
    if holder and desk is None:
        raise CannotMove(f"In {state} it would lie on nobody's desk: it has no desk of “{holder}” yet.")
    return desk

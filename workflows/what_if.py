"""What a change of a rule would do to the open cases, without doing it.

Pure computation over the stored clocks, pauses and rungs, read with five queries whatever their number.
A clock follows the row of its governing day: of the day itself for a rule that governs while a case is
pending, else of the day from which the clock counts. Fixed ends do not move; their rungs can.
"""

from __future__ import annotations

import dataclasses
from datetime import date, datetime
from functools import cached_property, reduce
from operator import or_
from typing import Any

from django.db.models import Count, Q, QuerySet

from . import clock_dates, history
from .days import rule_day
from .languages import said_once
from .models import Clock, Pause, Policy, PolicyChange, TollingWindow
from .models.policy import FEDERAL
from .policies import CALENDAR, NoPolicy, PolicyBook
from .reckoning import Reckoner, RungMove, StoredRung, pauses_of, rungs_of
from .rules import Rules, current

COLUMNS = (
    "key", "policy_id", "started_at", "counts_from", "served", "until_at", "due_on", "due_at", "case__kind",
    "case__reference", "case__state", "case__jurisdiction", "case__time_zone", "case__desk_id",
    "case__definition_version",
)  # fmt: skip


def changed_by(change: PolicyChange, rules: Rules) -> Rules:
    """The rules with a proposed change in them."""
    if not change.is_closure:
        return Rules(None, rules.book.with_row(row_of(change)), rules.rows, rules.windows)
    kept = tuple(window for window in rules.windows if window.pk != change.window_id)
    return Rules(None, rules.book, rules.rows, (*kept, window_of(change)))


def row_of(change: PolicyChange) -> Policy:
    """The unsaved row that a change of a rule would open; it takes what it does not say from the old one."""
    before = change.replaces
    assert before is not None
    return Policy(
        key=change.key,
        jurisdiction=change.jurisdiction,
        effective_from=change.first_day,
        value=change.value,
        governs=change.governs or before.governs,
        labels=before.labels,
        unit=before.unit,
        legal_cite=change.authority,
        sources=said_once(change.source),
        source_url=change.source_url,
        notes=said_once(change.reason),
    )


def window_of(change: PolicyChange) -> TollingWindow:
    assert change.last_day is not None
    return TollingWindow(
        jurisdiction=change.jurisdiction,
        starts_on=change.first_day,
        ends_on=change.last_day,
        reasons=said_once(change.reason),
        authorities=said_once(change.authority),
    )


@dataclasses.dataclass(frozen=True)
class Touched:
    """One clock of an open case that a change moves to another row, to another date or to other rungs."""

    clock_id: int
    row: Policy
    case_id: int
    reference: str
    kind: str
    state: str
    jurisdiction: str
    desk_id: int | None
    clock: str
    old_rule: str
    new_rule: str
    old_on: date
    new_on: date
    old_at: datetime
    new_at: datetime
    paused: bool
    late_at_once: bool
    rungs: tuple[RungMove, ...]
    version: int = 1

    @property
    def days(self) -> int:
        """Calendar days by which the date moves; negative for an earlier one, none while it stands still."""
        return 0 if self.paused else (self.new_on - self.old_on).days

    def fingerprint(self) -> str:
        """All that an approval is given for, in one line."""
        new = "" if self.paused else self.new_at.isoformat()
        rungs = ",".join(f"{each.rung}@{each.new}" for each in self.rungs)
        return f"{self.reference} {self.clock} {self.new_rule} {self.old_on} {new} {rungs}"


@dataclasses.dataclass(frozen=True)
class Impact:
    """Everything a change would touch, in the order of the cases."""

    touched: tuple[Touched, ...]
    looked_at: int

    @cached_property
    def cases(self) -> int:
        return len({each.case_id for each in self.touched})

    @property
    def later(self) -> int:
        return sum(each.days > 0 for each in self.touched)

    @property
    def earlier(self) -> int:
        return sum(each.days < 0 for each in self.touched)

    @property
    def same(self) -> int:
        return len(self.touched) - self.later - self.earlier

    @property
    def late_at_once(self) -> int:
        return sum(each.late_at_once for each in self.touched)

    def summary(self) -> dict[str, Any]:
        """Counts and a fingerprint, to be kept with the proposal and compared at the approval."""
        return {
            "cases": self.cases, "clocks": len(self.touched), "later": self.later, "earlier": self.earlier,
            "same": self.same, "late_at_once": self.late_at_once,
            "fingerprint": history.digest("\n".join(each.fingerprint() for each in self.touched)),
        }  # fmt: skip


def name_of(row: Policy) -> str:
    """A row as histories name it: ``key/jurisdiction@first day``."""
    return f"{row.key}/{row.jurisdiction}@{row.effective_from.isoformat()}"


def wanted_row(clock: Clock, row: Policy, book: PolicyBook, today: date) -> Policy:
    """The row that a clock running under `row` has to follow on a day. Raises ``policies.NoPolicy``."""

    def in_force(on: date) -> Policy:
        return book.policy(row.key, on=on, jurisdiction=clock.case.jurisdiction)

    now = in_force(today)
    if now.governs == Policy.Governs.PENDING:
        return now
    day = clock.counts_from or rule_day(clock.started_at)
    if row.governs == Policy.Governs.PENDING and day < now.effective_from:
        return row
    return in_force(day)


def concerned(change: PolicyChange) -> QuerySet[Clock]:
    """The running clocks of open cases that a change can touch at all."""
    clocks = Clock.objects.filter(stopped_at__isnull=True, case__closed_at__isnull=True)
    if change.jurisdiction != FEDERAL:
        clocks = clocks.filter(case__jurisdiction=change.jurisdiction)
    if change.is_closure:
        return clocks.filter(until_at__isnull=True)
    if change.key == CALENDAR:
        kept = [Q(case__kind=kind, key=key) for kind, key in clock_dates.clocks_at_agencies()]
        return clocks.filter(reduce(or_, kept, Q(pk__in=[])))
    return clocks.filter(policy__key=change.key)


def impact_of(change: PolicyChange, *, at: datetime, before: Rules | None = None) -> Impact:
    """What a change would do if it were carried out at ``at``, or on its first day if that is later."""
    before = before or current()
    after = changed_by(change, before)
    today = rule_day(at) if change.is_closure else max(rule_day(at), change.first_day)
    return touched(concerned(change), before=before, after=after, today=today, at=at)


def touched(clocks: QuerySet[Clock], *, before: Rules, after: Rules, today: date, at: datetime) -> Impact:
    """Which of these clocks would run otherwise under other rules, on a day; three queries."""
    reckoner = Reckoner(at, after.book, today)
    pauses = pauses_of(clocks)
    rungs = rungs_of(clocks)
    found = list(clocks.select_related("case").only(*COLUMNS).order_by("case_id", "key", "pk"))
    compared = (
        _compare(
            clock, before.rows[clock.policy_id], pauses[clock.pk], rungs[clock.pk],
            after=after, today=today, at=at, reckoner=reckoner,
        )
        for clock in found
        if clock.policy_id is not None
    )  # fmt: skip
    return Impact(tuple(each for each in compared if each is not None), len(found))


def _compare(
    clock: Clock, row: Policy, pauses: list[Pause], rungs: list[StoredRung], *,
    after: Rules, today: date, at: datetime, reckoner: Reckoner,
) -> Touched | None:  # fmt: skip
    case = clock.case
    try:
        wanted = wanted_row(clock, row, after.book, today)
    except NoPolicy:
        return None
    paused = any(pause.ended_at is None for pause in pauses)
    if paused and name_of(wanted) == name_of(row):
        return None  # its date is found when it goes on
    closures = tuple(after.closures(case.jurisdiction))
    new = reckoner.due(clock, wanted, pauses, closures)
    if paused or clock.due_on is None or clock.due_at is None:
        old = reckoner.due(clock, row, pauses, closures)
        old_on, old_at = old.on, old.at
    else:
        old_on, old_at = clock.due_on, clock.due_at
    moves = () if paused else tuple(reckoner.rung_moves(clock, wanted, new, rungs))
    if name_of(wanted) == name_of(row) and old_at == new.at and not moves:
        return None
    return Touched(
        clock_id=clock.pk,
        row=wanted,
        case_id=case.pk,
        reference=case.reference,
        kind=case.kind,
        state=case.state,
        jurisdiction=case.jurisdiction,
        desk_id=case.desk_id,
        clock=clock.key,
        old_rule=name_of(row),
        new_rule=name_of(wanted),
        old_on=old_on,
        new_on=new.on,
        old_at=old_at,
        new_at=new.at,
        paused=paused,
        late_at_once=not paused and new.at < at <= old_at,
        rungs=moves,
        version=case.definition_version,
    )


def running_under() -> dict[int, int]:
    """How many open cases have a clock running under each row, by the row's number; one query."""
    counted = (
        Clock.objects.filter(stopped_at__isnull=True, case__closed_at__isnull=True, policy__isnull=False)
        .values_list("policy_id")
        .annotate(cases=Count("case", distinct=True))
    )
    return {int(policy): cases for policy, cases in counted if policy is not None}

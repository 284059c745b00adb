"""Due dates and rungs of many clocks under rules that need not be in force; each question answered once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeAlias

from django.db.models import QuerySet

from . import terms
from .calendars import Calendar
from .clockwork import DUE, calendar_of, fires_anew, reckon
from .models import Clock, Deadline, Pause, Policy
from .policies import PolicyBook

StoredRung: TypeAlias = tuple[str, str, datetime]  # its name, its state, when it is reached


@dataclass(frozen=True)
class RungMove:
    """One rung of a ladder: when it was to be reached, and when it will be (None: not at all)."""

    rung: str
    old: datetime | None
    new: datetime | None


def pauses_of(clocks: QuerySet[Clock]) -> Mapping[int, list[Pause]]:
    """The pauses of these clocks, by the clock's number; one query."""
    grouped: dict[int, list[Pause]] = defaultdict(list)
    for pause in Pause.objects.filter(clock__in=clocks.values("pk")).order_by("began_at"):
        grouped[pause.clock_id].append(pause)
    return grouped


def rungs_of(clocks: QuerySet[Clock]) -> Mapping[int, list[StoredRung]]:
    """The rungs of these clocks that are armed or have fired, by the clock's number, in order; one query."""
    grouped: dict[int, list[StoredRung]] = defaultdict(list)
    stored = Deadline.objects.filter(
        clock__in=clocks.values("pk"), state__in=[Deadline.State.ARMED, Deadline.State.FIRED]
    )
    for clock, rung, state, due_at in stored.order_by("due_at", "pk").values_list(
        "clock_id", "rung", "state", "due_at"
    ):
        grouped[clock].append((rung, state, due_at))
    return grouped


class Reckoner:
    """Computes at one instant, by the calendars of a day; keeps every answer."""

    def __init__(self, at: datetime, book: PolicyBook, today: date) -> None:
        self.at = at
        self.book = book
        self.today = today
        self._due: dict[tuple[Any, ...], terms.Due] = {}
        self._ladders: dict[tuple[Any, ...], tuple[tuple[str, datetime], ...]] = {}
        self._rows: dict[int, Policy] = {}  # keeps the rows alive, whose ids are part of the questions

    def _days(self, clock: Clock) -> Calendar:
        return calendar_of(clock.case, clock, on=self.today, book=self.book)

    def due(
        self, clock: Clock, row: Policy, pauses: list[Pause], closures: tuple[terms.Tolling, ...]
    ) -> terms.Due:
        """When a clock would be due under a row, with these pauses and closures."""
        case = clock.case
        self._rows[id(row)] = row
        question = (
            id(row), clock.until_at, clock.started_at, clock.counts_from, clock.served, case.jurisdiction,
            case.time_zone, self._days(clock).key,
            tuple((pause.began_at, pause.ended_at) for pause in pauses),
        )  # fmt: skip
        if question not in self._due:
            probe = copy(clock)
            probe.policy = row
            self._due[question] = reckon(
                case, probe, at=self.at, pauses=pauses, closures=closures, book=self.book, today=self.today
            )
        return self._due[question]

    def ladder(self, clock: Clock, row: Policy, found: terms.Due) -> tuple[tuple[str, datetime], ...]:
        """Every rung of a row's ladder with the moment at which it is reached."""
        days = self._days(clock)
        question = (id(row), found.at, found.on, days.key, clock.case.time_zone)
        if question not in self._ladders:
            self._ladders[question] = tuple(
                (rung.rung, terms.rung_at(found, rung, days)) for rung in row.ladder
            )
        return self._ladders[question]

    def rung_moves(
        self, clock: Clock, row: Policy, found: terms.Due, rungs: Iterable[StoredRung]
    ) -> Iterator[RungMove]:
        """The rungs that a new date and ladder move, add or take away; one that fired only if it is ahead
        again.
        """
        old: dict[str, datetime] = {}
        fired: dict[str, datetime] = {}
        for rung, state, due_at in rungs:
            if state == Deadline.State.FIRED:
                fired[rung] = max(due_at, fired.get(rung, due_at))
            else:
                old[rung] = due_at
        new = {
            rung: when
            for rung, when in self.ladder(clock, row, found)
            if fires_anew(when, fired_for=fired.get(rung), at=self.at)
            and (when > clock.started_at or rung == DUE)
        }
        for rung in dict.fromkeys((*old, *new)):
            if old.get(rung) != new.get(rung):
                yield RungMove(rung, old.get(rung), new.get(rung))

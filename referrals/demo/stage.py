"""Plays many stories on one calendar: each waits for its next day, and deadlines fire on the way.

A story is a generator that yields the instant of its next scene and gets it
back when its turn comes. So everything happens in the order of time, through
the same services that the pages use.
"""

from __future__ import annotations

import heapq
from collections.abc import Generator, Iterable
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

from django.db.models import Min
from django.utils import translation

from workflows import policies, terms
from workflows.calendars import calendar
from workflows.models import Deadline, Desk

from .. import tasks
from .cast import Cast

Result = TypeVar("Result")
Story = Generator[datetime, datetime, Result]


def on(year: int, month: int, day: int, hour: int = 15) -> datetime:
    """An instant of a fixed day, in UTC."""
    return datetime(year, month, day, hour, tzinfo=UTC)


class Stage:
    """The cast, the present, and the time that passes until then."""

    def __init__(self, cast: Cast, *, now: datetime) -> None:
        self.cast = cast
        self.now = now
        self.scenes = 0

    def ago(self, days: float = 0, *, hours: float = 0) -> datetime:
        return self.now - timedelta(days=days, hours=hours)

    def day(self, days: int) -> date:
        """A day counted from today; negative days lie in the past."""
        return (self.now + timedelta(days=days)).date()

    def filed_to_be_due(self, rule: str, *, agency: str) -> datetime:
        """The latest instant of filing whose term ends today, or on the next business day."""
        days = calendar("us-federal")
        target = self.now.date()
        while not days.is_business_day(target):
            target += timedelta(days=1)
        start = self.now - timedelta(hours=1)
        while self._due(rule, start, agency) > target:
            start -= timedelta(days=1)
        return start

    def _due(self, rule: str, start: datetime, agency: str) -> date:
        term = policies.term(rule, on=start.date(), jurisdiction=agency)
        desk = Desk.objects.filter(office__organization=self.cast.organizations[agency]).earliest("pk")
        days = calendar("us-federal").with_timezone(desk.time_zone)
        return terms.due(term, calendar=days, start=start.astimezone(days.timezone).date()).on

    def perform(self, stories: Iterable[Story[None]]) -> None:
        """Play all stories to their ends, then let time pass until now."""
        waiting: list[tuple[datetime, int, Story[None]]] = []
        for number, story in enumerate(stories):
            heapq.heappush(waiting, (next(story), number, story))
        with translation.override("en"):
            while waiting:
                at, number, story = heapq.heappop(waiting)
                if at > self.now:
                    raise ValueError(f"Story {number} wants to play on {at}, after now.")
                self._let_time_pass(at)
                self.scenes += 1
                try:
                    heapq.heappush(waiting, (max(story.send(at), at), number, story))
                except StopIteration:
                    continue
            self._let_time_pass(self.now)

    def _let_time_pass(self, until: datetime) -> None:
        """Fire each deadline at its own instant, as the sweep would have."""
        armed = Deadline.objects.filter(state=Deadline.State.ARMED, due_at__lte=until)
        while (due := armed.aggregate(first=Min("due_at"))["first"]) is not None:
            if tasks.fire(at=due).failed:
                raise RuntimeError(f"A deadline of {due} could not be fired.")

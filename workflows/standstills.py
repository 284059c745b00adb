"""Time in which a clock stands still: pauses of one clock, and closures that stop every clock."""

import dataclasses
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from operator import attrgetter
from typing import Generic, TypeVar

from django.utils.translation import gettext as _

from workflows.calendars import ONE_DAY, Calendar
from workflows.days import aware, local_day, start_of_day

Point = TypeVar("Point", date, datetime)


@dataclasses.dataclass(frozen=True)
class Pause:
    """A time in which this one clock stands still. `ended_at` is None while it lasts."""

    began_at: datetime
    ended_at: datetime | None
    reason: str
    authority: str = ""


@dataclasses.dataclass(frozen=True)
class Tolling:
    """A declared closure: whole days, both ends included, on which no clock runs."""

    starts_on: date
    ends_on: date
    authority: str


@dataclasses.dataclass(frozen=True)
class Stop(Generic[Point]):
    """Time that is not counted: what lies after `after`, up to `until`.

    It moves a period that is still running at `reach`. `shown` holds its first and last day as told to
    the user, `why` the reasons. `whole` tells that nothing ends on the day `until` either, as in a closure.
    """

    after: Point
    until: Point
    reach: Point
    shown: tuple[date, date]
    why: tuple[str, ...]
    lasting: bool = False
    whole: bool = False


def paused_times(pauses: Sequence[Pause], at: datetime | None) -> Iterator[Stop[datetime]]:
    for pause in pauses:
        lasting = pause.ended_at is None
        ended_at = pause.ended_at or at
        if ended_at is None:
            raise ValueError(_("A pause still lasts: say at what time to compute the date."))
        began_at, ended_at = aware(pause.began_at), aware(ended_at)
        if ended_at < began_at:
            if lasting:
                continue
            raise ValueError(_("A pause cannot end before it begins."))
        why = ", ".join(text for text in (pause.reason.rstrip("."), pause.authority) if text)
        yield Stop(began_at, ended_at, began_at, (began_at, ended_at), (why,) if why else (), lasting)


def paused_days(pauses: Sequence[Pause], calendar: Calendar, at: datetime | None) -> Iterator[Stop[date]]:
    for stop in paused_times(pauses, at):
        began, ended = local_day(stop.after, calendar), local_day(stop.until, calendar)
        yield Stop(began, ended, began, (began, ended), stop.why, stop.lasting)


def closed_days(tolling: Sequence[Tolling]) -> Iterator[Stop[date]]:
    for window in tolling:
        if window.ends_on < window.starts_on:
            raise ValueError(_("A closure cannot end before it begins."))
        shown = (window.starts_on, window.ends_on)
        why = (window.authority,) if window.authority else ()
        yield Stop(window.starts_on - ONE_DAY, window.ends_on, window.starts_on, shown, why, whole=True)


def closed_times(tolling: Sequence[Tolling], calendar: Calendar) -> Iterator[Stop[datetime]]:
    for stop in closed_days(tolling):
        began = start_of_day(stop.after + ONE_DAY, calendar)
        ended = start_of_day(stop.until + ONE_DAY, calendar)
        yield Stop(began, ended, began, (began, ended), stop.why)


def merged(stops: Sequence[Stop[Point]]) -> list[Stop[Point]]:
    """Stops in order, those that touch or overlap joined into one."""
    joined: list[Stop[Point]] = []
    for stop in sorted(stops, key=attrgetter("after", "reach", "until")):
        if joined and stop.after <= joined[-1].until:
            joined[-1] = _joined(joined[-1], stop)
        else:
            joined.append(stop)
    return joined


def _joined(one: Stop[Point], other: Stop[Point]) -> Stop[Point]:
    return Stop(
        after=min(one.after, other.after),
        until=max(one.until, other.until),
        reach=min(one.reach, other.reach),
        shown=(min(one.shown[0], other.shown[0]), max(one.shown[1], other.shown[1])),
        why=tuple(dict.fromkeys((*one.why, *other.why))),
        lasting=one.lasting or other.lasting,
        whole=any(each.whole for each in (one, other) if each.until == max(one.until, other.until)),
    )

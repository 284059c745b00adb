"""Due dates as pure functions: a period, a calendar and a start give a date and its explanation.

Nothing here reads the clock, the database or a setting. The rules: the day of service is not counted;
a period whose last day is a Saturday, Sunday or holiday runs to the next business day; service by mail
adds the days of 8 CFR 103.8(b); time in which the clock stood still is added once.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial

from django.utils.translation import gettext as _

from workflows import deadline_sentences as say
from workflows.calendars import ONE_DAY, Calendar
from workflows.days import OutOfRange, aware, end_of_day, in_range, local_day, moved_by, start_of_day
from workflows.days_in_words import day_with_weekday, instant
from workflows.deadline_sentences import Sentence, Served, Unit
from workflows.periods import Term, plain_period
from workflows.standstills import (
    Pause,
    Stop,
    Tolling,
    closed_days,
    closed_times,
    merged,
    paused_days,
    paused_times,
)

__all__ = [
    "Due", "OutOfRange", "Pause", "Remaining", "Rung", "Served", "Term", "Tolling", "Unit",
    "due", "remaining", "rung_at", "rungs",
]  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Due:
    """A due date. `at` is the last second of `on` in the calendar's zone, or the exact hour, in UTC."""

    on: date
    at: datetime
    paused: bool = False
    told: tuple[Sentence, ...] = dataclasses.field(default=(), compare=False, repr=False)

    @property
    def explanation(self) -> tuple[str, ...]:
        """How the date comes about, sentence by sentence, in the language that is active now."""
        return tuple(sentence() for sentence in self.told)


@dataclasses.dataclass(frozen=True)
class Remaining:
    """Time left until a due date; `days` (calendar) and `business_days` are negative once it has passed."""

    days: int
    business_days: int
    late: bool
    text: str


@dataclasses.dataclass(frozen=True)
class Rung:
    """One rung of a deadline's ladder: at the due date, or a term before or after it."""

    rung: str
    before: Term | None = None
    after: Term | None = None


def due(
    term: Term,
    *,
    calendar: Calendar,
    start: date | datetime,
    served: Served | None = None,
    pauses: Sequence[Pause] = (),
    tolling: Sequence[Tolling] = (),
    at: datetime | None = None,
) -> Due:
    """The date on which a period ends, and how it comes about, sentence by sentence.

    A `start` with a time of day counts as the day it is in the calendar's zone; for hours, a plain date
    begins at midnight there. Overlapping pauses and closures are counted once. A pause that still lasts
    is taken to end at `at`, which is then required.

    Raises OutOfRange when the start or the result lies outside 1900 to 2100, and ValueError for a time
    without a zone or a pause that ends before it begins.
    """
    try:
        if term.unit is Unit.HOURS:
            return _due_hours(term, calendar, start, pauses, tolling, at)
        return _due_day(term, calendar, start, served, pauses, tolling, at)
    except OverflowError:
        raise OutOfRange(_("The date lies outside the years 1900 to 2100.")) from None


def remaining(due: Due, at: datetime, calendar: Calendar) -> Remaining:
    """How long it is from `at` until a due date, in days of the calendar's zone."""
    today = at.astimezone(calendar.timezone).date()
    days = (due.on - today).days
    business_days = calendar.business_days_between(today, due.on)
    late = at > due.at
    hours = int(abs((due.at - at).total_seconds()) // 3600)
    if due.at != end_of_day(due.on, calendar) and hours <= 72:
        text = say.remaining_hours(hours, late=late)
    else:
        text = say.remaining(days, business_days, late=late)
    return Remaining(days=days, business_days=business_days, late=late, text=text)


def rungs(value: object) -> list[Rung]:
    """The ladder in a policy's value: [{"rung": "warn", "before": {..}}, {"rung": "due"}, ..].

    A value without a ladder has the one rung "due". Raises ValueError for two rungs of one name.
    """
    listed = value.get("rungs") if isinstance(value, Mapping) else None
    ladder = [
        Rung(
            rung=str(rung["rung"]),
            before=Term.parse(rung["before"]) if "before" in rung else None,
            after=Term.parse(rung["after"]) if "after" in rung else None,
        )
        for rung in listed or [{"rung": "due"}]
    ]
    if len({rung.rung for rung in ladder}) != len(ladder):
        raise ValueError(_("Two rungs of one ladder have the same name."))
    return ladder


def rung_at(due: Due, rung: Rung, calendar: Calendar) -> datetime:
    """When a rung is reached, in UTC.

    "Before" in days or months is the first moment of that day in the calendar's zone, "after" the last
    second of it; hours are exact; a rung with neither is the due moment itself.
    """
    term = rung.before or rung.after
    if term is None:
        return due.at
    if term.unit is Unit.HOURS:
        span = timedelta(hours=term.amount)
        return due.at - span if rung.before else due.at + span
    if rung.before:
        return start_of_day(moved_by(due.on, -term.amount, term.unit, calendar), calendar)
    return end_of_day(moved_by(due.on, term.amount, term.unit, calendar), calendar)


def _due_day(
    term: Term,
    calendar: Calendar,
    start: date | datetime,
    served: Served | None,
    pauses: Sequence[Pause],
    tolling: Sequence[Tolling],
    at: datetime | None,
) -> Due:
    first = in_range(local_day(start, calendar))
    day, told = plain_period(term, calendar, first, served)
    if term.counts_back:
        if not calendar.is_business_day(day):
            told.append(partial(say.stays, day))
        return _due_on(day, calendar, told)
    stops = merged([*paused_days(pauses, calendar, at), *closed_days(tolling)])
    paused = False
    for stop in stops:
        if stop.until <= first and not stop.lasting:
            continue
        last = _last_day(term, day, calendar)
        if stop.reach > last:
            break
        if stop.reach > day:
            told.extend(_runs_on(day, last, calendar))
            day = last
        day = in_range(_after_stop(term, day, stop, max(stop.after, first), calendar, told))
        paused = paused or stop.lasting
    last = in_range(_last_day(term, day, calendar))
    if last != day:
        told.extend(_runs_on(day, last, calendar))
    return _due_on(last, calendar, told, paused=paused)


def _runs_on(day: date, last: date, calendar: Calendar) -> list[Sentence]:
    """Why a period runs on from a day to the next business day: that day, and the holidays in between."""
    between = (day + ONE_DAY * number for number in range(1, (last - day).days))
    holidays = [(each, name) for each in between if (name := calendar.holiday(each))]
    return [
        partial(say.closed_day, day, calendar),
        *(partial(say.holiday_skipped, each, name) for each, name in holidays),
    ]


def _due_on(day: date, calendar: Calendar, told: list[Sentence], *, paused: bool = False) -> Due:
    told.append(partial(_due_that_day, day))
    return Due(on=day, at=end_of_day(day, calendar), paused=paused, told=tuple(told))


def _due_that_day(day: date) -> str:
    return say.due(day_with_weekday(day))


def _after_stop(
    term: Term, day: date, stop: Stop[date], since: date, calendar: Calendar, told: list[Sentence]
) -> date:
    """The last day of the period moved on by one stop, which is told unless it was over at once."""
    if term.unit is Unit.BUSINESS_DAYS:
        unit = Unit.BUSINESS_DAYS
        length = max(0, calendar.business_days_between(since, stop.until))
        moved = calendar.add_business_days(day, length) if length else day
        if stop.until > since:
            first_open = stop.until + ONE_DAY if stop.whole else stop.until
            moved = max(moved, calendar.next_business_day(first_open))
    else:
        unit = Unit.CALENDAR_DAYS
        length = max(0, (stop.until - since).days)
        moved = day + timedelta(days=length)
        if stop.whole and term.rolls and moved <= stop.until:
            moved = stop.until + ONE_DAY
    if stop.lasting or stop.until > since:
        told.append(partial(_stopped, stop, length, unit, moved))
    return moved


def _stopped(stop: Stop[date], length: int, unit: Unit, moved: date) -> str:
    (first, last), why = map(day_with_weekday, stop.shown), "; ".join(stop.why)
    if stop.lasting:
        return say.still_paused(first, why, day_with_weekday(moved))
    return say.stopped(first, last, why, say.amount(length, unit), day_with_weekday(moved))


def _due_hours(
    term: Term,
    calendar: Calendar,
    start: date | datetime,
    pauses: Sequence[Pause],
    tolling: Sequence[Tolling],
    at: datetime | None,
) -> Due:
    first = aware(start) if isinstance(start, datetime) else start_of_day(in_range(start), calendar)
    in_range(local_day(first, calendar))
    moment = first + timedelta(hours=-term.amount if term.counts_back else term.amount)
    told: list[Sentence] = [
        partial(_started_at, term, first, calendar),
        partial(_hours, term, moment, calendar),
    ]
    paused = False
    stops = [] if term.counts_back else merged([*paused_times(pauses, at), *closed_times(tolling, calendar)])
    for stop in stops:
        if stop.until <= first and not stop.lasting:
            continue
        if stop.reach > moment:
            break
        length = max(timedelta(0), stop.until - max(stop.after, first))
        moment += length
        paused = paused or stop.lasting
        if stop.lasting or length:
            told.append(partial(_stopped_for, stop, length, moment, calendar))
    told.append(partial(_due_at, moment, calendar))
    on = in_range(local_day(moment, calendar))
    return Due(on=on, at=moment.astimezone(UTC), paused=paused, told=tuple(told))


def _started_at(term: Term, first: datetime, calendar: Calendar) -> str:
    return say.hours_start(instant(first, calendar.timezone), counts_back=term.counts_back)


def _hours(term: Term, moment: datetime, calendar: Calendar) -> str:
    ends = instant(moment, calendar.timezone)
    return say.period(term.amount, term.unit, ends, counts_back=term.counts_back)


def _stopped_for(stop: Stop[datetime], length: timedelta, moment: datetime, calendar: Calendar) -> str:
    began, ended, ends = (instant(each, calendar.timezone) for each in (stop.after, stop.until, moment))
    why = "; ".join(stop.why)
    if stop.lasting:
        return say.still_paused(began, why, ends)
    return say.stopped(began, ended, why, say.length(length), ends)


def _due_at(moment: datetime, calendar: Calendar) -> str:
    return say.due(instant(moment, calendar.timezone))


def _last_day(term: Term, day: date, calendar: Calendar) -> date:
    return calendar.next_business_day(day) if term.rolls else day

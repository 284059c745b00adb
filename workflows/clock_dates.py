"""When a clock is due, from what is stored of it: its calendar, its rule, its pauses, and the explanation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import cache, partial

from django.apps import apps
from django.utils.translation import gettext as _

from . import days_in_words, rules, terms
from .calendars import FEDERAL, Calendar, calendar
from .days import rule_day
from .definitions import older
from .languages import as_told
from .machine import ClockRule
from .models import Case, Clock, Pause
from .policies import CALENDAR, NoPolicy, PolicyBook


def rule_of(case: Case, key: str) -> ClockRule:
    return next(rule for rule in case.machine.clocks if rule.key == key)


def version_of(clock: Clock) -> str:
    """Which dated rule a clock runs under, as ``key/jurisdiction@first day``."""
    rule = clock.policy
    return f"{rule.key}/{rule.jurisdiction}@{rule.effective_from.isoformat()}" if rule else ""


@cache
def clocks_at_agencies() -> frozenset[tuple[str, str]]:
    """The clocks that count on the calendar of a labor agency, in any version: kind of case and key."""
    kinds = [model for model in apps.get_models() if issubclass(model, Case) and model is not Case]
    return frozenset(
        (str(model.machine.kind), rule.key)
        for model in kinds
        for machine in older.machines(model)
        for rule in machine.clocks
        if rule.at_agency
    )


def at_agency(case: Case, clock: Clock) -> bool:
    """Whether a clock counts on the calendar of the case's labor agency."""
    return (case.kind, clock.key) in clocks_at_agencies()


def calendar_of(
    case: Case, clock: Clock | None = None, *, on: date | None = None, book: PolicyBook | None = None
) -> Calendar:
    """The calendar of federal offices where the case is; for an agency's own clock, that of the agency.

    Which one an agency keeps ``on`` a day (the clock's first, unless given) is a dated rule, in ``book``
    (read from the database unless given). Days begin and end in the time zone of the case.
    """
    key = FEDERAL
    if clock is not None and at_agency(case, clock):
        first = clock.counts_from or rule_day(clock.started_at)
        book = rules.current().book if book is None else book
        key = _kept_by(case.jurisdiction, first, on or first, book)
    return calendar(key).with_timezone(case.time_zone)


def _kept_by(jurisdiction: str, first: date, today: date, book: PolicyBook) -> str:
    try:
        row = book.governing(CALENDAR, day=first, today=today, jurisdiction=jurisdiction)
    except NoPolicy:
        return FEDERAL
    return str(row.value)


def reckon(
    case: Case,
    clock: Clock,
    *,
    at: datetime,
    pauses: Iterable[Pause] | None = None,
    closures: Sequence[terms.Tolling] | None = None,
    book: PolicyBook | None = None,
    today: date | None = None,
) -> terms.Due:
    """The due date of a clock at an instant, with its explanation, from what is stored.

    ``pauses``, ``closures`` and ``book`` are read from the database unless given. ``today`` is the day whose
    calendar counts, that of ``at`` unless given.
    """
    if clock.until_at is not None:
        return _fixed(clock.until_at, calendar_of(case))
    assert clock.policy is not None
    if closures is None:
        now = rules.current()
        closures, book = now.closures(case.jurisdiction), book or now.book
    days = calendar_of(case, clock, on=today or rule_day(at), book=book)
    term = clock.policy.term
    hours = term.unit is terms.Unit.HOURS
    start: date | datetime = clock.started_at if hours else _first_day(clock, days)
    found = terms.due(
        term,
        calendar=days,
        start=start,
        served=terms.Served(clock.served) if clock.served else None,
        pauses=[
            terms.Pause(pause.began_at, pause.ended_at, as_told(pause.reason), as_told(pause.authority))
            for pause in (clock.stretches() if pauses is None else pauses)
        ],
        tolling=closures,
        at=at,
    )
    *told, date_told = found.told
    return replace(found, told=(*told, partial(_calendar_named, days), date_told))


def _calendar_named(days: Calendar) -> str:
    return _("Working days and holidays: %(calendar)s; days end at midnight, time zone %(zone)s.") % {
        "calendar": days.name,
        "zone": days.timezone.key,
    }


def _fixed(until: datetime, days: Calendar) -> terms.Due:
    on = until.astimezone(days.timezone).date()
    return terms.Due(on=on, at=until, told=(partial(_fixed_day, on),))


def _fixed_day(on: date) -> str:
    return _("This date is fixed: %(day)s.") % {"day": days_in_words.day_with_weekday(on)}


def _first_day(clock: Clock, days: Calendar) -> date:
    return clock.counts_from or clock.started_at.astimezone(days.timezone).date()


def fires_anew(when: datetime, *, fired_for: datetime | None, at: datetime) -> bool:
    """Whether a rung reached at ``when`` is to be armed by a computation at ``at``.

    ``fired_for`` is the last moment for which it fired, None if it never did. A date that moved ahead again
    is announced again; one that has been announced and stays, or that moved back, is not.
    """
    return fired_for is None or when > max(fired_for, at)

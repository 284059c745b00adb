"""The sentences that tell how a date was computed, in the active language.

Most dates are computed to be kept, not to be read: a ``Sentence`` is put into words when somebody asks.
"""

from collections.abc import Callable
from datetime import date, timedelta
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from workflows.calendars import Calendar
from workflows.days_in_words import day_with_weekday, weekday

Sentence = Callable[[], str]


class Unit(StrEnum):
    """What an amount of time is counted in."""

    CALENDAR_DAYS = "calendar_days"
    BUSINESS_DAYS = "business_days"
    MONTHS = "months"
    HOURS = "hours"


class Served(StrEnum):
    """How a notice reached its reader."""

    MAIL = "mail"
    ELECTRONIC = "electronic"
    PERSONAL = "personal"


def start(value: str, *, served: Served | None, counts_back: bool, exclude_first_day: bool) -> str:
    """The first sentence: from which day the period is counted. `value` is a formatted date."""
    if counts_back:
        return _("Counted back from %(date)s.") % {"date": value}
    match served:
        case Served.MAIL:
            text = _("Served %(date)s by mail; the day of service is not counted.")
        case Served.ELECTRONIC:
            text = _("Served %(date)s electronically; the day of service is not counted.")
        case Served.PERSONAL:
            text = _("Served %(date)s in person; the day of service is not counted.")
        case None if exclude_first_day:
            text = _("Counted from %(date)s; that day is not counted.")
        case None:
            text = _("Counted from %(date)s; that day is counted.")
    if served and not exclude_first_day:
        text = _("Served %(date)s; the day of service is counted.")
    return text % {"date": value}


def hours_start(value: str, *, counts_back: bool) -> str:
    text = _("Counted back from %(date)s.") if counts_back else _("Counted from %(date)s.")
    return text % {"date": value}


def amount(count: int, unit: Unit) -> str:
    """An amount in words: "84 calendar days"."""
    match unit:
        case Unit.CALENDAR_DAYS:
            text = ngettext("%(count)d calendar day", "%(count)d calendar days", count)
        case Unit.BUSINESS_DAYS:
            text = ngettext("%(count)d business day", "%(count)d business days", count)
        case Unit.MONTHS:
            text = ngettext("%(count)d month", "%(count)d months", count)
        case Unit.HOURS:
            text = ngettext("%(count)d hour", "%(count)d hours", count)
    return text % {"count": count}


def length(span: timedelta) -> str:
    """A span of time in hours and minutes."""
    hours, seconds = divmod(int(span.total_seconds()), 3600)
    return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": seconds // 60}


def period(count: int, unit: Unit, value: str, *, counts_back: bool) -> str:
    if counts_back:
        return _("%(amount)s earlier: %(date)s.") % {"amount": amount(count, unit), "date": value}
    return _("%(amount)s: %(date)s.") % {"amount": amount(count, unit), "date": value}


def holiday_skipped(value: date, name: str) -> str:
    return _("%(date)s is not counted: %(holiday)s.") % {"date": day_with_weekday(value), "holiday": name}


def the_day_itself(value: date) -> str:
    return _("%(date)s itself; nothing is added.") % {"date": day_with_weekday(value)}


def mailed(days: int, cite: str, value: date) -> str:
    if not days:
        return _("This rule adds no days for mailing.")
    words = {"count": days, "cite": cite, "date": day_with_weekday(value)}
    if cite:
        return (
            ngettext(
                "+%(count)d day because it was mailed (%(cite)s): %(date)s.",
                "+%(count)d days because it was mailed (%(cite)s): %(date)s.",
                days,
            )
            % words
        )
    return (
        ngettext(
            "+%(count)d day because it was mailed: %(date)s.",
            "+%(count)d days because it was mailed: %(date)s.",
            days,
        )
        % words
    )


def stopped(first: str, last: str, why: str, length: str, value: str) -> str:
    """A time during which the clock did not run. All arguments are formatted."""
    words = {"first": first, "last": last, "why": why, "length": length, "date": value}
    if why:
        return _("The clock stood still from %(first)s to %(last)s (%(why)s), +%(length)s: %(date)s.") % words
    return _("The clock stood still from %(first)s to %(last)s, +%(length)s: %(date)s.") % words


def still_paused(since: str, why: str, value: str) -> str:
    words = {"since": since, "why": why, "date": value}
    if why:
        return (
            _(
                "Paused since %(since)s (%(why)s); the date moves on a day for each day it lasts: "
                "%(date)s as of now."
            )
            % words
        )
    return (
        _("Paused since %(since)s; the date moves on a day for each day it lasts: %(date)s as of now.")
        % words
    )


def closed_day(value: date, calendar: Calendar) -> str:
    """Why the office is closed on this day: "is a Saturday", "is Labor Day", "is in a closure"."""
    name = calendar.holiday(value)
    words = {"date": day_with_weekday(value), "weekday": weekday(value), "holiday": name}
    if name:
        return _("%(date)s is %(holiday)s; the period runs to the next business day.") % words
    if value.weekday() in calendar.closed_weekdays:
        return _("%(date)s is a %(weekday)s; the period runs to the next business day.") % words
    return _("%(date)s falls in a closure; the period runs to the next business day.") % words


def stays(value: date) -> str:
    return _("%(date)s is not a business day. The date is counted back, so it stays.") % {
        "date": day_with_weekday(value)
    }


def due(value: str) -> str:
    return _("Due %(date)s.") % {"date": value}


def remaining(days: int, business_days: int, *, late: bool) -> str:
    """How far away a due date is, in words."""
    if days == 0:
        return _("The time ran out today") if late else _("Due today")
    if days < 0:
        return ngettext("%(count)d day late", "%(count)d days late", -days) % {"count": -days}
    business = amount(business_days, Unit.BUSINESS_DAYS)
    text = ngettext("%(count)d day left (%(business)s)", "%(count)d days left (%(business)s)", days)
    return text % {"count": days, "business": business}


def remaining_hours(hours: int, *, late: bool) -> str:
    """The same for a clock that runs in hours; part hours are not counted."""
    if late:
        return ngettext("%(count)d hour late", "%(count)d hours late", hours) % {"count": hours}
    if hours == 0:
        return _("Less than an hour left")
    return ngettext("%(count)d hour left", "%(count)d hours left", hours) % {"count": hours}

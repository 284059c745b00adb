"""Steps from one day to another, and where a day begins and ends."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from workflows.calendars import Calendar
from workflows.deadline_sentences import Unit

EARLIEST, LATEST = date(1900, 1, 1), date(2100, 12, 31)
LAST_SECOND = time(23, 59, 59)
WASHINGTON = ZoneInfo("America/New_York")


class OutOfRange(ValueError):
    """A date outside 1900 to 2100. The message is a sentence for the user."""


def moved_by(day: date, amount: int, unit: Unit, calendar: Calendar) -> date:
    """The day `amount` units later, earlier when negative; a month keeps to its last day."""
    if unit is Unit.BUSINESS_DAYS:
        return calendar.add_business_days(day, amount)
    if unit is Unit.CALENDAR_DAYS:
        return day + timedelta(days=amount)
    months = day.year * 12 + day.month - 1 + amount
    year, month = months // 12, months % 12 + 1
    if not date.min.year <= year <= date.max.year:
        raise OverflowError
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def aware(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError(_("A time needs a time zone."))
    return value.astimezone(UTC)


def local_day(value: date | datetime, calendar: Calendar) -> date:
    if isinstance(value, datetime):
        return aware(value).astimezone(calendar.timezone).date()
    return value


@lru_cache(maxsize=256)
def rule_day(at: datetime) -> date:
    """The day whose rules count at an instant: dated rules begin and end at midnight in Washington, D.C."""
    return aware(at).astimezone(WASHINGTON).date()


def rules_of(day: date) -> datetime:
    """The first instant at which the rules of a day count."""
    return datetime.combine(day, time.min, WASHINGTON).astimezone(UTC)


def start_of_day(day: date, calendar: Calendar) -> datetime:
    return datetime.combine(day, time.min, calendar.timezone).astimezone(UTC)


def end_of_day(day: date, calendar: Calendar) -> datetime:
    return datetime.combine(day, LAST_SECOND, calendar.timezone).astimezone(UTC)


def in_range(day: date) -> date:
    if EARLIEST <= day <= LATEST:
        return day
    raise OutOfRange(
        _("%(date)s lies outside the years 1900 to 2100.") % {"date": day.isoformat()},
    )

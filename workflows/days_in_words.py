"""Days and moments as people read them, in the active language.

The one home of date formats: the English and the Spanish pattern stand together in the message catalog,
because a language orders, spells and capitalizes a date its own way.
"""

from __future__ import annotations

from datetime import date, datetime, tzinfo

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import pgettext


def day(value: date | datetime) -> str:
    """A day within a sentence: "4 Mar 2026", in Spanish "4 de marzo de 2026"."""
    return date_format(_calendar_day(value), pgettext("date format", "j M Y"))


def day_with_weekday(value: date | datetime) -> str:
    """A day that somebody plans by: "Wed 4 Mar 2026", in Spanish "mié 4 mar 2026"."""
    return date_format(_calendar_day(value), pgettext("date format", "D j M Y"))


def instant(value: datetime, zone: tzinfo | None = None) -> str:
    """A moment with its time zone: "Wed 4 Mar 2026, 5 p.m. EST"; told in the reader's zone unless given."""
    return date_format(timezone.localtime(value, zone), pgettext("date format", "D j M Y, P T"))


def month(value: date) -> str:
    """A month of a year: "March 2026", in Spanish "marzo de 2026"."""
    return date_format(value, pgettext("date format", "F Y"))


def weekday(value: date) -> str:
    """The name of a day of the week: "Wednesday"."""
    return date_format(value, "l")


def _calendar_day(value: date | datetime) -> date:
    """The day itself; of a moment the day it is in the reader's time zone."""
    if not isinstance(value, datetime):
        return value
    return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()

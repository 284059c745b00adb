"""Working days: which days an office is open, and why it is closed on the others.

The holidays of each office are data (`rulebook/calendars.toml`), written as rules, so that a calendar answers
for any year without a table or a network.
"""

import dataclasses
import tomllib
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.functional import Promise, lazy
from django.utils.translation import gettext as _

from workflows.languages import in_active_language

FILE = Path(__file__).parent / "rulebook" / "calendars.toml"
FEDERAL = "us-federal"
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
SATURDAY, SUNDAY = 5, 6
ONE_DAY = timedelta(days=1)

_told: Callable[[Any], Any] = lazy(in_active_language, str)


@dataclasses.dataclass(frozen=True, eq=False)
class HolidayRule:
    """One holiday: the day it falls on in a year, for the years `since` to `until` (both included).

    `shift` tells for a weekday (Monday is 0) by how many days it is moved when it falls on one.
    """

    name: str | Promise
    falls_on: Callable[[int], date]
    since: int = 0
    until: int = 9999
    shift: tuple[tuple[int, int], ...] = ()


@dataclasses.dataclass(frozen=True)
class Calendar:
    """The working days of one office.

    `closed_weekdays` counts Monday as 0. Day arithmetic uses dates only; `timezone` says when a day of
    this office begins and ends.
    """

    key: str
    name: str | Promise = dataclasses.field(compare=False)
    timezone: ZoneInfo
    closed_weekdays: frozenset[int] = frozenset({SATURDAY, SUNDAY})
    rules: tuple[HolidayRule, ...] = dataclasses.field(default=(), compare=False, repr=False)
    source: str = dataclasses.field(default="", compare=False)

    def with_timezone(self, name: str) -> "Calendar":
        """The same working days in another time zone, for example "America/Chicago"."""
        return dataclasses.replace(self, timezone=ZoneInfo(name))

    def holiday(self, day: date) -> str | None:
        """The holiday kept on this day, in the active language, or None.

        The day itself and the day on which it is made up for both count; the latter says so.
        """
        found = _holidays(self.rules, day.year).get(day)
        if found is None:
            return None
        rule, observed = found
        if observed:
            return _("%(holiday)s (observed)") % {"holiday": rule.name}
        return str(rule.name)

    def is_business_day(self, day: date) -> bool:
        if day.weekday() in self.closed_weekdays:
            return False
        return day not in _holidays(self.rules, day.year)

    def next_business_day(self, day: date) -> date:
        """This day if the office is open, otherwise the first open day after it."""
        while not self.is_business_day(day):
            day += ONE_DAY
        return day

    def add_business_days(self, day: date, count: int) -> date:
        """The day `count` business days later (earlier when negative); `day` itself is not counted.

        From a Saturday, one business day later is Monday. Zero gives the next business day.
        """
        if count == 0:
            return self.next_business_day(day)
        step = ONE_DAY if count > 0 else -ONE_DAY
        left = abs(count)
        while left:
            day += step
            left -= self.is_business_day(day)
        return day

    def business_days_between(self, after: date, until: date) -> int:
        """How many business days lie after `after` and up to and including `until`; signed."""
        if until < after:
            return -self.business_days_between(until, after)
        length = (until - after).days
        return sum(self.is_business_day(after + timedelta(days=n)) for n in range(1, length + 1))


def calendar(key: str) -> Calendar:
    """The calendar of this name. Raises LookupError with a sentence when there is none."""
    try:
        return _calendars()[key]
    except KeyError:
        raise LookupError(
            _("There is no calendar named “%(key)s”. Known: %(known)s.")
            % {"key": key, "known": ", ".join(sorted(_calendars()))}
        ) from None


def calendar_keys() -> tuple[str, ...]:
    return tuple(_calendars())


@lru_cache(maxsize=1024)
def _holidays(rules: tuple[HolidayRule, ...], year: int) -> dict[date, tuple[HolidayRule, bool]]:
    """The closed days of a year. Next New Year's Day may be kept on 31 December of this one."""
    found: dict[date, tuple[HolidayRule, bool]] = {}
    for in_year in (year - 1, year, year + 1):
        for rule in rules:
            if not rule.since <= in_year <= rule.until:
                continue
            day = rule.falls_on(in_year)
            if day.year == year:
                found[day] = (rule, False)
            kept = day + timedelta(days=dict(rule.shift).get(day.weekday(), 0))
            if kept != day and kept.year == year:
                found.setdefault(kept, (rule, True))
    return found


@cache
def _calendars() -> Mapping[str, Calendar]:
    """Every calendar of the file, read once."""
    entries = {entry["key"]: entry for entry in entries_of(FILE.read_text(encoding="utf-8"))}
    return {
        key: Calendar(
            key=key,
            name=_told(entry["name"]),
            timezone=ZoneInfo(entry["time_zone"]),
            rules=tuple(_rule(holiday, entry) for holiday in _listed(entry, entries)),
            source=entry["source"],
        )
        for key, entry in entries.items()
    }


def entries_of(text: str) -> list[dict[str, Any]]:
    """The calendars of a file as they are written there."""
    found: list[dict[str, Any]] = tomllib.loads(text)["calendar"]
    return found


def _listed(entry: Mapping[str, Any], entries: Mapping[str, Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """A calendar's own holidays, and those that it keeps as another one does."""
    left_out = entry.get("without", [])
    kept = entries[entry["as"]]["holidays"] if "as" in entry else []
    return [*(each for each in kept if each["name"]["en"] not in left_out), *entry["holidays"]]


def _rule(holiday: Mapping[str, Any], entry: Mapping[str, Any]) -> HolidayRule:
    moved = {SATURDAY: "saturday", SUNDAY: "sunday"}
    shift = {weekday: holiday.get(name, entry.get(name, 0)) for weekday, name in moved.items()}
    if "on" in holiday:
        month, day = (int(part) for part in holiday["on"].split("-"))
        falls_on: Callable[[int], date] = partial(_on, month=month, day=day)
    else:
        falls_on = partial(
            _nth,
            count=holiday["nth"],
            weekday=WEEKDAYS.index(holiday["weekday"]),
            month=holiday["month"],
            days_later=holiday.get("days_later", 0),
        )
    return HolidayRule(
        name=_told(holiday["name"]),
        falls_on=falls_on,
        since=holiday.get("since", 0),
        until=holiday.get("until", 9999),
        shift=tuple((weekday, days) for weekday, days in shift.items() if days),
    )


def _on(year: int, *, month: int, day: int) -> date:
    return date(year, month, day)


def _nth(year: int, *, count: int, weekday: int, month: int, days_later: int) -> date:
    """The nth weekday of a month, counted from its end when negative, some days later."""
    if count > 0:
        first = date(year, month, 1)
        found = first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (count - 1))
    else:
        last = date(year + month // 12, month % 12 + 1, 1) - ONE_DAY
        found = last - timedelta(days=(last.weekday() - weekday) % 7 - 7 * (count + 1))
    return found + timedelta(days=days_later)

"""Working days: which days an office is open, and why it is closed on the others.

Everything here is computed by rule, so a calendar answers for any year without a table or a network.
"""

import dataclasses
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import lru_cache
from types import MappingProxyType
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

MONDAY, THURSDAY, SATURDAY, SUNDAY = 0, 3, 5, 6
ONE_DAY = timedelta(days=1)

# 5 U.S.C. 6103(b) and E.O. 11582: a holiday on a Saturday is kept on the Friday before, on a Sunday on
# the Monday after.
FEDERAL_SHIFT = ((SATURDAY, -1), (SUNDAY, +1))
# N.Y. General Construction Law § 24: only a Sunday is made up for, on the next day.
NEW_YORK_SHIFT = ((SUNDAY, +1),)


@dataclasses.dataclass(frozen=True, eq=False)
class HolidayRule:
    """One holiday: the day it falls on in a year, for the years `since` to `until` (both included)."""

    name: str | Promise
    falls_on: Callable[[int], date]
    since: int = 0
    until: int = 9999


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
    shift: tuple[tuple[int, int], ...] = dataclasses.field(default=FEDERAL_SHIFT, compare=False, repr=False)

    def with_timezone(self, name: str) -> "Calendar":
        """The same working days in another time zone, for example "America/Chicago"."""
        return dataclasses.replace(self, timezone=ZoneInfo(name))

    def holiday(self, day: date) -> str | None:
        """The holiday kept on this day, in the active language, or None.

        The day itself and the day on which it is made up for both count; the latter says so.
        """
        found = _holidays(self.rules, self.shift, day.year).get(day)
        if found is None:
            return None
        rule, observed = found
        if observed:
            return _("%(holiday)s (observed)") % {"holiday": rule.name}
        return str(rule.name)

    def is_business_day(self, day: date) -> bool:
        if day.weekday() in self.closed_weekdays:
            return False
        return day not in _holidays(self.rules, self.shift, day.year)

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
        return _CALENDARS[key]
    except KeyError:
        raise LookupError(
            _("There is no calendar named “%(key)s”. Known: %(known)s.")
            % {"key": key, "known": ", ".join(sorted(_CALENDARS))}
        ) from None


def calendar_keys() -> tuple[str, ...]:
    return tuple(_CALENDARS)


@lru_cache(maxsize=1024)
def _holidays(
    rules: tuple[HolidayRule, ...], shift: tuple[tuple[int, int], ...], year: int
) -> dict[date, tuple[HolidayRule, bool]]:
    """The closed days of a year. Next New Year's Day may be kept on 31 December of this one."""
    moves = dict(shift)
    found: dict[date, tuple[HolidayRule, bool]] = {}
    for in_year in (year - 1, year, year + 1):
        for rule in rules:
            if not rule.since <= in_year <= rule.until:
                continue
            day = rule.falls_on(in_year)
            if day.year == year:
                found[day] = (rule, False)
            kept = day + timedelta(days=moves.get(day.weekday(), 0))
            if kept != day and kept.year == year:
                found.setdefault(kept, (rule, True))
    return found


def _fixed(month: int, day: int) -> Callable[[int], date]:
    return lambda year: date(year, month, day)


def _nth(count: int, weekday: int, month: int) -> Callable[[int], date]:
    def falls_on(year: int) -> date:
        first = date(year, month, 1)
        return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (count - 1))

    return falls_on


def _last(weekday: int, month: int) -> Callable[[int], date]:
    def falls_on(year: int) -> date:
        last = date(year + month // 12, month % 12 + 1, 1) - ONE_DAY
        return last - timedelta(days=(last.weekday() - weekday) % 7)

    return falls_on


def _election_day(year: int) -> date:
    """The Tuesday after the first Monday of November."""
    return _nth(1, MONDAY, 11)(year) + ONE_DAY


NEW_YEAR = HolidayRule(gettext_lazy("New Year's Day"), _fixed(1, 1))
KING = HolidayRule(gettext_lazy("Martin Luther King Jr. Day"), _nth(3, MONDAY, 1), since=1986)
WASHINGTON = HolidayRule(gettext_lazy("Washington's Birthday"), _nth(3, MONDAY, 2), since=1971)
MEMORIAL = HolidayRule(gettext_lazy("Memorial Day"), _last(MONDAY, 5), since=1971)
JUNETEENTH = HolidayRule(gettext_lazy("Juneteenth National Independence Day"), _fixed(6, 19), since=2021)
INDEPENDENCE = HolidayRule(gettext_lazy("Independence Day"), _fixed(7, 4))
LABOR = HolidayRule(gettext_lazy("Labor Day"), _nth(1, MONDAY, 9))
COLUMBUS = HolidayRule(gettext_lazy("Columbus Day"), _nth(2, MONDAY, 10), since=1971)
VETERANS = HolidayRule(gettext_lazy("Veterans Day"), _fixed(11, 11), since=1978)
THANKSGIVING = HolidayRule(gettext_lazy("Thanksgiving Day"), _nth(4, THURSDAY, 11), since=1942)
CHRISTMAS = HolidayRule(gettext_lazy("Christmas Day"), _fixed(12, 25))

FEDERAL_HOLIDAYS = (
    NEW_YEAR, KING, WASHINGTON, MEMORIAL, JUNETEENTH, INDEPENDENCE,
    LABOR, COLUMBUS, VETERANS, THANKSGIVING, CHRISTMAS,
    # The dates before the Uniform Monday Holiday Act (P.L. 90-363, in force 1971) and Thanksgiving
    # before the statute of 1941.
    HolidayRule(WASHINGTON.name, _fixed(2, 22), until=1970),
    HolidayRule(MEMORIAL.name, _fixed(5, 30), until=1970),
    HolidayRule(VETERANS.name, _fixed(11, 11), since=1938, until=1970),
    HolidayRule(VETERANS.name, _nth(4, MONDAY, 10), since=1971, until=1977),
    HolidayRule(THANKSGIVING.name, _last(THURSDAY, 11), until=1941),
)  # fmt: skip

# N.Y. General Construction Law § 24 (as amended by L. 2020, ch. 249). Flag Day is left out: it always falls
# on a Sunday and is not made up for.
NEW_YORK_HOLIDAYS = (
    *(rule for rule in FEDERAL_HOLIDAYS if rule is not JUNETEENTH),
    HolidayRule(gettext_lazy("Juneteenth"), _fixed(6, 19), since=2021),
    HolidayRule(gettext_lazy("Lincoln's Birthday"), _fixed(2, 12)),
    HolidayRule(gettext_lazy("Election Day"), _election_day),
)

_CALENDARS: Mapping[str, Calendar] = MappingProxyType(
    {
        "us-federal": Calendar(
            key="us-federal",
            name=gettext_lazy("U.S. federal offices"),
            timezone=ZoneInfo("America/New_York"),
            rules=FEDERAL_HOLIDAYS,
        ),
        "us-ny": Calendar(
            key="us-ny",
            name=gettext_lazy("New York State offices"),
            timezone=ZoneInfo("America/New_York"),
            rules=NEW_YORK_HOLIDAYS,
            shift=NEW_YORK_SHIFT,
        ),
    }
)

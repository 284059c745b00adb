import csv
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import holidays as public_holidays
import pytest
from django.utils import translation

from workflows.calendars import FILE, calendar, calendar_keys, entries_of
from workflows.languages import lacking

REFERENCE = Path(__file__).parents[2].parent / "shared/data/reference/us_federal_holidays_2020_2035.csv"
FEDERAL = calendar("us-federal")
NEW_YORK = calendar("us-ny")


def days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]


def kept_in(key: str, year: int) -> dict[date, str]:
    found = {day: calendar(key).holiday(day) for day in days_of(year)}
    return {day: name for day, name in found.items() if name}


@pytest.mark.skipif(not REFERENCE.exists(), reason="the reference table is not part of the package")
def test_federal_holidays_equal_the_reference_table():
    with REFERENCE.open(newline="") as file:
        listed = {date.fromisoformat(row["date"]): row["name"] for row in csv.DictReader(file)}
    ours = {day: name for year in range(2020, 2036) for day, name in kept_in("us-federal", year).items()}
    assert ours == listed


@pytest.mark.parametrize("decade", range(1980, 2100, 10))
def test_federal_working_days_equal_those_of_an_independent_package(decade):
    years = range(decade, min(decade + 10, 2100))
    theirs = public_holidays.country_holidays("US", years=[*years, decade + 10])
    days = [day for year in years for day in days_of(year)]
    assert [day for day in days if FEDERAL.is_business_day(day)] == [
        day for day in days if day.weekday() < 5 and day not in theirs
    ]


def test_new_year_2028_is_kept_on_the_last_friday_of_2027():
    assert FEDERAL.holiday(date(2027, 12, 31)) == "New Year's Day (observed)"
    assert not FEDERAL.is_business_day(date(2027, 12, 31))
    assert FEDERAL.next_business_day(date(2027, 12, 31)) == date(2028, 1, 3)


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2020, 6, 19), None),
        (date(2021, 6, 18), "Juneteenth National Independence Day (observed)"),
        (date(2021, 6, 19), "Juneteenth National Independence Day"),
        (date(1985, 1, 21), None),
        (date(1986, 1, 20), "Martin Luther King Jr. Day"),
        (date(1970, 5, 30), "Memorial Day"),
        (date(1971, 5, 31), "Memorial Day"),
        (date(1970, 2, 22), "Washington's Birthday"),
        (date(1975, 10, 27), "Veterans Day"),
        (date(1975, 11, 11), None),
        (date(1970, 10, 12), None),
        (date(1935, 11, 28), "Thanksgiving Day"),
        (date(2021, 1, 20), None),
    ],
)
def test_a_holiday_is_kept_from_the_year_its_law_began(day, name):
    assert FEDERAL.holiday(day) == name


@pytest.mark.parametrize("year", [1900, 1901, 2000, 2099, 2100])
def test_every_year_has_its_new_year_and_christmas(year):
    names = " ".join(kept_in("us-federal", year).values())
    assert "New Year's Day" in names
    assert "Christmas Day" in names


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        (date(2026, 9, 4), 1, date(2026, 9, 8)),  # Friday before Labor Day
        (date(2026, 9, 5), 1, date(2026, 9, 8)),
        (date(2026, 9, 8), -1, date(2026, 9, 4)),
        (date(2026, 9, 7), 0, date(2026, 9, 8)),
        (date(2026, 9, 8), 0, date(2026, 9, 8)),
        (date(2027, 12, 30), 3, date(2028, 1, 5)),
        (date(2026, 11, 25), 1, date(2026, 11, 27)),
    ],
)
def test_business_days_are_counted_after_the_first_day(start, count, end):
    assert FEDERAL.add_business_days(start, count) == end


def test_business_days_between_two_days_have_a_sign():
    assert FEDERAL.business_days_between(date(2026, 9, 4), date(2026, 9, 9)) == 2
    assert FEDERAL.business_days_between(date(2026, 9, 9), date(2026, 9, 4)) == -2
    assert FEDERAL.business_days_between(date(2026, 9, 9), date(2026, 9, 9)) == 0


def test_new_york_keeps_election_day_and_lincolns_birthday_and_moves_no_saturday():
    assert NEW_YORK.holiday(date(2026, 11, 3)) == "Election Day"
    assert NEW_YORK.holiday(date(2026, 2, 12)) == "Lincoln's Birthday"
    assert NEW_YORK.is_business_day(date(2026, 7, 3))  # 4 July 2026 is a Saturday
    assert NEW_YORK.holiday(date(2027, 7, 5)) == "Independence Day (observed)"
    assert FEDERAL.is_business_day(date(2026, 11, 3))


def test_another_time_zone_changes_nothing_but_the_zone():
    chicago = FEDERAL.with_timezone("America/Chicago")
    assert chicago.timezone == ZoneInfo("America/Chicago")
    assert chicago.holiday(date(2026, 12, 25)) == "Christmas Day"
    assert chicago != FEDERAL


def test_a_calendar_that_does_not_exist_is_named_in_the_refusal():
    with pytest.raises(LookupError, match="us-xx"):
        calendar("us-xx")
    assert set(calendar_keys()) == {"us-federal", "us-ny", "us-ca"}


def test_california_keeps_the_day_after_thanksgiving_and_no_columbus_day():
    """Cal. Gov. Code § 19853: a Sunday is made up for on Monday, of Saturdays only 11 November."""
    california = calendar("us-ca")
    assert california.holiday(date(2026, 11, 27)) == "Day after Thanksgiving"
    assert california.holiday(date(2026, 3, 31)) == "Cesar Chavez Day"
    assert california.is_business_day(date(2026, 10, 12))
    assert california.holiday(date(2023, 11, 10)) == "Veterans Day (observed)"
    assert california.is_business_day(date(2026, 7, 3)), "4 July 2026 is a Saturday"
    assert california.holiday(date(2027, 7, 5)) == "Independence Day (observed)"


@pytest.mark.parametrize("decade", range(2010, 2100, 10))
def test_californian_holidays_equal_those_of_an_independent_package(decade):
    """That package has more: holidays of schools and courts."""
    theirs = public_holidays.country_holidays("US", subdiv="CA", years=range(decade, decade + 10))
    ours = {day for year in range(decade, decade + 10) for day in kept_in("us-ca", year)}
    assert {day for day in ours if day.weekday() < 5} <= set(theirs)


@pytest.mark.parametrize("key", calendar_keys())
def test_every_holiday_is_named_in_both_languages_and_has_a_source(key):
    entry = next(each for each in entries_of(FILE.read_text(encoding="utf-8")) if each["key"] == key)
    assert entry["source"]
    for text in (entry["name"], *(holiday["name"] for holiday in entry["holidays"])):
        assert lacking(text) == []


def test_a_holiday_is_named_in_the_language_of_the_reader():
    with translation.override("en"):
        assert FEDERAL.holiday(date(2026, 12, 25)) == "Christmas Day"

"""Typed days are understood in English and Spanish, or refused with a sentence that says why."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from referrals.dates import PRESENT, UnclearDay, parse_day, parse_day_or_present
from referrals.forms.fields import DayField, DayOrPresentField

DAY = date(2025, 3, 5)


@pytest.mark.parametrize(
    "text",
    [
        "2025-03-05", "2025/3/5", "3/5/2025", "03-05-2025", "3.5.2025", " 3 / 5 / 2025 ", "March 5, 2025",
        "mar. 5th 2025", "5 March 2025", "5 de marzo de 2025", "5 marzo 2025", "Marzo 5, 2025",
        "３/５/２０２５",
    ],
)  # fmt: skip
def test_a_day_is_understood_however_it_is_written(text: str) -> None:
    assert parse_day(text) == DAY


@pytest.mark.parametrize(
    ("text", "part_of_the_sentence"),
    [
        ("", "is not a date"),
        ("soon", "is not a date"),
        ("2025", "is not a date"),
        ("5 brumaire 2025", "no such day"),
        ("2025-02-30", "no such day"),
        ("15/3/2025", "month comes first"),
        ("99/99/2025", "no such day"),
        ("3/5/25", "four digits"),
        ("1899-12-31", "between 1900 and 2100"),
        ("2101-01-01", "between 1900 and 2100"),
        ("0000-01-01", "between 1900 and 2100"),
        ("present", "is not a date"),
        ("=1+1", "is not a date"),
        ("x" * 10_000, "is not a date"),
        ("100%(s) 2025", "is not a date"),
    ],
)
def test_what_is_no_day_gets_a_sentence(text: str, part_of_the_sentence: str) -> None:
    with pytest.raises(UnclearDay, match=part_of_the_sentence):
        parse_day(text)


@pytest.mark.parametrize(
    "text", ["present", "Present.", "to the present", "actual", "Hasta hoy", "ACTUALIDAD", "aún"]
)
def test_still_going_on_is_understood_in_both_languages(text: str) -> None:
    assert parse_day_or_present(text) is PRESENT


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)))
def test_every_day_can_be_typed_in_three_ways(day: date) -> None:
    for text in (day.isoformat(), f"{day.month}/{day.day}/{day.year}", day.strftime("%B %d, %Y")):
        assert parse_day(text) == day


@given(st.text(max_size=40))
def test_no_text_breaks_the_reading(text: str) -> None:
    try:
        day = parse_day(text)
    except UnclearDay:
        return
    assert 1900 <= day.year <= 2100


def test_a_field_gives_a_day_none_or_a_sentence() -> None:
    assert DayField().clean("5 de marzo de 2025") == DAY
    assert DayField(required=False).clean("  ") is None
    with pytest.raises(ValidationError, match="month comes first"):
        DayField().clean("15/3/2025")
    with pytest.raises(ValidationError):
        DayField().clean("present")


def test_an_open_end_can_be_typed_where_it_makes_sense() -> None:
    assert DayOrPresentField().clean("hasta hoy") is PRESENT
    assert DayOrPresentField().clean("3/5/2025") == DAY


def test_a_field_shows_again_what_was_typed() -> None:
    field = DayOrPresentField()
    assert field.prepare_value("el mes pasado") == "el mes pasado"
    assert field.prepare_value(DAY) == "2025-03-05"
    assert field.prepare_value(PRESENT) == "present"


def test_another_spelling_of_the_same_day_is_no_change() -> None:
    field = DayField(required=False)
    assert not field.has_changed(DAY, "3/5/2025")
    assert field.has_changed(DAY, "3/6/2025")
    assert field.has_changed(DAY, "soon")
    assert not field.has_changed(None, "")

"""What is left of a period, and periods at the edges: clock changes, leap days, year ends, office hours."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from dateutil.relativedelta import relativedelta
from django.utils import translation
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from workflows.calendars import calendar
from workflows.terms import Due, Pause, Rung, Term, Tolling, Unit, due, remaining, rung_at

EARLY = datetime(2000, 1, 1, tzinfo=UTC)
ZONES = ["America/Phoenix", "America/New_York", "America/Los_Angeles", "Pacific/Honolulu"]
CALENDARS = st.builds(
    lambda key, zone: calendar(key).with_timezone(zone),
    st.sampled_from(["us-federal", "us-ny", "us-ca"]),
    st.sampled_from(ZONES),
)
YEARS = st.integers(2012, 2040)


def _around(year: int, month: int, day: int, more: int) -> date:
    return date(year, month, day) + timedelta(days=more)


# The changes of the clock in March and November, the end of February, the turn of the year.
EDGES = st.builds(
    lambda year, edge, more: _around(year, *edge, more),
    YEARS,
    st.sampled_from([(3, 8), (11, 1), (2, 27), (12, 23)]),
    st.integers(0, 12),
)
TERMS = st.builds(
    Term,
    amount=st.integers(0, 60),
    unit=st.sampled_from([Unit.CALENDAR_DAYS, Unit.BUSINESS_DAYS, Unit.MONTHS]),
    rolls=st.booleans(),
)
MOMENTS = st.integers(0, 50 * 365 * 24).map(lambda hours: EARLY + timedelta(hours=hours))
HOURS = st.integers(0, 23)


def local(day: date, hour: int, days: object) -> datetime:
    return datetime.combine(day, time(hour, 30), days.timezone).astimezone(UTC)  # type: ignore[attr-defined]


@settings(deadline=None)
@given(TERMS, CALENDARS, EDGES, MOMENTS)
def test_what_is_left_is_told_for_every_moment_and_the_same_each_time(term, days, start, at):
    found = due(term, calendar=days, start=start)
    left = remaining(found, at, days)
    assert left == remaining(found, at, days)
    assert left.late is (at > found.at)
    assert left.days == (found.on - at.astimezone(days.timezone).date()).days
    assert left.text
    if left.days:
        assert str(abs(left.days)) in left.text
    with translation.override("es"):
        assert remaining(found, at, days).text not in ("", left.text)


@settings(deadline=None)
@given(TERMS, CALENDARS, EDGES, MOMENTS, st.integers(0, 60 * 60 * 24 * 30))
def test_what_is_left_never_grows_while_time_goes_by(term, days, start, at, seconds):
    found = due(term, calendar=days, start=start)
    one, other = (remaining(found, when, days) for when in (at, at + timedelta(seconds=seconds)))
    assert (other.days, other.business_days) <= (one.days, one.business_days)
    assert other.business_days <= one.business_days
    assert other.late >= one.late


@given(TERMS, CALENDARS, EDGES)
def test_a_day_lasts_to_its_last_second_also_when_clocks_change(term, days, start):
    found = due(term, calendar=days, start=start)
    assert found.at.astimezone(days.timezone).timetuple()[:6] == (*found.on.timetuple()[:3], 23, 59, 59)
    assert not remaining(found, found.at, days).late
    assert remaining(found, found.at + timedelta(seconds=1), days).late


@given(st.integers(0, 100), CALENDARS, EDGES, HOURS, st.integers(-200, 200))
def test_hours_that_are_left_are_counted_whole(amount, days, start, hour, before):
    found = due(Term(amount, Unit.HOURS), calendar=days, start=local(start, hour, days))
    assume(found.at.astimezone(days.timezone).timetuple()[3:6] != (23, 59, 59))
    left = remaining(found, found.at - timedelta(hours=before), days)
    assert left.late is (before < 0)
    if 1 <= abs(before) <= 72:
        assert left.text.startswith(str(abs(before)))


# Monotone and additive at the edges


@given(TERMS, CALENDARS, EDGES, st.integers(1, 20))
def test_a_later_start_never_ends_earlier_at_the_edges(term, days, start, later):
    one, other = (due(term, calendar=days, start=day) for day in (start, start + timedelta(days=later)))
    assert other.at >= one.at


@given(
    st.sampled_from([Unit.CALENDAR_DAYS, Unit.BUSINESS_DAYS]), CALENDARS, EDGES,
    st.integers(1, 40), st.integers(1, 40),
)  # fmt: skip
def test_two_periods_in_a_row_are_as_long_as_their_sum_at_the_edges(unit, days, start, one, other):
    def later(day: date, amount: int) -> date:
        return due(Term(amount, unit, rolls=False), calendar=days, start=day).on

    assert later(later(start, one), other) == later(start, one + other)


@given(st.integers(1, 60), EDGES)
def test_months_keep_to_the_end_of_the_month_and_know_leap_days(amount, start):
    found = due(Term(amount, Unit.MONTHS, rolls=False), calendar=calendar("us-federal"), start=start)
    assert found.on == start + relativedelta(months=amount)


@pytest.mark.parametrize(
    ("term", "start", "end"),
    [
        (Term(12, Unit.MONTHS, rolls=False), date(2024, 2, 29), date(2025, 2, 28)),
        (Term(48, Unit.MONTHS, rolls=False), date(2024, 2, 29), date(2028, 2, 29)),
        (Term(1, Unit.CALENDAR_DAYS, rolls=False), date(2024, 2, 28), date(2024, 2, 29)),
        (Term(1, Unit.CALENDAR_DAYS, rolls=False), date(2100, 2, 28), date(2100, 3, 1)),
        (Term(1, Unit.BUSINESS_DAYS), date(2027, 12, 30), date(2028, 1, 3)),
        (Term(1, Unit.CALENDAR_DAYS), date(2026, 12, 31), date(2027, 1, 4)),
    ],
)
def test_a_leap_day_and_a_year_end(term, start, end):
    assert due(term, calendar=calendar("us-federal"), start=start).on == end


@given(st.integers(1, 60), CALENDARS, EDGES)
def test_business_days_from_a_day_off_are_counted_as_from_the_working_day_before(amount, days, start):
    before = days.add_business_days(start + timedelta(days=1), -1)
    term = Term(amount, Unit.BUSINESS_DAYS)
    assume(before != start)
    assert not days.is_business_day(start)
    assert due(term, calendar=days, start=start).on == due(term, calendar=days, start=before).on


@given(TERMS, CALENDARS, EDGES, HOURS, HOURS)
def test_a_start_counts_as_its_day_inside_and_outside_office_hours(term, days, start, one, other):
    found = {due(term, calendar=days, start=local(start, hour, days)) for hour in (one, other)}
    assert found == {due(term, calendar=days, start=start)}


# Pauses


@given(TERMS, CALENDARS, EDGES, st.integers(0, 40), st.integers(0, 30), HOURS, HOURS)
def test_the_hour_of_a_pause_does_not_matter_to_a_clock_of_days(term, days, start, into, length, one, other):
    began, ended = start + timedelta(days=into), start + timedelta(days=into + length + 1)
    pauses = [Pause(local(began, hour, days), local(ended, hour, days), "held") for hour in (one, other)]
    pauses.append(Pause(local(began, one, days), local(ended, other, days), "held"))
    assert len({due(term, calendar=days, start=start, pauses=[pause]).at for pause in pauses}) == 1


@given(st.integers(1, 300), CALENDARS, EDGES, HOURS, st.integers(0, 400), st.integers(0, 300))
def test_a_pause_moves_a_clock_of_hours_by_exactly_its_length(amount, days, start, hour, into, length):
    first = local(start, hour, days)
    plain = due(Term(amount, Unit.HOURS), calendar=days, start=first).at
    began = first + timedelta(hours=into)
    pause = Pause(began, began + timedelta(hours=length), "held")
    found = due(Term(amount, Unit.HOURS), calendar=days, start=first, pauses=[pause]).at
    assert found == (plain + timedelta(hours=length) if began <= plain else plain)


@given(TERMS, CALENDARS, EDGES, st.integers(0, 40), st.integers(1, 30))
def test_pausing_and_resuming_adds_one_sentence_and_changes_no_other_before_it(
    term, days, start, into, length
):
    began = start + timedelta(days=into)
    pause = Pause(local(began, 12, days), local(began + timedelta(days=length), 12, days), "held", "Order 9")
    plain = due(term, calendar=days, start=start)
    found = due(term, calendar=days, start=start, pauses=[pause])
    told = [sentence for sentence in found.explanation if "held, Order 9" in sentence]
    if found.at == plain.at and not told:
        assert found == plain
    else:
        assert len(told) == 1
        assert found.explanation[0] == plain.explanation[0]


@given(TERMS, CALENDARS, EDGES, st.lists(st.tuples(st.integers(0, 60), st.integers(0, 20)), max_size=4))
def test_pauses_and_closures_that_overlap_are_counted_as_their_union(term, days, start, stretches):
    """Each day on which anything held the clock counts once, in whatever order it is told."""
    pauses = [
        Pause(
            local(start + timedelta(days=into), 12, days),
            local(start + timedelta(days=into + length), 12, days),
            "held",
        )
        for into, length in stretches
    ]
    forward = due(term, calendar=days, start=start, pauses=pauses)
    assert forward.at == due(term, calendar=days, start=start, pauses=pauses[::-1]).at
    assert forward.at == due(term, calendar=days, start=start, pauses=[*pauses, *pauses]).at
    closures = [Tolling(each.began_at.date(), each.began_at.date(), "closed") for each in pauses]
    both = due(term, calendar=days, start=start, pauses=pauses, tolling=closures)
    assert both.at == due(term, calendar=days, start=start, pauses=pauses, tolling=[*closures, *closures]).at
    assert both.on >= forward.on


@given(TERMS, CALENDARS, EDGES, st.integers(0, 30))
def test_the_rungs_of_a_ladder_stand_around_its_date_in_order(term, days, start, span):
    found: Due = due(term, calendar=days, start=start)
    length = Term(span, Unit.CALENDAR_DAYS)
    before, after = Rung("warn", before=length), Rung("breach", after=length)
    assert rung_at(found, before, days) <= rung_at(found, Rung("due"), days) <= rung_at(found, after, days)

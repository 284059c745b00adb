from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from workflows.calendars import calendar
from workflows.terms import (
    OutOfRange,
    Pause,
    Rung,
    Served,
    Term,
    Tolling,
    Unit,
    due,
    remaining,
    rung_at,
    rungs,
)

FEDERAL = calendar("us-federal")
RFE = Term(84, Unit.CALENDAR_DAYS, mail_days=3)
NOID = Term(30, Unit.CALENDAR_DAYS, mail_days=3)
THREE_BUSINESS_DAYS = Term(3, Unit.BUSINESS_DAYS)
NEW_YORK = ZoneInfo("America/New_York")


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), NEW_YORK)


def on(term: Term, start: date, **options) -> date:
    return due(term, calendar=FEDERAL, start=start, **options).on


@pytest.mark.parametrize(
    ("term", "start", "served", "end"),
    [
        # the published vectors
        (RFE, date(2026, 8, 31), Served.MAIL, date(2026, 11, 27)),  # 26 Nov is Thanksgiving
        (RFE, date(2026, 9, 2), Served.MAIL, date(2026, 11, 30)),  # 28 Nov is a Saturday
        (RFE, date(2026, 9, 2), Served.ELECTRONIC, date(2026, 11, 25)),
        (RFE, date(2026, 9, 2), Served.PERSONAL, date(2026, 11, 25)),
        (RFE, date(2026, 9, 2), None, date(2026, 11, 25)),
        (NOID, date(2026, 9, 2), Served.MAIL, date(2026, 10, 5)),
        (NOID, date(2026, 9, 3), Served.ELECTRONIC, date(2026, 10, 5)),  # 3 Oct is a Saturday
        # year ends and the Friday on which New Year 2028 is kept
        (NOID, date(2027, 11, 28), Served.MAIL, date(2028, 1, 3)),
        (NOID, date(2027, 12, 1), Served.ELECTRONIC, date(2028, 1, 3)),
        # leap days
        (NOID, date(2028, 1, 30), None, date(2028, 2, 29)),
        (NOID, date(2027, 1, 30), None, date(2027, 3, 1)),
        # daylight saving begins and ends inside the period
        (Term(10, Unit.CALENDAR_DAYS), date(2026, 3, 2), None, date(2026, 3, 12)),
        (Term(10, Unit.CALENDAR_DAYS), date(2026, 10, 26), None, date(2026, 11, 5)),
        # business days
        (THREE_BUSINESS_DAYS, date(2026, 9, 3), None, date(2026, 9, 9)),  # Labor Day between
        (THREE_BUSINESS_DAYS, date(2026, 9, 5), None, date(2026, 9, 10)),  # starts on a Saturday
        (THREE_BUSINESS_DAYS, date(2027, 12, 30), None, date(2028, 1, 5)),
        # months keep to the last day of a shorter month
        (Term(1, Unit.MONTHS, rolls=False), date(2026, 1, 31), None, date(2026, 2, 28)),
        (Term(1, Unit.MONTHS, rolls=False), date(2028, 1, 31), None, date(2028, 2, 29)),
        (Term(24, Unit.MONTHS, rolls=False), date(2024, 2, 29), None, date(2026, 2, 28)),
        (Term(12, Unit.MONTHS), date(2026, 7, 4), None, date(2027, 7, 6)),  # Sunday, then its Monday
        # counted back: neither moved by a weekend nor by the mail
        (Term(90, Unit.CALENDAR_DAYS, counts_back=True), date(2028, 8, 1), None, date(2028, 5, 3)),
        (Term(60, Unit.CALENDAR_DAYS, counts_back=True), date(2026, 9, 2), Served.MAIL, date(2026, 7, 4)),
        (Term(1, Unit.MONTHS, counts_back=True), date(2026, 3, 31), None, date(2026, 2, 28)),
        (Term(2, Unit.BUSINESS_DAYS, counts_back=True), date(2026, 9, 8), None, date(2026, 9, 3)),
        # the first day counted
        (Term(3, Unit.CALENDAR_DAYS, exclude_first_day=False), date(2026, 9, 1), None, date(2026, 9, 3)),
        (Term(3, Unit.BUSINESS_DAYS, exclude_first_day=False), date(2026, 9, 1), None, date(2026, 9, 3)),
        (Term(3, Unit.BUSINESS_DAYS, exclude_first_day=False), date(2026, 8, 29), None, date(2026, 9, 2)),
        # nothing added
        (Term(0, Unit.CALENDAR_DAYS, rolls=False), date(2026, 9, 5), None, date(2026, 9, 5)),
    ],
)
def test_a_period_ends_on_this_day(term, start, served, end):
    assert on(term, start, served=served) == end


def test_the_explanation_tells_every_step():
    with translation.override("en"):
        found = due(RFE, calendar=FEDERAL, start=date(2026, 9, 2), served=Served.MAIL)
    assert found.explanation == (
        "Served Wed 2 Sep 2026 by mail; the day of service is not counted.",
        "84 calendar days: Wed 25 Nov 2026.",
        "+3 days because it was mailed (8 CFR 103.8(b)): Sat 28 Nov 2026.",
        "Sat 28 Nov 2026 is a Saturday; the period runs to the next business day.",
        "Due Mon 30 Nov 2026.",
    )


def test_the_explanation_names_the_holiday_after_the_weekend_on_which_a_period_ends():
    with translation.override("en"):
        found = due(RFE, calendar=FEDERAL, start=date(2026, 11, 22), served=Served.ELECTRONIC)
    assert found.explanation == (
        "Served Sun 22 Nov 2026 electronically; the day of service is not counted.",
        "84 calendar days: Sun 14 Feb 2027.",
        "Sun 14 Feb 2027 is a Sunday; the period runs to the next business day.",
        "Mon 15 Feb 2027 is not counted: Washington's Birthday.",
        "Due Tue 16 Feb 2027.",
    )


def test_the_explanation_names_the_holidays_left_out():
    with translation.override("en"):
        found = due(THREE_BUSINESS_DAYS, calendar=FEDERAL, start=date(2026, 9, 3))
    assert "Mon 7 Sep 2026 is not counted: Labor Day." in found.explanation


def test_the_explanation_dates_follow_the_language():
    found = due(NOID, calendar=FEDERAL, start=date(2026, 1, 5))
    with translation.override("es"):
        explanation = found.explanation
    assert "ene" in explanation[0].lower()
    assert "Jan" in found.explanation[0], "the language of whoever reads it, not of whoever computed it"


def test_a_date_counted_back_onto_a_weekend_stays_and_says_so():
    found = due(Term(60, Unit.CALENDAR_DAYS, counts_back=True), calendar=FEDERAL, start=date(2026, 9, 2))
    assert any("stays" in sentence for sentence in found.explanation)


@pytest.mark.parametrize(
    ("zone", "start", "at"),
    [
        ("America/New_York", date(2026, 8, 31), datetime(2026, 11, 28, 4, 59, 59, tzinfo=UTC)),
        ("America/Los_Angeles", date(2026, 8, 31), datetime(2026, 11, 28, 7, 59, 59, tzinfo=UTC)),
        ("America/New_York", date(2026, 4, 13), datetime(2026, 7, 10, 3, 59, 59, tzinfo=UTC)),
    ],
)
def test_a_day_ends_with_its_last_second_in_the_offices_time_zone(zone, start, at):
    found = due(RFE, calendar=FEDERAL.with_timezone(zone), start=start, served=Served.MAIL)
    assert found.at == at


def test_a_start_with_a_time_is_the_day_it_is_at_the_office():
    late_evening = datetime(2026, 9, 3, 2, 0, tzinfo=UTC)  # 2 September, 22:00 in New York
    assert on(NOID, late_evening) == on(NOID, date(2026, 9, 2))


# Closures and pauses


def test_the_shutdown_of_43_days_moves_7_october_to_19_november_2025():
    shutdown = Tolling(date(2025, 10, 1), date(2025, 11, 12), "NLRB notice")
    found = due(Term(14, Unit.CALENDAR_DAYS), calendar=FEDERAL, start=date(2025, 9, 23), tolling=[shutdown])
    assert found.on == date(2025, 11, 19)
    assert any(
        "+43 calendar days" in sentence and "NLRB notice" in sentence for sentence in found.explanation
    )


@pytest.mark.parametrize(
    ("start", "amount", "end"),
    [
        (date(2025, 9, 20), 10, date(2025, 9, 30)),  # over before the closure
        (date(2025, 9, 20), 11, date(2025, 11, 13)),  # last day is the first closed one
        (date(2025, 10, 5), 7, date(2025, 11, 19)),  # begins inside
        (date(2025, 11, 12), 7, date(2025, 11, 19)),  # begins on the last closed day
        (date(2025, 11, 13), 7, date(2025, 11, 20)),  # begins after
        (date(2025, 9, 17), 10, date(2025, 9, 29)),  # Saturday 27 rolls, the closure is later
    ],
)
def test_a_closure_stops_only_the_days_it_covers(start, amount, end):
    shutdown = Tolling(date(2025, 10, 1), date(2025, 11, 12), "")
    assert on(Term(amount, Unit.CALENDAR_DAYS), start, tolling=[shutdown]) == end


def test_a_mailed_period_of_business_days_never_ends_on_a_closed_day():
    closure = Tolling(date(2000, 1, 22), date(2000, 1, 24), "")  # Saturday to Monday
    term = Term(1, Unit.BUSINESS_DAYS, mail_days=3)  # Wednesday 19, with the mailing days Saturday 22
    found = due(term, calendar=FEDERAL, start=date(2000, 1, 18), served=Served.MAIL, tolling=[closure])
    assert found.on == date(2000, 1, 25)


def test_a_period_that_would_roll_into_a_closure_runs_to_the_first_open_day_after_it():
    closure = Tolling(date(2026, 9, 14), date(2026, 9, 16), "")  # Monday to Wednesday
    assert on(Term(10, Unit.CALENDAR_DAYS), date(2026, 9, 2), tolling=[closure]) == date(2026, 9, 17)


def test_business_days_inside_a_closure_are_not_counted():
    closure = Tolling(date(2026, 9, 14), date(2026, 9, 16), "")
    assert on(THREE_BUSINESS_DAYS, date(2026, 9, 10), tolling=[closure]) == date(2026, 9, 18)


@pytest.mark.parametrize(
    ("began", "ended", "end"),
    [
        (date(2026, 9, 2), date(2026, 9, 4), date(2026, 9, 18)),  # on the first day
        (date(2026, 9, 9), date(2026, 9, 11), date(2026, 9, 18)),
        (date(2026, 9, 16), date(2026, 9, 18), date(2026, 9, 18)),  # on the last day
        (date(2026, 9, 17), date(2026, 9, 21), date(2026, 9, 16)),  # after it
        (date(2026, 8, 1), date(2026, 9, 1), date(2026, 9, 16)),  # before the first
        (date(2026, 8, 30), date(2026, 9, 4), date(2026, 9, 18)),  # across the first
    ],
)
def test_a_pause_adds_the_days_it_lasted(began, ended, end):
    pause = Pause(noon(began), noon(ended), "Waiting for an answer")
    assert on(Term(14, Unit.CALENDAR_DAYS), date(2026, 9, 2), pauses=[pause]) == end


def test_a_pause_begun_on_the_day_a_period_rolled_to_ends_no_earlier_than_the_pause():
    pause = Pause(noon(date(2026, 9, 14)), noon(date(2026, 9, 17)), "")
    assert on(Term(10, Unit.CALENDAR_DAYS), date(2026, 9, 2), pauses=[pause]) == date(2026, 9, 17)


def test_a_pause_that_lasts_moves_the_date_with_each_day():
    pause = Pause(noon(date(2026, 9, 9)), None, "Waiting for an answer", "8 CFR 103.2(b)(11)")
    term = Term(14, Unit.CALENDAR_DAYS, rolls=False)
    week = [
        due(term, calendar=FEDERAL, start=date(2026, 9, 2), pauses=[pause], at=noon(date(2026, 9, 9 + n)))
        for n in range(7)
    ]
    assert [found.on for found in week] == [date(2026, 9, 16 + n) for n in range(7)]
    assert all(found.paused for found in week)
    assert any("Paused since Wed 9 Sep 2026" in sentence for sentence in week[0].explanation)


def test_a_pause_begun_after_the_last_day_pauses_nothing():
    pause = Pause(noon(date(2026, 9, 20)), None, "")
    found = due(
        Term(14, Unit.CALENDAR_DAYS),
        calendar=FEDERAL,
        start=date(2026, 9, 2),
        pauses=[pause],
        at=noon(date(2026, 10, 1)),
    )
    assert (found.on, found.paused) == (date(2026, 9, 16), False)


def test_a_pause_of_business_days_ends_on_an_open_day_after_it():
    friday_to_sunday = Pause(noon(date(2026, 9, 18)), noon(date(2026, 9, 20)), "")
    assert on(Term(2, Unit.BUSINESS_DAYS), date(2026, 9, 16), pauses=[friday_to_sunday]) == date(2026, 9, 21)


def test_a_lasting_pause_needs_a_time_to_be_computed_at():
    with pytest.raises(ValueError, match="still lasts"):
        due(NOID, calendar=FEDERAL, start=date(2026, 9, 2), pauses=[Pause(noon(date(2026, 9, 3)), None, "")])


def test_a_pause_cannot_end_before_it_begins():
    backwards = Pause(noon(date(2026, 9, 4)), noon(date(2026, 9, 3)), "")
    with pytest.raises(ValueError, match="before it begins"):
        due(NOID, calendar=FEDERAL, start=date(2026, 9, 2), pauses=[backwards])


def test_a_closure_cannot_end_before_it_begins():
    with pytest.raises(ValueError, match="before it begins"):
        on(NOID, date(2026, 9, 2), tolling=[Tolling(date(2026, 9, 4), date(2026, 9, 3), "")])


# Hours


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        (datetime(2026, 3, 7, 12, 0, tzinfo=NEW_YORK), 24, datetime(2026, 3, 8, 13, 0, tzinfo=NEW_YORK)),
        (datetime(2026, 10, 31, 12, 0, tzinfo=NEW_YORK), 24, datetime(2026, 11, 1, 11, 0, tzinfo=NEW_YORK)),
        (datetime(2026, 9, 5, 23, 40, tzinfo=NEW_YORK), 4, datetime(2026, 9, 6, 3, 40, tzinfo=NEW_YORK)),
        (date(2026, 9, 5), 4, datetime(2026, 9, 5, 4, 0, tzinfo=NEW_YORK)),
    ],
)
def test_hours_are_exact_whatever_the_clock_on_the_wall_does(start, hours, end):
    found = due(Term(hours, Unit.HOURS), calendar=FEDERAL, start=start)
    assert (found.at, found.on) == (end.astimezone(UTC), end.date())


def test_hours_stand_still_during_a_pause_and_a_closure():
    start = datetime(2026, 9, 10, 12, 0, tzinfo=NEW_YORK)
    pause = Pause(start + timedelta(hours=1), start + timedelta(hours=3, minutes=30), "")
    closure = Tolling(date(2026, 9, 11), date(2026, 9, 11), "")
    found = due(Term(24, Unit.HOURS), calendar=FEDERAL, start=start, pauses=[pause], tolling=[closure])
    assert found.at == (start + timedelta(hours=24 + 2.5 + 24)).astimezone(UTC)
    assert any("2 h 30 min" in sentence for sentence in found.explanation)


def test_hours_count_a_pause_inside_a_closure_once():
    start = datetime(2026, 9, 10, 12, 0, tzinfo=NEW_YORK)
    pause = Pause(start + timedelta(hours=14), start + timedelta(hours=15), "")
    closure = Tolling(date(2026, 9, 11), date(2026, 9, 11), "")
    found = due(Term(24, Unit.HOURS), calendar=FEDERAL, start=start, pauses=[pause], tolling=[closure])
    assert found.at == (start + timedelta(hours=48)).astimezone(UTC)


def test_hours_move_on_while_a_pause_lasts():
    start = datetime(2026, 9, 10, 12, 0, tzinfo=NEW_YORK)
    found = due(
        Term(4, Unit.HOURS),
        calendar=FEDERAL,
        start=start,
        pauses=[Pause(start + timedelta(hours=1), None, "")],
        at=start + timedelta(hours=9),
    )
    assert (found.at, found.paused) == ((start + timedelta(hours=12)).astimezone(UTC), True)


# The range


@pytest.mark.parametrize("start", [date(1899, 12, 31), date(2101, 1, 1), date.min, date.max])
def test_a_start_outside_1900_to_2100_is_refused_with_a_sentence(start):
    with pytest.raises(OutOfRange, match="1900 to 2100"):
        on(NOID, start)


@pytest.mark.parametrize(
    ("term", "start"),
    [
        (NOID, date(2100, 12, 15)),
        (Term(1, Unit.CALENDAR_DAYS), date(2100, 12, 30)),  # New Year 2101 is kept on 31 December
        (Term(1, Unit.MONTHS), date(2100, 12, 1)),
        (Term(100_000, Unit.MONTHS), date(2026, 1, 1)),
        (Term(100_000, Unit.CALENDAR_DAYS), date(2026, 1, 1)),
        (Term(30, Unit.CALENDAR_DAYS, counts_back=True), date(1900, 1, 5)),
        (Term(30, Unit.BUSINESS_DAYS, counts_back=True), date(1900, 1, 5)),
        (Term(100_000, Unit.HOURS), date(2095, 1, 5)),
        (Term(100_000, Unit.MONTHS, counts_back=True), date(2026, 1, 1)),
    ],
)
def test_a_result_outside_1900_to_2100_is_refused_with_a_sentence(term, start):
    with pytest.raises(OutOfRange, match="1900 to 2100"):
        on(term, start)


def test_the_first_and_the_last_day_of_the_range_can_be_used():
    assert on(Term(0, Unit.CALENDAR_DAYS, rolls=False), date(1900, 1, 1)) == date(1900, 1, 1)
    assert on(Term(1, Unit.CALENDAR_DAYS, rolls=False), date(2100, 12, 30)) == date(2100, 12, 31)


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        due(NOID, calendar=FEDERAL, start=datetime(2026, 9, 2, 12, 0))  # noqa: DTZ001


@pytest.mark.parametrize(
    "value",
    [
        None, 84, "84", [], {}, {"amount": 84}, {"unit": "months"}, {"amount": "84", "unit": "months"},
        {"amount": 1.5, "unit": "hours"}, {"amount": -1, "unit": "hours"}, {"amount": 1, "unit": "weeks"},
    ],
)  # fmt: skip
def test_a_value_that_states_no_period_is_refused(value):
    with pytest.raises(ValueError, match=r"^(This rule|The length|“weeks”).*\.$"):
        Term.parse(value)


def test_a_term_is_read_from_a_policys_value():
    value = {"amount": 84, "unit": "calendar_days", "mail_days": 3, "rolls": True, "rungs": []}
    assert Term.parse(value) == RFE


# What is left


@pytest.mark.parametrize(
    ("at", "days", "business_days", "late", "text"),
    [
        (datetime(2026, 11, 27, 12, 0, tzinfo=NEW_YORK), 3, 1, False, "3 days left (1 business day)"),
        (datetime(2026, 11, 30, 12, 0, tzinfo=NEW_YORK), 0, 0, False, "Due today"),
        (datetime(2026, 11, 30, 23, 59, 59, tzinfo=NEW_YORK), 0, 0, False, "Due today"),
        (datetime(2026, 12, 1, 0, 0, tzinfo=NEW_YORK), -1, -1, True, "1 day late"),
        (datetime(2026, 12, 7, 9, 0, tzinfo=NEW_YORK), -7, -5, True, "7 days late"),
    ],
)
def test_what_is_left_is_counted_in_the_offices_days(at, days, business_days, late, text):
    found = due(RFE, calendar=FEDERAL, start=date(2026, 9, 2), served=Served.MAIL)
    left = remaining(found, at, FEDERAL)
    assert (left.days, left.business_days, left.late, left.text) == (days, business_days, late, text)


@pytest.mark.parametrize(
    ("hours_later", "late", "text"),
    [(1, False, "3 hours left"), (3.5, False, "Less than an hour left"), (6, True, "2 hours late")],
)
def test_what_is_left_of_hours_is_told_in_hours(hours_later, late, text):
    start = datetime(2026, 9, 10, 12, 0, tzinfo=NEW_YORK)
    found = due(Term(4, Unit.HOURS), calendar=FEDERAL, start=start)
    left = remaining(found, start + timedelta(hours=hours_later), FEDERAL)
    assert (left.late, left.text) == (late, text)


# Ladders

LADDER = {
    "amount": 3,
    "unit": "business_days",
    "rungs": [
        {"rung": "warn", "before": {"amount": 1, "unit": "business_days"}},
        {"rung": "due"},
        {"rung": "breach", "after": {"amount": 1, "unit": "calendar_days"}},
        {"rung": "head", "after": {"amount": 2, "unit": "hours"}},
        {"rung": "month", "before": {"amount": 1, "unit": "months"}},
    ],
}


def test_a_ladder_is_reached_rung_by_rung():
    found = due(Term.parse(LADDER), calendar=FEDERAL, start=date(2026, 9, 3))  # due Wed 9 September
    reached = {rung.rung: rung_at(found, rung, FEDERAL).astimezone(NEW_YORK) for rung in rungs(LADDER)}
    assert reached == {
        "warn": datetime(2026, 9, 8, 0, 0, tzinfo=NEW_YORK),
        "due": datetime(2026, 9, 9, 23, 59, 59, tzinfo=NEW_YORK),
        "breach": datetime(2026, 9, 10, 23, 59, 59, tzinfo=NEW_YORK),
        "head": datetime(2026, 9, 10, 1, 59, 59, tzinfo=NEW_YORK),
        "month": datetime(2026, 8, 9, 0, 0, tzinfo=NEW_YORK),
    }


@pytest.mark.parametrize("value", [24, None, {"amount": 1, "unit": "hours"}, {"rungs": []}])
def test_a_value_without_a_ladder_has_the_one_rung_due(value):
    assert rungs(value) == [Rung("due")]


def test_two_rungs_of_one_name_are_refused():
    with pytest.raises(ValueError, match="same name"):
        rungs({"rungs": [{"rung": "warn"}, {"rung": "warn"}]})

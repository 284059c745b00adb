"""What holds for every period, whatever the dates."""

from datetime import UTC, date, datetime, time, timedelta

from hypothesis import assume, example, given
from hypothesis import strategies as st

from workflows.calendars import calendar
from workflows.terms import Pause, Served, Term, Tolling, Unit, due

FEDERAL = calendar("us-federal")
DAYS = st.dates(date(1905, 1, 1), date(2090, 12, 31))
AMOUNTS = st.integers(1, 400)
DAY_UNITS = st.sampled_from([Unit.CALENDAR_DAYS, Unit.BUSINESS_DAYS, Unit.MONTHS])


@st.composite
def terms(draw: st.DrawFn, *, rolls: bool | None = None) -> Term:
    unit = draw(DAY_UNITS)
    return Term(
        amount=draw(st.integers(1, 24) if unit is Unit.MONTHS else AMOUNTS),
        unit=unit,
        mail_days=draw(st.sampled_from([0, 3])),
        rolls=draw(st.booleans()) if rolls is None else rolls,
    )


def moment(day: date, hour: int = 12) -> datetime:
    return datetime.combine(day, time(hour), FEDERAL.timezone).astimezone(UTC)


@st.composite
def pauses_near(draw: st.DrawFn, start: date) -> list[Pause]:
    found = []
    for _ in range(draw(st.integers(0, 3))):
        began = start + timedelta(days=draw(st.integers(-20, 420)))
        ended = began + timedelta(days=draw(st.integers(0, 60)))
        found.append(Pause(moment(began), moment(ended, 13), "held"))
    return found


@st.composite
def closures_near(draw: st.DrawFn, start: date) -> list[Tolling]:
    found = []
    for _ in range(draw(st.integers(0, 2))):
        began = start + timedelta(days=draw(st.integers(-20, 420)))
        found.append(Tolling(began, began + timedelta(days=draw(st.integers(0, 45))), "closed"))
    return found


@given(terms(), DAYS, st.integers(1, 40), st.data())
@example(Term(1, Unit.MONTHS), date(2026, 1, 31), 1, None)
def test_a_later_start_never_ends_earlier(term, start, later, data):
    stops = {}
    if data is not None:
        stops = {"pauses": data.draw(pauses_near(start)), "tolling": data.draw(closures_near(start))}
    # A stop adds days to the end of whole months, and months have different lengths.
    assume(term.unit is not Unit.MONTHS or not any(stops.values()))
    first = due(term, calendar=FEDERAL, start=start, **stops)
    second = due(term, calendar=FEDERAL, start=start + timedelta(days=later), **stops)
    assert second.on >= first.on
    assert second.at >= first.at


@given(
    DAYS, st.integers(1, 200), st.integers(1, 200), st.sampled_from([Unit.CALENDAR_DAYS, Unit.BUSINESS_DAYS])
)
def test_two_periods_in_a_row_are_as_long_as_their_sum(start, one, other, unit):
    def later(day: date, amount: int) -> date:
        return due(Term(amount, unit, rolls=False), calendar=FEDERAL, start=day).on

    assert later(later(start, one), other) == later(start, one + other)


@given(terms(), DAYS, st.data())
def test_a_longer_period_never_ends_earlier(term, start, data):
    stops = {"pauses": data.draw(pauses_near(start)), "tolling": data.draw(closures_near(start))}
    longer = Term(term.amount + 1, term.unit, term.mail_days, term.rolls)
    assert (
        due(longer, calendar=FEDERAL, start=start, **stops).on
        >= due(term, calendar=FEDERAL, start=start, **stops).on
    )


@given(terms(rolls=True), DAYS, st.data())
def test_a_period_that_rolls_ends_on_a_business_day(term, start, data):
    stops = {"pauses": data.draw(pauses_near(start)), "tolling": data.draw(closures_near(start))}
    found = due(term, calendar=FEDERAL, start=start, served=Served.MAIL, **stops)
    assert FEDERAL.is_business_day(found.on)
    assert not any(closure.starts_on <= found.on <= closure.ends_on for closure in stops["tolling"])


@given(terms(rolls=False), DAYS, st.integers(0, 400), st.integers(0, 90))
def test_a_pause_while_the_clock_runs_moves_the_end_by_its_length(term, start, into, length):
    assume(term.unit is not Unit.BUSINESS_DAYS)
    plain = due(term, calendar=FEDERAL, start=start).on
    assume(into <= (plain - start).days)
    began = start + timedelta(days=into)
    pause = Pause(moment(began), moment(began + timedelta(days=length), 13), "held")
    assert due(term, calendar=FEDERAL, start=start, pauses=[pause]).on == plain + timedelta(days=length)


@given(terms(), DAYS, st.data())
def test_a_pause_never_makes_a_period_end_earlier(term, start, data):
    plain = due(term, calendar=FEDERAL, start=start)
    pauses = data.draw(pauses_near(start))
    assert due(term, calendar=FEDERAL, start=start, pauses=pauses).on >= plain.on


@given(terms(), DAYS, st.integers(-10, 400), st.integers(0, 90))
def test_no_period_ends_while_its_clock_stands_still(term, start, into, length):
    began = start + timedelta(days=into)
    ended = began + timedelta(days=length)
    found = due(term, calendar=FEDERAL, start=start, pauses=[Pause(moment(began), moment(ended, 13), "held")])
    assert found.on < began or found.on >= ended


@given(terms(), DAYS, st.integers(0, 400))
def test_pausing_and_resuming_at_once_changes_nothing(term, start, into):
    instant = moment(start + timedelta(days=into))
    pause = Pause(instant, instant, "held")
    assert due(term, calendar=FEDERAL, start=start, pauses=[pause]) == due(
        term, calendar=FEDERAL, start=start
    )


@given(terms(), DAYS, st.integers(0, 300), st.integers(0, 60), st.integers(0, 60), st.integers(0, 60))
def test_overlapping_pauses_are_counted_once(term, start, into, head, middle, tail):
    first = start + timedelta(days=into)
    days = [first + timedelta(days=n) for n in (0, head, head + middle, head + middle + tail)]
    one = Pause(moment(days[0]), moment(days[2]), "held")
    other = Pause(moment(days[1]), moment(days[3]), "held")
    whole = Pause(moment(days[0]), moment(days[3]), "held")

    def end(*pauses: Pause) -> date:
        return due(term, calendar=FEDERAL, start=start, pauses=pauses).on

    assert end(one, other) == end(other, one) == end(whole) == end(whole, one)


@given(terms(), DAYS, st.integers(0, 300), st.integers(0, 60))
def test_a_pause_inside_a_closure_adds_nothing(term, start, into, length):
    began = start + timedelta(days=into)
    ended = began + timedelta(days=length)
    closure = Tolling(began, ended, "closed")
    alone = due(term, calendar=FEDERAL, start=start, tolling=[closure]).on
    for hours in (12, 13):
        pause = Pause(moment(began), moment(ended, hours), "held")
        assert due(term, calendar=FEDERAL, start=start, tolling=[closure], pauses=[pause]).on == alone


@given(terms(), DAYS, st.integers(0, 300), st.integers(0, 60), st.integers(1, 30))
def test_while_a_pause_lasts_the_date_only_moves_on(term, start, into, lasted, more):
    began = start + timedelta(days=into)
    pause = Pause(moment(began), None, "held")
    now, later = (moment(began + timedelta(days=n), 13) for n in (lasted, lasted + more))
    one = due(term, calendar=FEDERAL, start=start, pauses=[pause], at=now)
    other = due(term, calendar=FEDERAL, start=start, pauses=[pause], at=later)
    assert other.on >= one.on
    assert one.paused == other.paused


@given(st.integers(0, 500), DAYS, st.integers(0, 23))
def test_hours_forward_and_back_meet(hours, day, hour):
    start = moment(day, hour)
    end = due(Term(hours, Unit.HOURS), calendar=FEDERAL, start=start).at
    assert due(Term(hours, Unit.HOURS, counts_back=True), calendar=FEDERAL, start=end).at == start


@given(terms(), DAYS)
def test_the_last_sentence_tells_the_date_and_the_same_question_has_the_same_answer(term, start):
    found = due(term, calendar=FEDERAL, start=start)
    assert str(found.on.year) in found.explanation[-1]
    assert str(found.on.day) in found.explanation[-1]
    assert found == due(term, calendar=FEDERAL, start=start)


def test_a_pause_of_an_hour_before_a_closure_lets_no_period_end_in_the_closure():
    on_the_last_day = datetime(2000, 1, 15, 17, tzinfo=UTC)
    found = due(
        Term(11, Unit.CALENDAR_DAYS, mail_days=3, rolls=True),
        calendar=FEDERAL,
        start=date(2000, 1, 1),
        served=Served.MAIL,
        pauses=[Pause(on_the_last_day, on_the_last_day + timedelta(hours=1), "held")],
        tolling=[Tolling(date(2000, 1, 16), date(2000, 1, 18), "closed")],
    )
    assert found.on == date(2000, 1, 19)

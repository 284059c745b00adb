"""Clocks follow the state of a case: they start, stand still, go on, stop and begin anew with its steps."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from referrals.services import soi_requests
from referrals.services.steps import take_step
from tests.cases import OPEN_WORLD
from tests.laid_down import laid_down
from workflows import clockwork, engine
from workflows.machines.soi_request_states import State
from workflows.models import Clock, Deadline, Pause

ARMED, FIRED = Deadline.State.ARMED, Deadline.State.FIRED
CANCELLED, SUPERSEDED = Deadline.State.CANCELLED, Deadline.State.SUPERSEDED


def day(number: int) -> datetime:
    """So many days after Monday, 5 August 2024, in the morning in Phoenix."""
    return OPEN_WORLD + timedelta(days=number)


def running(record: Any) -> dict[str, date | None]:
    """The due date of every clock that has not stopped."""
    return dict(Clock.objects.filter(case_id=record.pk, stopped_at=None).values_list("key", "due_on"))


def clock_of(record: Any, key: str) -> Clock:
    return Clock.objects.get(case_id=record.pk, key=key, stopped_at=None)


def rungs(clock: Clock, state: str) -> list[str]:
    return list(clock.deadlines.filter(state=state).order_by("due_at", "pk").values_list("rung", flat=True))


@pytest.fixture
@laid_down
def asked(cast: Any, submitted: Any) -> Any:
    """Submitted on day 0, acknowledged on day 1; on day 7 the agency asks for more."""
    take_step(submitted, "acknowledge", by=cast.investigator, at=day(1))
    take_step(submitted, "request_information", by=cast.investigator, at=day(7))
    return submitted


def test_a_step_starts_the_clocks_of_the_new_state(submitted: Any) -> None:
    assert running(submitted) == {
        "soi_acknowledgement": date(2024, 8, 8),
        "soi_request_lapse": date(2024, 11, 4),
        "soi_determination": date(2024, 9, 4),
    }
    acknowledgement = clock_of(submitted, "soi_acknowledgement")
    assert rungs(acknowledgement, ARMED) == ["warn_2", "warn_1", "due", "breach", "supervisor"]


def test_a_due_date_ends_with_the_day_at_the_agency(submitted: Any) -> None:
    due = clock_of(submitted, "soi_acknowledgement").due_at
    assert due == datetime(2024, 8, 9, 6, 59, 59, tzinfo=UTC), "midnight in Phoenix"
    assert submitted.next_due_at == due


def test_a_clock_follows_its_agency_own_dated_rule(submitted: Any) -> None:
    assert (
        str(clock_of(submitted, "soi_acknowledgement").policy) == "soi_acknowledgement (NLRB) from 2021-11-08"
    )
    assert str(clock_of(submitted, "soi_determination").policy) == "soi_determination (US) from 2021-10-12"


def test_a_step_stops_the_clocks_of_the_state_left_behind(cast: Any, submitted: Any) -> None:
    take_step(submitted, "acknowledge", by=cast.investigator, at=day(1))
    assert running(submitted) == {"soi_determination": date(2024, 9, 4)}
    stopped = Clock.objects.get(case_id=submitted.pk, key="soi_acknowledgement")
    assert stopped.stopped_at == day(1)
    assert set(stopped.deadlines.values_list("state", flat=True)) == {CANCELLED}
    assert submitted.next_due_at == clock_of(submitted, "soi_determination").due_at


def test_a_clock_goes_on_through_states_that_share_it(cast: Any, submitted: Any) -> None:
    before = clock_of(submitted, "soi_determination")
    take_step(submitted, "acknowledge", by=cast.investigator, at=day(1))
    take_step(submitted, "begin_review", by=cast.investigator, at=day(2))
    after = clock_of(submitted, "soi_determination")
    assert (after.pk, after.generation, after.due_on) == (before.pk, 1, before.due_on)


def test_a_paused_clock_has_nothing_armed_and_is_not_what_the_desk_waits_for(asked: Any) -> None:
    paused = clock_of(asked, "soi_determination")
    assert paused.paused
    assert rungs(paused, ARMED) == []
    assert asked.next_due_at == clock_of(asked, "soi_information").due_at


def test_a_resumed_clock_is_moved_by_the_time_it_stood_still(cast: Any, asked: Any) -> None:
    take_step(asked, "answer", by=cast.representative, at=day(14))
    resumed = clock_of(asked, "soi_determination")
    assert not resumed.paused
    assert (resumed.generation, resumed.due_on) == (2, date(2024, 9, 11))
    assert rungs(resumed, ARMED) == ["warn_7", "due", "breach", "supervisor", "head"]
    assert asked.next_due_at == resumed.due_at
    assert set(running(asked)) == {"soi_determination"}


def test_the_explanation_tells_of_the_pause(cast: Any, asked: Any) -> None:
    take_step(asked, "answer", by=cast.representative, at=day(14))
    told = " ".join(clockwork.reckon(asked, clock_of(asked, "soi_determination"), at=day(15)).explanation)
    for words in ("Mon 12 Aug 2024", "Waiting for the other side", "7 calendar days", "Wed 11 Sep 2024"):
        assert words in told


def test_why_a_clock_stands_still_is_told_in_the_readers_language(cast: Any, submitted: Any) -> None:
    with translation.override("es"):
        take_step(submitted, "acknowledge", by=cast.investigator, at=day(1))
        take_step(submitted, "request_information", by=cast.investigator, at=day(7))
    clock = clock_of(submitted, "soi_determination")
    assert "(Waiting for the other side" in " ".join(
        clockwork.reckon(submitted, clock, at=day(8)).explanation
    )
    with translation.override("es"):
        told = " ".join(clockwork.reckon(submitted, clock, at=day(8)).explanation)
    assert "El plazo está detenido desde lun 12 ago 2024 (En espera de la otra parte" in told


def test_while_a_clock_stands_still_its_date_moves_with_the_day(asked: Any) -> None:
    clock = clock_of(asked, "soi_determination")
    first, second = (clockwork.reckon(asked, clock, at=day(number)) for number in (8, 9))
    assert second.on - first.on == timedelta(days=1)
    assert first.paused


def test_a_clock_that_pauses_twice_is_moved_by_both(cast: Any, asked: Any) -> None:
    take_step(asked, "answer", by=cast.representative, at=day(14))
    take_step(asked, "request_information", by=cast.investigator, at=day(15))
    take_step(asked, "answer", by=cast.representative, at=day(18))
    clock = clock_of(asked, "soi_determination")
    assert (clock.generation, clock.due_on, clock.pauses.count()) == (3, date(2024, 9, 16), 2)
    assert "7 calendar days" in " ".join(clockwork.reckon(asked, clock, at=day(19)).explanation)


def test_a_clock_that_ran_before_begins_anew_the_next_time(cast: Any, asked: Any) -> None:
    take_step(asked, "answer", by=cast.representative, at=day(14))
    take_step(asked, "request_information", by=cast.investigator, at=day(15))
    clock = clock_of(asked, "soi_information")
    assert (clock.started_at, clock.due_on) == (day(15), date(2024, 9, 3))
    assert Clock.objects.filter(case_id=asked.pk, key="soi_information").count() == 2


def test_a_rung_that_fired_is_armed_again_only_if_it_is_ahead_again(cast: Any, asked: Any) -> None:
    take_step(asked, "answer", by=cast.representative, at=day(14))
    clock = clock_of(asked, "soi_determination")
    clock.deadlines.filter(rung="warn_7", state=ARMED).update(state=FIRED, settled_at=day(30))
    take_step(asked, "request_information", by=cast.investigator, at=day(30))
    take_step(asked, "answer", by=cast.representative, at=day(33))
    assert rungs(clock, ARMED) == ["warn_7", "due", "breach", "supervisor", "head"], "9 September, day 35"
    clock.deadlines.filter(rung="warn_7", state=ARMED).update(state=FIRED, settled_at=day(35))
    take_step(asked, "request_information", by=cast.investigator, at=day(35))
    take_step(asked, "answer", by=cast.representative, at=day(35))
    assert rungs(clock, ARMED) == ["due", "breach", "supervisor", "head"]


def test_a_final_state_stops_everything(cast: Any, asked: Any) -> None:
    take_step(asked, "withdraw", by=cast.representative, at=day(8), reason="Settled.")
    assert running(asked) == {}
    assert not Deadline.objects.filter(case_id=asked.pk, state=ARMED).exists()
    assert not Pause.objects.filter(clock__case_id=asked.pk, ended_at=None).exists()


def test_an_edit_leaves_the_clocks_alone(cast: Any, submitted: Any) -> None:
    take_step(submitted, "acknowledge", by=cast.investigator, at=day(1))
    take_step(submitted, "begin_review", by=cast.investigator, at=day(2))
    before = list(Deadline.objects.filter(case_id=submitted.pk).order_by("pk").values())
    soi_requests.assess(submitted, by=cast.investigator, at=day(3), values={"witnesses": 1})
    engine.record_note(submitted, "looked_at", by=cast.investigator, at=day(4))
    assert list(Deadline.objects.filter(case_id=submitted.pk).order_by("pk").values()) == before


# Ends that are fixed


@pytest.fixture
@laid_down
def monitored(cast: Any, submitted: Any) -> Any:
    """Reviewed, and put off until the second of December."""
    take_step(submitted, "acknowledge", by=cast.investigator, at=day(1))
    take_step(submitted, "begin_review", by=cast.investigator, at=day(2))
    soi_requests.assess(submitted, by=cast.investigator, at=day(2), values={"witnesses": 1})
    take_step(
        submitted,
        "monitor",
        by=cast.investigator,
        at=day(3),
        reason="Not needed yet.",
        recheck_on=date(2024, 12, 2),
    )
    return submitted


def test_a_fixed_end_is_the_last_moment_of_its_day_and_says_that_it_is_fixed(monitored: Any) -> None:
    clock = clock_of(monitored, "soi_recheck")
    assert clock.due_at == datetime(2024, 12, 3, 6, 59, 59, tzinfo=UTC)
    told = clockwork.reckon(monitored, clock, at=day(4)).explanation
    assert told == ("This date is fixed: Mon 2 Dec 2024.",)


def test_a_fixed_end_that_moves_starts_the_clock_anew(cast: Any, active: Any) -> None:
    before = clock_of(active, "soi_review")
    take_step(
        active,
        "continue_interest",
        by=cast.approver,
        at=day(1),
        reason="The case goes on.",
        review_by_on=date(2027, 8, 5),
    )
    after = clock_of(active, "soi_review")
    assert (after.pk != before.pk, after.due_on) == (True, date(2027, 8, 5))
    assert set(before.deadlines.values_list("state", flat=True)) == {CANCELLED}
    assert active.next_due_at == after.due_at


def test_a_clock_without_its_date_does_not_run(cast: Any, monitored: Any) -> None:
    take_step(monitored, "recheck", by=cast.investigator, at=day(10))
    assert monitored.recheck_on is None
    assert monitored.state == State.UNDER_REVIEW
    assert running(monitored) == {"soi_determination": date(2024, 9, 11)}


def test_warnings_that_would_have_come_before_the_start_are_left_out(cast: Any, in_review: Any) -> None:
    take_step(in_review, "approve", by=cast.approver, at=day(0))
    take_step(in_review, "sign", by=cast.signer, at=day(0), review_by_on=day(70).date())
    assert rungs(clock_of(in_review, "soi_review"), ARMED) == ["warn_60", "warn_30", "due", "breach"]


# What the database refuses


def test_a_clock_runs_once_at_a_time(submitted: Any) -> None:
    clock = clock_of(submitted, "soi_determination")
    clock.pk = None
    with pytest.raises(IntegrityError, match="a_clock_runs_once_at_a_time"), transaction.atomic():
        clock.save(force_insert=True)


def test_the_state_pauses_a_clock_once_at_a_time(asked: Any) -> None:
    clock = clock_of(asked, "soi_determination")
    with pytest.raises(IntegrityError, match="a_state_pauses_a_clock_once_at_a_time"), transaction.atomic():
        Pause.objects.create(clock=clock, began_at=day(8), reason="Again.")


def test_a_rung_is_armed_once_a_generation(submitted: Any) -> None:
    deadline = clock_of(submitted, "soi_determination").deadlines.first()
    assert deadline is not None
    deadline.pk = None
    with pytest.raises(IntegrityError, match="each_rung_is_armed_once_a_generation"), transaction.atomic():
        deadline.save(force_insert=True)

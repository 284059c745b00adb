"""What is due is fired: once, however late, however often, and whatever happens to another case."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from notifications.models import Message
from referrals import deadline_announcements, tasks
from referrals.services.steps import take_step
from tests import cases
from tests.cases import OPEN_WORLD
from workflows import engine, history
from workflows.machines import soi_request_states, statement_states
from workflows.models import Deadline, Step
from workflows.parties import Capacity
from workflows.sweep import Fired, Swept

Told = list[tuple[str, str]]


def day(number: int) -> datetime:
    return OPEN_WORLD + timedelta(days=number)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    """What people were told by sweeps: clock and rung."""
    heard: Told = []

    def listen(fired: Sequence[Fired], *, at: datetime) -> None:
        heard.extend((each.clock_key, each.rung) for each in fired)
        deadline_announcements.deadlines_passed(fired, at=at)

    monkeypatch.setattr(tasks, "SWEEPER", replace(tasks.SWEEPER, tell=listen))
    return heard


def fired(record: Any) -> list[str]:
    rows = Deadline.objects.filter(case_id=record.pk, state=Deadline.State.FIRED)
    return [f"{row.clock_key}/{row.rung}" for row in rows.order_by("due_at", "pk")]


def test_before_anything_is_due_nothing_happens(submitted: Any, told: Told) -> None:
    assert tasks.fire(at=day(0)) == Swept()
    assert told == []


def test_a_rung_fires_when_its_moment_has_come_and_not_before(submitted: Any, told: Told) -> None:
    moment = Deadline.objects.get(case_id=submitted.pk, clock_key="soi_acknowledgement", rung="due").due_at
    tasks.fire(at=moment - timedelta(seconds=1))
    assert ("soi_acknowledgement", "due") not in told
    tasks.fire(at=moment)
    assert told[-1] == ("soi_acknowledgement", "due")


def test_of_several_missed_rungs_of_a_clock_only_the_last_speaks(submitted: Any, told: Told) -> None:
    swept = tasks.fire(at=day(20))
    assert told == [("soi_acknowledgement", "supervisor")]
    assert (swept.fired, swept.collapsed) == (5, 4)
    silent = Deadline.objects.filter(case_id=submitted.pk, state=Deadline.State.FIRED, collapsed=True)
    assert set(silent.values_list("rung", flat=True)) == {"warn_2", "warn_1", "due", "breach"}


def test_each_rung_fires_once_however_often_it_is_swept(submitted: Any, told: Told) -> None:
    for hour in range(0, 24 * 60, 6):
        tasks.fire(at=OPEN_WORLD + timedelta(hours=hour))
        tasks.fire(at=OPEN_WORLD + timedelta(hours=hour))
    assert max(Counter(told).values()) == 1
    assert [rung for clock, rung in told if clock == "soi_acknowledgement"] == [
        "warn_2",
        "warn_1",
        "due",
        "breach",
        "supervisor",
    ]
    assert fired(submitted) == [f"{clock}/{rung}" for clock, rung in told]


def test_sweeping_again_tells_nobody_again(submitted: Any) -> None:
    tasks.fire(at=day(20))
    messages = Message.objects.count()
    assert messages > 0
    assert tasks.fire(at=day(20)) == Swept()
    assert Message.objects.count() == messages


def test_what_was_done_in_time_does_not_fire(cast: Any, submitted: Any, told: Told) -> None:
    take_step(submitted, "acknowledge", by=cast.investigator, at=day(0))
    tasks.fire(at=day(20))
    assert [clock for clock, _rung in told if clock == "soi_acknowledgement"] == []


# Steps that the system takes


def test_a_request_that_nobody_answers_lapses(submitted: Any) -> None:
    assert tasks.fire(at=day(92)).steps == 1
    lapse = submitted.steps.get(name="lapse")
    assert (lapse.capacity, lapse.actor_id, lapse.at) == (Capacity.SYSTEM, None, day(92))
    fresh = type(submitted)._default_manager.get(pk=submitted.pk)
    assert (fresh.state, fresh.closed_at) == (soi_request_states.State.LAPSED, day(92))
    assert not Deadline.objects.filter(case_id=submitted.pk, state=Deadline.State.ARMED).exists()
    assert history.verify().broken is None


def test_a_monitored_request_is_taken_up_again_on_its_day(cast: Any, submitted: Any) -> None:
    from referrals.services import soi_requests

    for name in ("acknowledge", "begin_review"):
        take_step(submitted, name, by=cast.investigator, at=day(1))
    soi_requests.assess(submitted, by=cast.investigator, at=day(1), values={"witnesses": 1})
    on = {"recheck_on": date(2024, 9, 2)}
    take_step(submitted, "monitor", by=cast.investigator, at=day(1), reason="Later.", **on)
    assert tasks.fire(at=day(27)).steps == 0
    assert tasks.fire(at=day(29)).steps == 1
    fresh = type(submitted)._default_manager.get(pk=submitted.pk)
    assert fresh.state == soi_request_states.State.UNDER_REVIEW


def test_a_statement_nears_its_review_and_then_expires(active: Any) -> None:
    tasks.fire(at=day(730 - 90))
    assert type(active)._default_manager.get(pk=active.pk).state == statement_states.State.EXPIRING
    tasks.fire(at=day(730 + 1))
    assert type(active)._default_manager.get(pk=active.pk).state == statement_states.State.EXPIRING
    tasks.fire(at=day(730 + 3))
    assert type(active)._default_manager.get(pk=active.pk).state == statement_states.State.EXPIRED


def test_a_sweep_that_comes_years_late_takes_the_steps_in_their_order(active: Any) -> None:
    assert tasks.fire(at=day(2000)).steps == 2
    names = list(active.steps.order_by("-sequence").values_list("name", flat=True)[:2])
    assert names == ["expire", "begin_expiring"]
    assert history.verify().broken is None


@pytest.mark.parametrize("steps", [[], ["transmit"], ["transmit", "confirm_receipt"]])
def test_a_statement_stuck_on_its_way_to_dhs_expires_as_well(
    cast: Any, in_review: Any, steps: list[str]
) -> None:
    takers = {"transmit": cast.investigator, "confirm_receipt": cast.intake}
    take_step(in_review, "approve", by=cast.approver, at=day(0))
    take_step(in_review, "sign", by=cast.signer, at=day(0), review_by_on=day(365).date())
    for name in steps:
        take_step(in_review, name, by=takers[name], at=day(0))
    tasks.fire(at=day(368))
    assert type(in_review)._default_manager.get(pk=in_review.pk).state == statement_states.State.EXPIRED


def test_a_step_that_the_system_takes_is_taken_once(submitted: Any) -> None:
    tasks.fire(at=day(92))
    lapse = Deadline.objects.get(case_id=submitted.pk, clock_key="soi_request_lapse", rung="due")
    assert submitted.steps.get(name="lapse").idempotency_key == f"deadline:{lapse.pk}"
    Deadline.objects.filter(pk=lapse.pk).update(state=Deadline.State.ARMED)
    tasks.fire(at=day(93))
    assert submitted.steps.filter(name="lapse").count() == 1


# Trouble


def failing_for(*records: Any) -> Any:
    """A way to tell that fails for some records."""

    def tell(fired: Sequence[Fired], *, at: datetime) -> None:
        if {each.case_id for each in fired} & {record.pk for record in records}:
            raise RuntimeError("this case is damaged")
        deadline_announcements.deadlines_passed(fired, at=at)

    return tell


def sweep_with(at: datetime, *, limit: int = 100, **how: Any) -> Swept:
    return replace(tasks.SWEEPER, **how).fire_due(at=at, limit=limit)


def test_a_case_that_fails_does_not_stop_the_others(
    cast: Any, submitted: Any, caplog: pytest.LogCaptureFixture
) -> None:
    other = cases.request_draft(cast)
    take_step(other, "submit", by=cast.representative, at=day(0))
    with caplog.at_level(logging.ERROR):
        swept = sweep_with(day(20), tell=failing_for(submitted))
    assert (swept.fired, swept.failed) == (5, 1)
    assert fired(submitted) == []
    assert len(fired(other)) == 5
    assert "could not be fired" in caplog.text
    assert sweep_with(day(20)).fired == 5, "it is tried again"


def test_when_telling_fails_the_rungs_stay_due_and_nobody_was_told(submitted: Any) -> None:
    before = Message.objects.count()

    def tell(*_what: Any, **_when: Any) -> None:
        raise RuntimeError("no words")

    assert sweep_with(day(92), tell=tell) == Swept(failed=1)
    assert (fired(submitted), Message.objects.count()) == ([], before)
    assert not Step.objects.filter(name="lapse").exists()


def test_a_step_that_is_refused_is_logged_and_the_rungs_have_fired(
    submitted: Any, caplog: pytest.LogCaptureFixture
) -> None:
    def take(records: Any, *_what: Any, **_how: Any) -> Any:
        return {each.pk: engine.StepRefused(engine.Refusal("no", "Not today.")) for each in records}

    with caplog.at_level(logging.WARNING):
        swept = sweep_with(day(92), take=take)
    assert (swept.steps, swept.failed) == (0, 0)
    assert "soi_request_lapse/due" in fired(submitted)
    assert "Not today." in caplog.text


def test_a_sweep_stops_at_its_limit_and_the_next_one_goes_on(cast: Any, submitted: Any) -> None:
    other = cases.request_draft(cast)
    take_step(other, "submit", by=cast.representative, at=day(0))
    assert sweep_with(day(20), limit=1).fired == 5
    assert sweep_with(day(20), limit=1).fired == 5
    assert sweep_with(day(20), limit=1) == Swept()

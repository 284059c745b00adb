"""Clocks ordered to stand still: by whom, on what ground, and that each order ends by itself."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from notifications.models import Message
from referrals import presenting
from referrals.personal_data import PersonalDataFound
from referrals.services import clock_orders
from referrals.services.steps import take_step
from tests.cases import OPEN_WORLD, reload
from tests.laid_down import laid_down
from workflows import clockwork, engine, history, redaction, sealing
from workflows.clock_orders import LIFT, ORDER, Lifting, PauseOrder
from workflows.engine import StalePage, StepRefused
from workflows.models import Clock, Deadline, Pause, Policy, Step

ARMED, FIRED = Deadline.State.ARMED, Deadline.State.FIRED
WHY, COURT = "The court stayed the investigation.", "Order of 6 Aug 2024, D. Ariz. 24-1234"
CLOCK = "soi_determination"


def day(number: int) -> datetime:
    """So many days after Monday, 5 August 2024, in the morning in Phoenix."""
    return OPEN_WORLD + timedelta(days=number)


def clock_of(record: Any, key: str = CLOCK) -> Clock:
    return Clock.objects.get(case_id=record.pk, key=key, stopped_at=None)


def armed(record: Any, key: str = CLOCK) -> list[str]:
    found = Deadline.objects.filter(case_id=record.pk, clock_key=key, state=ARMED)
    return list(found.order_by("due_at", "pk").values_list("rung", flat=True))


def order(record: Any, by: Any, at: datetime, **words: Any) -> Step:
    return clock_orders.order_pause(
        record, words.pop("clock", CLOCK), by=by, at=at, **{"reason": WHY, "authority": COURT, **words}
    )


def lift(record: Any, given: Step, by: Any, at: datetime, **words: Any) -> Step:
    return clock_orders.lift_pause(
        record, CLOCK, ordered_in=given.sequence, by=by, at=at, **{"reason": "It was lifted.", **words}
    )


@pytest.fixture
@laid_down
def running(cast: Any, submitted: Any) -> Any:
    """A request that the agency has acknowledged; its decision is due on 4 September 2024."""
    take_step(submitted, "acknowledge", by=cast.investigator, at=day(1))
    return submitted


@pytest.fixture
@laid_down
def transmitted(cast: Any, in_review: Any) -> Any:
    """A statement on its way to DHS, which has not confirmed it yet."""
    take_step(in_review, "approve", by=cast.approver, at=day(0))
    take_step(in_review, "sign", by=cast.signer, at=day(0), review_by_on=day(730).date())
    take_step(in_review, "transmit", by=cast.investigator, at=day(1), channel="portal")
    return in_review


def codes(refused: pytest.ExceptionInfo[StepRefused]) -> set[str]:
    return {each.code for each in refused.value.refusals}


# What an order does


def test_an_ordered_clock_stands_still_and_nothing_of_it_is_armed(cast: Any, running: Any) -> None:
    order(running, cast.approver, day(2))
    clock = clock_of(running)
    assert clock.paused
    assert armed(running) == []
    assert running.next_due_at is None
    pause = clock.pauses.get()
    assert (pause.reason, pause.authority, pause.ordered_in) == (WHY, COURT, running.version)


def test_a_lifted_order_moves_the_date_by_the_time_it_lasted(cast: Any, running: Any) -> None:
    given = order(running, cast.approver, day(2))
    lift(running, given, cast.second_approver, day(12))
    clock = clock_of(running)
    assert not clock.paused
    assert (clock.due_on, clock.generation) == (date(2024, 9, 16), 2), "14 September is a Saturday"
    assert armed(running) == ["warn_7", "due", "breach", "supervisor", "head"]
    assert running.next_due_at == clock.due_at


def test_the_explanation_names_reason_and_authority(cast: Any, running: Any) -> None:
    given = order(running, cast.approver, day(2))
    lift(running, given, cast.approver, day(12))
    told = " ".join(clockwork.reckon(running, clock_of(running), at=day(13)).explanation)
    assert f"({WHY.rstrip('.')}, {COURT}), +10 calendar days" in told


def test_other_clocks_of_the_case_go_on(cast: Any, submitted: Any) -> None:
    order(submitted, cast.approver, day(0), clock="soi_acknowledgement")
    assert armed(submitted, "soi_acknowledgement") == []
    assert "due" in armed(submitted, CLOCK)
    assert submitted.next_due_at == clock_of(submitted).due_at


def test_the_history_says_which_clock_and_on_what_authority(cast: Any, running: Any) -> None:
    step = order(running, cast.approver, day(2))
    assert (step.nature, step.name, step.to_state) == (Step.Nature.RECORDED, ORDER, running.state)
    assert sealing.data_of(step) == {"clock": CLOCK, "authority": COURT}
    assert sealing.is_sealed(step.data["authority"])
    assert step.effects == [{"what": "paused", "clock": CLOCK, "order": step.sequence}]
    assert WHY not in str(step.effects) + str(step.data) + step.reason, "the reason is sealed"
    lifted = lift(running, step, cast.approver, day(12))
    assert lifted.data == {"clock": CLOCK, "order": step.sequence}
    assert [(each["what"], each["due"], each["order"]) for each in lifted.effects] == [
        ("resumed", "2024-09-16", step.sequence)
    ]
    assert history.verify().broken is None


def test_the_history_is_told_in_plain_words(cast: Any, running: Any) -> None:
    given = order(running, cast.approver, day(2))
    lifted = lift(running, given, cast.approver, day(12))
    assert presenting.step_label(running, given) == "Clock ordered to stand still"
    assert presenting.set_off(running, given) == ["Determination stands still by order"]
    assert presenting.set_off(running, lifted) == ["Determination goes on: due 16 Sep 2024"]
    with translation.override("es"):
        assert "por orden" in presenting.set_off(running, given)[0]


def test_an_order_costs_what_a_step_with_a_reason_costs(cast: Any, running: Any) -> None:
    engine.record_note(running, "seen", by=cast.approver, at=day(2), reason=WHY)
    with CaptureQueriesContext(connection) as captured:
        engine.order_clock(running, PauseOrder(CLOCK, WHY, COURT), by=cast.approver, at=day(2))
    assert len(captured) == 2


# Several at once


def test_a_clock_goes_on_when_the_last_of_its_pauses_has_ended(cast: Any, running: Any) -> None:
    """Ordered from 2 to 20, waiting for the other side from 5 to 10, ordered again from 8 to 15."""
    first = order(running, cast.approver, day(2))
    take_step(running, "request_information", by=cast.investigator, at=day(5))
    second = order(running, cast.approver, day(8), reason="A second court did.", authority="Order two")
    assert Pause.objects.filter(clock=clock_of(running), ended_at=None).count() == 3
    take_step(running, "answer", by=cast.representative, at=day(10))
    assert clock_of(running).paused
    lift(running, second, cast.approver, day(15))
    assert (clock_of(running).paused, armed(running)) == (True, [])
    lift(running, first, cast.approver, day(20))
    clock = clock_of(running)
    assert (clock.paused, clock.due_on) == (False, date(2024, 9, 23)), "18 days, and then a Monday"
    ended = dict(clock.pauses.values_list("ordered_in", "ended_at"))
    assert ended == {first.sequence: day(20), None: day(10), second.sequence: day(15)}


def test_the_machines_own_pause_outlives_an_order(cast: Any, running: Any) -> None:
    given = order(running, cast.approver, day(2))
    take_step(running, "request_information", by=cast.investigator, at=day(5))
    lifted = lift(running, given, cast.approver, day(8))
    assert clock_of(running).paused
    assert presenting.set_off(running, lifted) == ["Determination still stands still, for another reason"]
    take_step(running, "answer", by=cast.representative, at=day(12))
    assert clock_of(running).due_on == date(2024, 9, 16)


def test_a_step_through_states_that_share_the_clock_lifts_no_order(cast: Any, running: Any) -> None:
    order(running, cast.approver, day(2))
    take_step(running, "begin_review", by=cast.investigator, at=day(3))
    assert clock_of(running).paused


def test_a_clock_that_stops_ends_every_pause(cast: Any, running: Any) -> None:
    order(running, cast.approver, day(2))
    take_step(running, "withdraw", by=cast.representative, at=day(8), reason="Settled.")
    assert not Pause.objects.filter(clock__case_id=running.pk, ended_at=None).exists()


# Who may not, and when not


@pytest.mark.parametrize("who", ["investigator", "representative", "supervisor", "officer", "ny_approver"])
def test_only_whoever_is_in_charge_of_the_clock_may_order(cast: Any, running: Any, who: str) -> None:
    with pytest.raises(StepRefused) as refused:
        order(running, cast.people[who], day(2))
    assert codes(refused) == {"not_your_step"}
    assert "an approver of the labor agency" in str(refused.value)
    assert not clock_of(running).paused
    assert reload(running).version == running.version


def test_the_clock_of_dhs_belongs_to_dhs(cast: Any, transmitted: Any) -> None:
    with pytest.raises(StepRefused) as refused:
        order(transmitted, cast.approver, day(2), clock="dhs_acknowledgement")
    assert codes(refused) == {"not_your_step"}
    order(transmitted, cast.officer, day(2), clock="dhs_acknowledgement")
    assert clock_of(transmitted, "dhs_acknowledgement").paused


def test_every_reason_against_an_order_is_told_with_its_remedy(cast: Any, running: Any) -> None:
    with pytest.raises(StepRefused) as refused:
        order(running, cast.investigator, day(2), clock="soi_acknowledgement", reason=" ", authority="")
    assert codes(refused) == {"clock_stopped", "not_your_step", "needs_reason", "needs_authority"}
    assert all(each.reason and each.remedy for each in refused.value.refusals)


def test_a_clock_that_the_case_does_not_have_is_refused(cast: Any, running: Any) -> None:
    with pytest.raises(StepRefused) as refused:
        order(running, cast.approver, day(2), clock="rfe")
    assert codes(refused) == {"no_clock"}


def test_a_fixed_date_does_not_stand_still(cast: Any, active: Any) -> None:
    with pytest.raises(StepRefused) as refused:
        order(active, cast.approver, day(1), clock="soi_review")
    assert codes(refused) == {"fixed_date"}


def test_a_long_authority_is_refused_before_the_database_sees_it(cast: Any, running: Any) -> None:
    with pytest.raises(StepRefused) as refused:
        order(running, cast.approver, day(2), authority="x" * 201)
    assert codes(refused) == {"long_authority"}


def test_an_order_is_lifted_once(cast: Any, running: Any) -> None:
    given = order(running, cast.approver, day(2))
    lift(running, given, cast.approver, day(3))
    with pytest.raises(StepRefused) as refused:
        lift(running, given, cast.approver, day(4))
    assert codes(refused) == {"no_order"}


def test_nobody_lifts_what_the_state_of_the_case_holds(cast: Any, running: Any) -> None:
    step = take_step(running, "request_information", by=cast.investigator, at=day(5))
    with pytest.raises(StepRefused) as refused:
        lift(running, step, cast.approver, day(6))
    assert codes(refused) == {"no_order"}


def test_a_worker_is_not_named_in_an_order(cast: Any, running: Any) -> None:
    for words in ({"reason": "Stayed for A123 456 789."}, {"authority": "Order on A123 456 789"}):
        with pytest.raises(PersonalDataFound):
            order(running, cast.approver, day(2), **words)
    assert not clock_of(running).paused


def test_an_order_given_on_an_old_page_is_refused(cast: Any, running: Any) -> None:
    seen = running.version
    take_step(running, "begin_review", by=cast.investigator, at=day(2))
    with pytest.raises(StalePage):
        order(running, cast.approver, day(2), expected_version=seen)


def test_an_order_sent_twice_is_one_order_and_tells_once(cast: Any, running: Any) -> None:
    one = order(running, cast.approver, day(2), idempotency_key="one page")
    told = Message.objects.count()
    two = order(running, cast.approver, day(2), idempotency_key="one page")
    assert (one.pk, Pause.objects.count(), Message.objects.count()) == (two.pk, 1, told)


def test_who_was_slower_with_the_same_lifting_is_refused(
    cast: Any, running: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from workflows import doorway

    given = order(running, cast.approver, day(2))
    store, passed = doorway.store, list[bool]()

    def slower(changes: Any, **how: Any) -> set[int]:
        if not passed:
            passed.append(True)
            lifting = Lifting(CLOCK, given.sequence, "First.")
            engine.order_clock(reload(running), lifting, by=cast.second_approver, at=day(3))
        return store(changes, **how)

    monkeypatch.setattr(doorway, "store", slower)
    with pytest.raises(StepRefused) as refused:
        engine.order_clock(running, Lifting(CLOCK, given.sequence, "Second."), by=cast.approver, at=day(3))
    assert codes(refused) == {"no_order"}
    assert running.steps.filter(name=LIFT).count() == 1


def test_those_whose_date_it_is_are_told_without_the_reason(cast: Any, running: Any) -> None:
    order(running, cast.approver, day(2))
    told = Message.objects.filter(event="clock.ordered", channel="inbox")
    assert {each.recipient_id for each in told} >= {cast.representative.pk, cast.investigator.pk}
    assert all("was ordered to stand still" in each.body or "detenga" in each.body for each in told)
    assert not any(WHY in each.body for each in told)


def test_a_redacted_reason_is_gone_beside_the_clock_too(cast: Any, running: Any) -> None:
    given = order(running, cast.approver, day(2))
    asked = redaction.ask(running, sequence=given.sequence, because="A name.", by=cast.officer, at=day(3))
    redaction.grant(asked, record=running, by=cast.administrator, at=day(3))
    told = " ".join(clockwork.reckon(running, clock_of(running), at=day(4)).explanation)
    assert WHY not in told
    assert "the reason was redacted" in told
    assert clock_of(running).paused


# What the database refuses


def test_the_database_refuses_an_order_without_authority(running: Any) -> None:
    clock, named = clock_of(running), "an_ordered_pause_has_a_reason_and_an_authority"
    with pytest.raises(IntegrityError, match=named), transaction.atomic():
        Pause.objects.create(clock=clock, began_at=day(3), reason=WHY, ordered_in=3)


# Rungs that fired


def fire(record: Any, rung: str, at: datetime) -> None:
    clock_of(record).deadlines.filter(rung=rung, state=ARMED).update(state=FIRED, settled_at=at)


def test_rungs_that_a_pause_moves_ahead_again_are_armed_again(cast: Any, running: Any) -> None:
    """Warned on 28 August; from the 29th on ordered to stand still for ten days."""
    fire(running, "warn_7", datetime(2024, 8, 28, 7, tzinfo=UTC))
    given = order(running, cast.approver, day(24))
    lift(running, given, cast.approver, day(34))
    assert clock_of(running).due_on == date(2024, 9, 16)
    assert armed(running) == ["warn_7", "due", "breach", "supervisor", "head"]


def test_a_rung_that_fired_and_is_not_ahead_again_stays_fired(cast: Any, running: Any) -> None:
    fire(running, "warn_7", datetime(2024, 8, 28, 7, tzinfo=UTC))
    given = order(running, cast.approver, day(25))
    lift(running, given, cast.approver, day(26))
    assert clock_of(running).due_on == date(2024, 9, 5)
    assert armed(running) == ["due", "breach", "supervisor", "head"]


def test_a_due_rung_that_fired_fires_again_when_its_date_is_ahead_again(cast: Any, running: Any) -> None:
    """A pause that began before the last day and is only lifted after it."""
    given = order(running, cast.approver, day(30))
    Deadline.objects.filter(clock=clock_of(running), rung__in=["warn_7", "due"]).update(state=FIRED)
    lift(running, given, cast.approver, day(60))
    assert clock_of(running).due_on == date(2024, 10, 4)
    assert armed(running) == ["due", "breach", "supervisor", "head"], "the warning would be a week ago"


# Which row a clock starts under


@pytest.mark.parametrize(
    ("governs", "since", "expected"),
    [
        (Policy.Governs.FILED, date(2024, 8, 6), "old"),
        (Policy.Governs.PENDING, date(2024, 8, 6), "new"),
        (Policy.Governs.FILED, date(2024, 8, 5), "new"),
        (Policy.Governs.PENDING, date(2024, 8, 9), "old"),
        (Policy.Governs.FILED, date(2024, 8, 9), "old"),
    ],
)
def test_a_clock_starts_under_the_row_that_governs(
    cast: Any, submitted: Any, governs: str, since: date, expected: str
) -> None:
    """Counted from 5 August, started on the 8th: by today's row where that governs, else by the day's own."""
    old = Policy.objects.get(key=CLOCK, jurisdiction="US", effective_to=None)
    Policy.objects.filter(pk=old.pk).update(effective_to=since)
    old.pk, old.effective_from, old.effective_to = None, since, None
    old.governs, old.value = governs, {**old.value, "amount": 45}
    old.save(force_insert=True)
    Clock.objects.filter(case_id=submitted.pk, key=CLOCK).update(stopped_at=day(2))
    Deadline.objects.filter(case_id=submitted.pk, clock_key=CLOCK).update(state="CANCELLED")
    take_step(submitted, "acknowledge", by=cast.investigator, at=day(3))
    clock = clock_of(submitted)
    assert clock.counts_from == date(2024, 8, 5)
    assert clock.due_on == {"old": date(2024, 9, 4), "new": date(2024, 9, 19)}[expected]

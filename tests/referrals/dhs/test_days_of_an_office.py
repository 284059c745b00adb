"""A case counts its days where the office stands that has it: the preparing one, intake, the deciding one."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from referrals import past, presenting
from referrals.demo.cast import Cast
from referrals.models import Grant, Stay, WorkerRequest
from referrals.services import decisions, grants, intake, stays, worker_requests
from referrals.services.letters import worker_side
from referrals.services.letters.occasions import Occasion
from referrals.services.steps import take_step
from tests.cases import (
    OPEN_WORLD,
    active_statement,
    draft_request,
    granted_request,
    reload,
    routed_request,
    signed_request,
)
from tests.laid_down import laid_down
from workflows import as_of, history, replay, rules, what_if
from workflows.clock_orders import PauseOrder
from workflows.days import rule_day
from workflows.engine import order_clock
from workflows.models import Clock, Deadline

NEW_YORK, PHOENIX = "America/New_York", "America/Phoenix"
LATER = OPEN_WORLD + timedelta(days=3)
REMOVAL = datetime(
    2024, 10, 2, 5, 0, tzinfo=UTC
)  # one in the morning in New York, still the day before in Phoenix


@pytest.fixture
@laid_down
def at_ice(cast: Cast) -> WorkerRequest:
    return routed_request(cast, active_statement(cast), ice=True)


def ends_a_day(clock: Clock, zone: str) -> bool:
    """Whether a clock is due at the last second of its day in a time zone."""
    assert clock.due_at is not None
    there = clock.due_at.astimezone(ZoneInfo(zone))
    return (there.date(), there.time()) == (clock.due_on, time(23, 59, 59))


def answer(request: WorkerRequest, *, by: Any, at: datetime = LATER, **answers: Any) -> None:
    intake.answer_routing(request, by=by, at=at, answers=answers)


def test_a_draft_counts_its_days_at_the_office_that_prepares_it(cast: Cast) -> None:
    statement = active_statement(cast)
    assert draft_request(cast, statement).time_zone == PHOENIX
    assert draft_request(cast, statement, by=cast.river).time_zone == NEW_YORK


def test_a_filed_request_counts_its_days_at_intake_and_the_line_says_so(cast: Cast) -> None:
    request = signed_request(cast, active_statement(cast))
    step = take_step(request, "file", by=cast.representative, at=OPEN_WORLD)
    assert reload(request).time_zone == NEW_YORK
    assert step.data == {"time_zone": NEW_YORK, "time_zone_before": PHOENIX}
    assert "Days begin and end in the time zone America/New_York from now on." in presenting.set_off(
        request, step
    )


@pytest.mark.parametrize(
    ("ice", "key", "zone"), [(True, "ice_decision", PHOENIX), (False, "uscis_decision", NEW_YORK)]
)
def test_a_routed_request_counts_its_days_where_it_is_decided(
    cast: Cast, ice: bool, key: str, zone: str
) -> None:
    request = routed_request(cast, active_statement(cast), ice=ice)
    assert ends_a_day(Clock.objects.get(case_id=request.pk, key=key, stopped_at=None), zone)
    armed = Deadline.objects.get(
        clock__case_id=request.pk, clock_key=key, rung="due", state=Deadline.State.ARMED
    )
    assert armed.due_at == armed.clock.due_at


def test_another_field_office_moves_every_date_that_still_runs(cast: Cast, at_ice: WorkerRequest) -> None:
    before = {clock.key: clock.due_at for clock in at_ice.clocks.filter(stopped_at=None)}
    generation = Clock.objects.get(case_id=at_ice.pk, key="ice_decision").generation
    answer(at_ice, by=cast.ice_reviewer, ice_office=cast.offices["ice-new-york"])
    moved = reload(at_ice)
    assert (moved.time_zone, moved.desk.name) == (NEW_YORK, "ICE field office, New York")
    for clock in moved.clocks.filter(stopped_at=None):
        assert before[clock.key] - clock.due_at in (timedelta(hours=3), timedelta(hours=2)), clock.key
    clock = Clock.objects.get(case_id=at_ice.pk, key="ice_decision")
    assert clock.generation == generation + 1
    armed = Deadline.objects.filter(clock=clock, state=Deadline.State.ARMED)
    assert {each.generation for each in armed} == {clock.generation}
    assert armed.get(rung="due").due_at == clock.due_at
    assert moved.next_due_at == min(each.due_at for each in moved.clocks.filter(stopped_at=None))


def test_a_day_that_is_another_one_there_is_told_with_its_old_date(cast: Cast) -> None:
    request = signed_request(cast, active_statement(cast))
    take_step(request, "file", by=cast.representative, at=OPEN_WORLD)
    for name in ("confirm_receipt", "accept"):
        take_step(request, name, by=cast.intake, at=OPEN_WORLD)
    answer(
        request, by=cast.intake, in_proceedings=True, final_order=False, removal_at=REMOVAL,
        ice_office=cast.offices["ice-phoenix"],
    )  # fmt: skip
    clock = Clock.objects.get(case_id=request.pk, key="removal_date")
    assert (clock.due_on, clock.due_at) == (date(2024, 10, 2), REMOVAL)
    step = take_step(request, "route_to_ice", by=cast.intake, at=LATER)
    clock.refresh_from_db()
    assert (clock.due_on, clock.due_at) == (date(2024, 10, 1), REMOVAL), "the same instant"
    assert "Removal date: was due 2 Oct 2024, is now due 1 Oct 2024" in presenting.set_off(request, step)


def test_a_clock_that_stands_still_gets_its_date_there_when_it_goes_on(
    cast: Cast, at_ice: WorkerRequest
) -> None:
    order_clock(
        at_ice, PauseOrder("ice_decision", "A court said so.", "Order 7"), by=cast.ice_supervisor, at=LATER
    )
    answer(at_ice, by=cast.ice_reviewer, at=LATER, ice_office=cast.offices["ice-new-york"])
    line = at_ice.steps.get(name="answer_routing", data__has_key="time_zone")
    assert "ice_decision" not in [effect["clock"] for effect in line.effects]
    armed = Deadline.objects.filter(clock__case_id=at_ice.pk, clock_key="ice_decision")
    assert not armed.filter(state=Deadline.State.ARMED).exists()


def test_a_past_day_is_shown_by_the_clocks_of_its_own_office(cast: Cast, at_ice: WorkerRequest) -> None:
    then = as_of.as_of(reload(at_ice), at=LATER)
    answer(
        at_ice, by=cast.ice_reviewer, at=LATER + timedelta(days=1), ice_office=cast.offices["ice-new-york"]
    )
    still = as_of.as_of(reload(at_ice), at=LATER)
    assert then is not None
    assert still is not None
    assert [each.explained.at for each in still.clocks] == [each.explained.at for each in then.clocks]
    assert not any(each.differs for each in still.clocks)
    shown = past.case_on(reload(at_ice), cast.representative, LATER.date(), now=LATER + timedelta(days=9))
    assert shown is not None
    assert PHOENIX in str(shown.clocks[0].explained.explanation)


def test_such_histories_are_whole_and_legal_and_no_rule_finds_a_date_to_move(
    cast: Cast, at_ice: WorkerRequest
) -> None:
    answer(at_ice, by=cast.ice_reviewer, ice_office=cast.offices["ice-new-york"])
    assert history.verify().broken is None
    assert replay.replay().illegal == []
    now, clocks = rules.current(), Clock.objects.filter(stopped_at=None)
    found = what_if.touched(clocks, before=now, after=now, today=rule_day(LATER), at=LATER)
    assert found.touched == ()


def test_the_day_of_filing_is_that_of_intake_wherever_it_is_decided(cast: Cast) -> None:
    midnight = datetime(
        2024, 8, 6, 5, 0, tzinfo=UTC
    )  # one in the morning in New York, ten at night in Phoenix
    request = routed_request(cast, active_statement(cast), at=midnight, ice=True)
    assert request.time_zone == PHOENIX
    occasion = Occasion(record=request, step="accept", by=cast.intake, at=midnight)
    assert worker_side.receipt(occasion).received_on == date(2024, 8, 6)


def test_what_a_decision_opens_counts_its_days_where_it_was_decided(cast: Cast) -> None:
    grant = granted_request(
        cast, active_statement(cast), at=OPEN_WORLD, starts_on=date(2024, 8, 6), months=48
    )
    renewal = grants.open_renewal(grant, by=cast.representative, at=LATER)
    permit = grant.worker_request.permits.get()
    assert {grant.time_zone, renewal.time_zone, permit.time_zone} == {NEW_YORK}


def test_a_grant_of_a_field_office_ends_with_the_day_there(cast: Cast, at_ice: WorkerRequest) -> None:
    for name in ("receive_at_ice", "begin_ice_review"):
        take_step(at_ice, name, by=cast.ice_reviewer, at=LATER)
    decisions.write(
        at_ice, by=cast.ice_reviewer, at=LATER, outcome="GRANT", rationale="The testimony is needed."
    )
    take_step(
        at_ice, "grant_at_ice", by=cast.ice_reviewer, at=LATER, grant_starts_on=date(2024, 9, 10), months=48
    )
    take_step(at_ice, "countersign", by=cast.ice_supervisor, at=LATER)
    grant = Grant.objects.get(worker_request=at_ice)
    permit = at_ice.permits.get()
    assert (grant.time_zone, permit.time_zone) == (PHOENIX, NEW_YORK), "USCIS decides the permit"
    assert ends_a_day(Clock.objects.get(case_id=grant.pk, key="grant_expiry"), PHOENIX)


def test_a_stay_is_prepared_by_the_days_of_one_office_and_decided_by_those_of_another(cast: Cast) -> None:
    person = worker_requests.add_person(
        by=cast.river, at=OPEN_WORLD, given_names="Prudencia", family_names="Ejemplo"
    )
    stay = stays.open_stay(
        person, ice_office=cast.offices["ice-phoenix"], by=cast.river, at=OPEN_WORLD, removal_at=REMOVAL,
        final_order=True, order_on=date(2023, 1, 9), reasons="Needed as a witness.", identity_papers="A",
        fee_ready=True, form_signed=True, consented_on=date(2024, 8, 1),
    )  # fmt: skip
    assert stay.time_zone == NEW_YORK
    take_step(stay, "make_ready", by=cast.river, at=OPEN_WORLD)
    take_step(stay, "file", by=cast.river, at=OPEN_WORLD)
    assert Stay.objects.get(pk=stay.pk).time_zone == PHOENIX
    assert Clock.objects.get(case_id=stay.pk, key="removal_date").due_on == date(2024, 10, 1)

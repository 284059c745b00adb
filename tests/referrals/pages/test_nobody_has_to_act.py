"""What only waits for a known day, or for the system's own step, is nobody's turn."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from referrals import queues, turns
from referrals.demo.cast import Cast
from referrals.models import WorkPermit, record_models
from referrals.queues import Show
from referrals.services.steps import take_step
from tests.cases import OPEN_WORLD, active_statement, routed_request
from tests.referrals.pages.reading import Browse, main
from workflows.machine import steps_of
from workflows.machines.work_permit_states import State
from workflows.models import Kind
from workflows.openness import manner_of
from workflows.parties import Capacity

LATER = OPEN_WORLD + timedelta(days=31)


@pytest.fixture
def permit(cast: Cast) -> Any:
    """A permit whose fee is checked, before deferred action is decided."""
    request = routed_request(cast, active_statement(cast))
    permit = WorkPermit.objects.get(worker_request=request)
    take_step(permit, "accept_fee", by=cast.adjudicator, at=LATER)
    assert permit.state == State.AWAITING_GRANT
    return permit


def test_a_permit_that_waits_for_the_grant_is_on_the_desk_and_not_for_anybody(
    cast: Cast, browse: Browse, permit: Any
) -> None:
    before = queues.counts(cast.adjudicator, at=LATER)
    assert (before[Show.MINE], before[Show.DESK]) == (1, 2), "only the request itself is to be decided"
    text = main(browse(cast.adjudicator).get(f"/cases/{permit.reference}/"))
    assert "Nobody has to act" in text
    assert "Waiting for you" not in text


def test_where_a_person_alone_can_take_the_main_step_somebody_has_to_act() -> None:
    for kind, state in turns.at_rest():
        model = record_models()[kind]
        leading = [each for each in steps_of(model) if str(each.source) == state and manner_of(each).main]
        assert all(Capacity.SYSTEM in each.permission.capacities for each in leading), (kind, state)


def test_whatever_has_a_term_of_days_is_somebodys_turn() -> None:
    for kind, state in turns.at_rest():
        clocks = [each for each in record_models()[kind].machine.clocks if state in each.runs_in]
        assert all(each.until for each in clocks), (kind, state)
    assert (str(Kind.RENEWAL), "AWAITING_STATEMENT") not in turns.at_rest()

"""What only waits for a known day, or for the system's own step, is nobody's turn."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from referrals import queues, turns
from referrals.demo.cast import Cast
from referrals.models import WorkPermit
from referrals.queues import Show
from referrals.services.steps import take_step
from tests.cases import OPEN_WORLD, active_statement, routed_request
from tests.laid_down import laid_down
from tests.referrals.pages.reading import Browse, main
from workflows.machines.work_permit_states import State
from workflows.models import Kind

LATER = OPEN_WORLD + timedelta(days=31)


@pytest.fixture
@laid_down
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


NOBODY = {
    (Kind.GRANT, "ACTIVE"),
    (Kind.GRANT, "EXPIRING"),
    (Kind.SOI_REQUEST, "MONITORING"),
    (Kind.STAY, "ACTIVE"),
    (Kind.STAY, "EXPIRING"),
    (Kind.WORKER_REQUEST, "HELD"),
    (Kind.WORK_PERMIT, "NOT_FILED"),
    (Kind.WORK_PERMIT, "AWAITING_GRANT"),
    (Kind.WORK_PERMIT, "DELIVERED"),
    (Kind.WORK_PERMIT, "EXPIRING"),
}


def test_these_are_all_the_states_in_which_nobody_has_to_act() -> None:
    assert turns.at_rest() == {(str(kind), state) for kind, state in NOBODY}

"""While something is only proposed, the case waits for a second person and for nobody who cannot be one."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from referrals import queues
from referrals.demo.cast import Cast
from referrals.queues import Show
from referrals.services import absences
from referrals.services.steps import take_step
from tests.cases import OPEN_WORLD, active_statement
from tests.laid_down import laid_down
from tests.referrals.pages.reading import Browse, main
from tests.referrals.pages.test_case_page import waiting_for_countersignature

LATER = OPEN_WORLD + timedelta(days=31)
DESK = "ICE field office, Phoenix"


@pytest.fixture
@laid_down
def proposed(cast: Cast) -> Any:
    """A grant that the reviewer of the field office proposed."""
    return waiting_for_countersignature(cast)


def mine(person: Any) -> int:
    return queues.counts(person, at=LATER)[Show.MINE]


def test_it_is_no_longer_the_turn_of_whoever_proposed_it(cast: Cast, browse: Browse, proposed: Any) -> None:
    assert mine(cast.ice_reviewer) == 0
    assert queues.counts(cast.ice_reviewer, at=LATER)[Show.DESK] == 1, "it still lies there"
    assert proposed.pk not in [case.pk for case in queues.urgent(cast.ice_reviewer, at=LATER)]
    for page in ("/?show=desk", f"/cases/{proposed.reference}/"):
        text = main(browse(cast.ice_reviewer).get(page))
        assert f"Waiting for a second person at {DESK}" in text, page
        assert "Waiting for you" not in text, page


def test_it_is_the_turn_of_the_second_person(cast: Cast, browse: Browse, proposed: Any) -> None:
    assert mine(cast.ice_supervisor) == 1
    assert [case.pk for case in queues.urgent(cast.ice_supervisor, at=LATER)] == [proposed.pk]
    for page in ("/?show=mine", f"/cases/{proposed.reference}/"):
        assert "Waiting for you" in main(browse(cast.ice_supervisor).get(page)), page


def test_whoever_could_sign_it_but_proposed_it_waits_too(cast: Cast, browse: Browse, proposed: Any) -> None:
    take_step(proposed, "send_back", by=cast.ice_supervisor, at=LATER, reason="The months are wrong.")
    assert (mine(cast.ice_reviewer), mine(cast.ice_supervisor)) == (1, 1), "both may take the next step"
    wanted: dict[str, Any] = {"grant_starts_on": date(2024, 9, 10), "months": 24}
    take_step(proposed, "grant_at_ice", by=cast.ice_supervisor, at=LATER, **wanted)
    assert (mine(cast.ice_reviewer), mine(cast.ice_supervisor)) == (0, 0)
    text = main(browse(cast.ice_supervisor).get("/?show=desk"))
    assert f"Waiting for a second person at {DESK}" in text


def test_it_is_not_the_turn_of_whoever_stands_in_for_the_proposer(cast: Cast) -> None:
    statement = active_statement(cast)
    take_step(statement, "withdraw_at_once", by=cast.approver, at=LATER, reason="The charge was withdrawn.")
    assert mine(cast.second_approver) == 1
    absent, deputy = (person.memberships.get() for person in (cast.approver, cast.second_approver))
    day = LATER.date()
    absences.mark(absent, deputy=deputy, first_day=day, last_day=day, by=cast.approver, at=LATER)
    assert mine(cast.second_approver) == 0, "the door would refuse it"


def test_outside_the_desk_nobody_reads_that_it_is_proposed(cast: Cast, browse: Browse, proposed: Any) -> None:
    for page in ("/?show=waiting", f"/cases/{proposed.reference}/"):
        text = main(browse(cast.representative).get(page))
        assert f"Waiting for {DESK}" in text, page
        assert "second person" not in text, page


def test_after_the_countersignature_it_waits_for_whoever_is_next(cast: Cast, proposed: Any) -> None:
    take_step(proposed, "countersign", by=cast.ice_supervisor, at=LATER)
    assert mine(cast.ice_reviewer) == 1

"""Stays of removal at the field office."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from referrals.demo.cast import Cast
from referrals.models import Stay, User
from referrals.services.steps import take_step
from tests.cases import OPEN_WORLD
from tests.laid_down import laid_down
from tests.referrals.dhs.browsing import Browser, again, words
from workflows import engine
from workflows.machines.stay import State

AtDesk = Callable[[User], Browser]
PERIOD = {"starts_on": "2024-09-04", "ends_on": "2025-09-03", "conditions": "Report every month."}


@pytest.fixture
@laid_down
def stay(cast: Cast) -> Stay:
    """Filed in person with the Phoenix field office."""
    from referrals.services import worker_requests

    rosa = cast.representative
    person = worker_requests.add_person(
        by=rosa, at=OPEN_WORLD, given_names="Prudencia", family_names="Ejemplo"
    )
    assert rosa.acting is not None
    office = cast.offices["ice-phoenix"]
    stay = engine.open_case(
        Stay(
            person=person, representative_id=rosa.organization_id, prepared_by=rosa, ice_office=office,
            ice_desk=office.desk, representative_desk=rosa.acting.office.desk, final_order=True,
            order_on=date(2023, 1, 9), reasons="Needed as a witness.", identity_papers="A", fee_ready=True,
            form_signed=True, consented_on=date(2024, 8, 1),
        ),
        by=rosa, at=OPEN_WORLD,
    )  # fmt: skip
    take_step(stay, "make_ready", by=rosa, at=OPEN_WORLD)
    take_step(stay, "file", by=rosa, at=OPEN_WORLD)
    return stay


def test_papers_are_rejected_by_coded_defects(cast: Cast, stay: Stay, at_desk: AtDesk) -> None:
    at_desk(cast.ice_reviewer).takes(stay, "reject", defects=["not_in_person"], reason="It came by mail.")
    assert stay.state == State.REJECTED
    assert stay.steps.get(name="reject").data["defects"] == ["not_in_person"]


def test_a_stay_is_granted_for_a_year_at_most_by_two_officials_with_its_bond(
    cast: Cast, stay: Stay, at_desk: AtDesk
) -> None:
    reviewer, supervisor = at_desk(cast.ice_reviewer), at_desk(cast.ice_supervisor)
    reviewer.takes(stay, "accept")
    reviewer.takes(stay, "begin_review")
    too_long = reviewer.step(stay, "grant", **{**PERIOD, "ends_on": "2025-09-04"})
    assert "A stay lasts 12 months at most: until 3 Sep 2025." in words(too_long)
    reviewer.takes(stay, "grant", **PERIOD)
    assert stay.state == State.UNDER_REVIEW
    supervisor.takes(stay, "countersign")
    assert (stay.state, stay.conditions) == (State.GRANTED, "Report every month.")
    too_small = reviewer.step(stay, "require_bond", amount="1499", bond_due_on="2024-09-20")
    assert "The smallest bond is $1,500." in words(too_small)
    reviewer.takes(stay, "require_bond", amount="1500", bond_due_on="2024-09-20")
    assert (stay.state, stay.bond_amount) == (State.BOND_REQUIRED, 1500)


def test_conditions_changed_after_the_proposal_bring_it_down(cast: Cast, stay: Stay, at_desk: AtDesk) -> None:
    reviewer = at_desk(cast.ice_reviewer)
    reviewer.takes(stay, "accept")
    reviewer.takes(stay, "begin_review")
    reviewer.takes(stay, "grant", **PERIOD)
    stay.conditions = "None."
    stay.save(update_fields=["conditions"])
    answer = at_desk(cast.ice_supervisor).step(stay, "countersign")
    assert "What was decided has changed since it was proposed." in words(answer)
    assert again(stay).state == State.UNDER_REVIEW


def test_a_denial_has_a_code_and_a_second_official(cast: Cast, stay: Stay, at_desk: AtDesk) -> None:
    reviewer = at_desk(cast.ice_reviewer)
    reviewer.takes(stay, "accept")
    reviewer.takes(stay, "begin_review")
    reviewer.takes(stay, "deny", reason_code="discretion", reason="The reasons were weighed.")
    at_desk(cast.ice_supervisor).takes(stay, "countersign")
    assert stay.state == State.DENIED


def test_another_field_office_finds_no_such_stay(cast: Cast, stay: Stay, at_desk: AtDesk) -> None:
    assert at_desk(cast.ny_ice_reviewer).status("case", stay.reference) == 404
    assert at_desk(cast.ny_ice_reviewer).status("case_step", stay.reference, "accept") == 404

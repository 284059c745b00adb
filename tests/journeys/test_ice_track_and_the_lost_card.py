"""A worker in proceedings: ICE decides with two signatures, USCIS decides the permit, the card comes back."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from referrals.models import Grant, WorkPermit
from referrals.services import decisions, intake
from referrals.services.steps import take_step
from tests.cases import OPEN_WORLD, active_statement, inbox_of, routed_request, signed_request
from workflows import history
from workflows.engine import StepRefused
from workflows.machines import grant as grant_machine
from workflows.machines import work_permit as permit_machine
from workflows.machines.worker_request import State

LATER = OPEN_WORLD + timedelta(days=30)
STARTS = date(2024, 9, 10)


@pytest.fixture
def forwarded(cast: Any) -> Any:
    return routed_request(cast, active_statement(cast), ice=True)


@pytest.fixture
def granted(cast: Any, forwarded: Any) -> Any:
    decide(cast, forwarded)
    take_step(forwarded, "countersign", by=cast.ice_supervisor, at=LATER)
    return forwarded


def decide(cast: Any, request: Any) -> None:
    take_step(request, "receive_at_ice", by=cast.ice_reviewer, at=LATER)
    take_step(request, "begin_ice_review", by=cast.ice_reviewer, at=LATER)
    decisions.write(
        request, by=cast.ice_reviewer, at=LATER, outcome="GRANT", rationale="The testimony is needed."
    )
    take_step(request, "grant_at_ice", by=cast.ice_reviewer, at=LATER, grant_starts_on=STARTS, months=48)


def codes(refused: Any) -> list[str]:
    return [each.code for each in refused.value.refusals]


class TestGivenAWorkerInProceedings:
    def test_intake_cannot_send_it_to_uscis(self, cast: Any) -> None:
        request = signed_request(cast, active_statement(cast))
        take_step(request, "file", by=cast.representative, at=OPEN_WORLD)
        take_step(request, "confirm_receipt", by=cast.intake, at=OPEN_WORLD)
        take_step(request, "accept", by=cast.intake, at=OPEN_WORLD)
        intake.answer_routing(
            request,
            by=cast.intake,
            at=OPEN_WORLD,
            answers={
                "in_proceedings": True,
                "final_order": False,
                "ice_office": cast.offices["ice-phoenix"],
            },
        )
        with pytest.raises(StepRefused) as refused:
            take_step(request, "route_to_uscis", by=cast.intake, at=OPEN_WORLD)
        assert codes(refused) == ["belongs_to_uscis"]
        assert "ICE decides" in str(refused.value)

    def test_it_goes_to_the_field_office_and_both_sides_are_told(self, cast: Any, forwarded: Any) -> None:
        assert (forwarded.state, forwarded.track) == (State.ROUTED_ICE, "ICE")
        assert inbox_of(cast.representative, forwarded)
        assert inbox_of(cast.ice_reviewer, forwarded)
        assert inbox_of(cast.ny_ice_reviewer, forwarded) == []

    def test_another_field_office_cannot_take_it_up(self, cast: Any, forwarded: Any) -> None:
        with pytest.raises(StepRefused) as refused:
            take_step(forwarded, "receive_at_ice", by=cast.ny_ice_reviewer, at=LATER)
        assert codes(refused) == ["not_your_step"]


class TestWhenIceGrants:
    def test_one_signature_is_not_enough(self, cast: Any, forwarded: Any) -> None:
        decide(cast, forwarded)
        assert forwarded.state == State.ICE_REVIEW
        assert not Grant.objects.exists()
        with pytest.raises(StepRefused) as refused:
            take_step(forwarded, "countersign", by=cast.ice_reviewer, at=LATER)
        assert codes(refused) == ["not_your_step"]
        assert inbox_of(cast.ice_supervisor, forwarded)

    def test_the_second_signature_opens_a_grant_of_four_years(self, cast: Any, granted: Any) -> None:
        assert granted.state == State.ICE_GRANTED
        grant = Grant.objects.get(worker_request=granted)
        assert grant.state == grant_machine.State.ACTIVE
        assert (grant.decider, grant.starts_on, grant.ends_on) == ("ICE", STARTS, date(2028, 9, 9))
        assert inbox_of(cast.representative, granted)

    def test_the_permit_waits_for_uscis_and_ice_cannot_decide_it(self, cast: Any, granted: Any) -> None:
        permit = granted.permits.get()
        assert permit.state == permit_machine.State.FILED
        with pytest.raises(StepRefused) as refused:
            take_step(permit, "accept_fee", by=cast.ice_reviewer, at=LATER)
        assert codes(refused) == ["not_your_step"]
        take_step(granted, "return_to_uscis", by=cast.ice_reviewer, at=LATER)
        take_step(permit, "accept_fee", by=cast.adjudicator, at=LATER)
        assert WorkPermit.objects.get(pk=permit.pk).state == permit_machine.State.IN_ADJUDICATION


class TestWhenTheCardComesBack:
    @pytest.fixture
    def mailed(self, cast: Any, granted: Any) -> Any:
        take_step(granted, "return_to_uscis", by=cast.ice_reviewer, at=LATER)
        permit = granted.permits.get()
        take_step(permit, "accept_fee", by=cast.adjudicator, at=LATER)
        permit = granted.permits.get()
        take_step(
            permit, "approve", by=cast.adjudicator, at=LATER,
            valid_from_on=STARTS, valid_until_on=date(2028, 9, 9),
        )  # fmt: skip
        take_step(permit, "produce_card", by=cast.adjudicator, at=LATER)
        take_step(permit, "mail", by=cast.adjudicator, at=LATER)
        return permit

    def test_the_representative_hears_at_once_and_can_have_it_mailed_again(
        self, cast: Any, mailed: Any
    ) -> None:
        before = len(inbox_of(cast.representative, mailed))
        take_step(mailed, "return_to_sender", by=cast.adjudicator, at=LATER, reason="No such addressee.")
        assert mailed.state == permit_machine.State.UNDELIVERABLE
        assert len(inbox_of(cast.representative, mailed)) == before + 1
        take_step(
            mailed, "mail_again", by=cast.representative, at=LATER + timedelta(days=5),
            reason="The safe address was confirmed.",
        )  # fmt: skip
        take_step(mailed, "deliver", by=cast.representative, at=LATER + timedelta(days=12))
        assert mailed.state == permit_machine.State.DELIVERED
        assert history.verify().broken is None

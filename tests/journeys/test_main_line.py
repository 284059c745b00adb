"""The whole main line on both tracks, from a request for a statement to a delivered work permit."""

from __future__ import annotations

from datetime import date, timedelta

from notifications.models import Message
from referrals.demo.cast import Cast
from referrals.models import Grant
from referrals.services import decisions
from referrals.services.steps import take_step
from tests.cases import OPEN_WORLD, active_statement, routed_request
from workflows import history
from workflows.machines import grant as grant_machine
from workflows.machines import work_permit as permit_machine
from workflows.machines import worker_request as request_machine
from workflows.models import Step


def test_uscis_grants_and_the_card_arrives(cast: Cast) -> None:
    statement = active_statement(cast)
    request = routed_request(cast, statement)
    at = OPEN_WORLD + timedelta(days=30)
    take_step(request, "schedule_biometrics", by=cast.adjudicator, at=at, biometrics_on=date(2024, 9, 20))
    take_step(request, "record_biometrics", by=cast.adjudicator, at=at)
    decisions.write(
        request, by=cast.adjudicator, at=at, outcome="GRANT", rationale="Agency interest outweighs."
    )
    take_step(request, "grant", by=cast.adjudicator, at=at, grant_starts_on=date(2024, 9, 10), months=48)
    assert request.state == request_machine.State.GRANTED
    grant = Grant.objects.get(worker_request=request)
    assert grant.state == grant_machine.State.ACTIVE
    assert grant.ends_on == date(2028, 9, 9)

    permit = request.permits.get()
    assert permit.state == permit_machine.State.FILED
    take_step(permit, "accept_fee", by=cast.adjudicator, at=at)
    permit = request.permits.get()
    assert permit.state == permit_machine.State.IN_ADJUDICATION
    take_step(
        permit,
        "approve",
        by=cast.adjudicator,
        at=at,
        valid_from_on=date(2024, 9, 10),
        valid_until_on=date(2028, 9, 9),
    )
    for step in ("produce_card", "mail", "deliver"):
        take_step(permit, step, by=cast.adjudicator, at=at)
    assert permit.state == permit_machine.State.DELIVERED
    assert Message.objects.filter(about=request.reference, recipient=cast.representative).exists()
    assert history.verify().broken is None


def test_ice_decides_with_two_pairs_of_eyes_and_uscis_decides_the_permit(cast: Cast) -> None:
    statement = active_statement(cast)
    request = routed_request(cast, statement, ice=True)
    at = OPEN_WORLD + timedelta(days=30)
    take_step(request, "receive_at_ice", by=cast.ice_reviewer, at=at)
    take_step(request, "begin_ice_review", by=cast.ice_reviewer, at=at)
    decisions.write(request, by=cast.ice_reviewer, at=at, outcome="GRANT", rationale="Witness is needed.")
    proposed = take_step(
        request, "grant_at_ice", by=cast.ice_reviewer, at=at, grant_starts_on=date(2024, 9, 10), months=48
    )
    assert proposed.nature == Step.Nature.PROPOSED
    assert request.state == request_machine.State.ICE_REVIEW
    take_step(request, "countersign", by=cast.ice_supervisor, at=at)
    assert request.state == request_machine.State.ICE_GRANTED
    permit = request.permits.get()
    take_step(permit, "accept_fee", by=cast.adjudicator, at=at)
    take_step(request, "return_to_uscis", by=cast.ice_reviewer, at=at)
    permit = request.permits.get()
    assert permit.state == permit_machine.State.IN_ADJUDICATION
    assert history.verify().broken is None

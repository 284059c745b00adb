"""What the system moves in one case because of another is told like any step: nobody finds out by looking."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from notifications.models import Message
from referrals.models import Grant, Renewal
from referrals.services import decisions, grants, statements
from referrals.services.steps import take_step
from tests.cases import OPEN_WORLD, active_statement, granted_request, inbox_of, reload, routed_request
from tests.laid_down import laid_down
from workflows.machines import renewal as renewal_machine
from workflows.machines import work_permit_states

LATER = OPEN_WORLD + timedelta(days=40)


@pytest.fixture
@laid_down
def grant(cast: Any) -> Grant:
    statement = active_statement(cast)
    return granted_request(cast, statement, at=OPEN_WORLD, starts_on=date(2024, 8, 5), months=48)


@pytest.fixture
@laid_down
def asked(cast: Any, grant: Grant) -> Renewal:
    """A renewal for which the agency was asked to confirm its interest."""
    renewal = grants.open_renewal(grant, by=cast.representative, at=LATER)
    take_step(renewal, "ask_agency", by=cast.representative, at=LATER)
    return renewal


def test_a_statement_signed_anew_tells_whoever_waits_to_renew(cast: Any, grant: Grant, asked: Any) -> None:
    before = len(inbox_of(cast.representative, asked))
    statement = grant.worker_request.statement
    take_step(statement, "amend", by=cast.investigator, at=LATER, reason="The interest goes on.")
    statements.revise(statement, by=cast.investigator, at=LATER, values={"proposed_months": 48})
    take_step(statement, "send_for_approval", by=cast.investigator, at=LATER)
    take_step(statement, "approve", by=cast.approver, at=LATER)
    review_by = (LATER + timedelta(days=700)).date()
    take_step(statement, "sign", by=cast.signer, at=LATER, review_by_on=review_by)
    assert reload(asked).state == renewal_machine.State.READY
    assert len(inbox_of(cast.representative, asked)) == before + 1


def test_a_permit_that_falls_with_its_request_is_said_to_have_fallen(cast: Any) -> None:
    request = routed_request(cast, active_statement(cast))
    permit = request.permits.get()
    take_step(request, "record_biometrics", by=cast.adjudicator, at=LATER)
    decisions.write(request, by=cast.adjudicator, at=LATER, outcome="DENY", rationale="Not shown.")
    take_step(request, "deny", by=cast.adjudicator, at=LATER, reason="Not shown.", reason_code="OTHER")
    assert inbox_of(cast.representative, permit) == [], "nothing is said of what is only proposed"
    take_step(request, "countersign", by=cast.supervisor, at=LATER)
    assert reload(permit).state == work_permit_states.State.DENIED
    assert len(inbox_of(cast.representative, permit)) == 1


def test_a_permit_revoked_with_the_grant_is_told_at_once_and_cannot_be_turned_off(
    cast: Any, grant: Grant
) -> None:
    permit = grant.permits.get()
    for step, data in (
        ("accept_fee", {}),
        ("approve", {"valid_from_on": date(2024, 8, 5), "valid_until_on": date(2028, 8, 4)}),
        ("produce_card", {}),
        ("mail", {}),
        ("deliver", {}),
    ):
        take_step(permit, step, by=cast.adjudicator, at=LATER, **data)
    reason = "The basis is gone."
    grants.write_grounds(
        grant, by=cast.adjudicator, at=LATER, authority="8 CFR 274a.14", reason=reason, requested_by="USCIS"
    )
    take_step(grant, "terminate_at_once", by=cast.adjudicator, at=LATER, reason=reason)
    take_step(grant, "countersign", by=cast.supervisor, at=LATER)
    assert reload(permit).state == work_permit_states.State.REVOKED
    told = Message.objects.inbox_of(cast.representative).filter(about=permit.reference)
    assert [each.event for each in told][:1] == ["work_permit.revoke"]

"""After the decision: the permit behind its gate, the end of a grant."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from notifications.models import Message
from referrals.demo.cast import Cast
from referrals.models import Grant, User, WorkerRequest, WorkPermit
from referrals.services import decisions
from referrals.services.steps import take_step
from tests.cases import OPEN_WORLD
from tests.laid_down import laid_down
from tests.referrals.dhs.browsing import Browser, again, words
from workflows import engine
from workflows.machines import grant as grants
from workflows.machines import work_permit as permits

AtDesk = Callable[[User], Browser]
GROUNDS = {
    "authority": "INA 103(a)",
    "requested_by": "ICE, Phoenix",
    "termination_reason": "The basis is gone.",
}


@pytest.fixture
@laid_down
def granted(cast: Cast, at_uscis: WorkerRequest) -> Grant:
    """A grant of USCIS to 4 August 2028; the permit's fee is settled."""
    permit = at_uscis.permits.get()
    take_step(permit, "accept_fee", by=cast.adjudicator, at=OPEN_WORLD)
    decisions.write(
        at_uscis, by=cast.adjudicator, at=OPEN_WORLD, outcome="GRANT", rationale="Needed as a witness."
    )
    take_step(
        at_uscis, "grant", by=cast.adjudicator, at=OPEN_WORLD, grant_starts_on=date(2024, 8, 5), months=48
    )
    return Grant.objects.get(worker_request=at_uscis)


def test_the_gate_of_the_permit_is_closed_before_the_grant_and_says_why(
    cast: Cast, at_uscis: WorkerRequest, at_desk: AtDesk
) -> None:
    permit = at_uscis.permits.get()
    take_step(permit, "accept_fee", by=cast.adjudicator, at=OPEN_WORLD)
    page = at_desk(cast.adjudicator).open("case_step", permit.reference, "take_up")
    assert "Deferred action is not granted, or no longer in force." in words(page)
    assert "The work permit can be approved only after the grant" in words(page)


@pytest.fixture
@laid_down
def waiting_for_its_fee(cast: Cast, at_uscis: WorkerRequest) -> WorkPermit:
    """The permit of a request that was granted before anybody looked at the fee."""
    decisions.write(
        at_uscis, by=cast.adjudicator, at=OPEN_WORLD, outcome="GRANT", rationale="Needed as a witness."
    )
    terms: dict[str, Any] = {"grant_starts_on": date(2024, 8, 5), "months": 48}
    take_step(at_uscis, "grant", by=cast.adjudicator, at=OPEN_WORLD, **terms)
    return at_uscis.permits.get()


def test_a_settled_fee_is_announced_with_the_state_in_which_it_leaves_the_permit(
    cast: Cast, waiting_for_its_fee: WorkPermit, at_desk: AtDesk
) -> None:
    desk, permit = at_desk(cast.adjudicator), waiting_for_its_fee
    page = words(desk.open("case_step", permit.reference, "accept_fee"))
    assert "The case is then: Under review." in page
    assert "Waiting for deferred action" not in page
    assert "Starts to count: Decision on the work permit." in page
    before = Message.objects.count()
    desk.takes(permit, "accept_fee")
    assert permit.state == permits.State.IN_ADJUDICATION
    done = words(desk.open("case", permit.reference))
    assert "Done: Fee is right. The case is now: Under review." in done
    waits = str(permit.machine.standing(permits.State.AWAITING_GRANT).public)
    assert not Message.objects.filter(body__contains=waits, about=permit.reference).exists()
    assert Message.objects.count() == before


def test_before_the_grant_a_settled_fee_leaves_the_permit_waiting(
    cast: Cast, at_uscis: WorkerRequest, at_desk: AtDesk
) -> None:
    desk, permit = at_desk(cast.adjudicator), at_uscis.permits.get()
    page = words(desk.open("case_step", permit.reference, "accept_fee"))
    assert "The case is then: Waiting for deferred action." in page
    desk.takes(permit, "accept_fee")
    assert permit.state == permits.State.AWAITING_GRANT


def test_the_fee_is_that_of_the_day_of_filing_in_washington(
    cast: Cast, at_uscis: WorkerRequest, at_desk: AtDesk
) -> None:
    permit = at_uscis.permits.get()
    late = datetime(2024, 8, 6, 3, 0, tzinfo=UTC)  # eleven in the evening of the fifth in Washington
    WorkPermit.objects.filter(pk=permit.pk).update(filed_at=late)
    page = at_desk(cast.adjudicator).open("case_step", permit.reference, "accept_fee")
    assert "in force on 5 Aug 2024" in words(page)


def test_a_permit_never_ends_after_its_deferred_action(cast: Cast, granted: Grant, at_desk: AtDesk) -> None:
    permit = granted.permits.get()
    answer = at_desk(cast.adjudicator).step(
        permit, "approve", valid_from_on="2024-09-04", valid_until_on="2028-08-05"
    )
    assert "The work permit would end after the deferred action, which ends on 4 Aug 2028." in words(answer)
    with pytest.raises(engine.StepRefused, match="would end after the deferred action"):
        take_step(
            again(permit), "approve", by=cast.adjudicator, at=OPEN_WORLD,
            valid_from_on=date(2024, 9, 4), valid_until_on=date(2028, 8, 5),
        )  # fmt: skip
    assert again(permit).state == permits.State.IN_ADJUDICATION


def test_the_database_too_refuses_a_permit_that_outlives_its_grant(cast: Cast, granted: Grant) -> None:
    permit = granted.permits.get()
    permit.valid_from, permit.valid_until = date(2024, 9, 4), date(2028, 8, 5)
    with pytest.raises(DatabaseError, match="ends with its deferred action"), transaction.atomic():
        permit.save(update_fields=["valid_from", "valid_until"])


def test_a_card_that_comes_back_is_mailed_again(cast: Cast, granted: Grant, at_desk: AtDesk) -> None:
    desk, permit = at_desk(cast.adjudicator), granted.permits.get()
    desk.takes(permit, "approve", valid_from_on="2024-09-04", valid_until_on="2028-08-04")
    desk.takes(permit, "produce_card")
    wrong = desk.step(permit, "mail", card_last4="12-4")
    assert "Write exactly four letters or digits." in words(wrong)
    desk.takes(permit, "mail", card_last4="1234")
    desk.takes(permit, "return_to_sender", reason="No such number in that street.")
    desk.takes(permit, "mail_again", reason="The representative corrected the address.")
    assert permit.state == permits.State.MAILED
    assert "Card number ends in 1234" in words(desk.open("case", permit.reference))


def test_the_worksheet_is_for_uscis_and_the_representative(
    cast: Cast, granted: Grant, at_desk: AtDesk
) -> None:
    reference = granted.permits.get().reference
    assert "$17,500" in at_desk(cast.adjudicator).text("case", reference)
    assert "$17,500" in at_desk(cast.representative).text("case", reference)
    assert "$17,500" not in at_desk(cast.intake).text("case", reference)


def test_the_page_of_a_grant_says_what_it_is_not(cast: Cast, granted: Grant, at_desk: AtDesk) -> None:
    for person in (cast.adjudicator, cast.representative):
        text = words(at_desk(person).open("case", granted.reference))
        assert "Deferred action gives no lawful status" in text
        assert "4 Aug 2028" in text


def test_a_termination_needs_grounds_notice_answer_and_a_second_official(
    cast: Cast, granted: Grant, at_desk: AtDesk
) -> None:
    desk = at_desk(cast.adjudicator)
    assert "The grounds are not written." in words(desk.open("case_step", granted.reference, "give_notice"))
    desk.send("grant_grounds", granted.reference, **GROUNDS)
    desk.takes(
        granted, "give_notice", notice_served_on="2024-09-03", notice_served_by="mail", reason="See grounds."
    )
    closed = desk.open("case_step", granted.reference, "terminate")
    assert "The time to answer the notice is not over." in words(closed)
    desk.takes(granted, "terminate_at_once", reason="The basis is gone.")
    assert granted.state == grants.State.TERMINATION_NOTICE
    at_desk(cast.supervisor).takes(granted, "countersign")
    assert granted.state == grants.State.TERMINATED


def test_a_supervisor_can_keep_a_grant(cast: Cast, granted: Grant, at_desk: AtDesk) -> None:
    desk = at_desk(cast.adjudicator)
    desk.send("grant_grounds", granted.reference, **GROUNDS)
    desk.takes(
        granted, "give_notice", notice_served_on="2024-09-03", notice_served_by="mail", reason="See grounds."
    )
    at_desk(cast.supervisor).takes(granted, "keep", reason="The agency still needs the witness.")
    assert granted.state == grants.State.ACTIVE


def test_nobody_else_writes_the_grounds_of_a_termination(cast: Cast, granted: Grant, at_desk: AtDesk) -> None:
    for key in ("representative", "river", "investigator", "intake", "ice_reviewer", "officer"):
        assert at_desk(cast.people[key]).status("grant_grounds", granted.reference) == 404, key

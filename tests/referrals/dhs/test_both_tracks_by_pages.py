"""From the opened envelope to the card in the mail, by pages alone, on the track of USCIS and of ICE."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from referrals.demo.cast import Cast
from referrals.models import User, WorkerRequest
from tests.referrals.dhs.browsing import Browser, again, words
from workflows.machines import work_permit as permits
from workflows.machines.worker_request import State

AtDesk = Callable[[User], Browser]
QUESTIONS = (
    "in_proceedings", "final_order", "reinstated_order", "voluntary_departure", "detained",
    "prior_ice_contact",
)  # fmt: skip
ALL_NO = dict.fromkeys(QUESTIONS, "no")
GRANT = {"outcome": "GRANT", "favorable": "Witness.", "adverse": "", "rationale": "The witness is needed."}
DENY = {**GRANT, "outcome": "DENY", "rationale": "The claim is outside the scope."}


def accept(intake: Browser, request: WorkerRequest) -> None:
    intake.takes(request, "confirm_receipt")
    intake.send("completeness", request.reference, rest_is_present="1")
    intake.takes(request, "accept")


def approve_and_mail(adjudicator: Browser, permit: Any, *, until: str) -> None:
    adjudicator.takes(permit, "approve", valid_from_on="2024-09-04", valid_until_on=until)
    adjudicator.takes(permit, "produce_card")
    adjudicator.takes(permit, "mail", card_last4="7x9k")


def test_uscis_decides_and_the_card_is_mailed(cast: Cast, filed: WorkerRequest, at_desk: AtDesk) -> None:
    intake, adjudicator = at_desk(cast.intake), at_desk(cast.adjudicator)
    accept(intake, filed)
    intake.send("routing", filed.reference, **ALL_NO)
    intake.takes(filed, "route_to_uscis")
    adjudicator.takes(filed, "schedule_biometrics", biometrics_on="2024-09-20", place="Phoenix ASC")
    adjudicator.takes(filed, "record_biometrics")
    adjudicator.send("decision", filed.reference, **GRANT)
    adjudicator.takes(filed, "grant", grant_starts_on="2024-09-04", months="48")
    assert filed.state == State.GRANTED
    grant = filed.deferred_action
    assert (grant.months, grant.ends_on.isoformat()) == (48, "2028-09-03")
    permit = filed.permits.get()
    adjudicator.takes(permit, "accept_fee")
    approve_and_mail(adjudicator, permit, until="2028-09-03")
    assert permit.state == permits.State.MAILED
    assert permit.card_last4 == "7X9K"


def test_ice_decides_with_a_second_official_and_uscis_decides_the_permit(
    cast: Cast, filed: WorkerRequest, at_desk: AtDesk
) -> None:
    intake, reviewer, supervisor = (
        at_desk(cast.intake),
        at_desk(cast.ice_reviewer),
        at_desk(cast.ice_supervisor),
    )
    accept(intake, filed)
    office = cast.offices["ice-phoenix"]
    intake.send("routing", filed.reference, **{**ALL_NO, "in_proceedings": "yes"}, ice_office=office.pk)
    intake.takes(filed, "route_to_ice")
    reviewer.takes(filed, "receive_at_ice")
    reviewer.takes(filed, "begin_ice_review")
    reviewer.send("decision", filed.reference, **GRANT)
    reviewer.takes(filed, "grant_at_ice", grant_starts_on="2024-09-04", months="48")
    assert filed.state == State.ICE_REVIEW
    refused = reviewer.client.post(f"/cases/{filed.reference}/steps/countersign/")
    assert refused.status_code != 302
    supervisor.takes(filed, "countersign")
    assert filed.state == State.ICE_GRANTED
    reviewer.takes(filed, "return_to_uscis")
    adjudicator = at_desk(cast.adjudicator)
    permit = filed.permits.get()
    adjudicator.takes(permit, "accept_fee")
    approve_and_mail(adjudicator, permit, until="2028-09-03")
    assert permit.state == permits.State.MAILED


def test_nobody_countersigns_what_they_proposed(cast: Cast, at_uscis: WorkerRequest, at_desk: AtDesk) -> None:
    """A supervisor may deny, and then needs another supervisor."""
    supervisor = at_desk(cast.supervisor)
    supervisor.send("decision", at_uscis.reference, **DENY)
    supervisor.takes(at_uscis, "deny", reason_code="not_in_scope", reason="The work was at another place.")
    assert at_uscis.state == State.IN_ADJUDICATION
    answer = supervisor.client.post(
        f"/cases/{at_uscis.reference}/steps/countersign/", {"expected_version": at_uscis.version}
    )
    assert answer.status_code == 409
    assert "You proposed this yourself." in words(answer)


def test_a_denial_at_uscis_waits_for_the_supervisor(
    cast: Cast, at_uscis: WorkerRequest, at_desk: AtDesk
) -> None:
    adjudicator = at_desk(cast.adjudicator)
    adjudicator.send("decision", at_uscis.reference, **DENY)
    adjudicator.takes(at_uscis, "deny", reason_code="not_in_scope", reason="The work was at another place.")
    assert at_uscis.state == State.IN_ADJUDICATION
    at_desk(cast.supervisor).takes(at_uscis, "countersign")
    assert at_uscis.state == State.DENIED


def test_a_step_against_the_written_grounds_is_refused(
    cast: Cast, at_uscis: WorkerRequest, at_desk: AtDesk
) -> None:
    adjudicator = at_desk(cast.adjudicator)
    adjudicator.send("decision", at_uscis.reference, **DENY)
    answer = adjudicator.step(at_uscis, "grant", grant_starts_on="2024-09-04", months="48")
    assert "The grounds on file are for another outcome: Deny." in words(answer)
    at_uscis = again(at_uscis)
    assert at_uscis.state == State.IN_ADJUDICATION


def test_a_grant_is_no_longer_than_the_rule_of_the_day_allows(
    cast: Cast, at_uscis: WorkerRequest, at_desk: AtDesk
) -> None:
    adjudicator = at_desk(cast.adjudicator)
    adjudicator.send("decision", at_uscis.reference, **GRANT)
    too_long = adjudicator.step(at_uscis, "grant", grant_starts_on="2024-09-04", months="49")
    assert "allows 48 months at most" in words(too_long)
    too_early = adjudicator.step(at_uscis, "grant", grant_starts_on="2024-09-01", months="48")
    assert "cannot begin before it is granted" in words(too_early)
    shown = adjudicator.step(at_uscis, "grant", grant_starts_on="2024-09-10", months="24", show_due="1")
    assert "The last day would be Wed 9 Sep 2026" in words(shown)
    at_uscis = again(at_uscis)
    assert at_uscis.state == State.IN_ADJUDICATION

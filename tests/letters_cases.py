"""Brings a case, by real steps, to where one letter is issued: one function for each (kind, step)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from referrals.demo.cast import Cast
from referrals.models import Grant, SoiRequest, Statement, Stay, WorkerRequest, WorkPermit
from referrals.services import decisions, grants, soi_requests, statements, stays, worker_requests
from referrals.services.steps import take_step
from tests.cases import (
    OPEN_WORLD,
    active_statement,
    complete_draft,
    matter_of,
    request_draft,
    routed_request,
    signed_request,
)
from tests.laid_down import laid_down
from workflows.models import Kind

AT = OPEN_WORLD
LATER = OPEN_WORLD + timedelta(days=30)
REASON = "The facts on file point that way."
ADDRESS = "77 Mesquite Lane\nMesa, AZ 85201"
A_NUMBER = "A 012 345 678"


@laid_down
def reviewed_soi_request(cast: Cast) -> SoiRequest:
    request = request_draft(cast, at=AT)
    take_step(request, "submit", by=cast.representative, at=AT)
    take_step(request, "acknowledge", by=cast.investigator, at=AT)
    take_step(request, "begin_review", by=cast.investigator, at=AT)
    soi_requests.assess(request, by=cast.investigator, at=AT, values={"witnesses": 1})
    return request


@laid_down
def acknowledge_request(cast: Cast) -> SoiRequest:
    request = request_draft(cast, at=AT)
    take_step(request, "submit", by=cast.representative, at=AT)
    take_step(request, "acknowledge", by=cast.investigator, at=AT)
    return request


@laid_down
def decline_request(cast: Cast) -> SoiRequest:
    request = reviewed_soi_request(cast)
    take_step(
        request, "decline", by=cast.approver, at=LATER, reason="We have no open case there.", reason_code="x"
    )
    return request


@laid_down
def monitor_request(cast: Cast) -> SoiRequest:
    request = reviewed_soi_request(cast)
    take_step(
        request,
        "monitor",
        by=cast.investigator,
        at=LATER,
        reason="We are still reading payroll records.",
        recheck_on=date(2024, 11, 20),
    )
    return request


def approved_statement(cast: Cast, **values: Any) -> Statement:
    office = cast.offices["nlrb-region-28"]
    statement = statements.open_draft(matter_of(cast), office=office, by=cast.investigator, at=AT)
    complete_draft(statement, by=cast.investigator, at=AT, **values)
    take_step(statement, "send_for_approval", by=cast.investigator, at=AT)
    take_step(statement, "approve", by=cast.approver, at=AT)
    return statement


def sign_statement(cast: Cast, **values: Any) -> Statement:
    statement = approved_statement(cast, **values)
    take_step(statement, "sign", by=cast.signer, at=AT, review_by_on=date(2026, 8, 5))
    return statement


@laid_down
def transmitted_statement(cast: Cast) -> Statement:
    statement = sign_statement(cast)
    take_step(statement, "transmit", by=cast.investigator, at=AT, channel="portal")
    return statement


@laid_down
def receive_statement(cast: Cast) -> Statement:
    statement = transmitted_statement(cast)
    take_step(statement, "confirm_receipt", by=cast.intake, at=LATER)
    return statement


@laid_down
def return_statement(cast: Cast) -> Statement:
    statement = transmitted_statement(cast)
    take_step(
        statement,
        "return_incomplete",
        by=cast.intake,
        at=LATER,
        reason="Two pages cannot be read.",
        deficiencies=["period", "contact"],
    )
    return statement


def addressed(request: WorkerRequest) -> WorkerRequest:
    """The worker of the request with an address and a number, so that letters have them to print."""
    request.person.mailing_address, request.person.a_number = ADDRESS, A_NUMBER
    request.person.save()
    return request


@laid_down
def received_request(cast: Cast) -> WorkerRequest:
    request = addressed(signed_request(cast, active_statement(cast, at=AT), at=AT))
    take_step(request, "file", by=cast.representative, at=AT)
    take_step(request, "confirm_receipt", by=cast.intake, at=AT)
    return request


@laid_down
def accept_request(cast: Cast) -> WorkerRequest:
    request = received_request(cast)
    take_step(request, "accept", by=cast.intake, at=LATER)
    return request


@laid_down
def reject_request(cast: Cast) -> WorkerRequest:
    request = received_request(cast)
    take_step(
        request,
        "reject",
        by=cast.intake,
        at=LATER,
        reason="The last page of the form is torn.",
        defects=["unsigned", "mixed_editions"],
    )
    return request


@laid_down
def request_at_uscis(cast: Cast) -> WorkerRequest:
    return addressed(routed_request(cast, active_statement(cast, at=AT), at=AT))


@laid_down
def adjudicated_request(cast: Cast) -> WorkerRequest:
    request = request_at_uscis(cast)
    take_step(request, "record_biometrics", by=cast.adjudicator, at=AT)
    return request


@laid_down
def request_at_ice(cast: Cast) -> WorkerRequest:
    request = addressed(routed_request(cast, active_statement(cast, at=AT), at=AT, ice=True))
    take_step(request, "receive_at_ice", by=cast.ice_reviewer, at=AT)
    take_step(request, "begin_ice_review", by=cast.ice_reviewer, at=AT)
    return request


ASKED = [
    {"text": "Pay stubs from 2022.", "legal_basis": "8 CFR 103.2(b)(8)(iii)"},
    {"text": "A copy of your passport.", "legal_basis": "8 CFR 103.2(b)(2)"},
]


@laid_down
def ask_for_evidence(cast: Cast) -> WorkerRequest:
    request = adjudicated_request(cast)
    worker_requests.ask_items(request, "RFE", ASKED, at=LATER)
    served = {"rfe_served_on": LATER.date(), "rfe_served_by": "mail"}
    take_step(request, "request_evidence", by=cast.adjudicator, at=LATER, **served)
    return request


@laid_down
def ask_for_information(cast: Cast) -> WorkerRequest:
    request = request_at_ice(cast)
    worker_requests.ask_items(request, "ICE", ASKED, at=LATER)
    served = {"ice_info_served_on": LATER.date(), "ice_info_served_by": "electronic"}
    take_step(request, "request_ice_information", by=cast.ice_reviewer, at=LATER, **served)
    return request


@laid_down
def intend_to_deny_request(cast: Cast) -> WorkerRequest:
    request = adjudicated_request(cast)
    take_step(
        request,
        "intend_to_deny",
        by=cast.adjudicator,
        at=LATER,
        reason="The pay stubs name another employer.\nTwo dates do not agree.",
        noid_served_on=LATER.date(),
        noid_served_by="mail",
    )
    return request


def write_grounds(request: WorkerRequest, by: Any, outcome: str) -> None:
    decisions.write(
        request, by=by, at=LATER, outcome=outcome, rationale="Kept between officers.", adverse="Kept as well."
    )


GRANTED = {"grant_starts_on": date(2024, 9, 10), "months": 48}


@laid_down
def grant_request(cast: Cast) -> WorkerRequest:
    request = adjudicated_request(cast)
    write_grounds(request, cast.adjudicator, "GRANT")
    take_step(request, "grant", by=cast.adjudicator, at=LATER, **GRANTED)
    return request


@laid_down
def grant_request_at_ice(cast: Cast) -> WorkerRequest:
    request = request_at_ice(cast)
    write_grounds(request, cast.ice_reviewer, "GRANT")
    take_step(request, "grant_at_ice", by=cast.ice_reviewer, at=LATER, **GRANTED)
    take_step(request, "countersign", by=cast.ice_supervisor, at=LATER)
    return request


@laid_down
def propose_denial(cast: Cast) -> WorkerRequest:
    request = adjudicated_request(cast)
    write_grounds(request, cast.adjudicator, "DENY")
    denied = {"reason": "Your papers name another town.", "reason_code": "not_in_scope"}
    take_step(request, "deny", by=cast.adjudicator, at=LATER, **denied)
    return request


@laid_down
def deny_request(cast: Cast) -> WorkerRequest:
    request = propose_denial(cast)
    take_step(request, "countersign", by=cast.supervisor, at=LATER, reason="I concur with the officer.")
    return request


@laid_down
def deny_request_at_ice(cast: Cast) -> WorkerRequest:
    request = request_at_ice(cast)
    write_grounds(request, cast.ice_reviewer, "DENY")
    denied = {"reason": REASON, "reason_code": "discretion"}
    take_step(request, "deny_at_ice", by=cast.ice_reviewer, at=LATER, **denied)
    take_step(request, "countersign", by=cast.ice_supervisor, at=LATER)
    return request


@laid_down
def deny_request_for_no_show(cast: Cast) -> WorkerRequest:
    request = request_at_uscis(cast)
    take_step(request, "schedule_biometrics", by=cast.adjudicator, at=AT, biometrics_on=date(2024, 8, 20))
    take_step(request, "deny_for_no_show", by=cast.adjudicator, at=LATER, reason=REASON)
    take_step(request, "countersign", by=cast.supervisor, at=LATER)
    return request


@laid_down
def grant_of(cast: Cast) -> Grant:
    return Grant.objects.get(worker_request=grant_request(cast))


@laid_down
def grant_with_grounds(cast: Cast) -> Grant:
    grant = grant_of(cast)
    grants.write_grounds(
        grant, by=cast.adjudicator, at=LATER, authority="Discretion", reason="Internal.", requested_by="DHS"
    )
    return grant


@laid_down
def give_notice(cast: Cast) -> Grant:
    grant = grant_with_grounds(cast)
    served = {"notice_served_on": LATER.date(), "notice_served_by": "electronic"}
    take_step(grant, "give_notice", by=cast.adjudicator, at=LATER, reason="An arrest in July.", **served)
    return grant


@laid_down
def terminate(cast: Cast) -> Grant:
    grant = give_notice(cast)
    take_step(grant, "respond", by=cast.representative, at=LATER, reason="It was a mistake.")
    take_step(grant, "terminate", by=cast.adjudicator, at=LATER, reason="The arrest was not explained.")
    take_step(grant, "countersign", by=cast.supervisor, at=LATER)
    return grant


@laid_down
def terminate_at_once(cast: Cast) -> Grant:
    grant = permitted_grant(cast)
    grants.write_grounds(
        grant, by=cast.adjudicator, at=LATER, authority="Discretion", reason="Internal.", requested_by="DHS"
    )
    take_step(grant, "terminate_at_once", by=cast.adjudicator, at=LATER, reason="A conviction.")
    take_step(grant, "countersign", by=cast.supervisor, at=LATER)
    return grant


@laid_down
def reviewed_permit(cast: Cast) -> WorkPermit:
    request = grant_request(cast)
    take_step(request.permits.get(), "accept_fee", by=cast.adjudicator, at=LATER)
    return request.permits.get()


VALID = {"valid_from_on": date(2024, 9, 10), "valid_until_on": date(2028, 9, 9)}


@laid_down
def approve_permit(cast: Cast) -> WorkPermit:
    permit = reviewed_permit(cast)
    take_step(permit, "approve", by=cast.adjudicator, at=LATER, **VALID)
    return permit


@laid_down
def permitted_grant(cast: Cast) -> Grant:
    permit = approve_permit(cast)
    for step in ("produce_card", "mail", "deliver"):
        take_step(permit, step, by=cast.adjudicator, at=LATER)
    assert permit.grant is not None
    return permit.grant


@laid_down
def deny_permit(cast: Cast) -> WorkPermit:
    permit = reviewed_permit(cast)
    denied = {"reason": REASON, "reason_code": "no_economic_necessity"}
    take_step(permit, "deny", by=cast.adjudicator, at=LATER, **denied)
    take_step(permit, "countersign", by=cast.supervisor, at=LATER)
    return permit


@laid_down
def deny_permit_with_request(cast: Cast) -> WorkPermit:
    return deny_request(cast).permits.get()


@laid_down
def ask_for_permit_evidence(cast: Cast) -> WorkPermit:
    permit = reviewed_permit(cast)
    served = {"rfe_served_on": LATER.date(), "rfe_served_by": "mail"}
    asked = "Proof of what you earn and spend."
    take_step(permit, "request_evidence", by=cast.adjudicator, at=LATER, reason=asked, **served)
    return permit


@laid_down
def filed_stay(cast: Cast) -> Stay:
    statement = active_statement(cast, at=AT)
    person = worker_requests.add_person(
        by=cast.representative,
        at=AT,
        given_names="Prudencia",
        family_names="Ejemplo",
        mailing_address=ADDRESS,
        a_number=A_NUMBER,
    )
    stay = stays.open_stay(
        person, ice_office=cast.offices["ice-phoenix"], by=cast.representative, at=AT, statement=statement
    )
    values = {
        "final_order": True,
        "reasons": "She is a witness.",
        "identity_papers": "A",
        "fee_ready": True,
        "form_signed": True,
        "consented_on": AT.date(),
        "detained": True,
        "detained_at": "Florence",
    }
    stays.revise(stay, by=cast.representative, at=AT, values=values)
    stay = Stay.objects.get(pk=stay.pk)
    take_step(stay, "make_ready", by=cast.representative, at=AT)
    take_step(stay, "file", by=cast.representative, at=AT)
    return stay


@laid_down
def reviewed_stay(cast: Cast) -> Stay:
    stay = filed_stay(cast)
    take_step(stay, "accept", by=cast.ice_reviewer, at=AT)
    take_step(stay, "begin_review", by=cast.ice_reviewer, at=AT)
    return stay


STAYED = {"starts_on": date(2024, 9, 4), "ends_on": date(2025, 9, 3)}


@laid_down
def grant_stay(cast: Cast) -> Stay:
    stay = reviewed_stay(cast)
    take_step(stay, "grant", by=cast.ice_reviewer, at=LATER, **STAYED)
    take_step(stay, "countersign", by=cast.ice_supervisor, at=LATER)
    return stay


@laid_down
def require_bond(cast: Cast) -> Stay:
    stay = grant_stay(cast)
    bond = {"bond_due_on": date(2024, 10, 1), "amount": 1500}
    take_step(stay, "require_bond", by=cast.ice_reviewer, at=LATER + timedelta(hours=1), **bond)
    return stay


@laid_down
def deny_stay(cast: Cast) -> Stay:
    stay = reviewed_stay(cast)
    denied = {"reason": REASON, "reason_code": "no_statement_of_reasons"}
    take_step(stay, "deny", by=cast.ice_reviewer, at=LATER, **denied)
    take_step(stay, "countersign", by=cast.ice_supervisor, at=LATER)
    return stay


@laid_down
def drafted_support(cast: Cast) -> Any:
    stay = filed_stay(cast)
    referral = stays.ask_support(
        stay,
        agency=cast.organizations["NLRB"],
        consent_signed_on=AT.date(),
        by=cast.representative,
        at=AT,
    )
    take_step(referral, "draft", by=cast.investigator, at=AT)
    referral.ground, referral.presence_needed = "TESTIMONY", "She saw the time cards being changed."
    referral.contact_phone = "555-0199"
    referral.save()
    return referral


@laid_down
def support_stay(cast: Cast) -> Any:
    referral = drafted_support(cast)
    take_step(referral, "approve", by=cast.approver, at=LATER)
    return referral


BROUGHT: dict[tuple[str, str], Callable[[Cast], Any]] = {
    (Kind.SOI_REQUEST, "acknowledge"): acknowledge_request,
    (Kind.SOI_REQUEST, "decline"): decline_request,
    (Kind.SOI_REQUEST, "monitor"): monitor_request,
    (Kind.STATEMENT, "sign"): sign_statement,
    (Kind.STATEMENT, "confirm_receipt"): receive_statement,
    (Kind.STATEMENT, "return_incomplete"): return_statement,
    (Kind.WORKER_REQUEST, "accept"): accept_request,
    (Kind.WORKER_REQUEST, "reject"): reject_request,
    (Kind.WORKER_REQUEST, "request_evidence"): ask_for_evidence,
    (Kind.WORKER_REQUEST, "request_ice_information"): ask_for_information,
    (Kind.WORKER_REQUEST, "intend_to_deny"): intend_to_deny_request,
    (Kind.WORKER_REQUEST, "grant"): grant_request,
    (Kind.WORKER_REQUEST, "grant_at_ice"): grant_request_at_ice,
    (Kind.WORKER_REQUEST, "deny"): deny_request,
    (Kind.WORKER_REQUEST, "deny_at_ice"): deny_request_at_ice,
    (Kind.WORKER_REQUEST, "deny_for_no_show"): deny_request_for_no_show,
    (Kind.GRANT, "give_notice"): give_notice,
    (Kind.GRANT, "terminate"): terminate,
    (Kind.GRANT, "terminate_at_once"): terminate_at_once,
    (Kind.WORK_PERMIT, "request_evidence"): ask_for_permit_evidence,
    (Kind.WORK_PERMIT, "approve"): approve_permit,
    (Kind.WORK_PERMIT, "deny"): deny_permit,
    (Kind.WORK_PERMIT, "deny_with_request"): deny_permit_with_request,
    (Kind.STAY, "grant"): grant_stay,
    (Kind.STAY, "require_bond"): require_bond,
    (Kind.STAY, "deny"): deny_stay,
    (Kind.STAY_REFERRAL, "approve"): support_stay,
}

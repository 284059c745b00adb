"""The whole notification matrix: who hears of what, on which channel, and what cannot be turned off.

A step that is not named here tells nobody; a clock that is not named here tells the desk whose turn it is.
"""

from __future__ import annotations

from dataclasses import dataclass

from workflows.models import Kind

from . import audiences
from .audiences import Audience

INBOX = ("inbox",)
INBOX_AND_MAIL = ("inbox", "email")


@dataclass(frozen=True)
class Notice:
    """One line of the matrix: an audience, its channels, and whether it can be turned off."""

    to: Audience
    channels: tuple[str, ...] = INBOX_AND_MAIL
    urgent: bool = False
    mandatory: bool = False


def told_to(
    audience: Audience, *, quiet: bool = False, urgent: bool = False, mandatory: bool = False
) -> Notice:
    return Notice(audience, INBOX if quiet else INBOX_AND_MAIL, urgent, mandatory)


A = audiences
REQUEST, STATEMENT, WORKER, GRANT = Kind.SOI_REQUEST, Kind.STATEMENT, Kind.WORKER_REQUEST, Kind.GRANT
PERMIT, STAY, REFERRAL, RENEWAL = Kind.WORK_PERMIT, Kind.STAY, Kind.STAY_REFERRAL, Kind.RENEWAL

STEPS: dict[tuple[str, str], tuple[Notice, ...]] = {
    (REQUEST, "submit"): (told_to(A.requester), told_to(A.agency_staff, quiet=True)),
    (REQUEST, "acknowledge"): (told_to(A.requester),),
    (REQUEST, "begin_review"): (told_to(A.requester, quiet=True),),
    (REQUEST, "request_information"): (told_to(A.requester), told_to(A.agency_staff, quiet=True)),
    (REQUEST, "answer"): (told_to(A.agency_staff),),
    (REQUEST, "monitor"): (told_to(A.requester), told_to(A.agency_staff, quiet=True)),
    (REQUEST, "recheck"): (told_to(A.requester, quiet=True), told_to(A.agency_staff, quiet=True)),
    (REQUEST, "accept"): (told_to(A.requester), told_to(A.agency_staff, quiet=True)),
    (REQUEST, "decline"): (told_to(A.requester), told_to(A.agency_staff, quiet=True), told_to(A.agency_approvers, quiet=True)),
    (REQUEST, "refer"): (told_to(A.requester),),
    (REQUEST, "withdraw"): (told_to(A.agency_staff, quiet=True),),
    (REQUEST, "lapse"): (told_to(A.requester, mandatory=True), told_to(A.agency_approvers)),
    (STATEMENT, "send_for_approval"): (told_to(A.agency_approvers),),
    (STATEMENT, "return_to_drafter"): (told_to(A.agency_staff),),
    (STATEMENT, "approve"): (told_to(A.agency_approvers),),
    (STATEMENT, "sign"): (told_to(A.agency_staff, quiet=True), told_to(A.dependants)),
    (STATEMENT, "transmit"): (told_to(A.statement_requester), told_to(A.intake), told_to(A.agency_approvers, quiet=True)),
    (STATEMENT, "confirm_receipt"): (told_to(A.agency_staff, quiet=True), told_to(A.statement_requester, quiet=True)),
    (STATEMENT, "accept"): (told_to(A.agency_staff, quiet=True), told_to(A.statement_requester)),
    (STATEMENT, "return_incomplete"): (told_to(A.agency_staff), told_to(A.agency_approvers)),
    (STATEMENT, "amend"): (told_to(A.agency_approvers, quiet=True),),
    (STATEMENT, "suspend"): (told_to(A.dependants, mandatory=True), told_to(A.intake, quiet=True)),
    (STATEMENT, "resume"): (told_to(A.dependants), told_to(A.intake, quiet=True)),
    (STATEMENT, "continue_interest"): (told_to(A.dependants), told_to(A.statement_requester)),
    (STATEMENT, "begin_expiring"): (told_to(A.agency_staff), told_to(A.statement_requester)),
    (STATEMENT, "expire"): (told_to(A.dependants), told_to(A.statement_requester), told_to(A.agency_approvers), told_to(A.intake)),
    (STATEMENT, "announce_withdrawal"): (
        told_to(A.dependants, mandatory=True), told_to(A.statement_requester), told_to(A.intake), told_to(A.agency_staff, quiet=True),
    ),
    (STATEMENT, "take_back_withdrawal"): (told_to(A.dependants), told_to(A.statement_requester), told_to(A.intake)),
    (STATEMENT, "withdraw"): (told_to(A.dependants, mandatory=True), told_to(A.statement_requester), told_to(A.intake)),
    (STATEMENT, "withdraw_at_once"): (
        told_to(A.dependants, urgent=True, mandatory=True), told_to(A.statement_requester), told_to(A.intake),
    ),
    (STATEMENT, "close"): (told_to(A.dependants), told_to(A.statement_requester), told_to(A.intake)),
    (WORKER, "make_ready"): (told_to(A.representatives, quiet=True),),
    (WORKER, "file"): (told_to(A.representatives), told_to(A.intake, quiet=True)),
    (WORKER, "confirm_receipt"): (told_to(A.representatives, quiet=True),),
    (WORKER, "accept"): (told_to(A.representatives),),
    (WORKER, "reject"): (told_to(A.representatives, urgent=True, mandatory=True),),
    (WORKER, "route_to_uscis"): (told_to(A.representatives, quiet=True), told_to(A.uscis, quiet=True)),
    (WORKER, "route_to_ice"): (told_to(A.representatives), told_to(A.ice)),
    (WORKER, "reroute_to_ice"): (told_to(A.representatives), told_to(A.ice)),
    (WORKER, "reroute_to_uscis"): (told_to(A.representatives), told_to(A.uscis)),
    (WORKER, "schedule_biometrics"): (told_to(A.representatives),),
    (WORKER, "request_evidence"): (told_to(A.representatives, mandatory=True),),
    (WORKER, "answer_rfe"): (told_to(A.uscis, quiet=True), told_to(A.representatives, quiet=True)),
    (WORKER, "intend_to_deny"): (told_to(A.representatives, urgent=True, mandatory=True),),
    (WORKER, "answer_noid"): (told_to(A.uscis, quiet=True), told_to(A.representatives, quiet=True)),
    (WORKER, "request_ice_information"): (told_to(A.representatives, mandatory=True),),
    (WORKER, "answer_ice"): (told_to(A.ice, quiet=True),),
    (WORKER, "grant"): (told_to(A.representatives),),
    (WORKER, "grant_at_ice"): (told_to(A.representatives),),
    (WORKER, "return_to_uscis"): (told_to(A.uscis, quiet=True), told_to(A.representatives, quiet=True)),
    (WORKER, "deny"): (told_to(A.representatives, mandatory=True),),
    (WORKER, "deny_at_ice"): (told_to(A.representatives, mandatory=True),),
    (WORKER, "deny_for_no_show"): (told_to(A.representatives, mandatory=True),),
    (WORKER, "hold"): (told_to(A.representatives, mandatory=True),),
    (WORKER, "release"): (told_to(A.representatives),),
    (WORKER, "close_administratively"): (told_to(A.representatives, mandatory=True),),
    (WORKER, "withdraw"): (told_to(A.representatives, quiet=True), told_to(A.reviewers, quiet=True)),
    (GRANT, "begin_expiring"): (told_to(A.representatives),),
    (GRANT, "expire"): (told_to(A.representatives, mandatory=True),),
    (GRANT, "give_notice"): (told_to(A.representatives, urgent=True, mandatory=True),),
    (GRANT, "respond"): (told_to(A.reviewers, quiet=True),),
    (GRANT, "keep"): (told_to(A.representatives),),
    (GRANT, "terminate"): (told_to(A.representatives, urgent=True, mandatory=True),),
    (GRANT, "terminate_at_once"): (told_to(A.representatives, urgent=True, mandatory=True),),
    (PERMIT, "request_evidence"): (told_to(A.representatives, mandatory=True),),
    (PERMIT, "reject"): (told_to(A.representatives, urgent=True, mandatory=True),),
    (PERMIT, "approve"): (told_to(A.representatives),),
    (PERMIT, "deny"): (told_to(A.representatives, mandatory=True),),
    (PERMIT, "deny_with_request"): (told_to(A.representatives, quiet=True),),
    (PERMIT, "mail"): (told_to(A.representatives),),
    (PERMIT, "return_to_sender"): (told_to(A.representatives, urgent=True),),
    (PERMIT, "mail_again"): (told_to(A.representatives, quiet=True),),
    (PERMIT, "deliver"): (told_to(A.representatives, quiet=True),),
    (PERMIT, "revoke"): (told_to(A.representatives, urgent=True, mandatory=True),),
    (STAY, "file"): (told_to(A.ice, urgent=True), told_to(A.representatives, quiet=True)),
    (STAY, "reject"): (told_to(A.representatives, urgent=True, mandatory=True),),
    (STAY, "accept"): (told_to(A.representatives),),
    (STAY, "request_information"): (told_to(A.representatives, urgent=True, mandatory=True),),
    (STAY, "answer"): (told_to(A.ice),),
    (STAY, "grant"): (told_to(A.representatives, urgent=True),),
    (STAY, "deny"): (told_to(A.representatives, urgent=True, mandatory=True),),
    (STAY, "require_bond"): (told_to(A.representatives, urgent=True, mandatory=True),),
    (STAY, "revoke"): (told_to(A.representatives, urgent=True, mandatory=True),),
    (STAY, "end_as_moot"): (told_to(A.representatives, urgent=True, mandatory=True),),
    (STAY, "expire"): (told_to(A.representatives, urgent=True, mandatory=True),),
    (REFERRAL, "approve"): (told_to(A.agency_staff, quiet=True),),
    (REFERRAL, "send"): (told_to(A.ice, urgent=True), told_to(A.representatives)),
    (REFERRAL, "hasten"): (told_to(A.ice, urgent=True, mandatory=True), told_to(A.agency_staff, quiet=True)),
    (REFERRAL, "acknowledge"): (told_to(A.agency_staff, quiet=True),),
    (REFERRAL, "support"): (told_to(A.agency_staff, quiet=True), told_to(A.representatives)),
    (REFERRAL, "not_support"): (told_to(A.agency_staff, quiet=True), told_to(A.representatives)),
    (REFERRAL, "decline"): (told_to(A.representatives, urgent=True),),
    (REFERRAL, "make_moot"): (told_to(A.agency_staff, quiet=True),),
    (REFERRAL, "end_as_moot"): (told_to(A.representatives, urgent=True, mandatory=True),),
    (REFERRAL, "open"): (told_to(A.agency_staff, urgent=True), told_to(A.agency_approvers, quiet=True)),
    (RENEWAL, "ask_agency"): (told_to(A.agency_counted), told_to(A.representatives, quiet=True)),
    (RENEWAL, "choose_renewal"): (told_to(A.representatives),),
    (RENEWAL, "lapse"): (told_to(A.representatives, mandatory=True),),
}  # fmt: skip

PROPOSED = {
    STATEMENT: (told_to(A.agency_approvers),),
    WORKER: (told_to(A.supervisors),),
    GRANT: (told_to(A.supervisors),),
    PERMIT: (told_to(A.supervisors),),
    STAY: (told_to(A.supervisors),),
    REFERRAL: (told_to(A.agency_approvers),),
}

SENT_BACK = {STATEMENT: (told_to(A.agency_approvers),), REFERRAL: (told_to(A.agency_approvers),)}

CLOCKS: dict[tuple[str, str], tuple[Notice, ...]] = {
    ("soi_acknowledgement", "warn"): (told_to(A.agency_staff),),
    ("soi_acknowledgement", "due"): (told_to(A.agency_staff),),
    ("soi_acknowledgement", "breach"): (
        told_to(A.requester, mandatory=True), told_to(A.agency_staff), told_to(A.agency_approvers, mandatory=True),
    ),
    ("soi_determination", "warn"): (told_to(A.agency_staff), told_to(A.agency_approvers)),
    ("soi_determination", "breach"): (told_to(A.requester, quiet=True), told_to(A.agency_staff), told_to(A.agency_approvers)),
    ("soi_review", "warn"): (told_to(A.agency_staff), told_to(A.statement_requester)),
    ("grant_expiry", "warn"): (told_to(A.representatives),),
    ("grant_renewal", "warn"): (told_to(A.representatives),),
    ("grant_renewal", "due"): (told_to(A.representatives),),
    ("rfe", "warn"): (told_to(A.representatives, mandatory=True),),
    ("rfe", "due"): (told_to(A.representatives, urgent=True, mandatory=True),),
    ("noid", "warn"): (told_to(A.representatives, urgent=True, mandatory=True),),
    ("uscis_decision", "breach"): (told_to(A.representatives, quiet=True), told_to(A.supervisors, quiet=True)),
    ("ice_decision", "breach"): (told_to(A.representatives, quiet=True), told_to(A.supervisors, quiet=True)),
    **{
        ("soi_renewal_answer", family): (told_to(A.agency_counted), told_to(A.representatives, quiet=True))
        for family in ("warn", "due", "breach")
    },
    **{
        ("stay_referral_ack_urgent", family): (told_to(A.holders, urgent=True, mandatory=True),)
        for family in ("warn", "due")
    },
    ("removal_date", "warn"): (
        told_to(A.representatives, urgent=True, mandatory=True), told_to(A.reviewers, urgent=True, mandatory=True),
    ),
    ("removal_date", "due"): (told_to(A.representatives, urgent=True, mandatory=True),),
}  # fmt: skip

# When a rule or a closure moves the dates of a case: those who have to keep them, and those who wait for them.
RULE_CHANGED: dict[str, tuple[Notice, ...]] = {
    REQUEST: (told_to(A.requester, mandatory=True), told_to(A.agency_staff)),
    STATEMENT: (told_to(A.agency_staff), told_to(A.statement_requester)),
    WORKER: (told_to(A.representatives, mandatory=True), told_to(A.reviewers)),
    GRANT: (told_to(A.representatives, mandatory=True),),
    PERMIT: (told_to(A.representatives, mandatory=True), told_to(A.uscis, quiet=True)),
    STAY: (told_to(A.representatives, mandatory=True), told_to(A.ice)),
    REFERRAL: (told_to(A.agency_staff), told_to(A.representatives, mandatory=True)),
    RENEWAL: (told_to(A.representatives, mandatory=True),),
}

# When a colleague gives somebody a case to work on.
CASE_GIVEN = "case.given"
GIVEN = told_to(A.assignee, quiet=True)

# When a rule finds reading that somebody should look at.
ACCESS_ALERT = "access.alert"
ALERTED = told_to(A.trail_readers, urgent=True, mandatory=True)

# Who may act for an organization: proposals, and reviews that are due. Malware in what somebody attached.
ORGANIZATION_PROPOSED, ORGANIZATION_DECIDED = "people.organization_proposed", "people.organization_decided"
PROPOSED_TO = told_to(A.admitters)
DECIDED_TO = told_to(A.proposer)
REVIEW_DUE, REVIEW_OVERDUE = "people.review_due", "people.review_overdue"
REVIEW = told_to(A.reviewers_of_people, mandatory=True)
REVIEW_LATE = told_to(A.reviewers_of_people_and_privacy, mandatory=True)
PRIVACY_NOTICE = "access.notice"
NOTICE_OF_INCIDENT = told_to(A.owners_of_records, urgent=True, mandatory=True)
INFECTED_FILE = "file.infected"
INFECTED = told_to(A.concerned_by_a_file, urgent=True, mandatory=True)
# When somebody asks for a large export, and when it was decided.
EXPORT_ASKED, EXPORT_DECIDED = "export.asked", "export.decided"
EXPORTS = INBOX_AND_MAIL


def notices_of(clock: str, family: str) -> tuple[Notice, ...]:
    """Who hears of a rung of a clock; ``family`` is warn, due, breach, supervisor or head."""
    chosen = CLOCKS.get((clock, family))
    if chosen is not None:
        return chosen
    if family in ("supervisor", "head"):
        return (told_to(A.supervisors, mandatory=True),)
    if family == "breach":
        return (told_to(A.holders), told_to(A.supervisors))
    return (told_to(A.holders),)

"""The whole notification matrix: who hears of what, on which channel (domain notes, practice 10).

Every message goes to the in-app inbox, where it may name the case's reference
and its plain-language state; mail says only that there is news.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications import outbox
from workflows.machine import Manner, steps_of
from workflows.models import Deadline, Kind, Step
from workflows.openness import COUNTERSIGN, manner_of

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


def _to(audience: Audience, *, quiet: bool = False, urgent: bool = False, mandatory: bool = False) -> Notice:
    return Notice(audience, INBOX if quiet else INBOX_AND_MAIL, urgent, mandatory)


A = audiences
REQUEST, STATEMENT, WORKER, GRANT = Kind.SOI_REQUEST, Kind.STATEMENT, Kind.WORKER_REQUEST, Kind.GRANT
PERMIT, STAY, REFERRAL, RENEWAL = Kind.WORK_PERMIT, Kind.STAY, Kind.STAY_REFERRAL, Kind.RENEWAL

STEPS: dict[tuple[str, str], tuple[Notice, ...]] = {
    (REQUEST, "submit"): (_to(A.requester), _to(A.agency_staff, quiet=True)),
    (REQUEST, "acknowledge"): (_to(A.requester),),
    (REQUEST, "begin_review"): (_to(A.requester, quiet=True),),
    (REQUEST, "request_information"): (_to(A.requester), _to(A.agency_staff, quiet=True)),
    (REQUEST, "answer"): (_to(A.agency_staff),),
    (REQUEST, "monitor"): (_to(A.requester), _to(A.agency_staff, quiet=True)),
    (REQUEST, "recheck"): (_to(A.requester, quiet=True), _to(A.agency_staff, quiet=True)),
    (REQUEST, "accept"): (_to(A.requester), _to(A.agency_staff, quiet=True)),
    (REQUEST, "decline"): (_to(A.requester), _to(A.agency_staff, quiet=True), _to(A.agency_approvers, quiet=True)),
    (REQUEST, "refer"): (_to(A.requester),),
    (REQUEST, "withdraw"): (_to(A.agency_staff, quiet=True),),
    (REQUEST, "lapse"): (_to(A.requester, mandatory=True), _to(A.agency_approvers)),
    (STATEMENT, "send_for_approval"): (_to(A.agency_approvers),),
    (STATEMENT, "return_to_drafter"): (_to(A.agency_staff),),
    (STATEMENT, "approve"): (_to(A.agency_approvers),),
    (STATEMENT, "sign"): (_to(A.agency_staff, quiet=True),),
    (STATEMENT, "transmit"): (_to(A.statement_requester), _to(A.intake), _to(A.agency_approvers, quiet=True)),
    (STATEMENT, "confirm_receipt"): (_to(A.agency_staff, quiet=True), _to(A.statement_requester, quiet=True)),
    (STATEMENT, "accept"): (_to(A.agency_staff, quiet=True), _to(A.statement_requester)),
    (STATEMENT, "return_incomplete"): (_to(A.agency_staff), _to(A.agency_approvers)),
    (STATEMENT, "amend"): (_to(A.agency_approvers, quiet=True),),
    (STATEMENT, "suspend"): (_to(A.dependants, mandatory=True), _to(A.intake, quiet=True)),
    (STATEMENT, "resume"): (_to(A.dependants), _to(A.intake, quiet=True)),
    (STATEMENT, "continue_interest"): (_to(A.dependants), _to(A.statement_requester)),
    (STATEMENT, "begin_expiring"): (_to(A.agency_staff), _to(A.statement_requester)),
    (STATEMENT, "expire"): (_to(A.dependants), _to(A.statement_requester), _to(A.agency_approvers), _to(A.intake)),
    (STATEMENT, "announce_withdrawal"): (
        _to(A.dependants, mandatory=True), _to(A.statement_requester), _to(A.intake), _to(A.agency_staff, quiet=True),
    ),
    (STATEMENT, "take_back_withdrawal"): (_to(A.dependants), _to(A.statement_requester), _to(A.intake)),
    (STATEMENT, "withdraw"): (_to(A.dependants, mandatory=True), _to(A.statement_requester), _to(A.intake)),
    (STATEMENT, "withdraw_at_once"): (
        _to(A.dependants, urgent=True, mandatory=True), _to(A.statement_requester), _to(A.intake),
    ),
    (STATEMENT, "close"): (_to(A.dependants), _to(A.statement_requester), _to(A.intake)),
    (WORKER, "make_ready"): (_to(A.representatives, quiet=True),),
    (WORKER, "file"): (_to(A.representatives), _to(A.intake, quiet=True)),
    (WORKER, "confirm_receipt"): (_to(A.representatives, quiet=True),),
    (WORKER, "accept"): (_to(A.representatives),),
    (WORKER, "reject"): (_to(A.representatives, urgent=True, mandatory=True),),
    (WORKER, "route_to_uscis"): (_to(A.representatives, quiet=True), _to(A.uscis, quiet=True)),
    (WORKER, "route_to_ice"): (_to(A.representatives), _to(A.ice)),
    (WORKER, "reroute_to_ice"): (_to(A.representatives), _to(A.ice)),
    (WORKER, "reroute_to_uscis"): (_to(A.representatives), _to(A.uscis)),
    (WORKER, "schedule_biometrics"): (_to(A.representatives),),
    (WORKER, "request_evidence"): (_to(A.representatives, mandatory=True),),
    (WORKER, "answer_rfe"): (_to(A.uscis, quiet=True), _to(A.representatives, quiet=True)),
    (WORKER, "intend_to_deny"): (_to(A.representatives, urgent=True, mandatory=True),),
    (WORKER, "answer_noid"): (_to(A.uscis, quiet=True), _to(A.representatives, quiet=True)),
    (WORKER, "request_ice_information"): (_to(A.representatives, mandatory=True),),
    (WORKER, "answer_ice"): (_to(A.ice, quiet=True),),
    (WORKER, "grant"): (_to(A.representatives),),
    (WORKER, "grant_at_ice"): (_to(A.representatives),),
    (WORKER, "return_to_uscis"): (_to(A.uscis, quiet=True), _to(A.representatives, quiet=True)),
    (WORKER, "deny"): (_to(A.representatives, mandatory=True),),
    (WORKER, "deny_at_ice"): (_to(A.representatives, mandatory=True),),
    (WORKER, "deny_for_no_show"): (_to(A.representatives, mandatory=True),),
    (WORKER, "hold"): (_to(A.representatives, mandatory=True),),
    (WORKER, "release"): (_to(A.representatives),),
    (WORKER, "close_administratively"): (_to(A.representatives, mandatory=True),),
    (WORKER, "withdraw"): (_to(A.representatives, quiet=True), _to(A.reviewers, quiet=True)),
    (GRANT, "begin_expiring"): (_to(A.representatives),),
    (GRANT, "expire"): (_to(A.representatives, mandatory=True),),
    (GRANT, "give_notice"): (_to(A.representatives, urgent=True, mandatory=True),),
    (GRANT, "respond"): (_to(A.reviewers, quiet=True),),
    (GRANT, "keep"): (_to(A.representatives),),
    (GRANT, "terminate"): (_to(A.representatives, urgent=True, mandatory=True),),
    (GRANT, "terminate_at_once"): (_to(A.representatives, urgent=True, mandatory=True),),
    (PERMIT, "request_evidence"): (_to(A.representatives, mandatory=True),),
    (PERMIT, "reject"): (_to(A.representatives, urgent=True, mandatory=True),),
    (PERMIT, "approve"): (_to(A.representatives),),
    (PERMIT, "deny"): (_to(A.representatives, mandatory=True),),
    (PERMIT, "deny_with_request"): (_to(A.representatives, quiet=True),),
    (PERMIT, "mail"): (_to(A.representatives),),
    (PERMIT, "return_to_sender"): (_to(A.representatives, urgent=True),),
    (PERMIT, "mail_again"): (_to(A.representatives, quiet=True),),
    (PERMIT, "deliver"): (_to(A.representatives, quiet=True),),
    (PERMIT, "revoke"): (_to(A.representatives, urgent=True, mandatory=True),),
    (STAY, "file"): (_to(A.ice, urgent=True), _to(A.representatives, quiet=True)),
    (STAY, "reject"): (_to(A.representatives, urgent=True, mandatory=True),),
    (STAY, "accept"): (_to(A.representatives),),
    (STAY, "request_information"): (_to(A.representatives, urgent=True, mandatory=True),),
    (STAY, "answer"): (_to(A.ice),),
    (STAY, "grant"): (_to(A.representatives, urgent=True),),
    (STAY, "deny"): (_to(A.representatives, urgent=True, mandatory=True),),
    (STAY, "require_bond"): (_to(A.representatives, urgent=True, mandatory=True),),
    (STAY, "revoke"): (_to(A.representatives, urgent=True, mandatory=True),),
    (STAY, "expire"): (_to(A.representatives, urgent=True, mandatory=True),),
    (REFERRAL, "approve"): (_to(A.agency_staff, quiet=True),),
    (REFERRAL, "send"): (_to(A.ice, urgent=True), _to(A.representatives)),
    (REFERRAL, "acknowledge"): (_to(A.agency_staff, quiet=True),),
    (REFERRAL, "support"): (_to(A.agency_staff, quiet=True), _to(A.representatives)),
    (REFERRAL, "not_support"): (_to(A.agency_staff, quiet=True), _to(A.representatives)),
    (REFERRAL, "decline"): (_to(A.representatives, urgent=True),),
    (RENEWAL, "ask_agency"): (_to(A.agency_counted), _to(A.representatives, quiet=True)),
    (RENEWAL, "choose_renewal"): (_to(A.representatives),),
    (RENEWAL, "lapse"): (_to(A.representatives, mandatory=True),),
}  # fmt: skip

PROPOSED = {
    STATEMENT: (_to(A.agency_approvers),),
    WORKER: (_to(A.supervisors),),
    GRANT: (_to(A.supervisors),),
    PERMIT: (_to(A.supervisors),),
    STAY: (_to(A.supervisors),),
}

SENT_BACK = {STATEMENT: (_to(A.agency_approvers),)}

CLOCKS: dict[tuple[str, str], tuple[Notice, ...]] = {
    ("soi_acknowledgement", "warn"): (_to(A.agency_staff),),
    ("soi_acknowledgement", "due"): (_to(A.agency_staff),),
    ("soi_acknowledgement", "breach"): (
        _to(A.requester, mandatory=True), _to(A.agency_staff), _to(A.agency_approvers, mandatory=True),
    ),
    ("soi_determination", "warn"): (_to(A.agency_staff), _to(A.agency_approvers)),
    ("soi_determination", "breach"): (_to(A.requester, quiet=True), _to(A.agency_staff), _to(A.agency_approvers)),
    ("soi_review", "warn"): (_to(A.agency_staff), _to(A.statement_requester)),
    ("grant_expiry", "warn"): (_to(A.representatives),),
    ("rfe", "warn"): (_to(A.representatives, mandatory=True),),
    ("rfe", "due"): (_to(A.representatives, urgent=True, mandatory=True),),
    ("noid", "warn"): (_to(A.representatives, urgent=True, mandatory=True),),
    ("uscis_decision", "breach"): (_to(A.representatives, quiet=True), _to(A.supervisors, quiet=True)),
    ("ice_decision", "breach"): (_to(A.representatives, quiet=True), _to(A.supervisors, quiet=True)),
    **{
        ("soi_renewal_answer", family): (_to(A.agency_counted), _to(A.representatives, quiet=True))
        for family in ("warn", "due", "breach")
    },
    ("removal_date", "warn"): (
        _to(A.representatives, urgent=True, mandatory=True), _to(A.reviewers, urgent=True, mandatory=True),
    ),
    ("removal_date", "due"): (_to(A.representatives, urgent=True, mandatory=True),),
}  # fmt: skip

WHAT_HAPPENED = {
    "proposed": gettext_lazy("A decision waits for your countersignature."),
    "sent_back": gettext_lazy("A proposal was sent back."),
    "warn": gettext_lazy("A date is coming up: %(clock)s, due %(day)s."),
    "due": gettext_lazy("Due today: %(clock)s."),
    "breach": gettext_lazy("Overdue: %(clock)s, due %(day)s."),
    "supervisor": gettext_lazy("Overdue, and now before the supervisor: %(clock)s, due %(day)s."),
    "head": gettext_lazy("Overdue, and now before the head of the office: %(clock)s, due %(day)s."),
    "ack_missed": gettext_lazy(
        "The agency has not acknowledged your request in time. What you can do now: %(escalation)s"
    ),
}


def step_taken(record: Any, step: Step) -> None:
    """Write the messages that a step sets off, in the step's own transaction."""
    kind = record.machine.kind
    event = f"{kind}.{step.name}".lower()
    if step.nature == Step.Nature.PROPOSED:
        _tell(record, f"{event}.proposed", PROPOSED.get(kind, ()), step=step, what="proposed")
    elif step.nature == Step.Nature.SENT_BACK:
        _tell(
            record,
            f"{event}.sent_back",
            SENT_BACK.get(kind, (_to(A.reviewers),)),
            step=step,
            what="sent_back",
        )
    elif step.nature == Step.Nature.MOVED:
        _tell(record, event, STEPS.get((kind, step.name), ()), step=step)


def _tell(record: Any, event: str, notices: Iterable[Notice], *, step: Step, what: str = "") -> None:
    def words() -> str:
        standing = record.standing
        return str(WHAT_HAPPENED[what]) if what else f"{standing.public} {standing.then}"

    for notice in notices:
        _write(record, notice, event=event, cause=f"step:{step.pk}", words=words, at=step.at)


def _write(
    record: Any, notice: Notice, *, event: str, cause: str, words: Callable[[], str], at: datetime
) -> None:
    """One message to everybody in the notice's audience, each in their own language."""
    about = notice.to.speaks_of(record)
    for language, people in audiences.by_language(notice.to.people(record)).items():
        with translation.override(language):
            outbox.tell(
                event=event,
                recipients=people,
                key=f"{cause}:{notice.to.key}",
                about=about.reference,
                link=about.get_absolute_url(),
                subject=f"{about.machine.label} {about.reference}",
                body=words(),
                at=at,
                channels=notice.channels,
                urgent=notice.urgent,
                mandatory=notice.mandatory,
            )


def _family(rung: str) -> str:
    return "warn" if rung.startswith("warn") else rung


def _notices_for(record: Any, deadline: Deadline) -> tuple[Notice, ...]:
    family = _family(deadline.rung)
    chosen = CLOCKS.get((deadline.clock_key, family))
    if chosen is not None:
        return chosen
    if family in ("supervisor", "head"):
        return (_to(A.supervisors, mandatory=True),)
    if family == "breach":
        return (_to(A.holders), _to(A.supervisors))
    return (_to(A.holders),)


def deadline_passed(record: Any, deadline: Deadline, *, at: datetime) -> None:
    """Write the messages of a rung that fired, in the sweep's transaction."""
    from . import presenting

    family = _family(deadline.rung)
    missed_ack = deadline.clock_key == "soi_acknowledgement" and family == "breach"

    def words(what: str) -> str:
        return str(WHAT_HAPPENED[what]) % presenting.clock_words(record, deadline)

    for notice in _notices_for(record, deadline):
        what = "ack_missed" if missed_ack and notice.to is A.requester else family
        event = f"{deadline.clock_key}.{family}"
        _write(
            record, notice, event=event, cause=f"deadline:{deadline.pk}", words=partial(words, what), at=at
        )


@dataclass(frozen=True)
class WillBeTold:
    """One line of the preview before a button is pressed."""

    who: str | Promise
    number: int
    channels: str
    text: str


def preview(record: Any, step: str) -> list[WillBeTold]:
    """Who will be told if this step is taken now, how many of them, on which channels, with which words."""
    kind = record.machine.kind
    declared = [
        each for each in steps_of(type(record)) if each.name == step and str(each.source) == record.state
    ]
    manner: Manner | None = manner_of(declared[0]) if declared else None
    if step == COUNTERSIGN:
        waiting = record.proposals.filter(fate="WAITING").first()
        notices: tuple[Notice, ...] = STEPS.get((kind, waiting.step), ()) if waiting else ()
    elif manner is not None and manner.countersigned_by is not None:
        notices = PROPOSED.get(kind, ())
    else:
        notices = STEPS.get((kind, step), ())
    return [
        WillBeTold(
            notice.to.label,
            len(notice.to.people(record)),
            _("inbox and mail") if len(notice.channels) > 1 else _("inbox"),
            _("The inbox says what happened. The mail says only that there is news."),
        )
        for notice in notices
    ]


def events() -> list[str]:
    """Every event that can be told, for preferences and tests."""
    steps = [f"{kind}.{name}".lower() for kind, name in STEPS]
    return sorted({*steps, *(f"{clock}.{family}" for clock, family in CLOCKS)})

"""Which step has which letter, who may read it, and in which languages it is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from django.utils import translation

from referrals.letters import (
    Letter,
    deferred_action,
    evidence_request,
    request_receipt,
    request_rejection,
    statement_answers,
    statement_intake,
    stay_decision,
    stay_support,
    termination,
    work_permit,
)
from referrals.letters.letter import Language
from workflows.models import Kind

from ...models import Document
from . import agency_answers, relief, statement_side, worker_side
from .notices import in_spanish
from .occasions import Occasion

Side = Document.Side


@dataclass(frozen=True)
class Template:
    """A letter: who may read it, and how it is written from what occasioned it.

    One ``to_worker`` is written in English, and in Spanish first where that is the worker's language.
    """

    sides: tuple[Side, ...]
    write: Callable[[Occasion, Language], Letter]
    to_worker: bool = False

    def languages(self, record: Any) -> tuple[Language, ...]:
        return ("es", "en") if self.to_worker and in_spanish(record.person) else ("en",)

    def letter(self, occasion: Occasion, language: Language) -> Letter:
        with translation.override(language):
            return self.write(occasion, language)


def _letter(
    facts: Callable[[Occasion], Any], build: Callable[..., Letter], *sides: Side, to_worker: bool = False
) -> Template:
    return Template(sides, lambda occasion, language: build(facts(occasion), language=language), to_worker)


def _to_requester(facts: Callable[[Occasion], Any], build: Callable[..., Letter]) -> Template:
    return _letter(facts, build, Side.AGENCY, Side.WORKER)


def _to_agency(facts: Callable[[Occasion], Any], build: Callable[..., Letter]) -> Template:
    return _letter(facts, build, Side.AGENCY, Side.DHS)


def _to_worker(facts: Callable[[Occasion], Any], build: Callable[..., Letter]) -> Template:
    return _letter(facts, build, Side.WORKER, Side.DHS, to_worker=True)


TEMPLATES: dict[tuple[str, str], Template] = {
    (Kind.SOI_REQUEST, "acknowledge"): _to_requester(
        agency_answers.acknowledgement, statement_answers.acknowledgement
    ),
    (Kind.SOI_REQUEST, "decline"): _to_requester(agency_answers.decline, statement_answers.decline),
    (Kind.SOI_REQUEST, "monitor"): _to_requester(agency_answers.monitor, statement_answers.monitor),
    (Kind.STATEMENT, "sign"): Template(
        (Side.AGENCY, Side.DHS, Side.WORKER),
        lambda occasion, _language: statement_side.to_be_signed(occasion),
    ),
    (Kind.STATEMENT, "confirm_receipt"): _to_agency(agency_answers.receipt, statement_intake.receipt),
    (Kind.STATEMENT, "return_incomplete"): _to_agency(agency_answers.returned, statement_intake.returned),
    (Kind.WORKER_REQUEST, "accept"): _to_worker(worker_side.receipt, request_receipt.build),
    (Kind.WORKER_REQUEST, "reject"): _to_worker(worker_side.rejection, request_rejection.build),
    (Kind.WORKER_REQUEST, "request_evidence"): _to_worker(
        worker_side.evidence_request, evidence_request.build
    ),
    (Kind.WORKER_REQUEST, "request_ice_information"): _to_worker(
        worker_side.information_request, evidence_request.build
    ),
    (Kind.WORKER_REQUEST, "intend_to_deny"): _to_worker(
        worker_side.intent_to_deny, evidence_request.intent_to_deny
    ),
    (Kind.WORKER_REQUEST, "grant"): _to_worker(worker_side.grant_at_uscis, deferred_action.grant),
    (Kind.WORKER_REQUEST, "grant_at_ice"): _to_worker(worker_side.grant_at_ice, deferred_action.grant),
    (Kind.WORKER_REQUEST, "deny"): _to_worker(worker_side.denial_at_uscis, deferred_action.denial),
    (Kind.WORKER_REQUEST, "deny_at_ice"): _to_worker(worker_side.denial_at_ice, deferred_action.denial),
    (Kind.WORKER_REQUEST, "deny_for_no_show"): _to_worker(
        worker_side.denial_for_no_show, deferred_action.denial
    ),
    (Kind.GRANT, "give_notice"): _to_worker(relief.intent_to_terminate, termination.intent_to_terminate),
    (Kind.GRANT, "terminate"): _to_worker(relief.termination, termination.termination),
    (Kind.GRANT, "terminate_at_once"): _to_worker(relief.termination, termination.termination),
    (Kind.WORK_PERMIT, "request_evidence"): _to_worker(
        relief.permit_evidence_request, evidence_request.build
    ),
    (Kind.WORK_PERMIT, "approve"): _to_worker(relief.permit_approval, work_permit.approval),
    (Kind.WORK_PERMIT, "deny"): _to_worker(relief.permit_denial, work_permit.denial),
    (Kind.WORK_PERMIT, "deny_with_request"): _to_worker(
        relief.permit_denial_with_request, work_permit.denial
    ),
    (Kind.STAY, "grant"): _to_worker(relief.stay_grant, stay_decision.grant),
    (Kind.STAY, "require_bond"): _to_worker(relief.stay_bond, stay_decision.grant),
    (Kind.STAY, "deny"): _to_worker(relief.stay_denial, stay_decision.denial),
    (Kind.STAY_REFERRAL, "approve"): _letter(
        relief.stay_support, stay_support.build, Side.AGENCY, Side.WORKER, Side.DHS
    ),
}


def template_of(record: Any, step: str) -> Template | None:
    """The letter of a step of this record, if it has one."""
    return TEMPLATES.get((cast(str, record.machine.kind), step))

"""Letters about a worker's request for deferred action: receipt, rejection, evidence, decision."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from referrals.letters.deferred_action import DenialFacts, GrantFacts, Reason
from referrals.letters.evidence_request import EvidenceFacts, IntentFacts, Item
from referrals.letters.facts import Contact
from referrals.letters.request_receipt import Fee, ReceiptFacts
from referrals.letters.request_rejection import Defect, RejectionFacts
from workflows import policies

from ...models import AskedItem, Office, WorkerRequest
from ...reason_codes import DENIAL_REASONS, REQUEST_DEFECTS
from ..grants import last_day
from . import deadlines
from .notices import notice
from .occasions import Occasion, office_at, printed, unlisted

FORM = "G-325A"


def _request_notice(occasion: Occasion, office: Office, *, legal_help: bool = False) -> dict[str, Any]:
    request: WorkerRequest = occasion.record
    return notice(occasion, office, form=FORM, receipt_number=request.receipt_number, legal_help=legal_help)


def _filed_on(request: WorkerRequest, occasion: Occasion) -> date:
    """The day at intake, where it arrived: it stays the same day wherever the request is decided."""
    return request.intake_desk.day_at(request.filed_at or occasion.at)


def receipt(occasion: Occasion) -> ReceiptFacts:
    request: WorkerRequest = occasion.record
    received_on = _filed_on(request, occasion)
    fee, amount = _fee(request, received_on)
    return ReceiptFacts(
        **_request_notice(occasion, office_at(request.intake_desk_id)),
        received_on=received_on,
        fee=fee,
        fee_amount=amount,
    )


def _fee(request: WorkerRequest, filed_on: date) -> tuple[Fee, Decimal | None]:
    """Form G-325A has no fee; the one for the work permit is checked after the receipt."""
    permit = request.permits.first()
    if permit is None:
        return "none", None
    if permit.waiver_asked:
        return "waiver_requested", None
    amount = policies.value("fee.I-765.c14.paper", on=filed_on, default=None)
    return ("to_check", Decimal(amount)) if amount else ("none", None)


def rejection(occasion: Occasion) -> RejectionFacts:
    request: WorkerRequest = occasion.record
    listed = tuple(_defect(code) for code in occasion.data.get("defects", ()))
    noted = tuple(Defect(code="–", problem=words, remedy="") for words in occasion.own_words)
    where = policies.policy("dale.address", on=occasion.day)
    return RejectionFacts(
        **_request_notice(occasion, office_at(request.intake_desk_id)),
        defects=(*listed, *noted),
        refile_to=(str(where.value),),
        refile_url=where.source_url,
    )


def _defect(code: str) -> Defect:
    """A defect by its code, or in the intake officer's words."""
    known = REQUEST_DEFECTS.get(code)
    if known is None:
        return Defect(code="–", problem=unlisted(code), remedy="")
    return Defect(code=printed(code), problem=str(known.problem), remedy=str(known.remedy))


def evidence_request(occasion: Occasion) -> EvidenceFacts:
    office = office_at(occasion.record.uscis_desk_id)
    return _evidence(occasion, office, clock="rfe", notice_kind="RFE")


def information_request(occasion: Occasion) -> EvidenceFacts:
    office = office_at(occasion.record.ice_desk_id)
    return _evidence(occasion, office, clock="ice_info", notice_kind="ICE")


def _evidence(occasion: Occasion, office: Office, *, clock: str, notice_kind: str) -> EvidenceFacts:
    request: WorkerRequest = occasion.record
    served_on: date = occasion.data[f"{clock}_served_on"]
    served_by: Any = occasion.data[f"{clock}_served_by"]
    return EvidenceFacts(
        **_request_notice(occasion, office),
        served_on=served_on,
        served_by=served_by,
        reply=deadlines.reply(occasion, clock, served_on=served_on, served_by=served_by, office=office),
        items=_asked(request, occasion, notice_kind),
    )


def _asked(request: WorkerRequest, occasion: Occasion, notice_kind: str) -> tuple[Item, ...]:
    """What is asked for: the stored items without an answer, or the ones a form holds so far."""
    typed = occasion.data.get("items")
    if typed is not None:
        return tuple(Item(text=each["text"], legal_basis=each.get("legal_basis", "")) for each in typed)
    open_items = AskedItem.objects.filter(request=request, notice=notice_kind, answered_at__isnull=True)
    return tuple(Item(text=each.text, legal_basis=each.legal_basis) for each in open_items)


def intent_to_deny(occasion: Occasion) -> IntentFacts:
    office = office_at(occasion.record.uscis_desk_id)
    served_on: date = occasion.data["noid_served_on"]
    served_by: Any = occasion.data["noid_served_by"]
    return IntentFacts(
        **_request_notice(occasion, office, legal_help=True),
        served_on=served_on,
        served_by=served_by,
        reply=deadlines.reply(occasion, "noid", served_on=served_on, served_by=served_by, office=office),
        items=tuple(Item(text=words, legal_basis="") for words in occasion.own_words),
        derogatory=None,
    )


def grant_at_uscis(occasion: Occasion) -> GrantFacts:
    return _grant(occasion, office_at(occasion.record.uscis_desk_id))


def grant_at_ice(occasion: Occasion) -> GrantFacts:
    return _grant(occasion, office_at(occasion.record.ice_desk_id))


def _grant(occasion: Occasion, office: Office) -> GrantFacts:
    request: WorkerRequest = occasion.record
    starts_on: date = occasion.data["grant_starts_on"]
    ends_on = last_day(starts_on, int(occasion.data["months"]))
    window = policies.value("dale.filing_window", on=occasion.day, default={})
    return GrantFacts(
        **_request_notice(occasion, office),
        starts_on=starts_on,
        ends_on=ends_on,
        decided_by=decider(office),
        statement_number=request.statement.reference,
        renew_from=_days_before(ends_on, window.get("first_days_before")),
        renew_by=_days_before(ends_on, window.get("last_days_before")),
        labor_contact=_labor_contact(request),
    )


def decider(office: Office) -> str:
    return f"{office.organization.name}, {office.name}"


def _days_before(day: date, count: int | None) -> date | None:
    return day - timedelta(days=count) if count else None


def _labor_contact(request: WorkerRequest) -> Contact | None:
    """Whom the statement in force names for questions."""
    version = request.statement.signed
    if version is None:
        return None
    return Contact(
        name=version.contact_name,
        title=version.contact_title,
        phone=version.contact_phone,
        email=version.contact_email,
    )


def denial_at_uscis(occasion: Occasion) -> DenialFacts:
    return _denial(occasion, office_at(occasion.record.uscis_desk_id))


def denial_for_no_show(occasion: Occasion) -> DenialFacts:
    found = _denial(occasion, office_at(occasion.record.uscis_desk_id))
    missed = _("You did not come to your appointment for fingerprints and a photo.")
    return replace(found, reasons=(Reason(code="NO SHOW", text=missed), *found.reasons))


def denial_at_ice(occasion: Occasion) -> DenialFacts:
    return _denial(occasion, office_at(occasion.record.ice_desk_id))


def _denial(occasion: Occasion, office: Office) -> DenialFacts:
    request: WorkerRequest = occasion.record
    known = DENIAL_REASONS.get(str(occasion.data.get("reason_code", "")))
    coded = (Reason(code=printed(known.code), text=str(known.text)),) if known else ()
    return DenialFacts(
        **_request_notice(occasion, office, legal_help=True),
        decided_by=decider(office),
        reasons=(*coded, *(Reason(code="", text=words) for words in occasion.own_words)),
        work_permit_denied=request.permits.exists(),
    )

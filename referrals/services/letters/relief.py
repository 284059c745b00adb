"""Letters about what follows a request: ending deferred action, work permits, stays of removal."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from referrals.letters.evidence_request import EvidenceFacts, Item
from referrals.letters.facts import Contact
from referrals.letters.stay_decision import StayDenialFacts, StayGrantFacts
from referrals.letters.stay_support import Ground, StaySupportFacts
from referrals.letters.termination import IntentFacts, TerminationFacts
from referrals.letters.work_permit import ApprovalFacts, DenialFacts

from ...models import Grant, Office, Stay, StayReferral, WorkPermit
from ...reason_codes import PERMIT_DENIALS, STAY_DENIALS
from ..grants import last_day
from . import deadlines
from .notices import in_words, notice, representative, worker
from .occasions import Occasion, address_of, letterhead, office_at, signatory
from .worker_side import FORM, decider

CATEGORY = "(c)(14)"
GROUNDS: dict[str, Ground] = {
    StayReferral.Ground.TESTIMONY: "needed_to_testify",
    StayReferral.Ground.NOT_PRACTICABLE: "not_practicable_or_proper",
}


def _grant_notice(occasion: Occasion, office: Office) -> dict[str, Any]:
    grant: Grant = occasion.record
    number = grant.worker_request.receipt_number
    return notice(occasion, office, form=FORM, receipt_number=number, legal_help=True)


def intent_to_terminate(occasion: Occasion) -> IntentFacts:
    grant: Grant = occasion.record
    office = office_at(grant.decider_desk_id)
    return IntentFacts(
        **_grant_notice(occasion, office),
        ends_on=grant.ends_on,
        grounds=occasion.own_words,
        reply=deadlines.reply(
            occasion,
            "termination_response",
            served_on=occasion.data["notice_served_on"],
            served_by=occasion.data["notice_served_by"],
            office=office,
        ),
    )


def termination(occasion: Occasion) -> TerminationFacts:
    grant: Grant = occasion.record
    office = office_at(grant.decider_desk_id)
    return TerminationFacts(
        **_grant_notice(occasion, office),
        effective_on=occasion.day,
        decided_by=decider(office),
        reason=occasion.reason,
        work_permit_ends_on=occasion.day if _has_valid_permit(grant, occasion) else None,
    )


def _has_valid_permit(grant: Grant, occasion: Occasion) -> bool:
    """Whether a permit was valid until this step, which takes it away."""
    until_now = Q(closed_at__isnull=True) | Q(closed_at=occasion.at)
    return grant.permits.filter(until_now, valid_until__gte=occasion.day).exists()


def _permit_notice(occasion: Occasion, *, legal_help: bool = False) -> dict[str, Any]:
    permit: WorkPermit = occasion.record
    return notice(
        occasion,
        office_at(permit.uscis_desk_id),
        form="I-765",
        receipt_number=permit.worker_request.receipt_number,
        legal_help=legal_help,
    )


def permit_approval(occasion: Occasion) -> ApprovalFacts:
    permit: WorkPermit = occasion.record
    card = tuple(line.strip() for line in permit.person.safe_address.splitlines() if line.strip())
    return ApprovalFacts(
        **_permit_notice(occasion),
        category=CATEGORY,
        valid_from=occasion.data["valid_from_on"],
        valid_to=occasion.data["valid_until_on"],
        card_address_lines=card or worker(permit).address_lines,
    )


def permit_denial(occasion: Occasion) -> DenialFacts:
    return DenialFacts(
        **_permit_notice(occasion, legal_help=True),
        category=CATEGORY,
        reasons=in_words(PERMIT_DENIALS, occasion),
        deferred_action_continues=occasion.record.grant_id is not None,
    )


def permit_denial_with_request(occasion: Occasion) -> DenialFacts:
    return DenialFacts(
        **_permit_notice(occasion, legal_help=True),
        category=CATEGORY,
        reasons=(str(PERMIT_DENIALS["no_deferred_action"].text),),
        deferred_action_continues=False,
    )


def permit_evidence_request(occasion: Occasion) -> EvidenceFacts:
    served_on: date = occasion.data["rfe_served_on"]
    served_by: Any = occasion.data["rfe_served_by"]
    office = office_at(occasion.record.uscis_desk_id)
    return EvidenceFacts(
        **_permit_notice(occasion),
        served_on=served_on,
        served_by=served_by,
        reply=deadlines.reply(occasion, "ead_rfe", served_on=served_on, served_by=served_by, office=office),
        items=tuple(Item(text=words, legal_basis="") for words in occasion.own_words),
    )


def _stay_notice(occasion: Occasion, *, legal_help: bool = False) -> dict[str, Any]:
    office = occasion.record.ice_office
    return notice(occasion, office, form="I-246", legal_help=legal_help)


def stay_grant(occasion: Occasion) -> StayGrantFacts:
    return StayGrantFacts(
        **_stay(occasion),
        starts_on=occasion.data["starts_on"],
        ends_on=occasion.data["ends_on"],
        bond_open=True,
    )


def stay_bond(occasion: Occasion) -> StayGrantFacts:
    """The stay again, now with its bond."""
    stay: Stay = occasion.record
    assert stay.starts_on is not None
    assert stay.ends_on is not None
    return StayGrantFacts(
        **_stay(occasion),
        starts_on=stay.starts_on,
        ends_on=stay.ends_on,
        bond_amount=Decimal(occasion.data["amount"]),
        bond_due_on=occasion.data["bond_due_on"],
    )


def _stay(occasion: Occasion) -> dict[str, Any]:
    stay: Stay = occasion.record
    conditions: str = occasion.data.get("conditions", stay.conditions)
    return {
        **_stay_notice(occasion),
        "decided_by": decider(stay.ice_office),
        "conditions": tuple(line.strip() for line in conditions.splitlines() if line.strip()),
        "report_at": ", ".join((stay.ice_office.name, *address_of(stay.ice_office))),
    }


def stay_denial(occasion: Occasion) -> StayDenialFacts:
    return StayDenialFacts(
        **_stay_notice(occasion, legal_help=True),
        decided_by=decider(occasion.record.ice_office),
        reasons=in_words(STAY_DENIALS, occasion),
    )


def stay_support(occasion: Occasion) -> StaySupportFacts:
    """The one letter of an agency that names a worker, who signed a consent to it."""
    referral: StayReferral = occasion.record
    stay = referral.stay
    office = office_at(referral.agency_desk_id)
    matter = referral.matter
    statement = stay.statement if stay.statement and stay.statement.agency_id == referral.agency_id else None
    by: Any = occasion.by
    return StaySupportFacts(
        letterhead=letterhead(office),
        written_on=occasion.day,
        reference=referral.reference,
        addressee_lines=(
            stay.ice_office.organization.name,
            stay.ice_office.name,
            *address_of(stay.ice_office),
        ),
        worker=worker(stay),
        consent_signed_on=referral.consent_signed_on,
        matter_number=matter.case_number if matter else "",
        matter_stage=str(matter.get_stage_display()) if matter else "",
        grounds=(GROUNDS[referral.ground],),
        why_presence_is_needed=referral.presence_needed,
        period_from=occasion.day,
        period_to=last_day(occasion.day, referral.months_asked),
        duty_contact=Contact(name=by.name, phone=referral.contact_phone),
        statement_number=statement.reference if statement else "",
        custody=_custody(stay),
        removal_on=stay.day_at(stay.removal_at) if stay.removal_at else None,
        counsel=representative(stay),
        signatory=signatory(occasion, office),
    )


def _custody(stay: Stay) -> str:
    if not stay.detained:
        return _("Not detained")
    if not stay.detained_at:
        return _("Detained")
    return _("Detained, %(place)s") % {"place": stay.detained_at}

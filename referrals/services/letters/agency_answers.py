"""What a labor agency answers those who ask it for a statement, and what DHS intake answers the agency."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from referrals.letters.statement_answers import AcknowledgementFacts, DeclineFacts, MonitorFacts
from referrals.letters.statement_intake import Deficiency, IntakeFacts, ReturnFacts

from ... import statement_checklist
from ...models import SoiRequest, Statement
from . import deadlines
from .occasions import Occasion, address_of, contact, letterhead, office_at, signatory, unlisted

REMEDIES = {
    "authority": gettext_lazy("Name the agency and the laws that it enforces."),
    "matter_stage": gettext_lazy("Give the number of the matter and its stage."),
    "names": gettext_lazy("List the names of the employer."),
    "paystub": gettext_lazy("List the names on paystubs and those of staffing agencies."),
    "sites": gettext_lazy("Give the address of each worksite, or say that all of them are covered."),
    "worker_class": gettext_lazy("Describe the class of workers, without names."),
    "period": gettext_lazy("State a first day and a last day, or “to the present”."),
    "cooperation": gettext_lazy("Say why the agency needs the workers."),
    "retaliation": gettext_lazy("Describe the retaliation or the fear of it."),
    "supports": gettext_lazy("Say whom the statement supports, and for which requests."),
    "relief": gettext_lazy("Say what is asked of DHS."),
    "review_by": gettext_lazy("Give the day by which the agency reviews the statement."),
    "contact": gettext_lazy("Name a person with a telephone number or an email address."),
    "violations": gettext_lazy("Describe the violations in general words. Name no complainant."),
}


def _answer(occasion: Occasion) -> dict[str, Any]:
    request: SoiRequest = occasion.record
    office = office_at(request.agency_desk_id)
    asking = office_at(request.requester_desk_id)
    received_at = request.submitted_at or occasion.at
    return {
        "letterhead": letterhead(office),
        "written_on": occasion.day,
        "reference": request.reference,
        "addressee_lines": (asking.organization.name, *address_of(asking)),
        "received_on": request.day_at(received_at),
        "worksite": _worksite(request),
        "contact": contact(office),
        "signatory": signatory(occasion, office),
    }


def _worksite(request: SoiRequest) -> str:
    """The employer and its places as the request names them."""
    places = "; ".join(str(site) for site in request.sites.all())
    return ", ".join(part for part in (request.employer, places) if part)


def acknowledgement(occasion: Occasion) -> AcknowledgementFacts:
    due = deadlines.due(occasion, "soi_determination")
    return AcknowledgementFacts(
        **_answer(occasion),
        decide_by=due.on if due else None,
        computation=due.explanation if due else (),
    )


def decline(occasion: Occasion) -> DeclineFacts:
    return DeclineFacts(**_answer(occasion), reason=occasion.reason)


def monitor(occasion: Occasion) -> MonitorFacts:
    return MonitorFacts(**_answer(occasion), reason=occasion.reason, recheck_on=occasion.data["recheck_on"])


def _intake(occasion: Occasion) -> dict[str, Any]:
    statement: Statement = occasion.record
    office = office_at(statement.intake_desk_id)
    received_at = statement.received_at or occasion.at
    return {
        "letterhead": letterhead(office),
        "written_on": occasion.day,
        "reference": statement.reference,
        "addressee_lines": (
            statement.agency.name,
            statement.office.name,
            *address_of(statement.office),
        ),
        "agency_name": statement.agency.name,
        "statement_number": statement.reference,
        "statement_version": statement.version_in_force or statement.working_version,
        "received_on": statement.day_at(received_at),
        "contact": contact(office),
        "signatory": signatory(occasion, office),
    }


def receipt(occasion: Occasion) -> IntakeFacts:
    return IntakeFacts(**_intake(occasion))


def returned(occasion: Occasion) -> ReturnFacts:
    listed = tuple(_deficiency(occasion.record, code) for code in occasion.data.get("deficiencies", ()))
    general = Deficiency(problem=occasion.reason, remedy="")
    return ReturnFacts(**_intake(occasion), deficiencies=(*listed, general) if occasion.reason else listed)


def _deficiency(statement: Statement, code: str) -> Deficiency:
    """A deficiency by the key of the checklist, or in the intake officer's words."""
    lines = {line.key: line for line in statement_checklist.checklist(statement.draft)}
    if code not in lines:
        return Deficiency(problem=unlisted(code), remedy="")
    problem = _("%(element)s: missing or not clear.") % {"element": lines[code].label}
    return Deficiency(problem=problem, remedy=str(REMEDIES.get(code, lines[code].why)))

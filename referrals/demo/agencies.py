"""How the demo's requests for statements are written and carried, and how statements come into force."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from .. import agency_rules
from ..models import Matter, SoiRequest, Statement, User
from ..services import dhs_draft_checks, soi_requests, statements
from ..services.steps import take_step
from .cast import Cast
from .places import Place

NARRATIVE = {
    "dispute": "Overtime was not paid for two seasons, and breaks were cut. Workers asked for their time "
    "records and were told that there are none.",
    "laws": "Right to act together, overtime and record keeping.",
    "retaliation": "After the first complaint a foreman said before the crew that he would call immigration.",
    "fear": "People stopped answering the investigator's calls and no longer come to meetings.",
    "cooperation": "Several workers can describe hours, pay and threats if they can speak without fear.",
}
DRAFT = {
    "worker_class": "All workers employed at the covered worksites, whoever paid them.",
    "cooperation": "The agency needs the workers as witnesses about hours, pay and threats.",
    "retaliation": "Threats about immigration were made after the first complaint.",
    "violations": "Interference with protected activity; unpaid hours.",
    "supports": "Witnesses and victims, for first and later requests.",
}


@dataclass(frozen=True)
class Office:
    """The people of one agency's office who act in the demo."""

    desk: str
    staff: User
    approver: User
    signer: User


def office_of(cast: Cast, agency: str) -> Office:
    if agency == "NYSDOL":
        return Office("nysdol-wpu", cast.ny_investigator, cast.ny_approver, cast.ny_signer)
    return Office("nlrb-region-28", cast.investigator, cast.approver, cast.signer)


def asked(place: Place, *, cast: Cast, by: User, at: datetime, **values: Any) -> SoiRequest:
    """A draft request for a statement, filled in as an advocate would."""
    request = soi_requests.begin(
        agency=cast.organizations[place.agency],
        office=cast.offices[office_of(cast, place.agency).desk],
        by=by,
        at=at,
    )
    soi_requests.revise(
        request,
        by=by,
        at=at,
        values={
            "requester_kind": "attorney",
            "case_number": place.number,
            "certifies_no_names": True,
            "relief": ["DEFERRED_ACTION", "WORK_PERMIT"],
            "period_from": date(2022, 1, 1),
            "workers_affected": 40,
            **NARRATIVE,
            **values,
        },
        names=place.names_to_type,
        sites=place.sites_to_type,
    )
    return request


def submitted(place: Place, *, cast: Cast, by: User, at: datetime, **values: Any) -> SoiRequest:
    request = asked(place, cast=cast, by=by, at=at, **values)
    take_step(request, "submit", by=by, at=at)
    return request


def taken_up(request: SoiRequest, matter: Matter, *, cast: Cast, at: datetime) -> SoiRequest:
    """Acknowledged, under review, linked to the agency's matter and assessed."""
    staff = office_of(cast, matter.agency.code).staff
    take_step(request, "acknowledge", by=staff, at=at)
    take_step(request, "begin_review", by=staff, at=at)
    assessed(request, matter, cast=cast, at=at)
    return request


def assessed(request: SoiRequest, matter: Matter, *, cast: Cast, at: datetime) -> None:
    staff = office_of(cast, matter.agency.code).staff
    soi_requests.link_matter(request, matter, by=staff, at=at)
    soi_requests.assess(
        request,
        by=staff,
        at=at,
        values={
            "witnesses": 3,
            "deterrence": 2,
            "retaliation": 3,
            "scope_of_harm": 2,
            "priority": 2,
            "cooperation_needed_now": True,
            "no_conflict_of_interest": True,
            "notes": "Region agrees that testimony is at risk.",
        },
    )


def drafted(request: SoiRequest, *, cast: Cast, at: datetime, **values: Any) -> Statement:
    """The request accepted, and the draft statement complete."""
    office = office_of(cast, request.agency.code)
    take_step(request, "accept", by=office.approver, at=at)
    statement = request.statements.get()
    statements.revise(
        statement,
        by=office.staff,
        at=at,
        values={
            **DRAFT,
            "contact_name": office.staff.name,
            "contact_title": "Coordinator",
            "contact_phone": "555-0100",
            **values,
        },
    )
    return statement


def signed(statement: Statement, *, cast: Cast, at: datetime, review_by: date | None = None) -> Statement:
    """Through approval and signature by three different people."""
    office = office_of(cast, statement.agency.code)
    take_step(statement, "send_for_approval", by=office.staff, at=at)
    take_step(statement, "approve", by=office.approver, at=at + timedelta(hours=1))
    if agency_rules.sees_drafts(statement.jurisdiction, on=at.date()):
        dhs_draft_checks.record_check(
            statement, by=office.staff, at=at + timedelta(hours=1), answered_on=at.date(),
            answer=agency_rules.NO_OBJECTION, reason="DHS has no objection to the draft.",
        )  # fmt: skip
    later = review_by or (at + timedelta(days=728)).date()
    take_step(statement, "sign", by=office.signer, at=at + timedelta(hours=2), review_by_on=later)
    return statement


def in_force(statement: Statement, *, cast: Cast, at: datetime) -> Statement:
    """Sent to DHS, received there and recorded as complete."""
    staff = office_of(cast, statement.agency.code).staff
    take_step(statement, "transmit", by=staff, at=at, channel="portal")
    take_step(statement, "confirm_receipt", by=cast.intake, at=at + timedelta(hours=1))
    take_step(statement, "accept", by=cast.intake, at=at + timedelta(hours=2))
    return statement


def settled(
    place: Place, matter: Matter, *, cast: Cast, by: User, at: datetime, review_by: date | None = None
) -> Statement:
    """From the request to a statement in force, in one busy morning."""
    request = taken_up(submitted(place, cast=cast, by=by, at=at), matter, cast=cast, at=at)
    statement = signed(drafted(request, cast=cast, at=at), cast=cast, at=at, review_by=review_by)
    return in_force(statement, cast=cast, at=at + timedelta(hours=3))

"""Requests for a statement: begun and kept as typed by the asking side, assessed by the agency."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from recordsets.collisions import in_one_piece
from workflows import engine

from .. import personal_data
from ..models import (
    Assessment,
    Matter,
    Office,
    Organization,
    Question,
    RequestedName,
    RequestedSite,
    SoiRequest,
    User,
)
from . import drafting

TEXTS = (
    "dispute",
    "laws",
    "roles",
    "retaliation",
    "fear",
    "cooperation",
    "urgent_reason",
    "other_agencies",
    "industry",
)


@in_one_piece
def begin(*, agency: Organization, office: Office, by: User, at: datetime, reference: str = "") -> SoiRequest:
    """Begin a draft addressed to one office of an agency; the agency does not see it yet.

    A ``reference`` drawn when the page was shown makes a form that is sent twice begin one draft only: the
    second raises ``IntegrityError``.
    """
    request = SoiRequest(
        requester_id=by.hat.organization_id,
        agency=agency,
        asked_by=by,
        requester_desk=by.hat.office.desk,
        agency_desk=office.desk,
        jurisdiction=agency.code,
        time_zone=office.desk.time_zone,
        contact_name=by.name,
        contact_email=by.email,
        **({"reference": reference} if reference else {}),
    )
    return engine.open_case(request, by=by, at=at, agency=agency.code)


def addressed_to(office: Office) -> dict[str, Any]:
    """The values that send a draft to another office, as ``revise`` takes them."""
    agency = office.organization
    return {
        "agency": agency,
        "agency_desk": office.desk,
        "jurisdiction": agency.code,
        "time_zone": office.desk.time_zone,
    }


def offices_to_ask() -> list[Office]:
    """Every office of every labor agency, by agency and name."""
    return list(
        Office.objects.filter(organization__kind=Organization.Kind.AGENCY)
        .select_related("organization", "desk")
        .order_by("organization__name", "name")
    )


@in_one_piece
def revise(
    request: SoiRequest,
    *,
    by: User,
    at: datetime,
    values: Mapping[str, Any],
    names: Iterable[Mapping[str, Any]] | None = None,
    sites: Iterable[Mapping[str, Any]] | None = None,
    expected_version: int | None = None,
    shown: drafting.Shown | None = None,
    going_on: bool = False,
) -> None:
    """Keep the draft as typed. Refused with ``PersonalDataFound`` when a text names a worker's numbers.

    With ``shown``, what the page had before, saving the same twice changes nothing and text that somebody
    else has changed meanwhile is not overwritten (``StalePage``). ``going_on``: see ``drafting.take_up``.
    """
    personal_data.refuse({name: str(values[name]) for name in TEXTS if values.get(name)})
    drafting.lock(request)
    if shown is not None:
        if not drafting.changes(request, values, {"names": names, "sites": sites}):
            return
        drafting.refuse_overwriting(request, shown)
    drafting.take_up(request, by=by, at=at, expected_version=expected_version, going_on=going_on)
    for name, value in values.items():
        setattr(request, name, value)
    request.full_clean(exclude=["state"])
    request.save()
    if names is not None:
        request.names.all().delete()
        RequestedName.objects.bulk_create(RequestedName(request=request, **each) for each in names)
    if sites is not None:
        request.sites.all().delete()
        RequestedSite.objects.bulk_create(RequestedSite(request=request, **each) for each in sites)


@in_one_piece
def link_matter(request: SoiRequest, matter: Matter, *, by: User, at: datetime) -> None:
    """Say to which of the agency's own matters a request belongs; saying it twice adds nothing."""
    drafting.lock(request)
    if request.matter_id == matter.pk:
        return
    engine.record_note(request, "link_matter", by=by, at=at, matter=matter.pk)
    request.matter = matter
    request.save(update_fields=["matter"])


@in_one_piece
def assess(
    request: SoiRequest,
    *,
    by: User,
    at: datetime,
    values: Mapping[str, Any],
    expected_version: int | None = None,
) -> Assessment:
    """Keep the agency's weighing of a request; it never leaves the agency."""
    engine.advance(request, "assess", by=by, at=at, expected_version=expected_version)
    assessment = Assessment.objects.filter(request=request).first() or Assessment(request=request)
    for name, value in values.items():
        setattr(assessment, name, value)
    assessment.assessed_by, assessment.assessed_at = by, at
    assessment.full_clean()
    assessment.save()
    return assessment


def ask(request: SoiRequest, text: str, *, at: datetime) -> Question:
    """A question to the requester; stored with the step that asks it."""
    personal_data.refuse({"question": text})
    return Question.objects.create(request=request, text=text, asked_at=at)


def answer(request: SoiRequest, text: str, *, at: datetime) -> None:
    """The requester's answer to every open question; stored with the step that answers."""
    personal_data.refuse({"answer": text})
    request.questions.filter(answered_at__isnull=True).update(answer=text, answered_at=at)

"""Writing statements: open a draft from a matter, revise it, fix a signed version."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from recordsets.asking import through_the_door
from recordsets.collisions import in_one_piece
from referrals.letters import digest
from workflows import engine, policies
from workflows.days import rule_day
from workflows.languages import as_stored
from workflows.models import Desk
from workflows.parties import Actor

from .. import personal_data, signatures, small_numbers
from ..models import (
    Act,
    CoveredName,
    CoveredSite,
    Matter,
    Office,
    Organization,
    SoiRequest,
    Statement,
    StatementVersion,
)
from ..models.soi_requests import Relief
from . import drafting
from .letters.statement_side import statement_letter

INTAKE = "dhs-intake"
TEXTS = (
    "authority", "matter_stage", "worker_class", "job_classes", "excluded_classes", "violations",
    "cooperation", "retaliation", "supports",
)  # fmt: skip


def intake_desk() -> Desk:
    """The desk at which everything that goes to DHS arrives."""
    return Desk.objects.get(key=INTAKE)


def next_number(agency: Organization, *, at: datetime) -> str:
    """The agency's next statement number, ``CODE-YEAR-00001``; safe when two draw at once.

    The agency's row is locked until the caller's transaction ends, so numbers have no gaps or doubles.
    """
    Organization.objects.select_for_update().get(pk=agency.pk)
    prefix = f"{agency.code.upper()}-{at.year}-"
    last = Statement.objects.filter(reference__startswith=prefix).aggregate(last=Max("reference"))["last"]
    drawn = int(re.sub(r"^.*-", "", last)) if last else 0
    return f"{prefix}{drawn + 1:05d}"


@in_one_piece
def open_draft(
    matter: Matter, *, office: Office, by: Actor, at: datetime, soi_request: SoiRequest | None = None
) -> Statement:
    """A draft statement filled from its matter and, where there is one, from the request."""
    agency = matter.agency
    statement = Statement(
        agency=agency,
        office=office,
        matter=matter,
        soi_request=soi_request,
        reference=next_number(agency, at=at),
        agency_desk=office.desk,
        intake_desk=intake_desk(),
        jurisdiction=agency.code,
        time_zone=office.desk.time_zone,
    )
    engine.open_case(statement, by=by, at=at, matter=matter.pk)
    months = policies.value("soi.review_months", on=rule_day(at), jurisdiction=agency.code, default=24)
    version = StatementVersion.objects.create(
        statement=statement,
        number=1,
        authority=agency.authority,
        matter_stage=as_stored(Matter.Stage(matter.stage).label),
        violations="",
        retaliation=soi_request.retaliation if soi_request else "",
        period_from=(soi_request.period_from if soi_request else None) or matter.opened_on,
        relief=soi_request.relief if soi_request else [Relief.DEFERRED_ACTION, Relief.WORK_PERMIT],
        review_by=_months_on(statement.day_at(at), int(months)),
        contact_phone=office.phone,
        contact_email=office.email,
    )
    _cover(version, names=matter.names.all(), sites=matter.worksites.all())
    return statement


def _months_on(start: date, months: int) -> date:
    from workflows import terms
    from workflows.calendars import calendar

    term = terms.Term(months, terms.Unit.MONTHS, rolls=False)
    return terms.due(term, calendar=calendar("us-federal"), start=start).on


def _cover(version: StatementVersion, *, names: Iterable[Any], sites: Iterable[Any]) -> None:
    CoveredName.objects.bulk_create(
        CoveredName(version=version, name=each.name, kind=each.kind) for each in names
    )
    CoveredSite.objects.bulk_create(
        CoveredSite(
            version=version,
            label=each.label,
            street=each.street,
            city=each.city,
            state=each.state,
            zip_code=each.zip_code,
        )
        for each in sites
    )


def open_from_request(request: SoiRequest, *, by: Actor, at: datetime) -> Statement:
    """The draft that an accepted request leads to; the requester's organization will see it when signed."""
    assert request.matter is not None
    office = Office.objects.filter(desk_id=request.agency_desk_id).get()
    return open_draft(request.matter, office=office, by=by, at=at, soi_request=request)


def open_version(statement: Statement, *, because: str) -> StatementVersion:
    """The next version as a copy of the one in force, ready to be changed."""
    current = statement.versions.get(number=statement.version_in_force or 1)
    copied = {
        field.name: getattr(current, field.name)
        for field in StatementVersion._meta.concrete_fields
        if field.name
        not in {"id", "number", "signed_at", "signed_by", "delegation", "fingerprint", "amended_because"}
    }
    version = StatementVersion.objects.create(
        number=statement.working_version, amended_because=because, **copied
    )
    _cover(version, names=current.names.all(), sites=current.sites.all())
    return version


@in_one_piece
def revise(
    statement: Statement,
    *,
    by: Actor,
    at: datetime,
    expected_version: int | None = None,
    values: Mapping[str, Any],
    names: Iterable[Mapping[str, Any]] | None = None,
    sites: Iterable[Mapping[str, Any]] | None = None,
    shown: drafting.Shown | None = None,
    going_on: bool = False,
) -> StatementVersion:
    """Change the draft. Refused with ``PersonalDataFound`` when a text holds a worker's number or birth date.

    ``shown`` and ``going_on`` guard a page that saves while one types, as in ``soi_requests.revise``.
    """
    personal_data.refuse({name: str(values[name]) for name in TEXTS if values.get(name)})
    drafting.lock(statement)
    if shown is not None:
        if not drafting.changes(statement.draft, values, {"names": names, "sites": sites}):
            return statement.draft
        drafting.refuse_overwriting(statement.draft, shown)
    drafting.take_up(statement, by=by, at=at, expected_version=expected_version, going_on=going_on)
    version = statement.draft
    for name, value in values.items():
        setattr(version, name, value)
    version.full_clean(exclude=["statement"])
    version.save()
    if names is not None:
        version.names.all().delete()
        CoveredName.objects.bulk_create(CoveredName(version=version, **each) for each in names)
    if sites is not None:
        version.sites.all().delete()
        CoveredSite.objects.bulk_create(CoveredSite(version=version, **each) for each in sites)
    return version


def fix_version(statement: Statement, *, by: Actor, at: datetime) -> None:
    """Fix the signed version with its signer, delegation and fingerprint, and share it with the requester.

    The fingerprint is the digest of the letter, whose first sixteen digits are printed on it, so that
    whoever holds the letter can check it.
    """
    version = statement.draft
    version.review_by = statement.review_by
    version.signed_at = at
    version.signed_by_id = by.pk
    version.delegation = signatures.delegation_for(
        statement, Act.STATEMENT, official=by.pk, on=statement.day_at(at)
    )
    version.fingerprint = digest(statement_letter(version))
    version.save()
    if statement.soi_request is not None:
        statement.shared_with.add(statement.soi_request.requester)


def dependants(statement: Statement, *, on: date) -> small_numbers.Number:
    """How many open workers' requests rest on a statement: the number unless it is small, never the names."""
    with through_the_door():
        number = statement.worker_requests.filter(closed_at__isnull=True).count()
    return small_numbers.shown(number, on=on)


def dependants_in_words(statement: Statement, *, on: date) -> str:
    """The same as a sentence."""
    number = dependants(statement, on=on)
    if number.exact is None:
        return _(
            "Fewer than %(least)s open requests of workers depend on this statement, or none. "
            "How many is not shown."
        ) % {"least": number.least}
    return ngettext(
        "%(number)s open request of a worker depends on this statement.",
        "%(number)s open requests of workers depend on this statement.",
        number.exact,
    ) % {"number": number.exact}


@in_one_piece
def open_once(matter: Matter, *, office: Office, by: Actor, at: datetime, seen: int) -> Statement:
    """A draft for a matter whose page showed ``seen`` statements.

    If another was begun since then (the page was sent twice, or a colleague was faster), that one is given.
    """
    Matter.objects.select_for_update().get(pk=matter.pk)
    own = Statement.objects.filter(matter=matter)
    newest = own.order_by("-opened_at", "-pk").first()
    if newest is not None and own.count() > seen:
        return newest
    return open_draft(matter, office=office, by=by, at=at)

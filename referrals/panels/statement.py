"""A statement, as its agency, DHS and the organizations that may use it see it. Drafts stay in the agency."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import prefetch_related_objects
from django.urls import reverse
from django.utils.translation import gettext as _

from workflows import parties
from workflows.days import rule_day
from workflows.languages import as_told
from workflows.machines.statement import DRAFTING

from .. import agency_rules
from ..models import Relief, Statement, StatementVersion, User
from ..services import drafts_of_statements, public_copies, statements
from ..templatetags.design import day
from .base import Link, Panel, Section


def panel(record: Statement, user: User, *, at: datetime) -> Panel:
    """What the case page adds for one reader."""
    return _for_agency(record, user, at=at) if user.is_agency else _for_others(record, user)


def _for_agency(record: Statement, user: User, *, at: datetime) -> Panel:
    version = record.draft
    signed = version if version.number == record.version_in_force else record.signed
    prefetch_related_objects(list(filter(None, [version, signed])), "names", "sites")
    links = []
    if record.state in DRAFTING and parties.agency_staff(record, user):
        links.append(
            Link(_("Write the draft"), reverse("statement_edit", args=[record.reference]), main=True)
        )
    links.append(Link(_("Read the letter"), reverse("statement_preview", args=[record.reference])))
    if version.signed_at is None and agency_rules.sees_drafts(record.jurisdiction, on=rule_day(at)):
        links.append(
            Link(_("Answer of DHS to the draft"), reverse("dhs_draft_check", args=[record.reference]))
        )
    if record.version_in_force and public_copies.may(user):
        links.append(Link(_("Copy for the public"), reverse("public_copy", args=[record.reference])))
    return Panel(
        title=_title(version),
        facts=[
            (_("Matter"), f"{record.matter.case_number} · {record.matter.get_stage_display()}"),
            (_("Review by"), day(record.review_by or version.review_by)),
            (_("Version in force"), record.version_in_force or _("none yet")),
            (_("Requests that depend on it"), statements.dependants(record, on=rule_day(at)).text),
        ],
        sections=[
            _scope(
                version, _("Scope of the version in work") if signed and signed != version else _("Scope")
            ),
            *(
                [_scope(signed, _("Scope in force"), key="scope-in-force")]
                if signed and signed != version
                else []
            ),
            *(_checklist(record, version) if version.signed_at is None else []),
            _versions(record),
            _from(record, user),
        ],
        links=links,
        warning=_depends(record, at=at) if record.withdrawal_on or record.ended_at else "",
    )


def _depends(record: Statement, *, at: datetime) -> str:
    return statements.dependants_in_words(record, on=rule_day(at))


def _for_others(record: Statement, user: User) -> Panel:
    signed = record.signed
    if signed is None:
        return Panel(title=record.agency.name)
    prefetch_related_objects([signed], "names", "sites")
    facts: list[tuple[str, Any]] = [
        (_("Agency"), f"{record.agency}, {record.office.name}"),
        (_("Number and version"), f"{record.reference} v{signed.number}"),
        (_("Signed"), day(signed.signed_at)),
        (_("Review by"), day(record.review_by)),
    ]
    if record.withdrawal_on:
        facts.append((_("Withdrawal announced for"), day(record.withdrawal_on)))
    if user.is_dhs:
        facts.append((_("Matter"), f"{record.matter.case_number} · {as_told(signed.matter_stage)}"))
        facts.append((_("Contact"), _contact(signed)))
    return Panel(
        title=_title(signed),
        facts=facts,
        sections=[
            _scope(signed, _("Who is covered") if user.is_advocate else _("Scope")),
            Section("verify", _("Check the letter"), "statement_side/verify.html", _fingerprint(signed)),
        ],
        links=[Link(_("Read the letter"), reverse("statement_preview", args=[record.reference]))],
    )


def _title(version: StatementVersion) -> str:
    names = list(version.names.all())
    towns = dict.fromkeys(site.city for site in version.sites.all() if site.city)
    return ", ".join([names[0].name if names else _("Employer not named yet"), *towns])


def _contact(version: StatementVersion) -> str:
    return " · ".join(filter(None, [version.contact_name, version.contact_phone, version.contact_email]))


def _fingerprint(version: StatementVersion) -> dict[str, Any]:
    digits = version.fingerprint[:16]
    return {
        "groups": [digits[at : at + 4] for at in range(0, len(digits), 4)],
        "number": version.statement.reference,
        "version": version.number,
    }


def _scope(version: StatementVersion, label: str, *, key: str = "scope") -> Section:
    labels = dict(Relief.choices)
    context = {
        "version": version,
        "names": list(version.names.all()),
        "sites": list(version.sites.all()),
        "jobs": version.job_list,
        "excluded": version.excluded_list,
        "relief": [str(labels.get(each, each)) for each in version.relief],
    }
    return Section(key, label, "statement_side/scope.html", context)


def _checklist(record: Statement, version: StatementVersion) -> list[Section]:
    context = {"beside": drafts_of_statements.beside(record, version)}
    return [Section("checklist", _("Checklist"), "statement_side/checklist.html", context)]


def _versions(record: Statement) -> Section:
    versions = list(record.versions.select_related("signed_by", "delegation").order_by("-number"))
    context = {"versions": versions, "in_force": record.version_in_force}
    return Section("versions", _("Versions"), "statement_side/versions.html", context)


def _from(record: Statement, user: User) -> Section:
    shared = ", ".join(str(each) for each in record.shared_with.all())
    context = {"matter": record.matter, "request": record.soi_request, "shared_with": shared}
    return Section("came-from", _("Where it comes from"), "statement_side/came_from.html", context)

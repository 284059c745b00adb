"""The statement of interest as a letter. It names no worker."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from referrals.letters import Letter, statement_of_interest
from referrals.letters.dates import long_date
from referrals.letters.facts import Contact, Signatory
from referrals.letters.statement_of_interest import EmployerName, StatementFacts

from ...models import Relief, Statement, StatementVersion
from .occasions import Occasion, address_of, address_of_site, letterhead, office_at


def statement_letter(version: StatementVersion, *, written_on: date | None = None) -> Letter:
    """The statement as a letter, in English. Only a signed version carries number, fingerprint and QR code.

    ``written_on`` dates a draft; a signed version has the date of its signature.
    """
    with translation.override("en"):
        facts = _statement_facts(version, written_on=written_on)
    return statement_of_interest.build(facts)


def _statement_facts(version: StatementVersion, *, written_on: date | None) -> StatementFacts:
    statement = version.statement
    signed_on = _signed_on(version)
    sites = tuple(str(site) for site in version.sites.all())
    return StatementFacts(
        letterhead=letterhead(statement.office),
        written_on=signed_on or written_on or statement.day_at(statement.entered_state_at),
        number=statement.reference,
        version=version.number,
        addressee_lines=_intake_lines(statement),
        authority=version.authority or _nothing(),
        statutes=_lines(statement.matter.statutes),
        matter_number=statement.matter.case_number,
        matter_stage=version.matter_stage or _nothing(),
        matter_opened_on=statement.matter.opened_on,
        employers=tuple(
            EmployerName(name=each.name, kind=str(each.get_kind_display())) for each in version.names.all()
        ),
        sites=sites or ((_("All worksites of the employer"),) if version.all_sites else (_nothing(),)),
        site_note=_("Worksites of the employer that are not listed are covered too.")
        if version.all_sites and sites
        else "",
        period_from=version.period_from,
        period_to=None if version.to_present else version.period_to,
        covered_workers=_covered(version),
        excluded_workers=version.excluded_list,
        violations=version.violations,
        cooperation_need=version.cooperation or _nothing(),
        retaliation=version.retaliation,
        supports=version.supports,
        relief_asked=tuple(str(Relief(each).label) for each in version.relief) or (_nothing(),),
        duration_asked=_("%(months)s months") % {"months": version.proposed_months}
        if version.proposed_months
        else "",
        contact=Contact(
            name=version.contact_name,
            title=version.contact_title,
            phone=version.contact_phone,
            email=version.contact_email,
        ),
        valid_from=signed_on,
        review_on=version.review_by,
        supersedes=_superseded(version),
        change=version.amended_because,
        signatory=_official(version, signed_on),
        verify_url=verify_url(version) if signed_on else "",
    )


def verify_url(version: StatementVersion) -> str:
    """Where anybody checks a statement. The address carries its number and its version, nothing else."""
    asked = urlencode({"number": version.statement.reference, "version": version.number})
    return address_of_site(f"{reverse('verify_letter')}?{asked}")


def _signed_on(version: StatementVersion) -> date | None:
    if version.signed_at is None:
        return None
    return version.statement.day_at(version.signed_at)


def _nothing() -> str:
    return _("Not stated yet.")


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _intake_lines(statement: Statement) -> tuple[str, ...]:
    intake = office_at(statement.intake_desk_id)
    return (intake.organization.name, intake.name, *address_of(intake))


def _covered(version: StatementVersion) -> tuple[str, ...]:
    who = {
        (True, True): _("Both people who work there now and people who used to."),
        (True, False): _("Only people who work there now."),
        (False, True): _("Only people who used to work there."),
    }
    lines = [*_lines(version.worker_class)]
    if version.job_list:
        lines.append(_("Only these jobs: %(jobs)s.") % {"jobs": ", ".join(version.job_list)})
    if not lines:
        return (_nothing(),)
    time = who.get((version.current_workers, version.former_workers))
    return (*lines, time) if time else tuple(lines)


def _superseded(version: StatementVersion) -> str:
    earlier = (
        version.statement.versions.filter(number__lt=version.number, signed_at__isnull=False)
        .order_by("-number")
        .first()
    )
    if earlier is None:
        return ""
    words = {"version": earlier.number, "day": long_date(_signed_on(earlier) or date.min)}
    return _("version %(version)s of %(day)s") % words


def _official(version: StatementVersion, signed_on: date | None) -> Signatory | None:
    if version.signed_by is None or signed_on is None:
        return None
    delegation = version.delegation
    return Signatory(
        name=version.signed_by.name,
        title=delegation.title if delegation else "",
        office=version.statement.office.name,
        delegation=delegation.authority if delegation else "",
        signed_on=signed_on,
    )


def to_be_signed(occasion: Occasion) -> Letter:
    """The letter of a statement that was just signed, or the draft of one that is about to be."""
    statement = occasion.record
    if not occasion.foreseen:
        return statement_letter(statement.signed)
    version = statement.draft
    version.review_by = occasion.data.get("review_by_on") or version.review_by
    return statement_letter(version, written_on=occasion.day)

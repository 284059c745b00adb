"""What an asker should know about each agency before choosing one, read from the dated policy rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from workflows import policies
from workflows.policies import NoPolicy, PolicyBook
from workflows.terms import Term, Unit

from ..models import Office, Organization, RequesterKind


@dataclass(frozen=True)
class AgencyHelp:
    """One row of the table: texts for a reader; ``source`` names where the agency says so, if found."""

    agency: Organization
    offices: tuple[str, ...]
    takes_requests: bool
    who: str
    complaint: str
    acknowledges: str
    decides: str
    where: str
    source: str


def table(offices: Iterable[Office], *, on: date) -> list[AgencyHelp]:
    """One row for each agency of these offices, in their order; two queries whatever their number."""
    book = policies.book()
    grouped: dict[int, list[Office]] = {}
    for office in offices:
        grouped.setdefault(office.organization_id, []).append(office)
    return [_help(own[0].organization, own, book, on=on) for own in grouped.values()]


def _help(agency: Organization, offices: list[Office], book: PolicyBook, *, on: date) -> AgencyHelp:
    def rule(key: str) -> Any:
        return book.value(key, on=on, jurisdiction=agency.code, default=None)

    needs_complaint = bool(rule("agency.complaint_required"))
    return AgencyHelp(
        agency=agency,
        offices=tuple(office.name for office in offices),
        takes_requests=rule("agency.participates") is not False,
        who=_who(rule("agency.who_may_ask")),
        complaint=_("Yes: give its number") if needs_complaint else _("No"),
        acknowledges=_time("soi_acknowledgement", agency, book, on=on),
        decides=_time("soi_determination", agency, book, on=on),
        where=_where(rule("agency.intake")),
        source=_source(agency, book, on=on),
    )


def _who(kinds: Any) -> str:
    if not isinstance(kinds, list) or set(RequesterKind.values) <= set(kinds):
        return _("Anybody: workers, and those who stand by them")
    labels = dict(RequesterKind.choices)
    return ", ".join(str(labels.get(kind, kind)) for kind in kinds)


def _time(key: str, agency: Organization, book: PolicyBook, *, on: date) -> str:
    try:
        term = book.term(key, on=on, jurisdiction=agency.code)
    except NoPolicy:
        return _("no target known")
    return amount(term)


def amount(term: Term) -> str:
    """A length of time in words."""
    number = {"number": term.amount}
    match term.unit:
        case Unit.BUSINESS_DAYS:
            return ngettext("%(number)s business day", "%(number)s business days", term.amount) % number
        case Unit.MONTHS:
            return ngettext("%(number)s month", "%(number)s months", term.amount) % number
        case Unit.HOURS:
            return ngettext("%(number)s hour", "%(number)s hours", term.amount) % number
        case _:
            return ngettext("%(number)s calendar day", "%(number)s calendar days", term.amount) % number


def _where(intake: Any) -> str:
    if not isinstance(intake, dict):
        return ""
    return " · ".join(str(intake[key]) for key in ("email", "phone", "address") if intake.get(key))


def _source(agency: Organization, book: PolicyBook, *, on: date) -> str:
    try:
        policy = book.policy("agency.who_may_ask", on=on, jurisdiction=agency.code)
    except NoPolicy:
        return ""
    return policy.source if policy.jurisdiction == agency.code else ""

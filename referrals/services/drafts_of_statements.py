"""What a writer sees beside a draft statement: the checklist, who is left out, what changed, the letter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from referrals.letters.letter import Letter
from workflows import policies, terms
from workflows.calendars import calendar

from .. import signatures
from ..models import Act, Delegation, Matter, Statement, StatementVersion, User
from ..scope import Change, ScopeName, ScopeSite, compare, left_out
from ..statement_checklist import Line, checklist
from .letters import statement_letter
from .worker_requests import scope_of

MONTHS = "soi.review_months"


@dataclass(frozen=True)
class Beside:
    """The column beside a draft."""

    lines: list[dict[str, Any]]
    left_out: list[str]
    changes: list[Change]
    open_lines: int


def beside(statement: Statement, version: StatementVersion) -> Beside:
    """Everything that is computed from a stored draft."""
    lines = checklist(version)
    return Beside(
        lines=[_shown_line(line) for line in lines],
        left_out=left_out_by(statement, version),
        changes=changes_since(statement, version),
        open_lines=sum(line.state == "missing" for line in lines),
    )


def _shown_line(line: Line) -> dict[str, Any]:
    """A line that leads to its field on the page of the draft, where it stands beside the form."""
    shown = {"label": line.label, "state": line.state, "why": line.why}
    if line.state == "in":
        return shown
    target = f"#block-{line.field}" if line.field in ("names", "sites") else f"#id_{line.field}"
    return {**shown, "target": target}


def left_out_by(statement: Statement, version: StatementVersion) -> list[str]:
    """Who is left out, compared with the names and places of the matter and with the request."""
    request = statement.soi_request
    return left_out(
        scope_of(version),
        matter_names=_names(statement.matter),
        matter_sites=_sites(statement.matter),
        violations_from=request.period_from if request else None,
        violations_to=request.period_to if request else None,
    )


def _names(matter: Matter) -> list[ScopeName]:
    return [ScopeName(name=each.name, kind=each.kind.lower()) for each in matter.names.all()]


def _sites(matter: Matter) -> list[ScopeSite]:
    return [
        ScopeSite(label=each.label, street=each.street, city=each.city, state=each.state, zip=each.zip_code)
        for each in matter.worksites.all()
    ]


def changes_since(statement: Statement, version: StatementVersion) -> list[Change]:
    """The differences of scope from the version in force; empty for a first version."""
    signed = statement.signed
    if signed is None or signed.pk == version.pk:
        return []
    return compare(scope_of(signed), scope_of(version))


def letter_of(version: StatementVersion, *, on: date) -> Letter | None:
    """The letter as it stands; None while the covered period has no beginning."""
    if version.period_from is None:
        return None
    return statement_letter(version, written_on=on)


def shown_blocks(letter: Letter) -> list[dict[str, Any]]:
    """The letter's blocks, each with the name of its kind, for a page."""
    return [{"kind": type(block).__name__.lower(), "block": block} for block in letter.blocks]


def latest_review(statement: Statement, *, on: date) -> date:
    """The last day that may be set for a review, counted in months from a day."""
    months = policies.value(MONTHS, on=on, jurisdiction=statement.jurisdiction, default=24)
    term = terms.Term(int(months), terms.Unit.MONTHS, rolls=False)
    return terms.due(term, calendar=calendar("us-federal"), start=on).on


def delegation_of(statement: Statement, user: User, *, on: date) -> Delegation | None:
    """The delegation under which somebody would sign on a day."""
    if user.organization_id != statement.agency_id:
        return None
    return signatures.delegation_for(statement, Act.STATEMENT, official=user.pk, on=on)

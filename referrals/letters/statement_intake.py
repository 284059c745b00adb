"""DHS to a labor agency: a statement of interest was received, or goes back with what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils import translation
from django.utils.translation import gettext as _

from referrals.letters import passages
from referrals.letters.dates import long_date
from referrals.letters.facts import Contact, Signatory
from referrals.letters.letter import (
    Block,
    Bullets,
    Heading,
    KeyValues,
    Language,
    Letter,
    Letterhead,
    Notice,
    Paragraph,
    Table,
)


@dataclass(frozen=True, kw_only=True)
class IntakeFacts:
    """A statement as DHS intake knows it."""

    letterhead: Letterhead
    written_on: date
    reference: str
    addressee_lines: tuple[str, ...]
    agency_name: str
    statement_number: str
    statement_version: int
    received_on: date
    contact: Contact
    signatory: Signatory | None = None


@dataclass(frozen=True, kw_only=True)
class Deficiency:
    """One thing that is missing or unclear, and how to cure it."""

    problem: str
    remedy: str


@dataclass(frozen=True, kw_only=True)
class ReturnFacts(IntakeFacts):
    """The statement goes back with every deficiency found, at once."""

    deficiencies: tuple[Deficiency, ...]


def receipt(facts: IntakeFacts, *, language: Language = "en") -> Letter:
    """The statement is in DHS's hands."""
    with translation.override(language):
        blocks: list[Block] = [
            Paragraph(
                _("The Department of Homeland Security (DHS) has received your statement of interest.")
            ),
            _statement(facts),
            Notice(
                _("What this receipt means"),
                (
                    _(
                        "This receipt does not grant status to anyone. It is not a decision on any worker's"
                        " request."
                    ),
                    _("Each worker must make a request. DHS decides each one case by case."),
                ),
            ),
            Heading(_("Please tell us if")),
            Bullets(
                (
                    _("the matter closes, or its stage changes;"),
                    _("you change, replace or withdraw the statement;"),
                    _("you learn of another employer name or worksite that it should cover."),
                )
            ),
        ]
        return _letter(
            facts,
            kind="statement_receipt",
            language=language,
            title=_("Receipt of a statement of interest"),
            blocks=blocks,
        )


def returned(facts: ReturnFacts, *, language: Language = "en") -> Letter:
    """The statement goes back to the agency with what to cure."""
    with translation.override(language):
        blocks: list[Block] = [
            Paragraph(
                _(
                    "We are returning your statement of interest because something in it is missing or"
                    " unclear. Please correct every point below and send it again as a new version."
                )
            ),
            _statement(facts),
            Table(
                columns=(_("What is missing or unclear"), _("How to fix it")),
                rows=tuple((item.problem, item.remedy) for item in facts.deficiencies),
            ),
            Paragraph(
                _(
                    "This is not a decision about the matter or about any worker. It does not keep you from"
                    " sending the statement again."
                )
            ),
        ]
        return _letter(
            facts,
            kind="statement_return",
            language=language,
            title=_("Return of a statement of interest"),
            blocks=blocks,
        )


def _statement(facts: IntakeFacts) -> KeyValues:
    return KeyValues(
        (
            (_("Agency"), facts.agency_name),
            (_("Statement"), facts.statement_number),
            (_("Version"), str(facts.statement_version)),
            (_("Received on"), long_date(facts.received_on)),
        )
    )


def _letter(facts: IntakeFacts, *, kind: str, language: Language, title: str, blocks: list[Block]) -> Letter:
    return Letter(
        kind=kind,
        language=language,
        title=title,
        letterhead=facts.letterhead,
        written_on=facts.written_on,
        reference=facts.reference,
        addressee_lines=facts.addressee_lines,
        blocks=(
            *passages.english_controls(language),
            *blocks,
            *passages.questions(facts.contact),
            *passages.signature(facts.signatory),
        ),
        footer=_("This letter contains no worker's name or number."),
    )

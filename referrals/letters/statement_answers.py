"""A labor agency's answers to a request for a statement of interest: received, not now, no."""

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
)


@dataclass(frozen=True, kw_only=True)
class AnswerFacts:
    """What every answer carries. `worksite` identifies the place in general words, never a person."""

    letterhead: Letterhead
    written_on: date
    reference: str
    addressee_lines: tuple[str, ...]
    received_on: date
    worksite: str
    contact: Contact
    signatory: Signatory | None = None


@dataclass(frozen=True, kw_only=True)
class AcknowledgementFacts(AnswerFacts):
    """`decide_by` is the agency's own target, if it has one; `computation` explains it line by line."""

    decide_by: date | None = None
    computation: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class DeclineFacts(AnswerFacts):
    """`reason` is written for the person who asked."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class MonitorFacts(AnswerFacts):
    """The agency does not need cooperation now but may later; it looks again on `recheck_on`."""

    reason: str
    recheck_on: date


def acknowledgement(facts: AcknowledgementFacts, *, language: Language = "en") -> Letter:
    """We have your request; this is what happens next."""
    with translation.override(language):
        blocks: list[Block] = [
            Paragraph(_("We have your request for a statement of interest. Thank you for writing to us.")),
            _what_was_asked(facts),
            Notice(
                _("This is not a decision"),
                (_("We have not decided yet. This letter gives no one immigration status or protection."),),
            ),
            Heading(_("What happens next")),
            Bullets(
                (
                    _("We look at the dispute and at the laws we enforce."),
                    _(
                        "We decide whether our work needs a statement for this worksite. We may ask you for"
                        " more facts."
                    ),
                    _("We write to you with our answer, whatever it is."),
                ),
                numbered=True,
            ),
        ]
        blocks += _target(facts)
        blocks += [
            Heading(_("Please do not send us")),
            Bullets(
                (
                    _("Workers' immigration histories or papers."),
                    _("A-numbers, Social Security numbers or dates of birth."),
                )
            ),
        ]
        return _answer(
            facts,
            kind="statement_acknowledgement",
            language=language,
            title=_("We received your request"),
            blocks=blocks,
        )


def decline(facts: DeclineFacts, *, language: Language = "en") -> Letter:
    """The agency will not issue a statement, why, and what remains open."""
    with translation.override(language):
        blocks: list[Block] = [
            Paragraph(_("You asked us for a statement of interest. We have decided not to issue one.")),
            _what_was_asked(facts),
            Heading(_("Why")),
            Paragraph(facts.reason),
            Heading(_("What you can still do")),
            Bullets(
                (
                    _("You may ask again if the facts change or if you have new facts."),
                    _("You may ask another agency that handles the same dispute."),
                    _(
                        "Workers may still file a complaint with us and speak with us. This answer does not"
                        " change that."
                    ),
                )
            ),
            Paragraph(
                _(
                    "Our answer is about our own enforcement needs. It is not a decision about any worker's"
                    " request to DHS."
                )
            ),
        ]
        return _answer(
            facts,
            kind="statement_decline",
            language=language,
            title=_("Our answer to your request"),
            blocks=blocks,
        )


def monitor(facts: MonitorFacts, *, language: Language = "en") -> Letter:
    """Not now: the agency keeps the request and looks again on a date."""
    with translation.override(language):
        blocks: list[Block] = [
            Paragraph(
                _(
                    "You asked us for a statement of interest. We are not issuing one now. We are keeping"
                    " your request open and will look at it again."
                )
            ),
            _what_was_asked(facts),
            Heading(_("Why not now")),
            Paragraph(facts.reason),
            Heading(_("When we look again")),
            KeyValues(((_("We will look again by"), long_date(facts.recheck_on)),)),
            Paragraph(
                _(
                    "Write to us sooner if something changes: a new witness is needed, someone retaliates"
                    " or makes threats, or a worker is detained. We cannot say today what our answer will"
                    " be."
                )
            ),
        ]
        return _answer(
            facts,
            kind="statement_monitor",
            language=language,
            title=_("Our answer to your request"),
            blocks=blocks,
        )


def _what_was_asked(facts: AnswerFacts) -> KeyValues:
    return KeyValues(
        ((_("Worksite"), facts.worksite), (_("Request received on"), long_date(facts.received_on)))
    )


def _target(facts: AcknowledgementFacts) -> list[Block]:
    if facts.decide_by is None:
        return []
    blocks: list[Block] = [KeyValues(((_("We aim to answer by"), long_date(facts.decide_by)),))]
    if facts.computation:
        blocks += [Paragraph(_("How we computed this date:")), Bullets(facts.computation)]
    blocks.append(Paragraph(_("If you have not heard from us by then, call or write to the contact below.")))
    return blocks


def _answer(facts: AnswerFacts, *, kind: str, language: Language, title: str, blocks: list[Block]) -> Letter:
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

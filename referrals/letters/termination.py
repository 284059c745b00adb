"""Ending deferred action early: notice of intent to terminate, and termination."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils import translation
from django.utils.translation import gettext as _

from referrals.letters import passages
from referrals.letters.dates import long_date
from referrals.letters.facts import NoticeFacts, Reply
from referrals.letters.letter import Block, Bullets, Heading, KeyValues, Language, Letter, Notice, Paragraph


@dataclass(frozen=True, kw_only=True)
class IntentFacts(NoticeFacts):
    """Deferred action may end; the person may answer first."""

    ends_on: date
    grounds: tuple[str, ...]
    reply: Reply
    derogatory: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class TerminationFacts(NoticeFacts):
    """Deferred action ends on `effective_on`. Without `reason` the letter says it is discretion.

    `work_permit_ends_on` None means that the permit is not affected by this letter.
    """

    effective_on: date
    decided_by: str
    reason: str = ""
    work_permit_ends_on: date | None = None
    reply: Reply | None = None


def intent_to_terminate(facts: IntentFacts, *, language: Language = "en") -> Letter:
    """A notice of intent to terminate (NOIT)."""
    with translation.override(language):
        blocks: list[Block] = [
            Paragraph(
                _(
                    "You have deferred action. We plan to end it early for the reasons below. This is not"
                    " the final decision. You may answer first, and we will read your answer before we"
                    " decide."
                )
            ),
            KeyValues(
                (
                    (_("Your deferred action now runs to"), long_date(facts.ends_on)),
                    (_("Your response must reach us by"), long_date(facts.reply.due_on)),
                )
            ),
            *passages.computation(facts.reply),
            Heading(_("Why we plan to end it")),
            passages.reasons(facts.grounds),
        ]
        if facts.derogatory:
            blocks += [
                Heading(_("Information we have that you may not know about")),
                Paragraph(_("We used this information. You may explain it or show that it is wrong.")),
                Bullets(facts.derogatory, numbered=True),
            ]
        blocks += [
            Heading(_("How to respond")),
            Paragraph(
                _(
                    "Put a copy of this letter on top of your response, and keep a copy of everything you"
                    " send."
                )
            ),
            *passages.where_to_reply(facts.reply),
            Notice(
                _("Until we decide"),
                (_("Your deferred action goes on until we decide or until it ends by its own date."),),
            ),
        ]
        return passages.worker_letter(
            facts,
            kind="notice_of_intent_to_terminate",
            language=language,
            title=_("Notice of intent to end your deferred action"),
            blocks=blocks,
        )


def termination(facts: TerminationFacts, *, language: Language = "en") -> Letter:
    """Deferred action ends on a date."""
    with translation.override(language):
        reason = facts.reason or _(
            "DHS may end deferred action at any time, as a matter of discretion. It has chosen to do so."
        )
        blocks: list[Block] = [
            Paragraph(_("We are ending your deferred action on the date below.")),
            KeyValues(((_("Ends on"), long_date(facts.effective_on)), (_("Decided by"), facts.decided_by))),
            Heading(_("Why")),
            Paragraph(reason),
            Heading(_("Your work permit")),
            Paragraph(_permit(facts)),
            *_response(facts),
            Notice(
                _("No appeal"),
                (
                    _("You cannot appeal this decision."),
                    _(
                        "After deferred action ends, DHS may start or go on with removal. Talk with a"
                        " lawyer right away."
                    ),
                ),
            ),
        ]
        return passages.worker_letter(
            facts,
            kind="deferred_action_termination",
            language=language,
            title=_("Your deferred action is ending"),
            blocks=blocks,
        )


def _permit(facts: TerminationFacts) -> str:
    if facts.work_permit_ends_on is None:
        return _("This letter does not change your work permit. If that changes, we will write to you.")
    return _(
        "Your work permit based on deferred action ends on %(date)s. After that day you may not work with it."
    ) % {"date": long_date(facts.work_permit_ends_on)}


def _response(facts: TerminationFacts) -> list[Block]:
    if facts.reply is None:
        return []
    return [
        Heading(_("You may respond")),
        KeyValues(((_("Your response must reach us by"), long_date(facts.reply.due_on)),)),
        *passages.computation(facts.reply),
        *passages.where_to_reply(facts.reply),
    ]

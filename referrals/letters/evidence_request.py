"""Request for evidence and notice of intent to deny (8 CFR 103.2(b)(8), (b)(11) and (b)(16))."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from django.utils import translation
from django.utils.translation import gettext as _

from referrals.letters import passages
from referrals.letters.dates import long_date
from referrals.letters.facts import NoticeFacts, Reply
from referrals.letters.letter import (
    Block,
    Bullets,
    Heading,
    KeyValues,
    Language,
    Letter,
    Notice,
    Paragraph,
    Table,
)


@dataclass(frozen=True, kw_only=True)
class Item:
    """Evidence asked for, or a ground for denial, with the rule it rests on."""

    text: str
    legal_basis: str


@dataclass(frozen=True, kw_only=True)
class EvidenceFacts(NoticeFacts):
    """`served_on` and `served_by` start the clock; `reply` says when it ends and why."""

    served_on: date
    served_by: Literal["mail", "electronic", "personal"]
    reply: Reply
    items: tuple[Item, ...]


@dataclass(frozen=True, kw_only=True)
class IntentFacts(EvidenceFacts):
    """`items` are the grounds; `derogatory` is what is held against the person and not yet known to them.

    An empty `derogatory` says that there is nothing but what the person gave; None says that the
    grounds themselves name it.
    """

    derogatory: tuple[str, ...] | None = ()


def build(facts: EvidenceFacts, *, language: Language = "en") -> Letter:
    """A request for evidence (RFE)."""
    with translation.override(language):
        blocks: list[Block] = [
            Paragraph(
                _("We need more evidence before we can decide your request. Please read this whole letter.")
            ),
            _dates(facts),
            *passages.computation(facts.reply),
            Heading(_("What we need")),
            _items(facts, _("Evidence")),
            *_how_to_respond(facts),
            Notice(
                _("One response, all at once"),
                (
                    _(
                        "Send everything together in one response. We will not ask a second time for the"
                        " same evidence."
                    ),
                    _("We cannot give you more time. There is no extension of the due date."),
                    _(
                        "If your response does not reach us by the due date, we may deny your request or"
                        " decide it with what we have."
                    ),
                ),
            ),
            _translations(),
        ]
        return passages.worker_letter(
            facts,
            kind="request_for_evidence",
            language=language,
            title=_("Request for evidence"),
            blocks=blocks,
        )


def intent_to_deny(facts: IntentFacts, *, language: Language = "en") -> Letter:
    """A notice of intent to deny (NOID)."""
    with translation.override(language):
        blocks: list[Block] = [
            Paragraph(
                _(
                    "We plan to deny your request for the reasons below. This is not the final decision."
                    " You may answer first, and we will read your answer before we decide."
                )
            ),
            _dates(facts),
            *passages.computation(facts.reply),
            Heading(_("Why we plan to deny your request")),
            _items(facts, _("Reason")),
            *_derogatory(facts),
            *_how_to_respond(facts),
            Notice(
                _("One response, all at once"),
                (
                    _("Send everything together in one response. There is no extension of the due date."),
                    _(
                        "If your response does not reach us by the due date, we will decide with what we"
                        " have."
                    ),
                ),
            ),
            _translations(),
        ]
        return passages.worker_letter(
            facts,
            kind="notice_of_intent_to_deny",
            language=language,
            title=_("Notice of intent to deny"),
            blocks=blocks,
        )


def _derogatory(facts: IntentFacts) -> list[Block]:
    heading = Heading(_("Information we have that you may not know about"))
    if facts.derogatory is None:
        text = _(
            "The reasons above name the information we used. If some of it is new to you, you may explain"
            " it or show that it is wrong."
        )
        return [heading, Paragraph(text)]
    if not facts.derogatory:
        return [heading, Paragraph(_("We used only information that you gave us."))]
    return [
        heading,
        Paragraph(_("We used this information. You may explain it or show that it is wrong.")),
        Bullets(facts.derogatory, numbered=True),
    ]


def _dates(facts: EvidenceFacts) -> KeyValues:
    modes = {"mail": _("By mail"), "electronic": _("Electronically"), "personal": _("In person")}
    how = modes[facts.served_by]
    return KeyValues(
        (
            (_("Sent on"), long_date(facts.served_on)),
            (_("How it was sent"), how),
            (_("Your response must reach us by"), long_date(facts.reply.due_on)),
        )
    )


def _items(facts: EvidenceFacts, heading: str) -> Table:
    if not any(item.legal_basis for item in facts.items):
        return Table(
            columns=(_("No."), heading),
            rows=tuple((str(number), item.text) for number, item in enumerate(facts.items, start=1)),
            widths=(0.45, 5.55),
        )
    return Table(
        columns=(_("No."), heading, _("Legal basis")),
        rows=tuple(
            (str(number), item.text, item.legal_basis) for number, item in enumerate(facts.items, start=1)
        ),
        widths=(0.45, 3.6, 1.95),
    )


def _how_to_respond(facts: EvidenceFacts) -> list[Block]:
    return [
        Heading(_("How to respond")),
        Paragraph(
            _("Put a copy of this letter on top of your response, and keep a copy of everything you send.")
        ),
        *passages.where_to_reply(facts.reply),
    ]


def _translations() -> Paragraph:
    return Paragraph(
        _(
            "Any paper that is not in English needs a full English translation. The translator must certify"
            " that the translation is complete and correct, and sign and date it."
        )
    )

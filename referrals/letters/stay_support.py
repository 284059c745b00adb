"""A labor agency supports a worker's request for a stay of removal.

Unlike a statement of interest this letter names one worker, so it needs the worker's signed consent
and says when it was given. It supports the worker's own Form I-246 and does not replace it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from django.utils import translation
from django.utils.translation import gettext as _

from referrals.letters import passages
from referrals.letters.dates import long_date
from referrals.letters.facts import Contact, Representative, Signatory, Worker
from referrals.letters.letter import (
    Block,
    Heading,
    KeyValues,
    Language,
    Letter,
    Letterhead,
    Notice,
    Paragraph,
)

Ground = Literal["needed_to_testify", "not_practicable_or_proper"]


@dataclass(frozen=True, kw_only=True)
class StaySupportFacts:
    """What a labor agency tells ICE about one worker, with that worker's consent.

    `grounds` are those of 8 U.S.C. 1231(c)(2)(A). `removal_on` is the scheduled removal, if known.
    `duty_contact` can be reached at any hour.
    """

    letterhead: Letterhead
    written_on: date
    reference: str
    addressee_lines: tuple[str, ...]
    worker: Worker
    consent_signed_on: date
    matter_number: str
    matter_stage: str
    grounds: tuple[Ground, ...]
    why_presence_is_needed: str
    period_from: date
    period_to: date
    duty_contact: Contact
    statement_number: str = ""
    needed_on: date | None = None
    needed_for: str = ""
    custody: str = ""
    removal_on: date | None = None
    counsel: Representative | None = None
    signatory: Signatory | None = None
    cc: tuple[str, ...] = ()


def build(facts: StaySupportFacts, *, language: Language = "en") -> Letter:
    """The agency's letter to ICE in support of a stay."""
    if not facts.grounds:
        raise ValueError("A stay support letter rests on at least one ground.")
    with translation.override(language):
        return Letter(
            kind="stay_support",
            language=language,
            title=_("Support for a stay of removal"),
            letterhead=facts.letterhead,
            written_on=facts.written_on,
            reference=facts.reference,
            addressee_lines=facts.addressee_lines,
            blocks=(
                *passages.english_controls(language),
                *_opening(facts),
                *_need(facts),
                *_request(facts),
                *_closing(facts),
            ),
            cc=(*facts.cc, *((str(facts.counsel),) if facts.counsel else ())),
            footer=_("Confidential. This letter names a worker, who agreed to it in writing."),
            draft=passages.unsigned(facts.signatory),
        )


def _opening(facts: StaySupportFacts) -> list[Block]:
    rows = [
        (_("Worker"), facts.worker.name),
        (_("A-number"), facts.worker.a_number),
        (_("Custody"), facts.custody),
        (
            _("Removal scheduled for"),
            long_date(facts.removal_on) if facts.removal_on else _("No date known to us"),
        ),
        (_("Counsel"), str(facts.counsel or "")),
        (_("Worker's signed consent"), long_date(facts.consent_signed_on)),
    ]
    return [
        Paragraph(
            _(
                "%(agency)s asks you to stay the removal of the worker named below. Our case needs this"
                " person in the United States."
            )
            % {"agency": facts.letterhead.agency_name}
        ),
        KeyValues(tuple((label, value) for label, value in rows if value)),
    ]


def _need(facts: StaySupportFacts) -> list[Block]:
    rows = [
        (_("Case number"), facts.matter_number),
        (_("Stage"), facts.matter_stage),
        (_("Statement of interest"), facts.statement_number),
        (_("Needed for"), facts.needed_for),
        (_("Needed on"), long_date(facts.needed_on) if facts.needed_on else ""),
    ]
    known = tuple((label, value) for label, value in rows if value)
    return [
        *((Heading(_("Our matter")), KeyValues(known)) if known else ()),
        Heading(_("Why this person's presence is needed")),
        Paragraph(facts.why_presence_is_needed),
    ]


def _request(facts: StaySupportFacts) -> list[Block]:
    texts = {
        "needed_to_testify": _(
            "The worker is needed to testify in the prosecution of a violation of a law of the United States"
            " or of a State (8 U.S.C. 1231(c)(2)(A)(ii))."
        ),
        "not_practicable_or_proper": _(
            "Immediate removal is not practicable or proper (8 U.S.C. 1231(c)(2)(A)(i))."
        ),
    }
    period = _("%(start)s to %(end)s") % {
        "start": long_date(facts.period_from),
        "end": long_date(facts.period_to),
    }
    return [
        Heading(_("Legal ground")),
        passages.reasons(tuple(texts[ground] for ground in facts.grounds)),
        Heading(_("What we ask")),
        KeyValues(((_("Stay asked for"), period),)),
        Paragraph(
            _(
                "This letter supports the worker's own request on Form I-246. It does not replace it. The"
                " decision is yours and is a matter of discretion."
            )
        ),
    ]


def _closing(facts: StaySupportFacts) -> list[Block]:
    blocks: list[Block] = [
        Notice(
            _("Please answer quickly"),
            (
                _(
                    "A request for a stay does not stop removal while it is pending. Please tell us at once"
                    " if removal may happen before you decide."
                ),
            ),
        ),
        Heading(_("Contact at any hour")),
        passages.contact_table(facts.duty_contact),
        Paragraph(
            _(
                "The worker agreed in writing that we may share the facts in this letter with you. Please"
                " use them only to decide this request."
            )
        ),
    ]
    if facts.signatory is None:
        return [*blocks, Notice(_("Not signed"), (_("This is a draft. No one has signed it."),))]
    return [*blocks, *passages.signature(facts.signatory)]

"""Receipt of a worker's request, with the content of Form I-797C."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from django.utils import translation
from django.utils.translation import gettext as _

from referrals.letters import passages
from referrals.letters.dates import dollars, long_date
from referrals.letters.facts import NoticeFacts
from referrals.letters.letter import Block, Bullets, Heading, KeyValues, Language, Letter, Notice, Paragraph

Fee = Literal["paid", "waived", "waiver_requested", "to_check", "none"]


@dataclass(frozen=True, kw_only=True)
class ReceiptFacts(NoticeFacts):
    """`written_on` is the notice date. `fee_amount` in U.S. dollars is what was paid or is due.

    `next_steps` are sentences in the letter's language; without them the usual steps are printed.
    """

    received_on: date
    fee: Fee = "none"
    fee_amount: Decimal | None = None
    next_steps: tuple[str, ...] = ()


def build(facts: ReceiptFacts, *, language: Language = "en") -> Letter:
    """We have your request; it is not decided."""
    with translation.override(language):
        rows = (
            (_("Received on"), long_date(facts.received_on)),
            (_("Notice date"), long_date(facts.written_on)),
            (_("Fee"), _fee(facts)),
            (_("Representative"), str(facts.representative or _("None on file"))),
        )
        blocks: list[Block] = [
            KeyValues(rows),
            Paragraph(
                _(
                    "We received your request. Keep this letter. You will need your receipt number whenever"
                    " you ask about your case."
                )
            ),
            Notice(
                _("This is not a decision"),
                (
                    _(
                        "This receipt does not grant deferred action, a work permit or any immigration"
                        " status. It does not give you permission to work."
                    ),
                ),
            ),
            Heading(_("What happens next")),
            Bullets(facts.next_steps or _usual_steps(), numbered=True),
        ]
        return passages.worker_letter(
            facts,
            kind="request_receipt",
            language=language,
            title=_("Receipt of your request"),
            blocks=blocks,
        )


def _fee(facts: ReceiptFacts) -> str:
    match facts.fee:
        case "paid":
            amount = dollars(facts.fee_amount or Decimal(0))
            return _("%(amount)s, received") % {"amount": amount}
        case "waived":
            return _("Waived")
        case "waiver_requested":
            return _("You asked us to waive the fee. That request is not decided yet.")
        case "to_check":
            amount = dollars(facts.fee_amount or Decimal(0))
            return _("%(amount)s for the work permit. We check the payment separately.") % {"amount": amount}
        case "none":
            return _("No fee")


def _usual_steps() -> tuple[str, ...]:
    return (
        _("We check that your request is complete. If it is not, we write to you."),
        _(
            "We may ask you to come to an appointment for fingerprints and a photo. If you do not come, we"
            " may deny your request."
        ),
        _(
            "If you are in removal proceedings or have a removal order, we send your request to ICE, which"
            " decides it."
        ),
        _("If we need more evidence, we send a letter that says what we need and by when."),
        _(
            "We send you the decision in writing. Deferred action and a work permit are two separate"
            " decisions."
        ),
    )

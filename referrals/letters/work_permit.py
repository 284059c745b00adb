"""Decisions on a work permit (employment authorization document). USCIS decides it, whoever granted
deferred action."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils import translation
from django.utils.translation import gettext as _

from referrals.letters import passages
from referrals.letters.dates import long_date
from referrals.letters.facts import NoticeFacts
from referrals.letters.letter import Block, Bullets, Heading, KeyValues, Language, Letter, Notice, Paragraph


@dataclass(frozen=True, kw_only=True)
class ApprovalFacts(NoticeFacts):
    """A permit valid from `valid_from` to `valid_to`, both included.

    `card_address_lines` is where the card is mailed; `card_wait_days` are calendar days to allow.
    """

    category: str
    valid_from: date
    valid_to: date
    card_address_lines: tuple[str, ...] = ()
    card_wait_days: int = 30


@dataclass(frozen=True, kw_only=True)
class DenialFacts(NoticeFacts):
    """`deferred_action_continues` says whether the person still has deferred action."""

    category: str
    reasons: tuple[str, ...]
    deferred_action_continues: bool = True


def approval(facts: ApprovalFacts, *, language: Language = "en") -> Letter:
    """The permit is approved; the card follows by mail."""
    with translation.override(language):
        blocks: list[Block] = [
            Paragraph(_("We approved your request for a work permit.")),
            KeyValues(
                (
                    (_("Category"), facts.category),
                    (_("Valid from"), long_date(facts.valid_from)),
                    (_("Valid to"), long_date(facts.valid_to)),
                )
            ),
            Heading(_("Your card")),
            Paragraph(
                _(
                    "We will mail the card. Allow %(days)s days. If it has not come by then, contact us."
                    " This letter is not the card."
                )
                % {"days": facts.card_wait_days}
            ),
        ]
        if facts.card_address_lines:
            blocks += [Paragraph(_("We will mail it to:")), Paragraph("\n".join(facts.card_address_lines))]
        blocks += [
            Bullets(
                (
                    _(
                        "Check the name and dates on the card as soon as it comes. Tell us at once if"
                        " something is wrong."
                    ),
                    _("Show the card, not this letter, to your employer."),
                    _(
                        "The card does not renew by itself. If you want to keep working, ask again before"
                        " it ends."
                    ),
                )
            ),
            Notice(
                _("What a work permit is, and is not"),
                (
                    _(
                        "It lets you work in the United States until the date on the card. It gives you no"
                        " immigration status."
                    ),
                    _("If your deferred action ends early, your work permit may end too."),
                ),
            ),
        ]
        return passages.worker_letter(
            facts,
            kind="work_permit_approval",
            language=language,
            title=_("Your work permit is approved"),
            blocks=blocks,
        )


def denial(facts: DenialFacts, *, language: Language = "en") -> Letter:
    """The permit is denied, with the basis in writing."""
    with translation.override(language):
        if facts.deferred_action_continues:
            effect = _("This decision is only about the work permit. Your deferred action does not change.")
        else:
            effect = _("A work permit in this category depends on deferred action, and you do not have it.")
        blocks: list[Block] = [
            Paragraph(_("We denied your request for a work permit.")),
            KeyValues(((_("Category"), facts.category), (_("Decided on"), long_date(facts.written_on)))),
            Heading(_("Why")),
            passages.reasons(facts.reasons),
            Heading(_("What this means for you")),
            Bullets(
                (
                    effect,
                    _("You may file a new request if you have new facts or new evidence."),
                )
            ),
        ]
        return passages.worker_letter(
            facts,
            kind="work_permit_denial",
            language=language,
            title=_("Your work permit request is denied"),
            blocks=blocks,
        )

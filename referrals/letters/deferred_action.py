"""Decisions on a request for deferred action: grant and denial. Both are matters of discretion."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils import translation
from django.utils.translation import gettext as _

from referrals.letters import passages
from referrals.letters.dates import long_date
from referrals.letters.facts import Contact, NoticeFacts
from referrals.letters.letter import Block, Bullets, Heading, KeyValues, Language, Letter, Notice, Paragraph


@dataclass(frozen=True, kw_only=True)
class GrantFacts(NoticeFacts):
    """A grant from `starts_on` to `ends_on`, both included.

    `renew_from` and `renew_by` bound the window for asking again. `labor_contact` is the labor
    agency's point of contact for the statement.
    """

    starts_on: date
    ends_on: date
    decided_by: str
    statement_number: str = ""
    renew_from: date | None = None
    renew_by: date | None = None
    renewal_note: str = ""
    labor_contact: Contact | None = None


@dataclass(frozen=True, kw_only=True)
class Reason:
    """A reason for a decision: a sentence for the reader and its code in the office's list, if it has one."""

    code: str
    text: str

    def __str__(self) -> str:
        return f"{self.text} ({self.code})" if self.code else self.text


@dataclass(frozen=True, kw_only=True)
class DenialFacts(NoticeFacts):
    """`notice_to_appear` says whether one is being issued with this denial."""

    decided_by: str
    reasons: tuple[Reason, ...]
    notice_to_appear: bool = False
    work_permit_denied: bool = False


def grant(facts: GrantFacts, *, language: Language = "en") -> Letter:
    """Deferred action is granted for a time; what it is and what it is not."""
    with translation.override(language):
        blocks: list[Block] = [
            Paragraph(
                _(
                    "We have decided, as a matter of discretion, to grant you deferred action for the time"
                    " below."
                )
            ),
            _period(facts),
            Notice(
                _("What deferred action is, and is not"),
                (
                    _("Deferred action means that DHS has chosen not to remove you for this time."),
                    _("It does not give you lawful immigration status."),
                    _("DHS may end it at any time."),
                ),
            ),
            Heading(_("Working")),
            Paragraph(
                _(
                    "This letter is not a work permit. You need a work permit card (category (c)(14))"
                    " before you may work. USCIS decides it separately, and you must show that you need to"
                    " work to support yourself. If you have not asked for a work permit, follow the"
                    " instructions for your form."
                )
            ),
            Heading(_("Traveling")),
            Paragraph(
                _(
                    "Do not leave the United States without getting advance parole first. If you leave"
                    " without it, your deferred action may end and you may not be able to come back. Talk"
                    " with a lawyer before you plan any trip abroad, even with advance parole."
                )
            ),
            *_renewal(facts),
            *_labor_agency(facts),
        ]
        return passages.worker_letter(
            facts,
            kind="deferred_action_grant",
            language=language,
            title=_("Your request for deferred action is granted"),
            blocks=blocks,
        )


def denial(facts: DenialFacts, *, language: Language = "en") -> Letter:
    """Deferred action is denied; reasons, no appeal, what may follow."""
    with translation.override(language):
        blocks: list[Block] = [
            Paragraph(_("We have decided, as a matter of discretion, not to grant you deferred action.")),
            KeyValues(((_("Decided by"), facts.decided_by), (_("Decided on"), long_date(facts.written_on)))),
            Heading(_("Why")),
            passages.reasons(tuple(str(reason) for reason in facts.reasons)),
            Notice(
                _("No appeal"),
                (
                    _("You cannot appeal this decision."),
                    _("You may file a new request if you have new facts or new evidence."),
                ),
            ),
            Heading(_("What this means for you")),
            Bullets(_consequences(facts)),
        ]
        return passages.worker_letter(
            facts,
            kind="deferred_action_denial",
            language=language,
            title=_("Your request for deferred action is denied"),
            blocks=blocks,
        )


def _period(facts: GrantFacts) -> KeyValues:
    rows = [
        (_("Starts on"), long_date(facts.starts_on)),
        (_("Ends on"), long_date(facts.ends_on)),
        (_("Decided by"), facts.decided_by),
    ]
    if facts.statement_number:
        rows.append((_("Statement of interest"), facts.statement_number))
    return KeyValues(tuple(rows))


def _renewal(facts: GrantFacts) -> list[Block]:
    blocks: list[Block] = [
        Heading(_("Before it ends")),
        Paragraph(_("Deferred action does not renew by itself. If you want more time, you must ask again.")),
    ]
    rows = []
    if facts.renew_from:
        rows.append((_("You may ask from"), long_date(facts.renew_from)))
    if facts.renew_by:
        rows.append((_("We recommend asking by"), long_date(facts.renew_by)))
    if rows:
        blocks.append(KeyValues(tuple(rows)))
    if facts.renewal_note:
        blocks.append(Paragraph(facts.renewal_note))
    blocks.append(Paragraph(_("We cannot say today how a later request will be decided. Rules may change.")))
    return blocks


def _labor_agency(facts: GrantFacts) -> list[Block]:
    if facts.labor_contact is None:
        return []
    return [
        Heading(_("The labor agency")),
        Paragraph(_("Please stay in touch with the labor agency about its case:")),
        passages.contact_table(facts.labor_contact),
    ]


def _consequences(facts: DenialFacts) -> tuple[str, ...]:
    lines = []
    if facts.work_permit_denied:
        lines.append(
            _("We are also denying your work permit request, because it depends on deferred action.")
        )
    if facts.notice_to_appear:
        lines.append(
            _(
                "We are issuing a Notice to Appear (NTA) with this denial. It tells you to appear before an"
                " immigration judge. Do not ignore it. Talk with a lawyer right away."
            )
        )
    else:
        lines.append(
            _(
                "After a denial, DHS may issue a Notice to Appear (NTA), which starts a case before an"
                " immigration judge. Talk with a lawyer about what this means for you."
            )
        )
    lines.append(
        _("You still have rights at work. You may still report unpaid wages, danger or retaliation.")
    )
    return tuple(lines)

"""Decisions on an administrative stay of removal (Form I-246; 8 CFR 241.5 and 241.6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils import translation
from django.utils.translation import gettext as _

from referrals.letters import passages
from referrals.letters.dates import dollars, long_date
from referrals.letters.facts import NoticeFacts
from referrals.letters.letter import Block, Bullets, Heading, KeyValues, Language, Letter, Notice, Paragraph


@dataclass(frozen=True, kw_only=True)
class StayGrantFacts(NoticeFacts):
    """A stay from `starts_on` to `ends_on`, both included, under an order of supervision.

    `conditions` and `revocation_grounds` are sentences in the letter's language. `bond_amount` in
    U.S. dollars is due by `bond_due_on`; None means that no bond is asked, or, with `bond_open`, that
    this is not decided yet. Without `conditions` those of 8 CFR 241.5(a) are printed.
    """

    starts_on: date
    ends_on: date
    decided_by: str
    conditions: tuple[str, ...]
    report_on: date | None = None
    report_at: str = ""
    bond_amount: Decimal | None = None
    bond_due_on: date | None = None
    bond_open: bool = False
    revocation_grounds: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class StayDenialFacts(NoticeFacts):
    """Why the stay was not given."""

    decided_by: str
    reasons: tuple[str, ...]


def grant(facts: StayGrantFacts, *, language: Language = "en") -> Letter:
    """Removal is stayed for a time, on conditions."""
    with translation.override(language):
        blocks: list[Block] = [
            Paragraph(
                _(
                    "We have decided, as a matter of discretion, to put off carrying out your removal order"
                    " for the time below."
                )
            ),
            KeyValues(
                (
                    (_("Starts on"), long_date(facts.starts_on)),
                    (_("Ends on"), long_date(facts.ends_on)),
                    (_("Decided by"), facts.decided_by),
                )
            ),
            Notice(
                _("What a stay is, and is not"),
                (
                    _("Your removal order is still there. A stay only puts it off for this time."),
                    _("A stay gives you no immigration status and no work permit."),
                    _(
                        "A stay does not renew by itself. To ask for more time, file a new Form I-246"
                        " before it ends."
                    ),
                ),
            ),
            Heading(_("Your order of supervision")),
            Paragraph(_("You are under an order of supervision. You must follow these conditions:")),
            Bullets(facts.conditions or _usual_conditions(), numbered=True),
            *_reporting(facts),
            *_bond(facts),
            Heading(_("When we may take the stay back")),
            Bullets(
                facts.revocation_grounds
                or (
                    _("You are arrested by any law enforcement agency."),
                    _("You do not follow a condition of your order of supervision."),
                    _("Something you told us was not true."),
                )
            ),
        ]
        return passages.worker_letter(
            facts,
            kind="stay_grant",
            language=language,
            title=_("Your stay of removal is granted"),
            blocks=blocks,
        )


def denial(facts: StayDenialFacts, *, language: Language = "en") -> Letter:
    """The stay is denied; removal may go ahead."""
    with translation.override(language):
        blocks: list[Block] = [
            Paragraph(_("We have decided, as a matter of discretion, not to stay your removal.")),
            KeyValues(((_("Decided by"), facts.decided_by), (_("Decided on"), long_date(facts.written_on)))),
            Heading(_("Why")),
            passages.reasons(facts.reasons),
            Notice(
                _("Removal may go ahead"),
                (
                    _("You cannot appeal this decision."),
                    _(
                        "Nothing in this letter stops your removal. It may be carried out at any time. Talk"
                        " with a lawyer right away."
                    ),
                ),
            ),
            Paragraph(
                _(
                    "A lawyer can tell you whether another way is open to you, such as a motion to an"
                    " immigration court or a petition to a federal court."
                )
            ),
        ]
        return passages.worker_letter(
            facts,
            kind="stay_denial",
            language=language,
            title=_("Your stay of removal is denied"),
            blocks=blocks,
        )


def _reporting(facts: StayGrantFacts) -> list[Block]:
    rows = []
    if facts.report_on:
        rows.append((_("Report in person on"), long_date(facts.report_on)))
    if facts.report_at:
        rows.append((_("Report at"), facts.report_at))
    return [KeyValues(tuple(rows))] if rows else []


def _usual_conditions() -> tuple[str, ...]:
    return (
        _("Report to an officer when and where we tell you, and answer questions under oath."),
        _("Keep trying to get a travel document, and help us to get one for you."),
        _("Come to a medical examination if we order one."),
        _("Get our approval before you travel farther or longer than your order allows."),
        _("Tell us in writing about every change of address."),
    )


def _bond(facts: StayGrantFacts) -> list[Block]:
    if facts.bond_amount is None and facts.bond_open:
        return [Heading(_("Bond")), Paragraph(_("If you must post a bond, we will write to you about it."))]
    if facts.bond_amount is None:
        return [Heading(_("Bond")), Paragraph(_("You do not have to post a bond."))]
    rows = [(_("Bond amount"), dollars(facts.bond_amount))]
    if facts.bond_due_on:
        rows.append((_("Post the bond by"), long_date(facts.bond_due_on)))
    return [
        Heading(_("Bond")),
        KeyValues(tuple(rows)),
        Paragraph(_("If the bond is not posted by that day, we may take the stay back.")),
    ]

"""Passages that several letters have in common. Each is called while the letter's language is active."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _

from referrals.letters.dates import long_date
from referrals.letters.facts import Contact, NoticeFacts, Reply, Signatory
from referrals.letters.letter import (
    Block,
    Bullets,
    Heading,
    KeyValues,
    Language,
    Letter,
    Notice,
    Paragraph,
    Signature,
)

PRO_BONO_LIST: Final = "https://www.justice.gov/eoir/list-pro-bono-legal-service-providers"


def worker_letter(
    facts: NoticeFacts, *, kind: str, language: Language, title: str, blocks: list[Block]
) -> Letter:
    """A letter to a worker: case table first, common closing passages and a copy to counsel last."""
    opening: list[Block] = [*english_controls(language), *untranslated(facts), case_table(facts)]
    closing: list[Block] = [
        *address_duty(facts),
        *legal_help(facts),
        *questions(facts.contact),
        *signature(facts.signatory),
    ]
    return Letter(
        kind=kind,
        language=language,
        title=title,
        letterhead=facts.letterhead,
        written_on=facts.written_on,
        reference=facts.reference,
        addressee_lines=(facts.worker.name, *facts.worker.address_lines),
        blocks=(*opening, *blocks, *closing),
        cc=(str(facts.representative),) if facts.representative else (),
        footer=_("This letter contains personal information. Keep it in a safe place."),
    )


def english_controls(language: Language) -> list[Block]:
    """On a translated letter, which version counts."""
    if language == "en":
        return []
    return [
        Notice(
            _("This is a translation"),
            (
                _(
                    "The English version of this letter controls. This version is given to help you"
                    " understand it."
                ),
            ),
        )
    ]


def untranslated(facts: NoticeFacts) -> list[Block]:
    """That the letter comes in English only."""
    if not facts.untranslated:
        return []
    return [
        Notice(
            _("This letter is in English only"),
            (_("If you read another language better, ask your representative to explain this letter."),),
        )
    ]


def case_table(facts: NoticeFacts) -> KeyValues:
    """Name, A-number, receipt number and form; only what is known."""
    rows = [
        (_("Name"), facts.worker.name),
        (_("A-number"), facts.worker.a_number),
        (_("Receipt number"), facts.receipt_number),
        (_("Form"), facts.form),
    ]
    return KeyValues(tuple((label, value) for label, value in rows if value))


def address_duty(facts: NoticeFacts) -> list[Block]:
    """The duty to report a move (8 CFR 265.1)."""
    duty = _("If you move, you must tell us within %(days)s days after you move.") % {
        "days": facts.address_change_days
    }
    if facts.address_change_url:
        duty += " " + _("Report your new address at %(url)s.") % {"url": facts.address_change_url}
    return [
        Heading(_("If you move")),
        Paragraph(duty + " " + _("Letters go to the last address we have, and dates in them still count.")),
    ]


def legal_help(facts: NoticeFacts) -> list[Block]:
    """Where to find a lawyer or accredited representative, if a list was given."""
    if not facts.legal_help:
        return []
    return [
        Heading(_("Legal help")),
        Paragraph(_("These organizations may be able to help you at low cost or no cost:")),
        Bullets(facts.legal_help),
    ]


def public_legal_help() -> tuple[str, ...]:
    """Where the federal list of free legal help is."""
    return (
        _("Organizations on the list of free legal help of the U.S. Department of Justice: %(url)s")
        % {"url": PRO_BONO_LIST},
    )


def questions(contact: Contact | None) -> list[Block]:
    """Whom to ask about this letter."""
    if contact is None:
        return []
    return [Heading(_("Questions")), contact_table(contact)]


def contact_table(contact: Contact) -> KeyValues:
    """A contact as labelled rows; only what is known."""
    name = ", ".join(part for part in (contact.name, contact.title) if part)
    rows = ((_("Contact"), name), (_("Phone"), contact.phone), (_("Email"), contact.email))
    return KeyValues(tuple((label, value) for label, value in rows if value))


def signature(signatory: Signatory | None) -> list[Block]:
    """The signature block, or a sentence that nobody has signed."""
    if signatory is None:
        return []
    if signatory.signed_on is None:
        signed = _("Not signed. This is a draft.")
    else:
        signed = _("Signed electronically on %(date)s by") % {"date": long_date(signatory.signed_on)}
    lines = [signatory.title, signatory.office]
    if signatory.delegation:
        lines.append(_("Authority to sign: %(delegation)s") % {"delegation": signatory.delegation})
    return [Signature(signatory.name, tuple(line for line in lines if line), signed)]


def unsigned(signatory: Signatory | None) -> bool:
    """Whether a letter that must be signed is still a draft."""
    return signatory is None or signatory.signed_on is None


def computation(reply: Reply) -> list[Block]:
    """How a due date comes about, line by line."""
    if not reply.computation:
        return []
    return [Paragraph(_("How we computed this date:")), Bullets(reply.computation)]


def where_to_reply(reply: Reply) -> list[Block]:
    """The address and the upload page for an answer."""
    blocks: list[Block] = []
    if reply.send_to:
        blocks += [Paragraph(_("Mail your response to:")), Paragraph("\n".join(reply.send_to))]
    if reply.upload_url:
        blocks.append(Paragraph(_("Or send it electronically at %(url)s.") % {"url": reply.upload_url}))
    return blocks


def reasons(texts: tuple[str, ...]) -> Block:
    """One reason as a paragraph, several as a numbered list."""
    return Paragraph(texts[0]) if len(texts) == 1 else Bullets(texts, numbered=True)

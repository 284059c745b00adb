"""The facts that letters share: people, offices, contacts. Plain values; nothing is looked up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from referrals.letters.letter import Letterhead


@dataclass(frozen=True, kw_only=True)
class Contact:
    """Someone the reader can reach."""

    name: str
    title: str = ""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, kw_only=True)
class Signatory:
    """Who signs, with what authority. Without `signed_on` the letter is a draft."""

    name: str
    title: str = ""
    office: str = ""
    delegation: str = ""
    signed_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class Worker:
    """The person a worker-side letter is about. `address_lines` is the address to mail to."""

    name: str
    address_lines: tuple[str, ...] = ()
    a_number: str = ""


@dataclass(frozen=True, kw_only=True)
class Representative:
    """The attorney or accredited representative who gets a copy."""

    name: str
    organization: str = ""

    def __str__(self) -> str:
        return ", ".join(part for part in (self.name, self.organization) if part)


@dataclass(frozen=True, kw_only=True)
class NoticeFacts:
    """What every worker-side letter carries.

    `form` is the form's number ("G-325A"). `contact` is the DHS office that answers questions.
    `address_change_days` are calendar days after moving. `legal_help` are organizations, one a line.
    `untranslated` says that the reader's own language is one in which no letter can be written.
    """

    letterhead: Letterhead
    written_on: date
    reference: str
    worker: Worker
    form: str = ""
    receipt_number: str = ""
    representative: Representative | None = None
    contact: Contact | None = None
    signatory: Signatory | None = None
    address_change_days: int = 10
    address_change_url: str = ""
    legal_help: tuple[str, ...] = ()
    untranslated: bool = False


@dataclass(frozen=True, kw_only=True)
class Reply:
    """A date by which the reader may answer, and where.

    `due_on` is the last calendar day on which the answer must arrive. `computation` explains it
    line by line. `send_to` is a postal address, `upload_url` an electronic one.
    """

    due_on: date
    computation: tuple[str, ...] = ()
    send_to: tuple[str, ...] = ()
    upload_url: str = ""

"""What every letter to a worker carries: who, which case, who represents, whom to ask."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from referrals.letters import passages
from referrals.letters.facts import Representative, Worker
from workflows import policies

from ...models import Office, Person
from ...reason_codes import DenialReason
from .occasions import Occasion, address_of, contact, letterhead, office_at, signatory

MOVED = "https://www.uscis.gov/addresschange"
ENGLISH, SPANISH = "en", "es"


def in_spanish(person: Person) -> bool:
    return person.language.lower().startswith(SPANISH)


def notice(
    occasion: Occasion, office: Office, *, form: str, receipt_number: str = "", legal_help: bool = False
) -> dict[str, Any]:
    """The common facts of a letter that an office of DHS writes to a worker."""
    record = occasion.record
    return {
        "letterhead": letterhead(office),
        "written_on": occasion.day,
        "reference": record.reference,
        "worker": worker(record),
        "form": form,
        "receipt_number": receipt_number,
        "representative": representative(record),
        "contact": contact(office),
        "signatory": signatory(occasion, office),
        "address_change_days": _days_to_report_a_move(occasion),
        "address_change_url": MOVED,
        "legal_help": passages.public_legal_help() if legal_help else (),
        "untranslated": not (in_spanish(record.person) or record.person.language.lower().startswith(ENGLISH)),
    }


def worker(record: Any) -> Worker:
    """The worker at their mailing address, or in care of the representative's office."""
    person: Person = record.person
    lines = tuple(line.strip() for line in person.mailing_address.splitlines() if line.strip())
    if not lines:
        office = office_at(record.representative_desk_id)
        lines = (f"c/o {office.organization.name}", *address_of(office))
    return Worker(name=person.name, address_lines=lines, a_number=person.a_number)


def representative(record: Any) -> Representative:
    """Who stands by the worker in this case, by name if the representation names somebody."""
    organization = record.representative
    standing = (
        record.person.representations.filter(organization=organization, ended_on__isnull=True)
        .select_related("representative")
        .first()
    )
    if standing is None:
        return Representative(name=organization.name)
    return Representative(name=standing.representative.name, organization=organization.name)


def _days_to_report_a_move(occasion: Occasion) -> int:
    """Calendar days (8 CFR 265.1)."""
    return int(policies.value("address_change", on=occasion.day, default={"amount": 10})["amount"])


def in_words(book: Mapping[str, DenialReason], occasion: Occasion) -> tuple[str, ...]:
    """The reason of a decision: the sentence of its code, then what the official wrote for the worker."""
    known = book.get(str(occasion.data.get("reason_code", "")))
    texts = (str(known.text) if known else "", *occasion.own_words)
    return tuple(text for text in texts if text)

"""What occasions a letter, and the facts that every letter draws from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.conf import settings

from referrals.letters import Letterhead
from referrals.letters.facts import Contact, Signatory
from workflows import sealing
from workflows.models import Proposal, Step
from workflows.parties import Actor
from workflows.turn import revived

from ...models import Office


@dataclass(frozen=True, kw_only=True)
class Occasion:
    """A step of a case that was taken, or with ``foreseen`` one that somebody thinks of taking.

    ``data`` is what the step was given, with dates as dates. ``reason`` was written for the reader
    of the letter.
    """

    record: Any
    step: str
    by: Actor
    at: datetime
    data: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""
    foreseen: bool = False

    @property
    def day(self) -> date:
        """The day in the time zone of the case."""
        return self.record.day_at(self.at)

    @property
    def own_words(self) -> tuple[str, ...]:
        """What the official wrote, one entry for each line."""
        return tuple(line.strip() for line in self.reason.splitlines() if line.strip())


def taken(record: Any, step: Step, *, by: Actor, at: datetime) -> Occasion:
    """The occasion of a step just taken. A countersigned step speaks with the words of who proposed it."""
    return Occasion(
        record=record,
        step=step.name,
        by=by,
        at=at,
        data=revived(sealing.data_of(step)),
        reason=_proposed_reason(record, step) or sealing.reason_of(step),
    )


def _proposed_reason(record: Any, step: Step) -> str:
    if "proposed_by" not in step.data:
        return ""
    proposals = record.proposals.filter(step=step.name, fate=Proposal.Fate.COUNTERSIGNED)
    return proposals.order_by("-pk").values_list("reason", flat=True).first() or ""


def office_at(desk_id: int | None) -> Office:
    """The office behind a desk."""
    assert desk_id is not None
    return Office.objects.select_related("organization").get(desk_id=desk_id)


def address_of(office: Office) -> tuple[str, ...]:
    return tuple(line.strip() for line in office.address.splitlines() if line.strip())


def letterhead(office: Office) -> Letterhead:
    return Letterhead(
        agency_name=office.organization.name,
        office=office.name,
        address_lines=address_of(office),
        phone=office.phone,
        email=office.email,
    )


def contact(office: Office) -> Contact:
    return Contact(name=office.name, phone=office.phone, email=office.email)


def signatory(occasion: Occasion, office: Office) -> Signatory | None:
    """Who took the step; nobody signs what the clock did, and what is only foreseen is unsigned."""
    by: Any = occasion.by
    if by.pk is None:
        return None
    return Signatory(
        name=by.name,
        title=by.acting.title if by.acting else "",
        office=office.name,
        signed_on=None if occasion.foreseen else occasion.day,
    )


def unlisted(code: str) -> str:
    """A code that no list explains, as words; a sentence stays as it is."""
    return code if " " in code else code.replace("_", " ").capitalize()


def printed(code: str) -> str:
    """A code as letters print it: "NOT IN SCOPE"; it may break between its words."""
    return code.upper().replace("_", " ")


def address_of_site(path: str) -> str:
    """A path of this site as a reader types it."""
    return f"{settings.SITE_URL}{path}"

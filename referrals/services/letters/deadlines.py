"""Due dates in letters, with how they come about, in the language of the letter."""

from __future__ import annotations

from datetime import date
from typing import Any

from referrals.letters.facts import Reply
from workflows import clockwork, policies, terms
from workflows.models import Clock

from ...models import Office
from .occasions import Occasion, address_of, address_of_site


def running(record: Any, key: str) -> Clock | None:
    """The clock of this key that runs now."""
    clocks = Clock.objects.filter(case_id=record.pk, key=key, stopped_at__isnull=True)
    return clocks.select_related("policy").prefetch_related("pauses").first()


def due(occasion: Occasion, key: str) -> terms.Due | None:
    """When the running clock is due, explained in the active language; None if it does not run."""
    clock = running(occasion.record, key)
    return clockwork.reckon(occasion.record, clock, at=occasion.at) if clock else None


def due_after_service(occasion: Occasion, key: str, *, served_on: date, served_by: str) -> terms.Due:
    """When the answer to a notice is due: from its clock, or from the rule while it is only foreseen."""
    found = None if occasion.foreseen else due(occasion, key)
    if found is not None:
        return found
    record = occasion.record
    return policies.calculate(
        clockwork.rule_of(record, key).rule,
        start=served_on,
        served=terms.Served(served_by) if served_by else None,
        on=served_on,
        jurisdiction=record.jurisdiction,
        days=clockwork.calendar_of(record),
    )


def reply(occasion: Occasion, key: str, *, served_on: date, served_by: str, office: Office) -> Reply:
    """By when, and where, the reader of a notice may answer."""
    found = due_after_service(occasion, key, served_on=served_on, served_by=served_by)
    return Reply(
        due_on=found.on,
        computation=found.explanation,
        send_to=(office.name, *address_of(office)),
        upload_url=address_of_site(occasion.record.get_absolute_url()),
    )

"""Alerts about reading: found with the reads as they are linked, told once, seen to with a note."""

from __future__ import annotations

import logging
from datetime import datetime

from recordsets.collisions import in_one_piece

from .. import access_announcements
from ..access_rules import Finding, findings, furthest
from ..models import Access, AccessAlert, Office, User, WatchedRecord
from . import access_chain

FURTHEST = 200_000
"""As many reads, by their keys, are looked back over at most, so that a tick stays short on a busy day."""

log = logging.getLogger(__name__)


class AlreadySeenTo(Exception):
    """Somebody else was faster."""


def follow(*, at: datetime, everything: bool = False) -> int:
    """Link what was read since the last tick, and tell what the rules find in it; returns how many reads.

    Both happen in one transaction, so that no read is linked unwatched and none is watched twice.
    """
    return access_chain.link(found=lambda reads: _watch(reads, at=at), everything=everything)


def _watch(reads: list[Access], *, at: datetime) -> None:
    people = {read.user_id for read in reads}
    since = min(read.at for read in reads) - furthest()
    first = min(read.pk for read in reads) - FURTHEST
    before = Access.objects.filter(user_id__in=people, pk__gt=first, at__gt=since, link__isnull=False)
    earlier = list(before.exclude(pk__in=[read.pk for read in reads]))
    marks = set(watched())
    zones = dict(Office.objects.values_list("pk", "desk__time_zone"))
    for finding in findings(reads, earlier, watched=marks, zones=zones):
        _raise(finding, at=at)


def _raise(finding: Finding, *, at: datetime) -> None:
    last = finding.reads[-1]
    alert, new = AccessAlert.objects.get_or_create(
        key=finding.key,
        defaults={
            "rule": finding.rule,
            "user_id": last.user_id,
            "capacity": last.capacity,
            "organization_id": last.organization_id,
            "office_id": last.office_id,
            "owners": sorted({read.owner_id for read in finding.reads if read.owner_id}),
            "subject": finding.subject,
            "number": finding.number,
            "first_at": finding.reads[0].at,
            "last_at": last.at,
            "found_at": at,
        },
    )
    if new:
        log.warning("alert %s about reads: %s", alert.pk, finding.rule)
        access_announcements.found(alert, at=at)


@in_one_piece
def acknowledge(alert: AccessAlert, *, by: User, note: str, at: datetime) -> AccessAlert:
    """Say what became of an alert. Raises AlreadySeenTo; what was said first stays."""
    locked: AccessAlert = AccessAlert.objects.visible_to(by).select_for_update().get(pk=alert.pk)
    if locked.acknowledged_at is not None:
        raise AlreadySeenTo
    locked.acknowledged_at, locked.acknowledged_by, locked.note = at, by, note
    locked.save(update_fields=["acknowledged_at", "acknowledged_by", "note"])
    return locked


@in_one_piece
def watch(mark: str, *, by: User, at: datetime) -> bool:
    """Watch a worker's token or a case's reference from now on; whether that is new."""
    _row, new = WatchedRecord.objects.get_or_create(
        mark=mark, ended_at=None, defaults={"set_by": by, "set_at": at}
    )
    return new


@in_one_piece
def watch_no_longer(mark: str, *, at: datetime) -> None:
    WatchedRecord.objects.filter(mark=mark, ended_at=None).update(ended_at=at)


def watched() -> list[str]:
    """The tokens and references that are watched now, in the order in which they were set."""
    return list(WatchedRecord.objects.filter(ended_at=None).order_by("pk").values_list("mark", flat=True))

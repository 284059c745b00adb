"""Files that wait until clamd has looked at them. What waits stands in the database, never in a task."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from recordsets.collisions import in_one_piece

from .. import access_announcements, clamd
from ..models import Document

log = logging.getLogger(__name__)

MOST_AT_ONCE = 20
"""Files in one turn, so that a task ends within its limit of time."""


@dataclass(frozen=True)
class Checked:
    """What came of one turn, in files."""

    clean: int = 0
    infected: int = 0
    failed: int = 0


def at_first() -> Document.Malware:
    """How a new file stands: it waits for clamd, or, where there is none, nobody ever looks at it."""
    return Document.Malware.WAITING if settings.CLAMD else Document.Malware.UNCHECKED


def check_waiting(*, at: datetime) -> Checked:
    """Ask clamd about files that wait, the oldest first; also those that came before there was a clamd.

    A file that clamd gives no verdict on goes on waiting. The turn ends there: the next would fare no better.
    """
    if not settings.CLAMD:
        return Checked()
    clean = infected = failed = after = 0
    for _each in range(MOST_AT_ONCE):
        document = _check_next(after=after, at=at)
        if document is None:
            break
        after = document.pk
        match document.malware:
            case Document.Malware.CLEAN:
                clean += 1
            case Document.Malware.INFECTED:
                infected += 1
                log.error("An attached file is infected and stays locked away: document %s", after)
            case _:
                failed += 1
                break
    return Checked(clean, infected, failed)


@in_one_piece
def _check_next(*, after: int, at: datetime) -> Document | None:
    """The next file that waits, as it stands now that clamd was asked; None when none is left."""
    document = Document.objects.unchecked().filter(pk__gt=after).first()
    if document is None:
        return None
    try:
        name = clamd.found_in(bytes(document.content), where=settings.CLAMD)
    except clamd.NotScanned as why:
        log.warning("A file goes on waiting to be scanned: %s", why)
        return document
    document.malware = Document.Malware.INFECTED if name else Document.Malware.CLEAN
    document.malware_name, document.malware_checked_at = name, at
    document.save(update_fields=["malware", "malware_name", "malware_checked_at"])
    if name:
        access_announcements.infected(document, at=at)
    return document

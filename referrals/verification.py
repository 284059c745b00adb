"""Whether a letter is real: its number and version, and whether it is live. Nothing else is told."""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from recordsets.asking import through_the_door
from workflows.machines.statement import IN_FORCE

from .models import StatementVersion

DIGITS = 16


class Standing(StrEnum):
    """What the public may know of a letter."""

    UNKNOWN = "unknown"
    OTHER_TEXT = "other_text"
    LIVE = "live"
    SUPERSEDED = "superseded"
    ENDED = "ended"


@dataclass(frozen=True)
class Verdict:
    """The standing of one version of a letter, and since when another one replaced it."""

    standing: Standing
    number: str
    version: int
    newer: int | None = None
    newer_at: datetime | None = None


def verify(number: str, version: int, *, code: str = "") -> Verdict:
    """The standing of a signed version; unsigned drafts are as unknown as numbers never given.

    ``code`` is the printed fingerprint (sixteen hexadecimal digits, however they are spaced), checked
    only where it is given.
    """
    wanted = number.strip().upper()
    with through_the_door():  # whoever holds the letter may ask, signed in or not
        return _verdict(wanted, version, code)


def _verdict(wanted: str, version: int, code: str) -> Verdict:
    found = (
        StatementVersion.objects.select_related("statement")
        .filter(
            statement__reference=wanted,
            number=version,
            signed_at__isnull=False,
            statement__transmitted_at__isnull=False,
        )
        .first()
    )
    if found is None:
        return Verdict(Standing.UNKNOWN, wanted, version)
    if code.strip() and not hmac.compare_digest(_digits(code), _digits(found.fingerprint)):
        return Verdict(Standing.OTHER_TEXT, wanted, version)
    statement = found.statement
    newest = statement.version_in_force
    if newest is not None and newest > version:
        newer = statement.versions.filter(number=newest).first()
        return Verdict(
            Standing.SUPERSEDED, wanted, version, newer=newest, newer_at=newer.signed_at if newer else None
        )
    return Verdict(Standing.LIVE if statement.state in IN_FORCE else Standing.ENDED, wanted, version)


def _digits(code: str) -> str:
    """The printed digits of a fingerprint, without the spaces between its groups."""
    return re.sub(r"[^0-9A-F]", "", code.upper())[:DIGITS]

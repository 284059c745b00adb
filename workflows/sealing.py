"""Free texts of a history: sealed in the line, kept beside it, so that a redaction need not touch the line.

In the line stands a seal: HMAC-SHA256 of the text under 32 random bytes. The text and its key stand in
``Wording``. As long as they do, anybody who has both can check that the text is the one that was sealed; once
they are destroyed, 256 unknown bits stand between the seal and any guess at the text.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .models import Step, Wording
from .verify_export import SEAL, seal

REASON = "reason"
SPOKEN = "spoken"
"""Where a line that is being written carries its texts, by field, in memory alone."""


@dataclass(frozen=True)
class Sealed:
    """A text, the key under which it is sealed, and the seal that stands for it; all empty for no text."""

    seal: str
    key: str
    text: str


def sealed(text: str) -> Sealed:
    """The seal of a text under a new key."""
    if not text:
        return Sealed("", "", "")
    key = secrets.token_hex(32)
    return Sealed(seal(key, text), key, text)


def sealed_data(data: Mapping[str, Any], names: Collection[str]) -> tuple[dict[str, Any], dict[str, Sealed]]:
    """Recorded values with the free texts among them (``names``) sealed, and the seals by field."""
    seals = {name: sealed(data[name]) for name in names if isinstance(data.get(name), str)}
    stored = {name: seals[name].seal if name in seals else value for name, value in data.items()}
    return stored, {f"data.{name}": each for name, each in seals.items()}


def seal_reason(step: Step) -> None:
    """Put the seal in the place of the reason of a line that is about to be hashed and written.

    The line knows its words as long as it is in memory; ``keep_all`` keeps them. Words that look like a seal
    are sealed too, so that nobody can type one.
    """
    if step.reason:
        step.__dict__[SPOKEN] = {REASON: sealed(step.reason)}
        step.reason = step.__dict__[SPOKEN][REASON].seal


def keep(step: Step, texts: Mapping[str, Sealed]) -> None:
    """Keep the texts of a line that was just written, in its transaction; by field, such as ``reason``."""
    step.__dict__[SPOKEN] = dict(texts)
    keep_all([step])


def keep_all(steps: Iterable[Step]) -> None:
    """Keep the texts of lines that were just written, in their transaction: one insert, or none."""
    rows = [
        Wording(case_id=step.case_id, sequence=step.sequence, field=field, key=each.key, text=each.text)
        for step in steps
        for field, each in step.__dict__.get(SPOKEN, {}).items()
        if each.seal
    ]
    if rows:
        Wording.objects.bulk_create(rows)


def is_sealed(value: object) -> bool:
    return isinstance(value, str) and value.startswith(SEAL) and len(value) == len(SEAL) + 64


def reason_of(step: Step, kept: Mapping[tuple[int, str], Wording] | None = None) -> str:
    """The reason given with a step, in words; empty if there was none, or if it was redacted.

    ``kept`` are the case's wordings (``wordings``), where many lines are read.
    """
    if not is_sealed(step.reason):
        return step.reason
    spoken: Sealed | None = step.__dict__.get(SPOKEN, {}).get(REASON)
    if spoken is not None:
        return spoken.text
    if kept is None:
        kept = wordings(step.case_id, sequences=[step.sequence])
    found = kept.get((step.sequence, REASON))
    return (found.text or "") if found else ""


def wordings(case_id: int, *, sequences: Iterable[int] | None = None) -> dict[tuple[int, str], Wording]:
    """The texts of a case's lines by line and field; those that were redacted have no text."""
    found = Wording.objects.filter(case_id=case_id)
    if sequences is not None:
        found = found.filter(sequence__in=list(sequences))
    return {(each.sequence, each.field): each for each in found}

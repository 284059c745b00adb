"""Free texts of a history: sealed in the line, kept beside it, so that a redaction need not touch the line.

Those are its reason, and whatever a person typed into what the step records (``Words``). What else a step
records is a code, a number or a date; a sentence in clear is refused. In the line stands a seal: HMAC-SHA256
of the text under 32 random bytes. The text and its key stand in ``Wording``. As long as they do, anybody who
has both can check that the text is the one that was sealed; once they are destroyed, 256 unknown bits stand
between the seal and any guess at the text.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from .models import Step, Wording
from .verify_export import SEAL, seal

REASON = "reason"
DATA = "data."
"""Before the name of a recorded value, in the name of its field."""
SPOKEN = "spoken"
"""Where a line that is being written carries its texts, by field, in memory alone."""
CODE = re.compile(r"[A-Za-z0-9_.:/@+-]{0,120}")


class Words(str):
    """A text that a person typed, among what a step records: it is sealed when the line is written."""

    __slots__ = ()


class Citation(str):
    """What a published rule cites as its authority: everybody may read it, so it stands in the line."""

    __slots__ = ()


class SentenceInClear(ValueError):
    """A free text is about to enter a history unsealed; the message names the value and says what to do."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"“{name}” holds a free text, and only codes, numbers and dates enter a history in clear. "
            "Declare it in the step's “words”, or give it as Words."
        )


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


def sealed_data(data: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Sealed]]:
    """Recorded values with the words among them sealed, and the seals by field.

    Raises ``SentenceInClear`` for a text that is neither words nor a code, and for what looks like a seal.
    """
    seals = {name: sealed(value) for name, value in data.items() if isinstance(value, Words)}
    for name, value in data.items():
        if name not in seals and not _may_stand_in_clear(value):
            raise SentenceInClear(name)
    stored = {name: seals[name].seal if name in seals else value for name, value in data.items()}
    return stored, {f"{DATA}{name}": each for name, each in seals.items()}


def _may_stand_in_clear(value: Any) -> bool:
    match value:
        case Words():
            return False
        case Citation() | None | bool() | int() | float() | Decimal() | date():
            return True
        case str():
            return CODE.fullmatch(value) is not None and not is_sealed(value)
        case Mapping():
            return all(_may_stand_in_clear(each) for pair in value.items() for each in pair)
        case list() | tuple() | set() | frozenset():
            return all(_may_stand_in_clear(each) for each in value)
    return False


def seal_texts(step: Step, data: Mapping[str, Any]) -> None:
    """Give a line that is about to be hashed and written its data, with seals for its words and its reason.

    The line knows its words as long as it is in memory; ``kept_with`` has what keeps them. A reason that
    looks like a seal is sealed too, so that nobody can type one. Raises ``SentenceInClear``.
    """
    step.data, seals = sealed_data(data)
    if step.reason:
        seals[REASON] = sealed(step.reason)
        step.reason = seals[REASON].seal
    if seals:
        step.__dict__[SPOKEN] = seals


def kept_with(steps: Iterable[Step]) -> list[dict[str, Any]]:
    """The texts of lines that are being written: the rows of ``Wording`` that must be written with them."""
    return [
        {
            "case_id": step.case_id,
            "sequence": step.sequence,
            "field": field,
            "key": each.key,
            "text": each.text,
        }
        for step in steps
        for field, each in step.__dict__.get(SPOKEN, {}).items()
        if each.seal
    ]


def is_sealed(value: object) -> bool:
    return isinstance(value, str) and value.startswith(SEAL) and len(value) == len(SEAL) + 64


def reason_of(step: Step, kept: Mapping[tuple[int, str], Wording] | None = None) -> str:
    """The reason given with a step, in words; empty if there was none, or if it was redacted.

    ``kept`` are the case's wordings (``wordings``), where many lines are read.
    """
    return _opened(step, REASON, step.reason, kept)


def words_of(step: Step, kept: Mapping[tuple[int, str], Wording] | None = None) -> dict[str, str]:
    """The sealed texts among what a step recorded, by name; empty where one was redacted."""
    return {
        name: _opened(step, f"{DATA}{name}", value, kept)
        for name, value in step.data.items()
        if is_sealed(value)
    }


def data_of(step: Step) -> dict[str, Any]:
    """What a step recorded, with its words readable."""
    return {**step.data, **words_of(step)}


def has_sealed_texts(step: Step) -> bool:
    return is_sealed(step.reason) or any(map(is_sealed, step.data.values()))


def _opened(step: Step, field: str, value: str, kept: Mapping[tuple[int, str], Wording] | None = None) -> str:
    if not is_sealed(value):
        return value
    spoken: Sealed | None = step.__dict__.get(SPOKEN, {}).get(field)
    if spoken is not None:
        return spoken.text
    if kept is None:
        kept = wordings(step.case_id, sequences=[step.sequence])
    found = kept.get((step.sequence, field))
    return (found.text or "") if found else ""


def wordings(case_id: int, *, sequences: Iterable[int] | None = None) -> dict[tuple[int, str], Wording]:
    """The texts of a case's lines by line and field; those that were redacted have no text."""
    found = Wording.objects.filter(case_id=case_id)
    if sequences is not None:
        found = found.filter(sequence__in=list(sequences))
    return {(each.sequence, each.field): each for each in found}

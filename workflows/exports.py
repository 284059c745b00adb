"""The history of one case as a file that can be checked without this system; the format is in README.md."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any, TypeAlias

from . import heads, sealing, signing
from .models import Case, DailyHead, Step, Wording
from .verify_export import FORMAT, PARTS, digest

EVERYTHING = frozenset(PARTS)
HAPPENED = frozenset({"what"})
Sight: TypeAlias = Callable[[Step], Collection[str]]


def export(record: Case, *, sight: Sight, reader: str, at: datetime) -> dict[str, Any]:
    """The history with, of each line, the parts that ``sight`` allows; of the others, what binds them.

    ``reader`` says in words for whom it was made. It is signed if there is a key, and holds the way into the
    newest daily head if that covers the case.
    """
    salt = heads.salts([record])[record.pk]
    kept = sealing.wordings(record.pk)
    steps = record.steps.order_by("sequence")
    lines = [_line(step, frozenset(sight(step)), salt, kept) for step in steps]
    file: dict[str, Any] = {
        "format": FORMAT,
        "case": record.reference,
        "kind": record.kind,
        "made_at": heads.moment(at),
        "made_for": reader,
        "version": len(lines),
        "head": record.head_hash,
        "lines": lines,
        **_covered(record),
    }
    return file | {"signature": _signature(f"case-history:{digest(file)}")}


def _line(
    step: Step, parts: frozenset[str], salt: str, kept: Mapping[tuple[int, str], Wording]
) -> dict[str, Any]:
    columns = heads.columns(step)
    bound = heads.commitments(columns, salt)
    return {
        "line": step.sequence,
        "shown": {part: heads.part_of(columns, part) for part in PARTS if part in parts},
        "salts": {part: heads.salt_of(salt, step.sequence, part) for part in PARTS if part in parts},
        "withheld": {part: bound[part] for part in PARTS if part not in parts},
        "texts": {
            field: {"key": each.key, "text": each.text}
            for (sequence, field), each in kept.items()
            if sequence == step.sequence and each.text is not None and field.partition(".")[0] in parts
        },
    }


def _covered(record: Case) -> dict[str, Any]:
    """The newest daily head, and the way into it from this case."""
    nothing = {"daily_head": None, "head_signature": None, "proof": None}
    head = DailyHead.objects.order_by("-number").first()
    own = heads.newest_heads([record.reference]).get(record.reference)
    if head is None or own is None:
        return nothing
    grown = heads.tree(head.number, of=record.reference)
    grown.root()
    public = signing.known_keys().get(head.key_id)
    return {
        "daily_head": heads.as_json(head) | {"hash": head.hash},
        "head_signature": {"public_key": public.hex() if public else "", "signature": head.signature},
        "proof": {
            "version": own.version,
            "head": own.head,
            "lines": own.lines,
            "index": grown.index,
            "path": [each.hex() for each in grown.path],
        },
    }


def _signature(message: str) -> dict[str, str] | None:
    key = signing.own_key()
    if key is None:
        return None
    return {"key_id": key.id, "public_key": key.public.hex(), "signature": key.sign(message)}

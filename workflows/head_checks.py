"""Whether the daily heads themselves hold: their chain, their signatures, and what was written with each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from . import heads, signing
from .models import CaseHead, DailyHead
from .verify_export import head_hash, signature_fits


@dataclass(frozen=True)
class Break:
    """The first place that does not hold: a line of a history, or a daily head (then ``day`` is set)."""

    case: str
    sequence: int
    problem: str
    day: str = ""

    def __str__(self) -> str:
        if self.day:
            return f"Daily head {self.sequence} of {self.day}: {self.problem}"
        return f"Case {self.case}, step {self.sequence}: {self.problem}"


def first_break(found: list[DailyHead], *, published: str = "", every_root: bool = False) -> Break | None:
    """The first daily head that does not hold, in the order of the days.

    ``published`` is the hash of a head that somebody outside has kept: it must be among them. The root of the
    newest head is computed anew from the stored ends of the histories, with ``every_root`` that of each.
    """
    checks = _breaks(found, every_root=every_root)
    return next(checks, None) or _missing(found, published)


def _missing(found: list[DailyHead], published: str) -> Break | None:
    if not published or any(head.hash == published for head in found):
        return None
    last = found[-1] if found else None
    return Break(
        "",
        last.number + 1 if last else 1,
        "the head that was published is not among those kept",
        day=last.day.isoformat() if last else "no day",
    )


def _breaks(found: list[DailyHead], *, every_root: bool) -> Iterator[Break]:
    written = _written()
    keys = signing.known_keys()
    previous, was_signed = "", False
    for number, head in enumerate(found, start=1):
        problem = (
            "it is missing"
            if head.number != number
            else _problem(head, previous, written.get(number, ""), keys, was_signed)
        )
        if not problem and (every_root or head is found[-1]):
            grown = heads.tree(number)
            if (grown.root(), grown.size) != (head.root, head.cases):
                problem = "its root does not follow from the ends of the histories it covers"
        if problem:
            yield Break("", number, problem, day=head.day.isoformat())
        previous, was_signed = head.hash, was_signed or bool(head.signature)
    for number in sorted(set(written) - {head.number for head in found}):
        day = found[-1].day.isoformat() if found else "no day"
        yield Break("", number, "it is missing, though ends of histories were written with it", day=day)


def _written() -> dict[int, str]:
    """By the number of the daily head, the digest of what is stored of what was written with it."""
    digests: dict[int, str] = {}
    for each in CaseHead.objects.order_by("pk").iterator(chunk_size=heads.ROWS):
        number = each.daily_head_id
        digests[number] = heads.change_digest(digests.get(number, ""), each)
    return digests


def _problem(head: DailyHead, previous: str, written: str, keys: dict[str, bytes], was_signed: bool) -> str:
    if head.previous != previous:
        return "it does not continue the one before it"
    if head.hash != head_hash(heads.as_json(head)):
        return "it was changed after it was written"
    if head.changes != written:
        return "the ends of histories that were written with it were changed"
    if not head.key_id and not head.signature:
        return "it is not signed, though an earlier one is" if was_signed else ""
    if head.key_id not in keys:
        return f"it is signed with the key {head.key_id}, which is not known here"
    fits = signature_fits(keys[head.key_id], heads.signed_text(head).encode(), bytes.fromhex(head.signature))
    return "" if fits else "its signature does not fit"

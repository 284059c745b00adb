"""Daily heads: where every history ended, under one signed root, chained from day to day.

A history can be cut off at its end, and the case set back to fit, without any hash in it being wrong. A daily
head remembers how far each case had come; who wants to hide a cut must also forge every head since then,
which takes the key, and must reach every place where a head was published.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from recordsets.collisions import in_one_piece, one_at_a_time

from . import signing
from .models import Case, CaseHead, CaseSalt, DailyHead, Step
from .verify_export import PARTS, commitment, head_hash, leaf_hash, lines_digest, node_hash

CHUNK = 2_000
ROWS = 5_000


def moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def columns(step: Step) -> dict[str, Any]:
    """Every column of a line as the hash, the commitments and an export spell it."""
    return {
        "sequence": step.sequence,
        "nature": step.nature,
        "name": step.name,
        "from": step.from_state,
        "to": step.to_state,
        "capacity": step.capacity,
        "at": moment(step.at),
        "definition": step.definition_version,
        "rules": step.rules,
        "effects": step.effects,
        "actor": step.actor_id,
        "organization": step.organization,
        "key": step.idempotency_key,
        "previous": step.previous_hash,
        "hash": step.hash,
        "reason": step.reason,
        "data": step.data,
    }


def part_of(columns: Mapping[str, Any], part: str) -> dict[str, Any]:
    return {name: columns[name] for name in PARTS[part]}


def salt_of(salt: str, sequence: int, part: str) -> str:
    """The key under which one part of one line is committed to; it tells nothing of the others."""
    said = f"{sequence}/{part}".encode()
    return hashlib.blake2b(said, key=bytes.fromhex(salt), digest_size=32).hexdigest()


def commitments(said: Mapping[str, Any], salt: str) -> dict[str, str]:
    """What binds each part of a line (its ``columns``), whether it is shown or not."""
    return {part: commitment(salt_of(salt, said["sequence"], part), part_of(said, part)) for part in PARTS}


def digest_after(before: str, said: Mapping[str, Any], salt: str) -> str:
    """The digest of all lines up to and with this one (its ``columns``)."""
    return lines_digest(before, commitments(said, salt).values())


@dataclass
class Tree:
    """The root of a tree of any number of leaves, and the way there from one of them, in little memory."""

    size: int = 0
    index: int = -1
    path: list[bytes] = field(default_factory=list)
    _peaks: list[tuple[int, bytes, bool]] = field(default_factory=list)

    def add(self, leaf: bytes, *, mine: bool = False) -> None:
        if mine:
            self.index = self.size
        self.size += 1
        self._peaks.append((1, leaf, mine))
        while len(self._peaks) > 1 and self._peaks[-1][0] == self._peaks[-2][0]:
            self._join()

    def _join(self) -> None:
        right_size, right, right_mine = self._peaks.pop()
        left_size, left, left_mine = self._peaks.pop()
        if left_mine or right_mine:
            self.path.append(right if left_mine else left)
        self._peaks.append((left_size + right_size, node_hash(left, right), left_mine or right_mine))

    def root(self) -> str:
        """The root; nothing can be added afterwards. The empty tree has the hash of nothing."""
        while len(self._peaks) > 1:
            self._join()
        return (self._peaks[0][1] if self._peaks else hashlib.sha256().digest()).hex()


def leaves(number: int) -> Iterator[tuple[str, int, str, str]]:
    """Reference, version, head and lines of every case as daily head ``number`` knows them, by reference."""
    newest = CaseHead.objects.filter(daily_head_id__lte=number).order_by("reference", "-daily_head_id")
    yield from (
        newest.distinct("reference")
        .values_list("reference", "version", "head", "lines")
        .iterator(chunk_size=ROWS)
    )


def tree(number: int, *, of: str = "") -> Tree:
    """The tree of a daily head, with the way to its root from the case ``of``."""
    grown = Tree()
    for reference, version, head, lines in leaves(number):
        grown.add(leaf_hash(reference, version, head, lines), mine=reference == of)
    return grown


def change_digest(before: str, head: CaseHead) -> str:
    leaf = leaf_hash(head.reference, head.version, head.head, head.lines)
    return hashlib.sha256(before.encode() + leaf).hexdigest()


def as_json(head: DailyHead) -> dict[str, Any]:
    """A daily head as its hash and an export spell it."""
    return {
        "number": head.number,
        "day": head.day.isoformat(),
        "taken_at": moment(head.taken_at),
        "cases": head.cases,
        "lines": head.lines,
        "root": head.root,
        "changes": head.changes,
        "previous": head.previous,
        "key_id": head.key_id,
    }


@in_one_piece
def take(*, at: datetime) -> DailyHead:
    """Take the daily head of a day (UTC), signed if there is a key; one that exists is returned."""
    day = at.astimezone(UTC).date()
    taken = _taken(day)
    if taken is not None:
        return taken
    one_at_a_time("daily heads of histories")
    taken = _taken(day)  # by whoever was faster
    if taken is not None:
        return taken
    last = DailyHead.objects.order_by("-number").first()
    number = last.number + 1 if last else 1
    changes = ""
    for heads in _moved_on(number):
        for each in CaseHead.objects.bulk_create(heads):
            changes = change_digest(changes, each)
    grown, total = Tree(), 0
    for reference, version, end, lines in leaves(number):
        grown.add(leaf_hash(reference, version, end, lines))
        total += version
    key = signing.own_key()
    head = DailyHead(
        number=number,
        day=day,
        taken_at=at,
        cases=grown.size,
        lines=total,
        root=grown.root(),
        changes=changes,
        previous=last.hash if last else "",
        key_id=key.id if key else "",
    )
    head.hash = head_hash(as_json(head))
    head.signature = key.sign(signed_text(head)) if key else ""
    head.save(force_insert=True)
    return head


def _taken(day: date) -> DailyHead | None:
    """The daily head of this day, or the newest one if that is of a later day."""
    return DailyHead.objects.filter(day__gte=day).order_by("-number").first()


def signed_text(head: DailyHead) -> str:
    return f"daily-head:{head.hash}"


def _moved_on(number: int) -> Iterator[list[CaseHead]]:
    """The heads of cases that went on since the last daily head, in the order of the cases."""
    last = 0
    while chunk := list(Case.objects.filter(pk__gt=last, version__gt=0).order_by("pk")[:CHUNK]):
        last = chunk[-1].pk
        known = newest_heads(case.reference for case in chunk)
        moved = [case for case in chunk if not _same(known.get(case.reference), case)]
        if moved:
            yield _heads(number, moved, known)


def newest(number: int) -> list[DailyHead]:
    """The newest daily heads, the newest first."""
    return list(DailyHead.objects.order_by("-number")[:number])


def newest_heads(references: Iterable[str]) -> dict[str, CaseHead]:
    found = CaseHead.objects.filter(reference__in=list(references))
    return {
        each.reference: each for each in found.order_by("reference", "-daily_head_id").distinct("reference")
    }


def _same(head: CaseHead | None, case: Case) -> bool:
    return head is not None and (head.version, head.head) == (case.version, case.head_hash)


@in_one_piece
def salts(cases: Iterable[Case]) -> dict[int, str]:
    """The salt of each case, drawn now for those that have none."""
    keys = [case.pk for case in cases]
    known = dict(CaseSalt.objects.filter(case_id__in=keys).values_list("case_id", "salt"))
    missing = [CaseSalt(case_id=pk, salt=secrets.token_hex(32)) for pk in keys if pk not in known]
    if missing:
        CaseSalt.objects.bulk_create(missing, ignore_conflicts=True)
        known = dict(CaseSalt.objects.filter(case_id__in=keys).values_list("case_id", "salt"))
    return known


def _heads(number: int, moved: list[Case], known: Mapping[str, CaseHead]) -> list[CaseHead]:
    keyed = salts(moved)
    digests: dict[int, str] = {}
    after: dict[int, int] = {}
    for case in moved:
        before = known.get(case.reference)
        goes_on = before is not None and before.version <= case.version
        digests[case.pk] = before.lines if before and goes_on else ""
        after[case.pk] = before.version if before and goes_on else 0
    upto = {case.pk: case.version for case in moved}
    steps = Step.objects.filter(case_id__in=upto).order_by("case_id", "sequence")
    for step in steps.iterator(chunk_size=CHUNK):
        if after[step.case_id] < step.sequence <= upto[step.case_id]:
            digests[step.case_id] = digest_after(digests[step.case_id], columns(step), keyed[step.case_id])
    return [
        CaseHead(
            daily_head_id=number,
            reference=case.reference,
            version=case.version,
            head=case.head_hash,
            lines=digests[case.pk],
        )
        for case in moved
    ]

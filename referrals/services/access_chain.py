"""Chains the reads of each owner, signs where the chains end each day, and checks all of it.

Readers never wait for each other: a read is appended unlinked, and a moment later one process gives each new
read its place. What was written between two ticks is covered by the triggers alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db.models import Max, Q

from recordsets.collisions import in_one_piece, one_at_a_time
from workflows import signing
from workflows.heads import moment
from workflows.history import canonical, digest, one_instant
from workflows.verify_export import signature_fits

from ..models import Access, AccessHead, AccessLink, Organization

BATCH = 2_000
LATE = 20_000
"""How far behind the newest linked read one may be that was committed late, in keys; nightly all are."""
UNLINKED_FOR = timedelta(hours=1)
"""Longer than this no read stays without its place, if the tick is at work."""
Found = Callable[[list[Access]], object]


def columns(read: Access) -> dict[str, Any]:
    """Every column of a read as its hash spells it."""
    return {
        "id": read.pk,
        "user": read.user_id,
        "capacity": read.capacity,
        "organization": read.organization_id,
        "office": read.office_id,
        "owner": read.owner_id,
        "what": read.what,
        "route": read.route,
        "subject": read.subject,
        "persons": read.persons,
        "number": read.number,
        "cases": read.cases,
        "purpose": read.purpose,
        "network": read.network,
        "session": read.session,
        "request": read.request_number,
        "at": moment(read.at),
    }


def hash_of(read: Access, chain: int, sequence: int, previous: str) -> str:
    return digest({**columns(read), "chain": chain, "sequence": sequence, "previous": previous})


def link(*, found: Found | None = None, everything: bool = False) -> int:
    """Give every new read its place in its owner's chain; returns how many there were.

    ``found`` is told the reads of each batch in the transaction that links them, so each of them once.
    ``everything`` looks further back than the last reads, for what was committed very late.
    """
    linked = 0
    while number := _link_batch(found=found, everything=everything):
        linked += number
        if number < BATCH:
            break
    return linked


@in_one_piece
def _link_batch(*, found: Found | None, everything: bool) -> int:
    unlinked = Access.objects.filter(link__isnull=True).order_by("pk")
    if not everything:
        newest = AccessLink.objects.aggregate(last=Max("pk"))["last"] or 0
        unlinked = unlinked.filter(pk__gt=newest - LATE)
    if not unlinked.exists():
        return 0
    one_at_a_time("links of the trail")
    batch = list(unlinked[:BATCH])
    ends = {chain: _end(chain) for chain in {read.owner_id or 0 for read in batch}}
    links = []
    for read in batch:
        chain = read.owner_id or 0
        sequence, previous = ends[chain]
        made = AccessLink(access=read, chain=chain, sequence=sequence + 1, previous=previous)
        made.hash = hash_of(read, chain, made.sequence, previous)
        ends[chain] = (made.sequence, made.hash)
        links.append(made)
    AccessLink.objects.bulk_create(links)
    if found is not None and batch:
        found(batch)
    return len(batch)


def _end(chain: int) -> tuple[int, str]:
    """The last number and hash of a chain; 0 and nothing before its first link."""
    last = AccessLink.objects.filter(chain=chain).order_by("-sequence").first()
    return (last.sequence, last.hash) if last else (0, "")


def _all_ends() -> dict[int, tuple[int, str]]:
    return {chain: _end(chain) for chain in (0, *Organization.objects.values_list("pk", flat=True))}


def said(head: AccessHead) -> dict[str, Any]:
    """A daily head as its hash spells it."""
    return {
        "number": head.number,
        "day": head.day.isoformat(),
        "taken_at": moment(head.taken_at),
        "ends": head.ends,
        "previous": head.previous,
        "key_id": head.key_id,
    }


def signed_text(head: AccessHead) -> str:
    return f"daily-head-of-reads:{head.hash}"


def head_hash(head: AccessHead) -> str:
    return hashlib.sha256(canonical(said(head)).encode()).hexdigest()


@in_one_piece
def take_head(*, at: datetime) -> AccessHead:
    """Sign where every chain ends on this day (UTC); a head that exists, or a later one, is returned."""
    day: date = at.astimezone(UTC).date()
    one_at_a_time("daily heads of the trail")
    last = AccessHead.objects.order_by("-number").first()
    if last is not None and last.day >= day:
        return last
    key = signing.own_key()
    head = AccessHead(
        number=last.number + 1 if last else 1,
        day=day,
        taken_at=at,
        ends={str(chain): list(end) for chain, end in sorted(_all_ends().items()) if end[0]},
        previous=last.hash if last else "",
        key_id=key.id if key else "",
    )
    head.hash = head_hash(head)
    head.signature = key.sign(signed_text(head)) if key else ""
    head.save(force_insert=True)
    return head


@dataclass(frozen=True)
class Verdict:
    """Outcome of a verification: how many reads were walked, and the first break or nothing."""

    reads: int
    broken: str


def verify(*, at: datetime) -> Verdict:
    """Walk every chain of reads and every daily head as of one instant; stop at the first break."""
    with one_instant():
        walk = _Walk()
        broken = next(walk.breaks(), "") or next(_broken_heads(walk.at_heads), "") or _unlinked(at)
    return Verdict(walk.reads, broken)


class _Walk:
    """One walk over all chains; it picks up the hashes that daily heads remember."""

    def __init__(self) -> None:
        self.reads = 0
        self.at_heads: dict[tuple[str, int], str] = {}
        self._wanted = {
            (chain, sequence)
            for ends in AccessHead.objects.values_list("ends", flat=True)
            for chain, (sequence, _hash) in ends.items()
        }

    def breaks(self) -> Iterator[str]:
        chain, sequence, previous = -1, 0, ""
        links = AccessLink.objects.select_related("access").order_by("chain", "sequence")
        for each in links.iterator(chunk_size=BATCH):
            if each.chain != chain:
                chain, sequence, previous = each.chain, 0, ""
            sequence += 1
            self.reads += 1
            problem = _problem(each, sequence, previous)
            if problem:
                yield f"Reads of owner {chain}, number {sequence}: {problem}"
                return
            previous = each.hash
            if (str(chain), sequence) in self._wanted:
                self.at_heads[str(chain), sequence] = each.hash


def _problem(each: AccessLink, sequence: int, previous: str) -> str:
    if each.sequence != sequence:
        return "it is missing"
    if each.previous != previous:
        return "it does not continue the one before it"
    if each.chain != (each.access.owner_id or 0):
        return "it stands in the chain of another owner"
    if each.hash != hash_of(each.access, each.chain, sequence, previous):
        return "it was changed after it was written"
    return ""


def _broken_heads(walked: dict[tuple[str, int], str]) -> Iterator[str]:
    keys = signing.known_keys()
    previous, was_signed = "", False
    for number, head in enumerate(AccessHead.objects.order_by("number"), start=1):
        problem = (
            "it is missing" if head.number != number else _head_problem(head, previous, keys, was_signed)
        )
        for chain, (sequence, end) in head.ends.items():
            if not problem and walked.get((chain, sequence)) != end:
                problem = f"read {sequence} of owner {chain} is gone, or another one than it was"
        if problem:
            yield f"Daily head {number} of reads, of {head.day.isoformat()}: {problem}"
        previous, was_signed = head.hash, was_signed or bool(head.signature)


def _head_problem(head: AccessHead, previous: str, keys: dict[str, bytes], was_signed: bool) -> str:
    if head.previous != previous:
        return "it does not continue the one before it"
    if head.hash != head_hash(head):
        return "it was changed after it was written"
    if not head.key_id and not head.signature:
        return "it is not signed, though an earlier one is" if was_signed else ""
    if head.key_id not in keys:
        return f"it is signed with the key {head.key_id}, which is not known here"
    fits = signature_fits(keys[head.key_id], signed_text(head).encode(), bytes.fromhex(head.signature))
    return "" if fits else "its signature does not fit"


def _unlinked(at: datetime) -> str:
    """A read that was never given its place: the tick is not at work, or its place was taken away."""
    left = Access.objects.filter(Q(link__isnull=True), at__lt=at - UNLINKED_FOR).order_by("pk")
    first = left.values_list("pk", flat=True).first()
    return f"Read {first} has no place in a chain, an hour after it was written" if first else ""

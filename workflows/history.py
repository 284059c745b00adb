"""The hash chain of a case's history, and its verification."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import groupby
from operator import attrgetter
from typing import Any, TypeAlias

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from . import head_checks, sealed_words
from .head_checks import Break
from .heads import as_json, columns, digest_after
from .models import Case, CaseHead, CaseSalt, DailyHead, Step
from .verify_export import line_hash

__all__ = ["Break", "Verdict", "canonical", "digest", "hash_of", "plain", "verify"]

CHUNK = 2_000
SPELLING = DjangoJSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)
Progress: TypeAlias = Callable[[int], None]
Sealed: TypeAlias = dict[int, list[CaseHead]]


def canonical(value: Any) -> str:
    """JSON with one spelling: sorted keys, no spaces, dates in ISO form."""
    return SPELLING.encode(value)


def digest(value: Any) -> str:
    """SHA-256 of the canonical JSON, in hexadecimal."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def plain(value: Any) -> Any:
    """The value as it comes back from a JSON column."""
    return json.loads(canonical(value))


def hash_of(step: Step, reference: str) -> str:
    """What ``step.hash`` must be: every column of the step and the hash before it."""
    said = columns(step)
    del said["hash"]
    return digest({"case": reference, **said})


@dataclass(frozen=True)
class Verdict:
    """Outcome of a verification: how much was walked, the newest daily head, and the first break if any."""

    cases: int
    steps: int
    broken: Break | None
    heads: int = 0
    newest: dict[str, Any] | None = None

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class Walk:
    """One walk over every case and its lines, in the order of the cases."""

    def __init__(self, days: dict[int, str]) -> None:
        self.days = days
        self.cases = self.steps = 0

    def first_break(self, *, progress: Progress | None) -> Break | None:
        last = 0
        while chunk := list(Case.objects.filter(pk__gt=last).order_by("pk")[:CHUNK]):
            last = chunk[-1].pk
            sealed = self._sealed(chunk)
            salts = dict(CaseSalt.objects.filter(case__in=chunk).values_list("case_id", "salt"))
            self.words = sealed_words.Check(chunk)
            for case, steps in _by_case(chunk):
                self.cases += 1
                breaks = self._breaks_of(case, steps, sealed.get(case.reference, {}), salts.get(case.pk, ""))
                broken = next(breaks, None)
                if broken:
                    return broken
            if progress:
                progress(self.cases)
        return self._lost_case()

    def _sealed(self, chunk: list[Case]) -> dict[str, Sealed]:
        """By reference and version, what daily heads know of these cases."""
        found: dict[str, Sealed] = {}
        if self.days:
            references = [case.reference for case in chunk]
            for head in CaseHead.objects.filter(reference__in=references).iterator(chunk_size=CHUNK):
                found.setdefault(head.reference, {}).setdefault(head.version, []).append(head)
        return found

    def _lost_case(self) -> Break | None:
        lost = CaseHead.objects.filter(~Exists(Case.objects.filter(reference=OuterRef("reference"))))
        head = lost.order_by("reference", "daily_head_id").first()
        if head is None:
            return None
        return Break(head.reference, 1, f"the whole case is gone{self._known_on(head)}")

    def _known_on(self, head: CaseHead) -> str:
        return f"; the daily head of {self.days.get(head.daily_head_id, '?')} knew it"

    def _breaks_of(self, case: Case, steps: Iterable[Step], sealed: Sealed, salt: str) -> Iterator[Break]:
        previous, state, lines, last = "", "", "", 0
        furthest = max(sealed, default=0)
        for last, step in enumerate(steps, start=1):
            self.steps += 1
            said = columns(step)
            problem = _problem_of(case, step, said, last, previous, state) or self.words.problem(step)
            if last <= furthest and not problem:
                lines = digest_after(lines, said, salt)
                for head in sealed.get(last, ()):
                    if (head.head, head.lines) != (step.hash, lines):
                        problem = f"is another step than before{self._known_on(head)}"
            if problem:
                yield Break(case.reference, last, problem)
                return
            previous, state = step.hash, step.to_state
        if last != case.version or previous != case.head_hash:
            yield Break(case.reference, last + 1, "the end of the history is missing")
        elif state != case.state:
            yield Break(case.reference, last, "the case is in a state that its history does not lead to")
        elif furthest > last:
            known = min(version for version in sealed if version > last)
            yield Break(
                case.reference,
                last + 1,
                f"the end of the history is missing{self._known_on(sealed[known][0])}",
            )


def _problem_of(
    case: Case, step: Step, said: dict[str, Any], expected: int, previous: str, state: str
) -> str:
    if step.sequence != expected:
        return "this step is missing"
    if step.previous_hash != previous:
        return "does not continue the step before it"
    if step.hash != line_hash(case.reference, said):
        return "was changed after it was written"
    if step.from_state != state:
        return "does not start where the step before it ended"
    return ""


def _by_case(chunk: list[Case]) -> Iterator[tuple[Case, Iterable[Step]]]:
    """Each case with its lines in order, read as they are walked."""
    steps = Step.objects.filter(case__in=chunk).order_by("case_id", "sequence").iterator(chunk_size=CHUNK)
    groups = groupby(steps, attrgetter("case_id"))
    current = next(groups, None)
    for case in chunk:
        if current is not None and current[0] == case.pk:
            yield case, current[1]
            current = next(groups, None)
        else:
            yield case, ()


def verify(*, published: str = "", every_root: bool = False, progress: Progress | None = None) -> Verdict:
    """Check the daily heads, then walk every chain in the order of the cases; stop at the first break.

    Everything is read as of one instant, in chunks, so that steps taken meanwhile disturb nothing and memory
    stays flat. ``published`` and ``every_root`` are those of ``head_checks.first_break``; ``progress`` is
    told the number of cases walked.
    """
    with one_instant():
        found = list(DailyHead.objects.order_by("number"))
        walk = Walk({head.number: head.day.isoformat() for head in found})
        broken = head_checks.first_break(found, published=published, every_root=every_root)
        broken = broken or walk.first_break(progress=progress)
    newest = as_json(found[-1]) | {"hash": found[-1].hash} if found else None
    return Verdict(walk.cases, walk.steps, broken, len(found), newest)


@contextmanager
def one_instant() -> Iterator[None]:
    """A transaction that sees the database as it is now; inside a caller's transaction, that one."""
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield

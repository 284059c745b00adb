"""The hash chain of a case's history, and its verification."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from .models import Case, Step

CHUNK = 2_000


def canonical(value: Any) -> str:
    """JSON with one spelling: sorted keys, no spaces, dates in ISO form."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, cls=DjangoJSONEncoder)


def digest(value: Any) -> str:
    """SHA-256 of the canonical JSON, in hexadecimal."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def plain(value: Any) -> Any:
    """The value as it comes back from a JSON column."""
    return json.loads(canonical(value))


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def hash_of(step: Step, reference: str) -> str:
    """What ``step.hash`` must be: every column of the step and the hash before it."""
    return digest(
        {
            "case": reference,
            "sequence": step.sequence,
            "nature": step.nature,
            "name": step.name,
            "from": step.from_state,
            "to": step.to_state,
            "actor": step.actor_id,
            "capacity": step.capacity,
            "organization": step.organization,
            "at": _moment(step.at),
            "reason": step.reason,
            "definition": step.definition_version,
            "rules": step.rules,
            "data": step.data,
            "effects": step.effects,
            "key": step.idempotency_key,
            "previous": step.previous_hash,
        }
    )


@dataclass(frozen=True)
class Break:
    """The first place where a history does not hold together."""

    case: str
    sequence: int
    problem: str


@dataclass(frozen=True)
class Verdict:
    """Outcome of a verification: how much was walked, and the first break if any."""

    cases: int
    steps: int
    broken: Break | None

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def _breaks_of(case: Case, steps: list[Step]) -> Iterator[Break]:
    previous, state = "", ""
    for expected, step in enumerate(steps, start=1):
        if step.sequence != expected:
            yield Break(case.reference, expected, "this step is missing")
            return
        if step.previous_hash != previous:
            yield Break(case.reference, expected, "does not continue the step before it")
        if step.hash != hash_of(step, case.reference):
            yield Break(case.reference, expected, "was changed after it was written")
        if step.from_state != state:
            yield Break(case.reference, expected, "does not start where the step before it ended")
        previous, state = step.hash, step.to_state
    if len(steps) != case.version or previous != case.head_hash:
        yield Break(case.reference, len(steps) + 1, "the end of the history is missing")
    elif state != case.state:
        yield Break(case.reference, len(steps), "the case is in a state that its history does not lead to")


def verify() -> Verdict:
    """Walk every chain in the order of the cases; stop at the first break.

    Memory stays flat: cases and their steps are read in chunks.
    """
    cases = steps = 0
    last = 0
    while chunk := list(Case.objects.filter(pk__gt=last).order_by("pk")[:CHUNK]):
        last = chunk[-1].pk
        by_case: dict[int, list[Step]] = {case.pk: [] for case in chunk}
        for step in Step.objects.filter(case_id__in=by_case).order_by("case_id", "sequence").iterator():
            by_case[step.case_id].append(step)
        for case in chunk:
            cases += 1
            steps += len(by_case[case.pk])
            broken = next(_breaks_of(case, by_case[case.pk]), None)
            if broken:
                return Verdict(cases, steps, broken)
    return Verdict(cases, steps, None)

"""Proves of every stored history that it is legal: each line a step that its version of the machine has.

The hash chain (``history``) proves that nothing was changed after it was written. This proves that what was
written could happen: from the state it was in, by whose step it is, with the second person, the reason and
the clocks that the frozen definition of that version asks for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from itertools import groupby
from typing import Any, TypeAlias

from .definitions import UnknownDefinition
from .history import one_instant
from .legality import COLUMNS, History, Line
from .models import Case, Clock, Proposal, Step

CHUNK = 1_000
MOST = 1_000
Progress: TypeAlias = Callable[[int], None]


@dataclass(frozen=True)
class Illegal:
    """A place of a history that could not have come about. ``line`` counts from 1; 0 is the case itself."""

    reference: str
    line: int
    what: str

    def __str__(self) -> str:
        where = f"line {self.line}" if self.line else "the case"
        return f"{self.reference}, {where}: {self.what}"


@dataclass
class Outcome:
    """What was replayed, and every illegal place up to the limit; ``found`` counts all of them."""

    cases: int = 0
    lines: int = 0
    found: int = 0
    illegal: list[Illegal] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def replay(*, kind: str = "", reference: str = "", progress: Progress | None = None) -> Outcome:
    """Replay the history of every case, of one kind, or of one case, as of one instant.

    Reads in chunks, so that memory stays flat; ``progress`` is told the number of cases done.
    """
    cases = Case.objects.order_by("pk")
    if kind:
        cases = cases.filter(kind=kind)
    if reference:
        cases = cases.filter(reference=reference)
    outcome, last = Outcome(), 0
    with one_instant():
        while chunk := list(cases.filter(pk__gt=last)[:CHUNK]):
            last = chunk[-1].pk
            for illegal in _chunk(chunk, outcome):
                outcome.found += 1
                if len(outcome.illegal) < MOST:
                    outcome.illegal.append(illegal)
            if progress:
                progress(outcome.cases)
    return outcome


def _chunk(chunk: list[Case], outcome: Outcome) -> Iterator[Illegal]:
    running: dict[int, set[str]] = {}
    for case_id, key in Clock.objects.filter(case__in=chunk, stopped_at=None).values_list("case_id", "key"):
        running.setdefault(case_id, set()).add(key)
    waiting = dict(
        Proposal.objects.filter(case__in=chunk, fate=Proposal.Fate.WAITING).values_list("case_id", "step")
    )
    steps = Step.objects.filter(case__in=chunk).order_by("case_id", "sequence").values_list(*COLUMNS)
    lines = (Line._make(row) for row in steps.iterator(chunk_size=CHUNK))
    by_case = groupby(lines, key=lambda line: line.case_id)
    current = next(by_case, None)
    for case in chunk:
        own: Iterable[Line] = ()
        if current is not None and current[0] == case.pk:
            own = current[1]
        yield from _case(case, own, running.get(case.pk, set()), waiting.get(case.pk, ""), outcome)
        if current is not None and current[0] == case.pk:
            current = next(by_case, None)


def _case(
    case: Case, lines: Iterable[Line], running: set[str], waiting: str, outcome: Outcome
) -> Iterator[Illegal]:
    outcome.cases += 1
    told = History(case.kind)
    for line in lines:
        outcome.lines += 1
        try:
            for what in told.follow(line):
                yield Illegal(case.reference, line.sequence, what)
        except UnknownDefinition as unknown:
            yield Illegal(case.reference, line.sequence, str(unknown))
            return
    proposed = told.proposal.name if told.proposal else ""
    for name, stored, replayed in (
        ("state", case.state, told.state),
        ("version", case.version, told.sequence),
        ("definition", case.definition_version, told.version),
        ("end", case.closed_at, told.closed_at),
        ("running clocks", sorted(running), sorted(told.clocks)),
        ("waiting proposal", waiting, proposed),
    ):
        if stored != replayed:
            yield Illegal(
                case.reference, 0, f"{name} is {stored or 'none'}; its history leads to {replayed or 'none'}"
            )

"""Moves the open cases of a kind to another version, batch by batch, and back.

A batch is one transaction: it locks its cases, reads them, and stores each with a line of its own in the
history. Killed in between, the last batch is undone and the others stand; begun again, cases that moved are
no longer candidates. Any number may run at once: a case that somebody holds is tried again at the end.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

from django.db import DatabaseError, transaction
from django.db.models import CharField, F, Max, OuterRef, Subquery, Value
from django.db.models.functions import Cast, Concat

from recordsets.collisions import whole_again

from . import reading, storing
from .checks import machine_models
from .models import Case, Clock, Deadline, Pause, Proposal, Step
from .parties import SYSTEM, Actor
from .version_maps import MapRefused, VersionMap
from .version_moves import CannotMove, Move, Restored, move

log = logging.getLogger(__name__)

BATCH = 200
Tell: TypeAlias = Callable[[Move], None]


@dataclass(frozen=True)
class Left:
    """A case that stays where it is, and why."""

    reference: str
    state: str
    why: str


@dataclass
class Outcome:
    """What was moved, or would be: cases by old and new state, what becomes of clocks, and who stays."""

    moved: int = 0
    states: Counter[tuple[str, str]] = field(default_factory=Counter)
    clocks: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    dates: list[dict[str, Any]] = field(default_factory=list)
    fallen: list[str] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)

    def add(self, other: Outcome) -> None:
        """Count what became of one more batch."""
        self.moved += other.moved
        self.states += other.states
        self.clocks += other.clocks
        self.dates += other.dates
        self.fallen += other.fallen
        self.left += other.left

    def note(self, found: Move) -> None:
        self.moved += 1
        self.states[found.from_state, found.to_state] += 1
        for each in found.clocks:
            self.clocks[each.what, each.was, each.key] += 1
            if each.old_on != each.new_on:
                self.dates.append(
                    {
                        "reference": found.record.reference, "what": each.what, "clock": each.key,
                        "was": each.was, "old": each.old_on, "new": each.new_on,
                    }
                )  # fmt: skip
        if found.fallen:
            self.fallen.append(found.record.reference)


@dataclass(frozen=True)
class Migration:
    """One run: which cases, along which map, by whom, when, and why."""

    map: VersionMap
    at: datetime
    reason: str
    by: Actor = SYSTEM
    batch: int = BATCH
    tell: Tell | None = None

    @property
    def model(self) -> type[Case]:
        for model in machine_models():
            if str(model.machine.kind) == self.map.kind:
                return model
        raise MapRefused(f"There is no kind of case {self.map.kind}.")

    def candidates(self) -> Any:
        """The open cases under the map's old version; on the way back, those that once moved from there."""
        cases = Case.objects.filter(
            kind=self.map.kind, definition_version=self.map.source, closed_at__isnull=True
        )
        if self.map.turned:
            came = Step.objects.filter(case_id=OuterRef("pk"), nature=Step.Nature.MIGRATED)
            last = came.order_by("-sequence").values("data__from_version")[:1]
            cases = cases.annotate(came_from=Subquery(last)).filter(came_from=self.map.target)
        return cases.order_by("pk")

    def foreseen(self) -> Outcome:
        """What a run would do now; nothing is stored."""
        outcome = Outcome()
        for pks in self._chunks():
            for found in self._moves(pks, outcome):
                outcome.note(found)
        return outcome

    def run(self, *, progress: Callable[[int], None] | None = None) -> Outcome:
        """Move every candidate that can be moved. ``progress`` is told the number moved so far."""
        outcome = Outcome()
        held: list[int] = []
        for pks in self._chunks():
            held += self._batch(pks, outcome, wait=False)
            if progress:
                progress(outcome.moved)
        for start in range(0, len(held), self.batch):
            self._batch(held[start : start + self.batch], outcome, wait=True)
        return outcome

    def _chunks(self) -> Iterator[list[int]]:
        last = 0
        while pks := list(self.candidates().filter(pk__gt=last).values_list("pk", flat=True)[: self.batch]):
            last = pks[-1]
            yield pks

    def _batch(self, pks: Sequence[int], outcome: Outcome, *, wait: bool) -> list[int]:
        """Move these cases in one transaction; returns those that somebody else held."""

        def whole() -> tuple[list[int], Outcome]:
            done = Outcome()
            locked = self._locked(pks, wait=wait)
            self._store(list(self._moves(locked, done)), done)
            return locked, done

        locked, done = whole_again(whole)
        outcome.add(done)
        return [] if wait else sorted(set(pks) - set(locked))

    def _locked(self, pks: Sequence[int], *, wait: bool) -> list[int]:
        """Those of them that are still candidates, held until the transaction ends."""
        cases = Case.objects.filter(pk__in=pks, definition_version=self.map.source, closed_at__isnull=True)
        cases = cases.select_for_update(skip_locked=not wait).order_by("pk")
        return list(cases.values_list("pk", flat=True))

    def _moves(self, pks: Sequence[int], outcome: Outcome) -> Iterator[Move]:
        if not pks:
            return
        found = reading.read(self.model, pks, by=SYSTEM, at=self.at)
        past = Past(pks) if self.map.turned else None
        for pk in sorted(found):
            each = found[pk]
            state = each.record.state
            try:
                yield self._move(each, past)
            except CannotMove as refused:
                outcome.left.append(Left(each.record.reference, state, str(refused)))
            except Exception:
                log.exception("case %s cannot be moved to another version", each.record.reference)
                outcome.left.append(Left(each.record.reference, state, "It failed; the log says how."))

    def _move(self, found: reading.Reading, past: Past | None) -> Move:
        pk = found.record.pk
        return move(
            found,
            self.map,
            by=self.by,
            at=self.at,
            reason=self.reason,
            undone=past.undone(pk) if past else None,
            stopped=past.stopped(pk) if past else (),
        )

    def _store(self, moves: list[Move], outcome: Outcome) -> None:
        """Store them together; if the database refuses, one by one, and the refused ones stay."""
        if not moves:
            return
        try:
            with transaction.atomic():
                self._write(moves)
        except DatabaseError as refused:
            if len(moves) == 1:
                log.exception("case %s cannot be moved to another version", moves[0].record.reference)
                why = f"The database refuses it: {str(refused).splitlines()[0]}"
                outcome.left.append(Left(moves[0].record.reference, moves[0].from_state, why))
                return
            for each in self._moves([each.record.pk for each in moves], outcome):
                self._store([each], outcome)
            return
        for each in moves:
            outcome.note(each)

    def _write(self, moves: Sequence[Move]) -> None:
        renamed = {pk: key for each in moves for pk, key in each.renamed.items()}
        if renamed:  # out of each other's way: a name may pass from one clock of a case to another
            Clock.objects.filter(pk__in=renamed).update(
                key=Concat(Value("~"), Cast("pk", CharField()), output_field=CharField())
            )
        _insert_restored([restored for each in moves for restored in each.restored])
        storing.store([each.change for each in moves])
        for key in set(renamed.values()):
            own = [pk for pk, name in renamed.items() if name == key]
            Clock.objects.filter(pk__in=own).update(key=key)
            Deadline.objects.filter(clock__in=own, state=Deadline.State.ARMED).update(clock_key=key)
        Proposal.objects.filter(
            case_id__in=[each.record.pk for each in moves], fate=Proposal.Fate.WAITING
        ).update(fate=Proposal.Fate.FALLEN)
        if self.tell is not None:
            for each in moves:
                self.tell(each)


class Past:
    """What the way back asks of the histories of some cases: read once for all of them."""

    def __init__(self, pks: Sequence[int]) -> None:
        lines = Step.objects.filter(case_id__in=pks)
        came = lines.filter(nature=Step.Nature.MIGRATED).order_by("sequence")
        self.came = {line.case_id: line for line in came}
        moved = lines.filter(nature=Step.Nature.MOVED).exclude(to_state=F("from_state"))
        self.moved = dict(moved.values_list("case_id").annotate(Max("sequence")))
        self.ended: dict[tuple[int, datetime | None], list[Clock]] = {}
        clocks = Clock.objects.filter(
            case_id__in=pks, stopped_at__in={line.at for line in self.came.values()}
        ).select_related("policy")
        for clock in clocks.prefetch_related("pauses", "deadlines"):
            self.ended.setdefault((clock.case_id, clock.stopped_at), []).append(clock)

    def undone(self, pk: int) -> Step | None:
        """The line that brought the case here, if its state has not changed since."""
        line = self.came[pk]
        return line if self.moved.get(pk, 0) < line.sequence else None

    def stopped(self, pk: int) -> list[Clock]:
        """The clocks that this line stopped."""
        line = self.came[pk]
        keys = {each["clock"] for each in line.effects if each["what"] == "stopped"}
        return [clock for clock in self.ended.get((pk, line.at), ()) if clock.key in keys]


def _insert_restored(restored: Sequence[Restored]) -> None:
    """Clocks that run again get their rows first, with their pauses and the rungs that are still ahead."""
    Clock.objects.bulk_create(each.clock for each in restored)
    for each in restored:
        for pause in each.pauses:
            pause.clock = each.clock
    Pause.objects.bulk_create(pause for each in restored for pause in each.pauses)
    Deadline.objects.bulk_create(
        Deadline(
            case_id=each.clock.case_id, clock=each.clock, clock_key=each.clock.key, rung=rung,
            generation=each.clock.generation, due_at=due_at,
        )
        for each in restored
        for rung, due_at in each.rungs
    )  # fmt: skip

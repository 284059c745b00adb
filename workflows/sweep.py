"""Fires deadlines that are due: any number of sweepers at once, late or twice makes no difference.

A batch is few statements, however many cases it holds: one locks them, one fires all that is due in them. A
record is only read where something happens to its case besides.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Exists, OuterRef

from recordsets import fetch
from recordsets.collisions import whole_again

from .machine import Machine
from .models import Case, Deadline, Step
from .openness import step_here
from .parties import SYSTEM
from .refusals import StepRefused

log = logging.getLogger(__name__)


class Fired(NamedTuple):
    """A rung that fired: its row and its date, and as much of its case as most of those who are told ask for.

    ``due_at`` is the rung's own moment, ``due_on`` the day of its clock. One that is ``collapsed`` was
    overtaken by a later rung of its clock and says nothing.
    """

    pk: int
    case_id: int
    kind: str
    reference: str
    definition_version: int
    jurisdiction: str
    clock_key: str
    rung: str
    due_at: datetime
    due_on: date | None
    collapsed: bool


@dataclass
class Swept:
    """What one sweep did: rungs fired, of which collapsed into a later one, steps that the system took.

    ``failed`` counts cases that something unforeseen kept from firing; they stay armed and are tried again.
    """

    fired: int = 0
    collapsed: int = 0
    steps: int = 0
    failed: int = 0

    def __add__(self, other: Swept) -> Swept:
        return Swept(
            self.fired + other.fired,
            self.collapsed + other.collapsed,
            self.steps + other.steps,
            self.failed + other.failed,
        )


# In the order of the index, so that it stops at the limit however much is due. A case that another sweeper
# has locked is left to it.
_LOCK = f"""
    SELECT held.id
      FROM workflows_deadline AS deadline JOIN workflows_case AS held ON held.id = deadline.case_id
     WHERE deadline.state = '{Deadline.State.ARMED}' AND deadline.due_at <= %s
       AND held.id <> ALL(%s::bigint[])
     ORDER BY deadline.due_at
     LIMIT %s
       FOR UPDATE OF held SKIP LOCKED
"""  # noqa: S608 (constants of our own)
# Begun after the cases are locked, so that it sees what the last step of each has left armed.
_FIRE = f"""
    WITH due AS (
        SELECT deadline.id, deadline.case_id, clock.due_on, row_number() OVER (
                   PARTITION BY clock.id ORDER BY deadline.due_at DESC, deadline.id DESC) > 1 AS overtaken
          FROM workflows_deadline AS deadline JOIN workflows_clock AS clock ON clock.id = deadline.clock_id
         WHERE deadline.case_id = ANY(%s::bigint[])
           AND deadline.state = '{Deadline.State.ARMED}' AND deadline.due_at <= %s
    )
    UPDATE workflows_deadline AS deadline
       SET state = '{Deadline.State.FIRED}', settled_at = %s, collapsed = due.overtaken
      FROM due JOIN workflows_case AS held ON held.id = due.case_id
     WHERE deadline.id = due.id
    RETURNING deadline.id, held.id, held.kind, held.reference, held.definition_version, held.jurisdiction,
              deadline.clock_key, deadline.rung, deadline.due_at, due.due_on, deadline.collapsed
"""  # noqa: S608 (constants of our own)


def _due(at: datetime) -> Any:
    return Deadline.objects.filter(state=Deadline.State.ARMED, due_at__lte=at)


@dataclass(frozen=True)
class Sweeper:
    """How the deadlines of a product fire: what is found, told and taken for many records at once.

    ``tell(fired, at=…)`` writes the messages about rungs that fired. ``machine_of(kind, version)`` is the
    machine that a case lives under, ``records_with(keys)`` finds the records with these kinds and keys.
    ``take(records, step, by=…, at=…, keys=…)`` takes the step that rungs fire, and returns for each record,
    by its key, the step or why it was not taken. ``batch`` is how many cases one transaction holds: for so
    long nobody else takes a step in them.
    """

    tell: Callable[..., None]
    machine_of: Callable[[str, int], Machine]
    records_with: Callable[[Collection[tuple[str, int]]], Sequence[Any]]
    take: Callable[..., Mapping[int, Step | StepRefused]]
    batch: int

    def fire_due(self, *, at: datetime, limit: int = 5_000) -> Swept:
        """Fire everything due at ``at``; at most ``limit`` cases.

        Of several missed rungs of one clock only the last speaks. Cases locked by another sweeper are skipped
        and left to it. A batch is one transaction; where a case in it fails, each of the batch gets one of
        its own, so that the one that fails does not stop the others.
        """
        swept = Swept()
        passed: set[int] = set()
        if not _due(at).exists():  # as at most ticks
            return swept
        while len(passed) < limit:
            held: list[int] = []
            try:
                with transaction.atomic():
                    held.extend(_next_cases(at, passed, min(self.batch, limit - len(passed))))
                    fired = self._fire(held, at=at)
            except Exception:
                if not held:  # the database itself failed, not a case
                    raise
                log.info("a batch of %s cases is fired one by one", len(held))
                fired = sum((self._fire_alone(pk, at=at) for pk in held), Swept())
            if not held:
                break
            passed.update(held)
            swept += fired
        return swept

    def _fire_alone(self, pk: int, *, at: datetime) -> Swept:
        try:
            still_due = Case.objects.filter(Exists(_due(at).filter(case_id=OuterRef("pk"))), pk=pk)
            alone = still_due.select_for_update(skip_locked=True).values_list("pk", flat=True)
            return whole_again(lambda: self._fire(list(alone.all()), at=at))
        except Exception:
            log.exception("case %s: its deadlines could not be fired", pk)
            return Swept(failed=1)

    def _fire(self, cases: Sequence[int], *, at: datetime) -> Swept:
        """Fire what is due in these locked cases."""
        if not cases:
            return Swept()
        due = [Fired(*row) for row in fetch("default", _FIRE, [cases, at, at])]
        due.sort(key=lambda each: (each.due_at, each.pk))
        speaking = [each for each in due if not each.collapsed]
        self.tell(speaking, at=at)
        return Swept(len(due), len(due) - len(speaking), self._take_fired(due, at=at))

    def _take_fired(self, due: Iterable[Fired], *, at: datetime) -> int:
        """Take the steps that rungs fire, where they start from where the case is then; how many."""
        waiting = [(each, step) for each in due if (step := self._fired_step(each))]
        keys = {(each.kind, each.case_id) for each, _step in waiting}
        records = {record.pk: record for record in self.records_with(keys)}
        taken = 0
        while waiting:
            together: dict[str, dict[int, Fired]] = {}
            later: list[tuple[Fired, str]] = []
            seen: set[int] = set()
            for fired, step in waiting:
                if fired.case_id in seen:
                    later.append((fired, step))
                    continue
                seen.add(fired.case_id)
                if step_here(records[fired.case_id], step) is not None:
                    together.setdefault(step, {})[fired.case_id] = fired
            for step, firing in together.items():
                taken += self._take_all([records[pk] for pk in firing], step, firing, at=at)
            waiting = later
        return taken

    def _fired_step(self, fired: Fired) -> str | None:
        clocks = self.machine_of(fired.kind, fired.definition_version).clocks
        rule = next((each for each in clocks if each.key == fired.clock_key), None)
        return rule.fires.get(fired.rung) if rule else None

    def _take_all(
        self, records: Sequence[Any], step: str, fired: Mapping[int, Fired], *, at: datetime
    ) -> int:
        keys = {pk: f"deadline:{each.pk}" for pk, each in fired.items()}
        verdicts = self.take(records, step, by=SYSTEM, at=at, keys=keys)
        for record in records:
            verdict = verdicts[record.pk]
            if isinstance(verdict, StepRefused):
                log.warning("case %s: the clock could not take %s: %s", record.reference, step, verdict)
        return sum(not isinstance(verdict, StepRefused) for verdict in verdicts.values())


def _next_cases(at: datetime, passed: Collection[int], number: int) -> set[int]:
    """The most pressing cases with something due, locked, that this sweep has not dealt with."""
    return {pk for (pk,) in fetch("default", _LOCK, [at, list(passed), number])}

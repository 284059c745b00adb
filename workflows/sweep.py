"""Fires deadlines that are due: any number of sweepers at once, late or twice makes no difference."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef

from recordsets.collisions import whole_again

from .models import Case, Deadline, Step
from .openness import step_here
from .parties import SYSTEM
from .refusals import StepRefused

log = logging.getLogger(__name__)


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


def _due(at: datetime) -> Any:
    return Deadline.objects.filter(state=Deadline.State.ARMED, due_at__lte=at)


@dataclass(frozen=True)
class Sweeper:
    """How the deadlines of a product fire: what is found, told and taken for many records at once.

    ``records_of(cases)`` finds their records. ``tell(fired, at=…)`` writes the messages about pairs of a
    record and a deadline. ``take(records, step, by=…, at=…, keys=…)`` takes the step that rungs fire, and
    returns for each record, by its key, the step or why it was not taken. ``batch`` is how many cases one
    transaction holds: for so long nobody else takes a step in them.
    """

    records_of: Callable[[Sequence[Case]], Sequence[Any]]
    tell: Callable[..., None]
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
                    cases = _next_cases(at, passed, min(self.batch, limit - len(passed)))
                    held.extend(case.pk for case in cases)
                    fired = self._fire(cases, at=at)
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
            return whole_again(
                lambda: self._fire(list(still_due.all().select_for_update(skip_locked=True)), at=at)
            )
        except Exception:
            log.exception("case %s: its deadlines could not be fired", pk)
            return Swept(failed=1)

    def _fire(self, cases: Sequence[Case], *, at: datetime) -> Swept:
        """Fire what is due in these locked cases."""
        if not cases:
            return Swept()
        records = {record.pk: record for record in self.records_of(cases)}
        due = list(_due(at).filter(case_id__in=records).select_related("clock").order_by("due_at", "pk"))
        latest = {deadline.clock_id: deadline for deadline in due}
        for deadline in due:
            deadline.state, deadline.settled_at = Deadline.State.FIRED, at
            deadline.collapsed = latest[deadline.clock_id] is not deadline
        collapsed = [deadline.pk for deadline in due if deadline.collapsed]
        fired = {"state": Deadline.State.FIRED, "settled_at": at}
        Deadline.objects.filter(pk__in=[deadline.pk for deadline in due]).update(**fired)
        if collapsed:
            Deadline.objects.filter(pk__in=collapsed).update(collapsed=True)
        self.tell([(records[each.case_id], each) for each in latest.values()], at=at)
        return Swept(len(due), len(collapsed), self._take_fired(records, due, at=at))

    def _take_fired(self, records: Mapping[int, Any], due: Sequence[Deadline], *, at: datetime) -> int:
        """Take the steps that rungs fire, where they start from where the case is then; how many."""
        taken = 0
        waiting = list(due)
        while waiting:
            together: dict[str, dict[int, Deadline]] = {}
            later: list[Deadline] = []
            seen: set[int] = set()
            for deadline in waiting:
                record = records[deadline.case_id]
                step = _fired_step(record, deadline)
                if step is None:
                    continue
                if deadline.case_id in seen:
                    later.append(deadline)
                    continue
                seen.add(deadline.case_id)
                if step_here(record, step) is not None:
                    together.setdefault(step, {})[record.pk] = deadline
            for step, fired in together.items():
                taken += self._take_all([records[pk] for pk in fired], step, fired, at=at)
            waiting = later
        return taken

    def _take_all(
        self, records: Sequence[Any], step: str, fired: Mapping[int, Deadline], *, at: datetime
    ) -> int:
        keys = {pk: f"deadline:{deadline.pk}" for pk, deadline in fired.items()}
        verdicts = self.take(records, step, by=SYSTEM, at=at, keys=keys)
        for record in records:
            verdict = verdicts[record.pk]
            if isinstance(verdict, StepRefused):
                log.warning("case %s: the clock could not take %s: %s", record.reference, step, verdict)
        return sum(not isinstance(verdict, StepRefused) for verdict in verdicts.values())


def _next_cases(at: datetime, passed: Collection[int], number: int) -> list[Case]:
    """The most pressing cases with something due, locked, that this sweep has not dealt with."""
    return list(
        Case.objects.filter(Exists(_due(at).filter(case_id=OuterRef("pk"))))
        .exclude(pk__in=passed)
        .order_by("next_due_at", "pk")
        .select_for_update(skip_locked=True)[:number]
    )


def _fired_step(record: Any, deadline: Deadline) -> str | None:
    rule = next((each for each in record.machine.clocks if each.key == deadline.clock_key), None)
    return rule.fires.get(deadline.rung) if rule else None

"""Fires deadlines that are due: any number of sweepers at once, late or twice makes no difference."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef

from . import engine
from .models import Case, Deadline
from .openness import step_here
from .parties import SYSTEM

log = logging.getLogger(__name__)

Tell = Callable[..., None]


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


def fire_due(
    *, at: datetime, tell: Tell, take: Callable[..., Any], record_of: Callable[[Case], Any], limit: int = 500
) -> Swept:
    """Fire everything due at ``at``, one transaction for each case; at most ``limit`` cases.

    Of several missed rungs of one clock only the last speaks. ``tell(record, deadline, at=…)`` writes
    messages, ``take(record, step, by=…, at=…)`` takes the step that a rung fires, ``record_of(case)`` finds
    the record. Cases locked by another sweeper are skipped and left to it; a case that fails does not stop
    the others.
    """
    swept = Swept()
    passed: list[int] = []
    for _turn in range(limit):
        seen = len(passed)
        try:
            with transaction.atomic():
                case = _next_case(at, passed)
                if case is None:
                    return swept
                passed.append(case.pk)
                fired = _fire_case(record_of(case), at=at, tell=tell, take=take)
        except Exception:
            if len(passed) == seen:  # the database itself failed, not a case
                raise
            log.exception("case %s: its deadlines could not be fired", passed[-1])
            fired = Swept(failed=1)
        swept += fired
    return swept


def _next_case(at: datetime, passed: list[int]) -> Case | None:
    """The most pressing case with something due, locked, that this sweep has not dealt with."""
    return (
        Case.objects.filter(Exists(_due(at).filter(case_id=OuterRef("pk"))))
        .exclude(pk__in=passed)
        .order_by("next_due_at", "pk")
        .select_for_update(skip_locked=True)
        .first()
    )


def _fire_case(record: Any, *, at: datetime, tell: Tell, take: Callable[..., Any]) -> Swept:
    swept = Swept()
    latest: dict[int, Deadline] = {}
    due = list(_due(at).filter(case_id=record.pk).select_related("clock").order_by("due_at", "pk"))
    for deadline in due:
        deadline.state, deadline.settled_at = Deadline.State.FIRED, at
        earlier = latest.get(deadline.clock_id)
        if earlier is not None:
            earlier.collapsed = True
            swept.collapsed += 1
        latest[deadline.clock_id] = deadline
        swept.fired += 1
    Deadline.objects.bulk_update(due, ["state", "settled_at", "collapsed"])
    for deadline in latest.values():
        tell(record, deadline, at=at)
    swept.steps = sum(_take_fired(record, deadline, at=at, take=take) for deadline in due)
    return swept


def _take_fired(record: Any, deadline: Deadline, *, at: datetime, take: Callable[..., Any]) -> bool:
    """Take the step that a rung fires, if it starts from where the case is now; whether it was taken."""
    rule = next((each for each in record.machine.clocks if each.key == deadline.clock_key), None)
    step = rule.fires.get(deadline.rung) if rule else None
    if step is None or step_here(record, step) is None:
        return False
    try:
        with transaction.atomic():
            take(record, step, by=SYSTEM, at=at, idempotency_key=f"deadline:{deadline.pk}")
    except engine.StepRefused as refusal:
        log.warning("case %s: the clock could not take %s: %s", record.reference, step, refusal)
        return False
    return True

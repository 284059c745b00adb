"""Carries approved changes of rules into the open cases, on their day or as soon after it as it runs.

A batch is one transaction: it holds the change, locks its cases without waiting for any, moves their clocks,
appends a step that says old and new date to each, has the people told, and notes how far it came. A process
killed in between leaves the last batch undone and nothing half done; any number may run at once.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db import transaction

from . import engine, what_if
from .days import rule_day
from .models import Case, PolicyChange, Step
from .parties import SYSTEM
from .rules import Rules, current
from .sealing import Citation
from .what_if import Touched

log = logging.getLogger(__name__)

BATCH = 50
STEP = "rule_changed"


@dataclass
class CarriedOut:
    """What one run did: cases that follow now, cases to be tried again, changes that every case follows."""

    cases: int = 0
    postponed: int = 0
    finished: int = 0


def carry_out(
    *,
    at: datetime,
    tell: Callable[..., None],
    records_of: Callable[[Sequence[Case]], Sequence[Any]],
    limit: int = 5_000,
) -> CarriedOut:
    """Let the open cases follow every approved change that has begun; at most about ``limit`` cases.

    ``records_of(cases)`` finds their records, ``tell(followed, change=…, at=…)`` writes the messages about
    triples of a record, its step and what was touched. A case that is locked or fails is left for the next
    run; the change stays unfinished until it has followed too.
    """
    done = CarriedOut()
    passed: set[int] = set()
    looked = 0
    while looked < limit:
        with transaction.atomic():
            change = _next_change(at, passed)
            if change is None:
                break
            looked += _next_batch(change, done, passed, at=at, tell=tell, records_of=records_of)
    return done


def _next_change(at: datetime, passed: set[int]) -> PolicyChange | None:
    return (
        PolicyChange.objects.to_carry_out(rule_day(at))
        .exclude(pk__in=passed)
        .select_for_update(skip_locked=True, of=("self",))
        .first()
    )


def _next_batch(
    change: PolicyChange,
    done: CarriedOut,
    passed: set[int],
    *,
    at: datetime,
    tell: Callable[..., None],
    records_of: Callable[[Sequence[Case]], Sequence[Any]],
) -> int:
    """Move one batch of cases; returns how many were looked at (at least one, so that runs end)."""
    cases = what_if.concerned(change).order_by("case_id").values_list("case_id", flat=True).distinct()
    fresh = list(cases.filter(case_id__gt=change.cursor)[:BATCH])
    batch = fresh or list(change.left[:BATCH])
    rules = current()
    if fresh:
        change.cursor = fresh[-1]
    postponed = _move(change, batch, rules, done, at=at, tell=tell, records_of=records_of)
    waiting = [pk for pk in change.left if pk not in batch] + postponed
    change.left = waiting
    if not fresh:
        passed.add(change.pk)
        done.postponed += len(waiting)
        if not waiting:
            _finish(change, done, rules, passed, at=at)
    change.save(update_fields=["cursor", "left", "moved", "finished_at"])
    return max(1, len(batch))


def _finish(change: PolicyChange, done: CarriedOut, rules: Rules, passed: set[int], *, at: datetime) -> None:
    """The change is finished when no clock is left behind: one may have begun while the batches ran."""
    touched = what_if.touched(
        what_if.concerned(change), before=rules, after=rules, today=rule_day(at), at=at
    ).touched
    followed = set(
        Step.objects.filter(
            case_id__in={each.case_id for each in touched}, idempotency_key__startswith=f"rule:{change.pk}:"
        ).values_list("case_id", flat=True)
    )
    behind = [each for each in touched if each.case_id not in followed]
    if behind:
        change.cursor = behind[0].case_id - 1
        passed.discard(change.pk)
    else:
        change.finished_at = at
        done.finished += 1


def _move(
    change: PolicyChange,
    batch: Sequence[int],
    rules: Rules,
    done: CarriedOut,
    *,
    at: datetime,
    tell: Callable[..., None],
    records_of: Callable[[Sequence[Case]], Sequence[Any]],
) -> list[int]:
    """Let these cases follow; returns those that were locked by others or failed."""
    open_cases = Case.objects.filter(pk__in=batch, closed_at__isnull=True)
    wanted = set(open_cases.values_list("pk", flat=True))
    locked = {case.pk: case for case in open_cases.order_by("pk").select_for_update(skip_locked=True)}
    postponed = sorted(wanted - locked.keys())
    clocks = what_if.concerned(change).filter(case_id__in=locked)
    impact = what_if.touched(clocks, before=rules, after=rules, today=rule_day(at), at=at)
    touched = {pk: list(own) for pk, own in groupby(impact.touched, key=lambda each: each.case_id)}

    def follow(pks: Collection[int]) -> None:
        with transaction.atomic():
            records = records_of([locked[pk] for pk in pks])
            _follow(change, [(record, touched[record.pk]) for record in records], at=at, tell=tell)
        done.cases += len(pks)
        change.moved += len(pks)

    try:
        follow(touched)
    except Exception:
        log.info("change %s of a rule: a batch of %s cases follows one by one", change.pk, len(touched))
        for pk in touched:
            try:
                follow([pk])
            except Exception:
                reference = locked[pk].reference
                log.exception("case %s does not follow change %s of a rule yet", reference, change.pk)
                postponed.append(pk)
    return postponed


def _follow(
    change: PolicyChange,
    followers: Sequence[tuple[Any, list[Touched]]],
    *,
    at: datetime,
    tell: Callable[..., None],
) -> None:
    notes = {record: _note(change, record, touched) for record, touched in followers}
    steps = engine.record_notes(notes, STEP, by=SYSTEM, at=at, reason=change.reason)
    tell([(record, steps[record.pk], touched) for record, touched in followers], change=change, at=at)


def _note(change: PolicyChange, record: Any, touched: Sequence[Touched]) -> engine.Note:
    """What the history of a case says of the dates that moved."""
    moved = [
        {
            "what": "recomputed",
            "clock": each.clock,
            "due": None if each.paused else each.new_on,
            "rule": each.new_rule,
            "old": each.old_on,
            "old_rule": each.old_rule,
            "cite": Citation(each.row.legal_cite),
        }
        for each in touched
    ]
    about = {
        "change": change.pk,
        "rule": change.key,
        "authority": Citation(change.authority),
        "clocks": moved,
    }
    return engine.Note(
        about,
        key=f"rule:{change.pk}:{record.version}",
        follow={each.clock_id: each.row for each in touched},
    )

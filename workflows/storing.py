"""What steps leave behind, in one statement: states, history, clocks and deadlines of any number of cases.

Every part hangs on the update of the case, which asks for the version that was read: where somebody was
faster, nothing at all is written for that case.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import orjson
from django.contrib.postgres.fields import ArrayField
from django.db import connections, models

from recordsets import Rider, bound, columns, fetch

from . import sealing
from .clockwork import ClockChange, What
from .models import Case, Step
from .writing_statement import (
    CASE_COLUMNS,
    CLOCK_COLUMNS,
    CLOCK_MOVES,
    MOVED_CLOCK,
    STEP_COLUMNS,
    own_fields,
    statement_for,
)  # fmt: skip


@dataclass(frozen=True)
class Change:
    """One case after one step.

    ``expected`` is the version that was read, ``own`` the changed columns of the record's own table, by
    attribute name.
    """

    record: Case
    expected: int
    step: Step
    clocks: Sequence[ClockChange] = ()
    own: Mapping[str, Any] = field(default_factory=dict)


def own_columns(record: Case) -> dict[str, Any]:
    """The values of the columns that the record has besides those of every case."""
    values = record.__dict__
    own = {name: values[name] for name in own_fields(type(record))}
    for name in _mutable(type(record)):
        own[name] = copy.deepcopy(own[name])
    return own


def changed_columns(record: Case, before: Mapping[str, Any]) -> dict[str, Any]:
    """Which of the record's own columns differ from what they were, with their values now."""
    values = record.__dict__
    return {name: values[name] for name, value in before.items() if values[name] != value}


@lru_cache
def _mutable(model: type[Case]) -> tuple[str, ...]:
    return tuple(
        name for name, each in own_fields(model).items() if isinstance(each, models.JSONField | ArrayField)
    )


def store(
    changes: Sequence[Change],
    *,
    rider: Rider | None = None,
    only_whole: bool = False,
    using: str = "default",
) -> set[int]:
    """Write the changes of records of one kind; returns the keys of the cases that were written.

    The others had changed since they were read, and nothing was written for them. Steps get their keys.
    A ``rider`` finds the keys of the written cases in ``moved (id)``. With ``only_whole``, nothing is written
    where the rider would have to write more afterwards: outside a transaction.
    """
    model = type(changes[0].record)
    own = tuple(sorted({name for change in changes for name in change.own}))
    line = ("id", *STEP_COLUMNS) if all(each.step.pk for each in changes) else STEP_COLUMNS
    rows = {"cases": _cases(changes), "steps": [columns(each.step, line) for each in changes]}
    if own:
        rows["own"] = _own_rows(model, own, changes, using)
    if words := sealing.kept_with(each.step for each in changes):
        rows["words"] = words
    rows |= _clock_rows(changes)
    alone = frozenset(name for name, some in rows.items() if len(some) == 1)
    whole_if = rider.whole_if if rider is not None and only_whole else ""
    sql_of_rider = rider and rider.sql
    statement = statement_for(model, line, own, frozenset(rows), alone, sql_of_rider, whole_if, using)
    params: list[Any] = []
    for name, types in statement.types:
        params.extend(bound(rows[name], types, alone=name in alone))
        if name == "cases" and rider is not None and whole_if:
            params.extend(rider.whole_params)
    if rider is not None:
        params.extend(rider.params)
    found = fetch(using, statement.sql, params)
    written = {case: pk for case, pk, _told in found}
    for change in changes:
        change.step.pk = written.get(change.record.pk)
        change.step._state.adding = False
        change.step._state.db = using
    if rider is not None and found:
        rider.then(orjson.loads(found[0][2] or "[]"))
    return set(written)


def _cases(changes: Sequence[Change]) -> list[dict[str, Any]]:
    return [
        {"id": each.record.pk, "expected": each.expected, **columns(each.record, CASE_COLUMNS)}
        for each in changes
    ]


def _own_rows(
    model: type[Case], own: Sequence[str], changes: Sequence[Change], using: str
) -> list[dict[str, Any]]:
    fields = own_fields(model)
    named = {name: str(fields[name].column) for name in own}
    connection = connections[using]

    def stored(change: Change, name: str) -> Any:
        return fields[name].get_db_prep_save(change.record.__dict__[name], connection=connection)

    return [
        {"id": change.record.pk, **{column: stored(change, name) for name, column in named.items()}}
        for change in changes
    ]


def _clock_rows(changes: Sequence[Change]) -> dict[str, list[dict[str, Any]]]:
    """Clocks to stop, to set standing, to set going again, to start, and deadlines to arm: what there is."""
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in CLOCK_MOVES}
    for change in changes:
        case = change.record.pk if change.clocks else None
        for each in change.clocks:
            clock = each.clock
            about = {"case_id": case, "clock_id": clock.pk, "at": each.at}
            if each.what == What.STOPPED:
                rows["stops"].append(about)
            elif each.what == What.PAUSED:
                why = {"reason": each.reason, "authority": each.authority, "ordered_in": each.ordered_in}
                rows["pauses"].append({**about, **why})
            elif each.what in (What.RESUMED, What.RECOMPUTED):
                about["ends"] = each.ends
                rows["resumes"].append({**about, **columns(clock, MOVED_CLOCK)})
            else:
                rows["starts"].append({**columns(clock, CLOCK_COLUMNS), "case_id": case})
            for rung, due_at in each.rungs:
                armed = {"key": clock.key, "rung": rung, "generation": clock.generation, "due_at": due_at}
                rows["rungs"].append({**about, **armed})
    return {name: some for name, some in rows.items() if some}

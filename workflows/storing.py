"""What steps leave behind, in one statement: states, history, clocks and deadlines of any number of cases.

Every part hangs on the update of the case, which asks for the version that was read: where somebody was
faster, nothing at all is written for that case.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import connections, models

from . import prepared, sealing
from .clockwork import ClockChange, What
from .models import Case, Clock, Deadline, Step

CASE_COLUMNS = (
    "state", "version", "definition_version", "jurisdiction", "time_zone", "desk_id", "assignee_id",
    "entered_state_at", "next_due_at", "closed_at", "head_hash",
)  # fmt: skip
STEP_COLUMNS = (
    "case_id", "sequence", "nature", "name", "from_state", "to_state", "actor_id", "capacity", "organization",
    "at", "reason", "definition_version", "rules", "data", "effects", "idempotency_key", "previous_hash",
    "hash",
)  # fmt: skip
CLOCK_COLUMNS = (
    "case_id", "key", "policy_id", "generation", "started_at", "counts_from", "served", "until_at", "due_on",
    "due_at",
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
    return {each.attname: _kept(values[each.attname]) for each in _own_fields(type(record))}


def changed_columns(record: Case, before: Mapping[str, Any]) -> dict[str, Any]:
    """Which of the record's own columns differ from what they were, with their values now."""
    values = record.__dict__
    return {name: values[name] for name, value in before.items() if values[name] != value}


def _kept(value: Any) -> Any:
    return copy.deepcopy(value) if isinstance(value, list | dict) else value


@lru_cache
def _own_fields(model: type[Case]) -> tuple[models.Field[Any, Any], ...]:
    return tuple(each for each in model._meta.local_concrete_fields if not each.primary_key)


def store(changes: Sequence[Change], *, using: str = "default") -> set[int]:
    """Write the changes of records of one kind; returns the keys of the cases that were written.

    The others had changed since they were read, and nothing was written for them. Steps get their keys.
    """
    model = type(changes[0].record)
    own = tuple(sorted({name for change in changes for name in change.own}))
    clocked = any(change.clocks for change in changes)
    sql = _statement(model, own, clocked, using)
    params = [_dump(_cases(changes)), _dump([_columns(each.step, STEP_COLUMNS) for each in changes])]
    if own:
        params.append(_dump(_own_rows(model, own, changes, using)))
    if clocked:
        params.extend(_clock_params(changes))
    written = dict(prepared.fetch(using, sql, params))
    for change in changes:
        change.step.pk = written.get(change.record.pk)
        change.step._state.adding = False
        change.step._state.db = using
    sealing.keep_all(change.step for change in changes if change.record.pk in written)
    return set(written)


def _cases(changes: Sequence[Change]) -> list[dict[str, Any]]:
    return [
        {"id": each.record.pk, "expected": each.expected, **_columns(each.record, CASE_COLUMNS)}
        for each in changes
    ]


def _columns(row: models.Model, names: Sequence[str]) -> dict[str, Any]:
    return {name: row.__dict__[name] for name in names}


def _own_rows(
    model: type[Case], own: Sequence[str], changes: Sequence[Change], using: str
) -> list[dict[str, Any]]:
    fields = {each.attname: each for each in _own_fields(model)}
    columns = {name: str(fields[name].column) for name in own}
    connection = connections[using]

    def stored(change: Change, name: str) -> Any:
        return fields[name].get_db_prep_save(change.record.__dict__[name], connection=connection)

    return [
        {"id": change.record.pk, **{column: stored(change, name) for name, column in columns.items()}}
        for change in changes
    ]


def _clock_params(changes: Sequence[Change]) -> list[str]:
    """Clocks to stop, to set standing, to set going again, to start; then the deadlines to arm."""
    stopped: list[dict[str, Any]] = []
    paused: list[dict[str, Any]] = []
    resumed: list[dict[str, Any]] = []
    started: list[dict[str, Any]] = []
    rungs: list[dict[str, Any]] = []
    for change in changes:
        for each in change.clocks:
            clock = each.clock
            about = {"case_id": change.record.pk, "clock_id": clock.pk, "at": each.at}
            if each.what == What.STOPPED:
                stopped.append(about)
            elif each.what == What.PAUSED:
                paused.append({**about, "reason": each.reason, "authority": each.authority})
            elif each.what in (What.RESUMED, What.RECOMPUTED):
                about["ends"] = each.what == What.RESUMED
                moved = {
                    name: getattr(clock, name) for name in ("generation", "policy_id", "due_on", "due_at")
                }
                resumed.append({**about, **moved})
            else:
                started.append({**_columns(clock, CLOCK_COLUMNS), "case_id": change.record.pk})
            for rung, due_at in each.rungs:
                armed = {"key": clock.key, "rung": rung, "generation": clock.generation, "due_at": due_at}
                rungs.append({**about, **armed})
    return [_dump(each) for each in (stopped, paused, resumed, started, rungs)]


class _Encoder(json.JSONEncoder):
    def default(self, o: Any) -> Any:
        if isinstance(o, datetime | date | time):
            return o.isoformat()
        if isinstance(o, Decimal | UUID):
            return str(o)
        if hasattr(o, "obj"):  # psycopg's wrapper around a JSON value
            return o.obj
        return super().default(o)


_encode = _Encoder(separators=(",", ":")).encode


def _dump(rows: Sequence[Mapping[str, Any]]) -> str:
    return _encode(rows)


def _record_type(model: type[models.Model], names: Sequence[str], using: str) -> str:
    fields = {each.attname: each for each in model._meta.concrete_fields}
    connection = connections[using]
    return ", ".join(f'"{fields[name].column}" {_type_of(fields[name], connection)}' for name in names)


def _type_of(column: models.Field[Any, Any], connection: Any) -> str:
    return str(column.cast_db_type(connection) or column.db_type(connection)).split(" COLLATE ")[0]


def _list(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


@lru_cache(maxsize=1024)
def _statement(model: type[Case], own: tuple[str, ...], clocked: bool, using: str) -> str:
    """The writing statement for records of a kind, by which of their own columns change."""
    sets = ", ".join(f'"{name}" = g."{name}"' for name in CASE_COLUMNS)
    parts = [
        f"""moved AS (
            UPDATE workflows_case c SET {sets}
            FROM jsonb_to_recordset(%s::jsonb)
                AS g(id bigint, expected integer, {_record_type(Case, CASE_COLUMNS, using)})
            WHERE c.id = g.id AND c.version = g.expected RETURNING c.id)""",
        f"""written AS (
            INSERT INTO workflows_step ({_list(STEP_COLUMNS)})
            SELECT {", ".join(f's."{name}"' for name in STEP_COLUMNS)}
            FROM jsonb_to_recordset(%s::jsonb) AS s({_record_type(Step, STEP_COLUMNS, using)})
            JOIN moved ON moved.id = s.case_id RETURNING case_id, id)""",
    ]
    if own:
        fields = {each.attname: each for each in _own_fields(model)}
        columns = [fields[name].column for name in own]
        assigned = ", ".join(f'"{column}" = g."{column}"' for column in columns)
        primary = model._meta.pk.column
        parts.append(
            f"""own AS (
            UPDATE "{model._meta.db_table}" r SET {assigned}
            FROM jsonb_to_recordset(%s::jsonb) AS g(id bigint, {_record_type(model, own, using)})
            JOIN moved ON moved.id = g.id WHERE r."{primary}" = g.id)"""
        )
    if clocked:
        parts.append(_clock_parts(using))
    return f"WITH {', '.join(parts)} SELECT case_id, id FROM written"


def _clock_parts(using: str) -> str:
    """The clocks' part. ``started`` waits for ``stopped``, so that a clock can begin anew in one step."""
    about = "case_id bigint, clock_id bigint, at timestamptz"
    cancelled, superseded = Deadline.State.CANCELLED, Deadline.State.SUPERSEDED
    armed = Deadline.State.ARMED
    deadline = "case_id, clock_id, clock_key, rung, generation, due_at, state, collapsed"
    return f"""stops AS (
            SELECT s.* FROM jsonb_to_recordset(%s::jsonb) AS s({about}) JOIN moved ON moved.id = s.case_id),
        pauses AS (
            SELECT p.* FROM jsonb_to_recordset(%s::jsonb) AS p({about}, reason text, authority text)
            JOIN moved ON moved.id = p.case_id),
        resumes AS (
            SELECT r.* FROM jsonb_to_recordset(%s::jsonb)
                AS r({about}, ends boolean,
                    {_record_type(Clock, ("generation", "policy_id", "due_on", "due_at"), using)})
            JOIN moved ON moved.id = r.case_id),
        ended AS (
            UPDATE workflows_pause p SET ended_at = e.at
            FROM (SELECT clock_id, at FROM stops UNION ALL SELECT clock_id, at FROM resumes WHERE ends) e
            WHERE p.clock_id = e.clock_id AND p.ended_at IS NULL),
        began AS (
            INSERT INTO workflows_pause (clock_id, began_at, reason, authority)
            SELECT clock_id, at, reason, authority FROM pauses),
        settled AS (
            UPDATE workflows_deadline d SET state = e.state, settled_at = e.at
            FROM (SELECT clock_id, at, '{cancelled}' AS state FROM stops
                UNION ALL SELECT clock_id, at, '{cancelled}' FROM pauses
                UNION ALL SELECT clock_id, at, '{superseded}' FROM resumes) e
            WHERE d.clock_id = e.clock_id AND d.state = '{armed}'),
        stopped AS (
            UPDATE workflows_clock k SET stopped_at = s.at FROM stops s
            WHERE k.id = s.clock_id RETURNING k.id),
        resumed AS (
            UPDATE workflows_clock k SET generation = r.generation, policy_id = r.policy_id,
                due_on = r.due_on, due_at = r.due_at
            FROM resumes r WHERE k.id = r.clock_id),
        started AS (
            INSERT INTO workflows_clock ({_list(CLOCK_COLUMNS)})
            SELECT {", ".join(f's."{name}"' for name in CLOCK_COLUMNS)}
            FROM jsonb_to_recordset(%s::jsonb) AS s({_record_type(Clock, CLOCK_COLUMNS, using)})
            JOIN moved ON moved.id = s.case_id
            WHERE (SELECT count(*) FROM stopped) >= 0
            RETURNING id, case_id, "key"),
        armed AS (
            INSERT INTO workflows_deadline ({deadline})
            SELECT r.case_id, coalesce(r.clock_id, started.id), r."key", r.rung, r.generation, r.due_at,
                '{armed}', false
            FROM jsonb_to_recordset(%s::jsonb) AS r(case_id bigint, clock_id bigint, "key" text, rung text,
                generation integer, due_at timestamptz)
            JOIN moved ON moved.id = r.case_id
            LEFT JOIN started ON r.clock_id IS NULL AND started.case_id = r.case_id
                AND started."key" = r."key")"""

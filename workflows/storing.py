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

from django.db import connections, models

from recordsets import columns, dump, fetch, listed, record_type

from . import sealing
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


CLOCK_MOVES = ("stops", "pauses", "resumes", "starts", "rungs")


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
    clocks = _clock_rows(changes)
    sql = _statement(model, own, frozenset(clocks), using)
    params = [dump(_cases(changes)), dump([columns(each.step, STEP_COLUMNS) for each in changes])]
    if own:
        params.append(dump(_own_rows(model, own, changes, using)))
    params.extend(dump(rows) for rows in clocks.values())
    written = dict(fetch(using, sql, params))
    for change in changes:
        change.step.pk = written.get(change.record.pk)
        change.step._state.adding = False
        change.step._state.db = using
    sealing.keep_all(change.step for change in changes if change.record.pk in written)
    return set(written)


def _cases(changes: Sequence[Change]) -> list[dict[str, Any]]:
    return [
        {"id": each.record.pk, "expected": each.expected, **columns(each.record, CASE_COLUMNS)}
        for each in changes
    ]


def _own_rows(
    model: type[Case], own: Sequence[str], changes: Sequence[Change], using: str
) -> list[dict[str, Any]]:
    fields = {each.attname: each for each in _own_fields(model)}
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
        for each in change.clocks:
            clock = each.clock
            about = {"case_id": change.record.pk, "clock_id": clock.pk, "at": each.at}
            if each.what == What.STOPPED:
                rows["stops"].append(about)
            elif each.what == What.PAUSED:
                why = {"reason": each.reason, "authority": each.authority, "ordered_in": each.ordered_in}
                rows["pauses"].append({**about, **why})
            elif each.what in (What.RESUMED, What.RECOMPUTED):
                about["ends"] = each.ends
                moved = {
                    name: getattr(clock, name) for name in ("generation", "policy_id", "due_on", "due_at")
                }
                rows["resumes"].append({**about, **moved})
            else:
                rows["starts"].append({**columns(clock, CLOCK_COLUMNS), "case_id": change.record.pk})
            for rung, due_at in each.rungs:
                armed = {"key": clock.key, "rung": rung, "generation": clock.generation, "due_at": due_at}
                rows["rungs"].append({**about, **armed})
    return {name: some for name, some in rows.items() if some}


@lru_cache(maxsize=1024)
def _statement(model: type[Case], own: tuple[str, ...], moves: frozenset[str], using: str) -> str:
    """The writing statement for records of a kind, by which of their own columns and clocks change."""
    sets = ", ".join(f'"{name}" = g."{name}"' for name in CASE_COLUMNS)
    parts = [
        f"""moved AS (
            UPDATE workflows_case c SET {sets}
            FROM jsonb_to_recordset(%s::jsonb)
                AS g(id bigint, expected integer, {record_type(Case, CASE_COLUMNS, using=using)})
            WHERE c.id = g.id AND c.version = g.expected RETURNING c.id)""",
        f"""written AS (
            INSERT INTO workflows_step ({listed(STEP_COLUMNS)})
            SELECT {listed(STEP_COLUMNS, of="s")}
            FROM jsonb_to_recordset(%s::jsonb) AS s({record_type(Step, STEP_COLUMNS, using=using)})
            JOIN moved ON moved.id = s.case_id RETURNING case_id, id)""",
    ]
    if own:
        fields = {each.attname: each for each in _own_fields(model)}
        assigned = ", ".join(f'"{fields[name].column}" = g."{fields[name].column}"' for name in own)
        primary = model._meta.pk.column
        parts.append(
            f"""own AS (
            UPDATE "{model._meta.db_table}" r SET {assigned}
            FROM jsonb_to_recordset(%s::jsonb) AS g(id bigint, {record_type(model, own, using=using)})
            JOIN moved ON moved.id = g.id WHERE r."{primary}" = g.id)"""
        )
    parts.extend(_clock_parts(moves, using))
    return f"WITH {', '.join(parts)} SELECT case_id, id FROM written"


def _clock_parts(moves: frozenset[str], using: str) -> list[str]:
    """The parts of the clocks that move, of those in ``_clock_rows``.

    ``started`` waits for ``stopped``, so that a clock can begin anew in one step.
    """
    about = "case_id bigint, clock_id bigint, at timestamptz"
    moved_clock = ("generation", "policy_id", "due_on", "due_at")
    given = {
        "stops": about,
        "pauses": f"{about}, reason text, authority text, ordered_in integer",
        "resumes": f"{about}, ends bigint, {record_type(Clock, moved_clock, using=using)}",
        "starts": record_type(Clock, CLOCK_COLUMNS, using=using),
        "rungs": 'case_id bigint, clock_id bigint, "key" text, rung text, generation integer, '
        "due_at timestamptz",
    }
    parts = [
        f"""{name} AS (
            SELECT r.* FROM jsonb_to_recordset(%s::jsonb) AS r({given[name]})
            JOIN moved ON moved.id = r.case_id)"""
        for name in CLOCK_MOVES
        if name in moves
    ]
    ending = _union(
        moves,
        stops="SELECT clock_id, at, NULL::bigint AS ends FROM stops",
        resumes="SELECT clock_id, at, ends FROM resumes WHERE ends IS NOT NULL",
    )
    if ending:
        parts.append(
            f"""ended AS (
            UPDATE workflows_pause p SET ended_at = e.at FROM ({ending}) e
            WHERE p.clock_id = e.clock_id AND p.ended_at IS NULL AND (e.ends IS NULL OR p.id = e.ends))"""
        )
    settling = _union(
        moves,
        stops=f"SELECT clock_id, at, '{Deadline.State.CANCELLED}' AS state FROM stops",
        pauses=f"SELECT clock_id, at, '{Deadline.State.CANCELLED}' AS state FROM pauses",
        resumes=f"SELECT clock_id, at, '{Deadline.State.SUPERSEDED}' AS state FROM resumes",
    )
    if settling:
        parts.append(
            f"""settled AS (
            UPDATE workflows_deadline d SET state = e.state, settled_at = e.at FROM ({settling}) e
            WHERE d.clock_id = e.clock_id AND d.state = '{Deadline.State.ARMED}')"""
        )
    waits = "WHERE (SELECT count(*) FROM stopped) >= 0" if "stops" in moves else ""
    written = {
        "pauses": """began AS (
            INSERT INTO workflows_pause (clock_id, began_at, reason, authority, ordered_in)
            SELECT clock_id, at, reason, authority, ordered_in FROM pauses)""",
        "stops": """stopped AS (
            UPDATE workflows_clock k SET stopped_at = s.at FROM stops s WHERE k.id = s.clock_id
            RETURNING k.id)""",
        "resumes": f"""resumed AS (
            UPDATE workflows_clock k SET {", ".join(f"{name} = r.{name}" for name in moved_clock)}
            FROM resumes r WHERE k.id = r.clock_id)""",
        "starts": f"""started AS (
            INSERT INTO workflows_clock ({listed(CLOCK_COLUMNS)})
            SELECT {listed(CLOCK_COLUMNS)} FROM starts {waits} RETURNING id, case_id, "key")""",
    }
    parts.extend(part for name, part in written.items() if name in moves)
    if "rungs" in moves:
        parts.append(_armed("starts" in moves))
    return parts


def _union(moves: frozenset[str], **selects: str) -> str:
    return " UNION ALL ".join(select for name, select in selects.items() if name in moves)


def _armed(started: bool) -> str:
    """The deadlines of clocks that go on, and of those that were started just now."""
    clock, join = "r.clock_id", ""
    if started:
        clock = "coalesce(r.clock_id, started.id)"
        join = """LEFT JOIN started
                ON r.clock_id IS NULL AND started.case_id = r.case_id AND started.key = r.key"""
    return f"""armed AS (
            INSERT INTO workflows_deadline
                (case_id, clock_id, clock_key, rung, generation, due_at, state, collapsed)
            SELECT r.case_id, {clock}, r."key", r.rung, r.generation, r.due_at,
                '{Deadline.State.ARMED}', false
            FROM rungs r {join})"""

"""The text of the writing statement: one for each kind of record and each set of things that change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import models

from recordsets import column_types, given, listed

from .models import Case, Clock, Deadline, Step, Wording

CASE_COLUMNS = (
    "state", "version", "definition_version", "jurisdiction", "time_zone", "desk_id", "assignee_id",
    "entered_state_at", "next_due_at", "closed_at", "head_hash",
)  # fmt: skip
STEP_COLUMNS = (
    "case_id", "sequence", "nature", "name", "from_state", "to_state", "actor_id", "capacity",
    "organization", "at", "reason", "definition_version", "rules", "data", "effects", "idempotency_key",
    "previous_hash", "hash",
)  # fmt: skip
WORDING_COLUMNS = ("case_id", "sequence", "field", "key", "text")
CLOCK_COLUMNS = (
    "case_id", "key", "policy_id", "generation", "started_at", "counts_from", "served", "until_at", "due_on",
    "due_at",
)  # fmt: skip


WRITTEN = "EXISTS (SELECT FROM moved)"
"""Holds, for a rider, where the one case of a statement was written."""
MOVED_CLOCK = ("generation", "policy_id", "due_on", "due_at")
ABOUT_CLOCK = {"case_id": "bigint", "clock_id": "bigint", "at": "timestamptz"}
CLOCK_MOVES = ("stops", "pauses", "resumes", "starts", "rungs")


@lru_cache
def own_fields(model: type[Case]) -> dict[str, models.Field[Any, Any]]:
    return {each.attname: each for each in model._meta.local_concrete_fields if not each.primary_key}


@dataclass(frozen=True)
class Statement:
    """A writing statement, and the types of the rows that it is given, part by part in their order."""

    sql: str
    types: tuple[tuple[str, Mapping[str, str]], ...]


@lru_cache(maxsize=1024)
def statement_for(
    model: type[Case],
    line: tuple[str, ...],
    own: tuple[str, ...],
    parts: frozenset[str],
    alone: frozenset[str],
    rider: str | None,
    whole_if: str,
    using: str,
) -> Statement:
    """The writing statement for records of a kind: by what of them changes, and where that is one row.

    It writes nothing unless ``whole_if`` holds, whose parameters follow those of the cases.
    """
    types = {name: each for name, each in _types(model, line, own, using).items() if name in parts}
    rows = {name: given(each, alone=name in alone) for name, each in types.items()}
    sets = ", ".join(f'"{name}" = g."{name}"' for name in CASE_COLUMNS)
    found = [
        f"""moved AS (
            UPDATE workflows_case c SET {sets} FROM {rows["cases"]} AS g
            WHERE c.id = g.id AND c.version = g.expected AND {whole_if or "true"} RETURNING c.id)""",
        f"""written AS (
            INSERT INTO workflows_step ({listed(types["steps"])})
            SELECT {listed(types["steps"], of="s")} FROM {rows["steps"]} AS s
            JOIN moved ON moved.id = s.case_id RETURNING case_id, id)""",
    ]
    if own:
        assigned = ", ".join(f'"{name}" = g."{name}"' for name in types["own"] if name != "id")
        primary = model._meta.pk.column
        found.append(
            f"""own AS (
            UPDATE "{model._meta.db_table}" r SET {assigned} FROM {rows["own"]} AS g
            JOIN moved ON moved.id = g.id WHERE r."{primary}" = g.id)"""
        )
    if "words" in rows:
        found.append(
            f"""worded AS (
            INSERT INTO workflows_wording ({listed(types["words"])})
            SELECT {listed(types["words"], of="w")} FROM {rows["words"]} AS w
            JOIN moved ON moved.id = w.case_id)"""
        )
    found.extend(_clock_parts(rows))
    told = "NULL"
    if rider:
        found.append(f"told AS ({rider})")
        told = "(SELECT json_agg(told)::text FROM told)"
    sql = f"WITH {', '.join(found)} SELECT case_id, id, {told} FROM written"
    return Statement(sql, tuple(types.items()))


def _types(
    model: type[Case], line: tuple[str, ...], own: tuple[str, ...], using: str
) -> dict[str, dict[str, str]]:
    """The columns that each part of the statement is given, with their types."""
    return {
        "cases": {"id": "bigint", "expected": "integer", **column_types(Case, CASE_COLUMNS, using=using)},
        "steps": column_types(Step, line, using=using),
        "own": {"id": "bigint", **column_types(model, own, using=using)},
        "words": column_types(Wording, WORDING_COLUMNS, using=using),
        "stops": ABOUT_CLOCK,
        "pauses": {**ABOUT_CLOCK, "reason": "text", "authority": "text", "ordered_in": "integer"},
        "resumes": {**ABOUT_CLOCK, "ends": "bigint", **column_types(Clock, MOVED_CLOCK, using=using)},
        "starts": column_types(Clock, CLOCK_COLUMNS, using=using),
        "rungs": {
            "case_id": "bigint", "clock_id": "bigint", "key": "text", "rung": "text", "generation": "integer",
            "due_at": "timestamptz",
        },
    }  # fmt: skip


def _clock_parts(rows: Mapping[str, str]) -> list[str]:
    """The parts of the clocks that move, of those in ``_clock_rows``.

    ``started`` waits for ``stopped``, so that a clock can begin anew in one step.
    """
    moves = frozenset(rows)
    parts = [
        f"""{name} AS (SELECT r.* FROM {rows[name]} AS r JOIN moved ON moved.id = r.case_id)"""
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
            UPDATE workflows_clock k SET {", ".join(f"{name} = r.{name}" for name in MOVED_CLOCK)}
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
    """The deadlines of clocks that go on, and of those that were started just now.

    The new clocks are looked up in one value: the planner, which cannot know how many rows a list holds,
    would compare each deadline with each clock.
    """
    clock = "r.clock_id"
    if started:
        begun = """SELECT jsonb_object_agg(case_id || ' ' || "key", id) FROM started"""
        clock = f"""coalesce(r.clock_id, (({begun}) ->> (r.case_id || ' ' || r."key"))::bigint)"""
    return f"""armed AS (
            INSERT INTO workflows_deadline
                (case_id, clock_id, clock_key, rung, generation, due_at, state, collapsed)
            SELECT r.case_id, {clock}, r."key", r.rung, r.generation, r.due_at,
                '{Deadline.State.ARMED}', false
            FROM rungs r)"""

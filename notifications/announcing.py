"""Stores what people are told, in one statement: who turned an event off is found out where the rows are.

Only somebody with a schedule of their own (summaries, quiet hours) costs a second reading: when their mail
goes is reckoned on their own clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from django.db import connections

from notifications.models import Channel, Message, Preference, Schedule, State
from recordsets import bound, column_types, columns, fetch, given, listed

COLUMNS = (
    "effect_key", "public_id", "event", "recipient_id", "channel", "about", "link", "subject", "body",
    "context", "language", "urgent", "mandatory", "letter", "state", "created_at", "send_after",
    "put_off_until", "next_try_at", "sent_at",
)  # fmt: skip
BEFORE_ANY_TRY = {"leased_by": "''", "attempts": "0"}
"""How every message begins, as literals; what else is not named here is empty in a new one."""


def store(rows: Sequence[Message], *, unless_scheduled: bool, using: str = "default") -> list[Message]:
    """Write new messages; those whose effect key is taken are left as they are stored.

    A message that its reader turned off is stored as skipped, unless it is mandatory. With
    ``unless_scheduled``, a mail that can wait is not written to somebody who has a schedule.

    Returns the messages that were written, with their keys and states.
    """
    sql, params = statement(rows, unless_scheduled=unless_scheduled, using=using)
    names = ("id", "effect_key", "state")
    return written(
        rows, [dict(zip(names, each, strict=True)) for each in fetch(using, sql, params)], using=using
    )


def statement(
    rows: Sequence[Message], *, unless_scheduled: bool, only_if: str = "", using: str = "default"
) -> tuple[str, list[Any]]:
    """What ``store`` does, as a statement with its parameters; it writes only where ``only_if`` holds.

    It returns the key, the effect key and the state of what was written, for ``written``.
    """
    alone = len(rows) == 1
    given_rows = [columns(row, COLUMNS) for row in rows]
    params: list[Any] = list(bound(given_rows, _types(using), alone=alone))
    return _statement(alone, unless_scheduled, only_if, using), params


def nobody_scheduled(rows: Iterable[Message], *, using: str = "default") -> tuple[str, list[Any]]:
    """The condition under which ``statement`` leaves no mail to be written after it, with its parameters.

    Empty where none of these messages can wait.
    """
    readers = {row.recipient_id for row in rows if can_wait(row)}
    if not readers:
        return "", []
    schedule = connections[using].ops.quote_name(Schedule._meta.db_table)
    return (
        f"NOT EXISTS (SELECT FROM {schedule} WHERE user_id = ANY(%s::bigint[]))",
        [f"{{{','.join(map(str, sorted(readers)))}}}"],
    )


def can_wait(row: Message) -> bool:
    """Whether a message goes by its reader's schedule, if there is one."""
    return row.channel == Channel.EMAIL and not (row.urgent or row.mandatory)


def written(
    rows: Sequence[Message], told: Iterable[Mapping[str, Any]], *, using: str = "default"
) -> list[Message]:
    """Those of the messages that the database says it wrote, with their keys and states."""
    found = {each["effect_key"]: each for each in told}
    stored = [row for row in rows if row.effect_key in found]
    for row in stored:
        row.pk, row.state = found[row.effect_key]["id"], found[row.effect_key]["state"]
        if row.state == State.SKIPPED:
            row.sent_at = row.put_off_until = None
        row._state.adding, row._state.db = False, using
    return stored


@lru_cache
def _types(using: str) -> dict[str, str]:
    return column_types(Message, COLUMNS, using=using)


@lru_cache
def _statement(alone: bool, unless_scheduled: bool, only_if: str, using: str) -> str:
    """The skipped ones are neither sent nor put off; a choice by name beats the general one.

    ``OFFSET 0`` keeps the planner from asking for the choice once for each column that depends on it.
    """
    skipped = {
        "state": f"CASE WHEN off THEN '{State.SKIPPED}' ELSE m.\"state\" END",
        "sent_at": 'CASE WHEN off THEN NULL ELSE m."sent_at" END',
        "put_off_until": 'CASE WHEN off THEN NULL ELSE m."put_off_until" END',
        "next_try_at": 'CASE WHEN off THEN m."send_after" ELSE m."next_try_at" END',
    }
    values = ", ".join([*(skipped.get(name, f'm."{name}"') for name in COLUMNS), *BEFORE_ANY_TRY.values()])
    message, preference, schedule = (
        connections[using].ops.quote_name(each._meta.db_table) for each in (Message, Preference, Schedule)
    )
    conditions = [only_if] if only_if else []
    if unless_scheduled:
        conditions.append(
            f"(m.urgent OR m.mandatory OR m.channel <> '{Channel.EMAIL}' OR NOT EXISTS ("
            f"SELECT FROM {schedule} s WHERE s.user_id = m.recipient_id))"
        )
    return f"""
        INSERT INTO {message} ({listed([*COLUMNS, *BEFORE_ANY_TRY])})
        SELECT {values}
        FROM {given(_types(using), alone=alone)} AS m
        CROSS JOIN LATERAL (SELECT NOT m.mandatory AND NOT coalesce((
            SELECT p.enabled FROM {preference} p
            WHERE p.user_id = m.recipient_id AND p.channel = m.channel AND p.event IN ('', m.event)
            ORDER BY p.event DESC LIMIT 1), true) AS off OFFSET 0) AS preferred
        WHERE {" AND ".join(conditions) or "true"}
        ON CONFLICT (effect_key) DO NOTHING
        RETURNING id, effect_key, state"""

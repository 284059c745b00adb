"""Stores what people are told, in one statement: who turned an event off is found out where the rows are.

Only somebody with a schedule of their own (summaries, quiet hours) costs a second reading: when their mail
goes is reckoned on their own clock.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from django.db import connections

from notifications.models import Channel, Message, Preference, Schedule, State
from recordsets import columns, dump, fetch, listed, record_type

COLUMNS = (
    "effect_key", "public_id", "event", "recipient_id", "channel", "about", "link", "subject", "body",
    "context", "language", "urgent", "mandatory", "letter", "again_of_id", "state", "created_at",
    "send_after", "put_off_until", "next_try_at", "leased_by", "attempts", "in_doubt", "digest_id",
    "sent_at", "read_at",
)  # fmt: skip


def store(rows: Sequence[Message], *, unless_scheduled: bool, using: str = "default") -> list[Message]:
    """Write new messages; those whose effect key is taken are left as they are stored.

    A message that its reader turned off is stored as skipped, unless it is mandatory. With
    ``unless_scheduled``, a mail to somebody who has a schedule is not written.

    Returns the messages that were written, with their keys and states.
    """
    written = {
        key: (pk, state)
        for pk, key, state in fetch(
            using, _statement(using), [dump(columns(row, COLUMNS) for row in rows), unless_scheduled]
        )
    }
    stored = [row for row in rows if row.effect_key in written]
    for row in stored:
        row.pk, row.state = written[row.effect_key]
        if row.state == State.SKIPPED:
            row.sent_at = row.put_off_until = None
        row._state.adding, row._state.db = False, using
    return stored


@lru_cache
def _statement(using: str) -> str:
    """The skipped ones are neither sent nor put off; a choice by name beats the general one."""
    skipped = {
        "state": f"CASE WHEN off THEN '{State.SKIPPED}' ELSE m.\"state\" END",
        "sent_at": 'CASE WHEN off THEN NULL ELSE m."sent_at" END',
        "put_off_until": 'CASE WHEN off THEN NULL ELSE m."put_off_until" END',
        "next_try_at": 'CASE WHEN off THEN m."send_after" ELSE m."next_try_at" END',
    }
    values = ", ".join(skipped.get(name, f'm."{name}"') for name in COLUMNS)
    message, preference, schedule = (
        connections[using].ops.quote_name(each._meta.db_table) for each in (Message, Preference, Schedule)
    )
    return f"""
        INSERT INTO {message} ({listed(COLUMNS)})
        SELECT {values}
        FROM jsonb_to_recordset(%s::jsonb) AS m({record_type(Message, COLUMNS, using=using)})
        CROSS JOIN LATERAL (SELECT NOT m.mandatory AND NOT coalesce((
            SELECT p.enabled FROM {preference} p
            WHERE p.user_id = m.recipient_id AND p.channel = m.channel AND p.event IN ('', m.event)
            ORDER BY p.event DESC LIMIT 1), true) AS off) AS preferred
        WHERE NOT (%s AND m.channel = '{Channel.EMAIL}' AND EXISTS (
            SELECT FROM {schedule} s WHERE s.user_id = m.recipient_id))
        ON CONFLICT (effect_key) DO NOTHING
        RETURNING id, effect_key, state"""

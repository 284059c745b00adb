"""What became of each try: one row for the attempt, the new state of the message, an incident at the end."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from notifications import incidents
from notifications.models import Attempt, Incident, Message, State
from notifications.models.attempt import ANSWER_CHARACTERS

BACKOFF = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=3),
    timedelta(hours=6),
    timedelta(hours=12),
)
"""Waiting times after each temporary failure, 22 hours and 21 minutes in all; then comes an incident."""

ADDRESS = re.compile(r"[^\s<>()\[\]:;,\"]+@[^\s<>()\[\]:;,\"]+")


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one try went; ``kind`` is the kind of incident a permanent failure makes."""

    result: Attempt.Outcome
    provider_id: str = ""
    answer: str = ""
    kind: str = Incident.Kind.REFUSED


def record(message: Message, outcome: Outcome, *, lease: str, at: datetime) -> State:
    """Store a try and move its message on. Returns the state the try leads to.

    The message moves only while ``lease`` still holds it: a relay that was too slow changes nothing that
    another has since done, but its attempt is recorded, because it was made.
    """
    if outcome.result is Attempt.Outcome.OK:
        _write(message, outcome, State.SENT, lease=lease, at=at, next_try_at=at)
        return State.SENT
    if outcome.result is Attempt.Outcome.TEMPORARY and message.attempts < len(BACKOFF):
        _write(
            message, outcome, State.PENDING, lease=lease, at=at, next_try_at=at + BACKOFF[message.attempts]
        )
        return State.PENDING
    kind = outcome.kind if outcome.result is Attempt.Outcome.PERMANENT else Incident.Kind.GAVE_UP
    with transaction.atomic():
        if _write(message, outcome, State.FAILED, lease=lease, at=at, next_try_at=at):
            incidents.open_incident(message=message, kind=kind, note=without_addresses(outcome.answer), at=at)
    return State.FAILED


def without_addresses(answer: str) -> str:
    """A server's answer fit for keeping: no e-mail address, no NUL, at most ANSWER_CHARACTERS."""
    return ADDRESS.sub("[address]", answer.replace("\x00", ""))[:ANSWER_CHARACTERS]


# One statement, so that a mail costs one commit and a crash can fall only between sending and marking.
_MOVE_AND_NOTE = """
    WITH moved AS (
        UPDATE notifications_message
           SET state = %(state)s, leased_by = '', attempts = attempts + 1, next_try_at = %(next_try_at)s,
               sent_at = CASE WHEN %(state)s = %(sent)s THEN %(at)s::timestamptz END
         WHERE id = %(id)s AND state = %(leased)s AND leased_by = %(lease)s
        RETURNING id
    ), noted AS (
        INSERT INTO notifications_attempt (message_id, at, outcome, provider_id, answer)
        VALUES (%(id)s, %(at)s, %(outcome)s, %(provider_id)s, %(answer)s)
    )
    SELECT count(*) FROM moved
"""


def _write(
    message: Message, outcome: Outcome, state: State, *, lease: str, at: datetime, next_try_at: datetime
) -> bool:
    values: dict[str, Any] = {
        "id": message.pk,
        "state": state.value,
        "sent": State.SENT.value,
        "leased": State.LEASED.value,
        "lease": lease,
        "at": at,
        "next_try_at": next_try_at,
        "outcome": outcome.result.value,
        "provider_id": outcome.provider_id[:200],
        "answer": without_addresses(outcome.answer),
    }
    with connection.cursor() as cursor:
        cursor.execute(_MOVE_AND_NOTE, values)
        return bool(cursor.fetchone()[0])

"""What became of each try: one row for the attempt, the new state of the message, an incident at the end."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from notifications import incidents
from notifications.models import Attempt, Incident, Message, State
from notifications.models.attempt import ANSWER_CHARACTERS
from recordsets.collisions import whole_again

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

MOST_DOUBTS = 1
"""How often a mail goes again after nobody could say whether it had arrived."""

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
    another has since done, but its attempt is recorded, because it was made. What a summary carried goes
    where the summary goes.
    """
    state, kind = _verdict(message, outcome)
    next_try_at = at + BACKOFF[message.attempts] if state is State.PENDING else at

    def note() -> None:
        moved = _write(message, outcome, state, lease=lease, at=at, next_try_at=next_try_at)
        if moved and state is State.FAILED:
            incidents.open_incident(message=message, kind=kind, note=without_addresses(outcome.answer), at=at)
        if moved and message.letter:
            carry_along(message, state, at=at)

    whole_again(note)
    return state


def _verdict(message: Message, outcome: Outcome) -> tuple[State, str]:
    """Where a try leads, and the kind of incident if that is the end."""
    if outcome.result is Attempt.Outcome.OK:
        return State.SENT, ""
    if outcome.result is Attempt.Outcome.PERMANENT:
        return State.FAILED, outcome.kind
    if outcome.result is Attempt.Outcome.IN_DOUBT and message.in_doubt >= MOST_DOUBTS:
        return State.FAILED, Incident.Kind.IN_DOUBT
    if message.attempts < len(BACKOFF):
        return State.PENDING, ""
    return State.FAILED, Incident.Kind.GAVE_UP


def carry_along(summary: Message, state: State, *, at: datetime) -> None:
    """Move what a summary carried to the state that the summary has reached."""
    if state is not State.PENDING:
        sent_at = at if state in (State.SENT, State.BOUNCED) else None
        summary.carried.exclude(state=State.SKIPPED).update(state=state, sent_at=sent_at)


def without_addresses(answer: str) -> str:
    """A server's answer fit for keeping: no e-mail address, no NUL, at most ANSWER_CHARACTERS."""
    plain = answer.replace("\x00", "")
    return (ADDRESS.sub("[address]", plain) if "@" in plain else plain)[:ANSWER_CHARACTERS]


# One statement, so that a mail costs one commit and a crash can fall only between sending and marking.
_MOVE_AND_NOTE = """
    WITH moved AS (
        UPDATE notifications_message
           SET state = %(state)s, leased_by = '', attempts = attempts + 1, next_try_at = %(next_try_at)s,
               in_doubt = in_doubt + %(doubt)s,
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
        "doubt": int(outcome.result is Attempt.Outcome.IN_DOUBT),
        "provider_id": outcome.provider_id[:200],
        "answer": without_addresses(outcome.answer),
    }
    with connection.cursor() as cursor:
        cursor.execute(_MOVE_AND_NOTE, values)
        return bool(cursor.fetchone()[0])

"""Who was told what about a case, when, and whether it arrived, as far as its reader may know.

Colleagues are named, with every try. Of another organization a reader learns which group the reader's own
side told, how many people that were, and how many mails did not arrive: no names, no words of mail servers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from notifications.models import Attempt, Bounce, Channel, Message, State
from notifications.models.message import WAITING
from workflows.models import Step

from . import diary, presenting
from .models import User

MOST = 500
TONES = {
    State.SENT: "good",
    State.BOUNCED: "bad",
    State.FAILED: "bad",
    State.SKIPPED: "neutral",
}


@dataclass(frozen=True)
class Try:
    at: datetime
    outcome: str
    answer: str


@dataclass(frozen=True)
class Told:
    """One message to a colleague, or one announcement to a group elsewhere (``number`` people)."""

    what: str
    to: str
    number: int
    channel: str
    written_at: datetime
    sent_at: datetime | None
    standing: dict[str, str]
    notes: tuple[str, ...]
    tries: tuple[Try, ...]
    bounces: tuple[Try, ...]
    again: UUID | None


def about(record: Any, user: User) -> list[Told]:
    """Every message about a case that the reader may know of, newest first."""
    messages = list(
        Message.objects.filter(about=record.reference)
        .select_related("recipient", "digest")
        .prefetch_related("tries", "bounces", "digest__tries", "digest__bounces")
        .order_by("-created_at", "-pk")[:MOST]
    )
    own_people = diary.colleagues(user, (each.recipient_id for each in messages))
    steps = {f"step:{step.pk}": step for step in record.steps.all()}
    told: list[Told] = []
    elsewhere: dict[tuple[str, str], list[Message]] = {}
    for message in messages:
        step = steps.get(message.key.rpartition(":")[0])
        if message.recipient_id in own_people:
            told.append(_to_a_colleague(record, message, step))
        elif step is not None and step.organization == user.organization_id:
            elsewhere.setdefault((message.key, message.channel), []).append(message)
    told += [_to_a_group(record, group, steps) for group in elsewhere.values() if _may_count(group)]
    return sorted(told, key=lambda each: each.written_at, reverse=True)


def message_of(record: Any, user: User, public_id: UUID) -> Message | None:
    """A mail about this case that a colleague of the reader got, to send it again."""
    found = Message.objects.filter(about=record.reference, public_id=public_id, channel=Channel.EMAIL).first()
    return found if found and diary.colleagues(user, [found.recipient_id]) else None


def event_words(record: Any, event: str, step: Step | None) -> str:
    """An event as people know it."""
    return presenting.step_label(record, step) if step else diary.clock_event(record, event)


def _to_a_colleague(record: Any, message: Message, step: Step | None) -> Told:
    carrier = message.digest or message
    settled = message.channel == Channel.EMAIL and message.state not in (*WAITING, State.SKIPPED)
    return Told(
        what=event_words(record, message.event, step),
        to=str(message.recipient),
        number=1,
        channel=str(Channel(message.channel).label),
        written_at=message.created_at,
        sent_at=message.sent_at,
        standing=_standing(message.state),
        notes=tuple(_notes(message)),
        tries=tuple(_try(each) for each in carrier.tries.all()),
        bounces=tuple(_bounce(each) for each in carrier.bounces.all()),
        again=message.public_id if settled else None,
    )


def _notes(message: Message) -> Iterable[str]:
    if message.again_of_id:
        yield _("Sent again because somebody asked for it.")
    if message.digest_id:
        yield _("It went in a summary.")
    elif message.put_off_until and message.state in WAITING:
        yield _("It waits for a summary or for the end of quiet hours.")
    if message.mandatory:
        yield _("It cannot be turned off.")
    if message.in_doubt and message.state in (State.SENT, State.BOUNCED):
        yield _("It may have arrived twice: the connection or a relay broke off while it was being sent.")
    if message.read_at:
        yield _("It was opened in the inbox.")


def _try(attempt: Attempt) -> Try:
    return Try(attempt.at, str(attempt.get_outcome_display()), attempt.answer)


def _bounce(bounce: Bounce) -> Try:
    return Try(bounce.at, str(bounce.get_kind_display()), f"{bounce.status} {bounce.answer}".strip())


def _standing(state: str) -> dict[str, str]:
    return {"label": str(State(state).label), "tone": TONES.get(State(state), "waiting"), "icon": ""}


def _may_count(messages: list[Message]) -> bool:
    people = len({each.recipient_id for each in messages})
    return diary.may_count(messages[0].key.rpartition(":")[2], people, at=messages[0].created_at)


def _to_a_group(record: Any, messages: list[Message], steps: dict[str, Step]) -> Told:
    first = messages[0]
    cause, _colon, group = first.key.rpartition(":")
    states = Counter(each.state for each in messages)
    worst = next(
        (each for each in (State.BOUNCED, State.FAILED, *WAITING, State.SKIPPED) if states[each]), State.SENT
    )
    missing = states[State.BOUNCED] + states[State.FAILED]
    note = ngettext(
        "%(number)d did not arrive by mail; the inbox has it.",
        "%(number)d did not arrive by mail; the inbox has them.",
        missing,
    )
    return Told(
        what=event_words(record, first.event, steps.get(cause)),
        to=str(diary.GROUPS.get(group, group)),
        number=len({each.recipient_id for each in messages}),
        channel=str(Channel(first.channel).label),
        written_at=first.created_at,
        sent_at=max((each.sent_at for each in messages if each.sent_at), default=None),
        standing=_standing(worst),
        notes=(note % {"number": missing},) if missing else (),
        tries=(),
        bounces=(),
        again=None,
    )

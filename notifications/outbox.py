"""The way in: ``tell`` writes what people will be told, in the transaction of what happened."""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from operator import attrgetter
from typing import Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils import translation
from django.utils.module_loading import import_string

from notifications import announcing, rhythm
from notifications.channels.email import SUMMARY
from notifications.models import Channel, Message, Schedule, State
from notifications.models.message import AGAIN, WAITING
from recordsets import Rider, instance

log = logging.getLogger(__name__)


_gathered: ContextVar[list[Message] | None] = ContextVar("told", default=None)


class ToldOutsideTransaction(RuntimeError):
    """Somebody was to be told of something that is not bound to be stored."""


def tell(
    *,
    event: str,
    recipients: Iterable[AbstractBaseUser],
    key: str,
    about: str,
    link: str,
    subject: str,
    body: str,
    at: datetime,
    channels: Sequence[str] = (Channel.INBOX, Channel.EMAIL),
    urgent: bool = False,
    mandatory: bool = False,
    send_after: datetime | None = None,
    context: Mapping[str, str] | None = None,
    letter: str = "",
) -> list[Message]:
    """Tell each recipient over each channel; safe to repeat with the same ``key``.

    The rows stand or fall with the caller's transaction. ``about`` is an opaque case reference, ``link`` a
    path on this site. ``subject``, ``body`` and ``context`` are for the inbox alone, in the language of the
    recipients, and name no person and no employer. A message in the inbox is delivered by being stored; one
    that waits for ``send_after``, and every e-mail, is left to a relay. ``mandatory`` overrules what people
    have turned off; it and ``urgent`` wait for no summary and no end of quiet hours. ``letter`` names another
    kind of mail than the usual one (``settings.NOTIFICATIONS_LETTERS``).

    Returns the stored rows for this key, whether written now or at an earlier call. Raises
    ToldOutsideTransaction outside an atomic block, ValueError for an unknown channel or a key with a "#".
    """
    gathered = _gathered.get()
    if gathered is None and not transaction.get_connection().in_atomic_block:
        raise ToldOutsideTransaction("Call tell() inside the transaction that stores what happened.")
    if AGAIN in key:
        raise ValueError(f"{AGAIN} in a key is kept for messages that are sent again.")
    chosen = [Channel(channel) for channel in channels]
    people = {person.pk: person for person in recipients}
    due = send_after or at

    def row(person: AbstractBaseUser, channel: Channel) -> Message:
        to_inbox = channel is Channel.INBOX
        at_once = to_inbox and due <= at
        return instance(
            Message,
            {
                "effect_key": Message.effect_key_of(key=key, channel=channel, recipient_id=person.pk),
                "event": event,
                "recipient_id": person.pk,
                "channel": channel,
                "about": about,
                "link": link,
                "subject": subject if to_inbox else "",
                "body": body if to_inbox else "",
                "context": dict(context or {}) if to_inbox else {},
                "language": language_of(person),
                "urgent": urgent,
                "mandatory": mandatory,
                "letter": "" if to_inbox else letter,
                "state": State.SENT if at_once else State.PENDING,
                "created_at": at,
                "send_after": due,
                "next_try_at": due,
                "sent_at": at if at_once else None,
            },
        )

    rows = [row(person, channel) for person in people.values() for channel in chosen]
    if gathered is None:
        return _stored(rows) if rows else []
    gathered.extend(rows)
    return rows


@contextmanager
def together() -> Iterator[None]:
    """Within this block what ``tell`` is told is stored in one piece, at the end of the block.

    Until then ``tell`` returns its rows without keys. The block lies within the transaction of what happened;
    where it ends with an error, nothing of it is stored. A block within a block belongs to the outer one,
    unless it ends with an error.
    """
    outer = _gathered.get()
    with _gathering() as rows:
        yield
    if outer is not None:
        outer.extend(rows)
    elif rows:
        _stored(rows)


def rider(telling: Callable[[], object], *, only_if: str) -> Rider | None:
    """What ``telling`` tells, to be stored by a statement of the caller's where ``only_if`` holds in it.

    None if it tells nobody. The transaction is that of the statement.
    """
    with _gathering() as rows:
        telling()
    if not rows:
        return None
    sql, params = announcing.statement(rows, unless_scheduled=True, only_if=only_if)
    whole_if, whole_params = announcing.nobody_scheduled(rows)
    return Rider(
        sql, params, lambda told: _settled(rows, announcing.written(rows, told)), whole_if, whole_params
    )


@contextmanager
def _gathering() -> Iterator[list[Message]]:
    gathered: list[Message] = []
    token = _gathered.set(gathered)
    try:
        yield gathered
    finally:
        _gathered.reset(token)


def _stored(rows: list[Message]) -> list[Message]:
    """Write the messages: those that are stored now, or were at an earlier call."""
    written = _settled(rows, announcing.store(rows, unless_scheduled=True))
    taken = [row.effect_key for row in rows if row.effect_key not in written]
    earlier = list(Message.objects.filter(effect_key__in=taken)) if taken else []
    return sorted([*written.values(), *earlier], key=attrgetter("pk"))


def _settled(rows: list[Message], stored: Iterable[Message]) -> dict[str, Message]:
    """What follows once messages are written: mail to people with schedules of their own, a relay woken."""
    written = {row.effect_key: row for row in stored}
    if len(written) < len(rows):
        written |= _scheduled([row for row in rows if row.effect_key not in written])
    if any(row.state == State.PENDING for row in written.values()):
        _kick_after_commit()
    return written


def _scheduled(left: list[Message]) -> dict[str, Message]:
    """Write the mails that can wait to those who have schedules of their own."""
    mails = [row for row in left if announcing.can_wait(row)]
    schedules = rhythm.schedules_of({row.recipient_id for row in mails}) if mails else {}
    theirs = [row for row in mails if row.recipient_id in schedules]
    for row in theirs:
        row.state, row.put_off_until = _put_off(
            schedules[row.recipient_id], max(row.send_after, row.created_at)
        )
        row.next_try_at = row.put_off_until or row.send_after
    written = announcing.store(theirs, unless_scheduled=False) if theirs else []
    return {row.effect_key: row for row in written}


def send_again(*, message: Message, at: datetime) -> Message:
    """Tell the same person the same thing once more over the same channel: a row that refers to the first.

    What became of the first stays as it is. It goes at once, whatever the person has turned off: somebody
    asked for it. Raises ToldOutsideTransaction, ValueError for a message that is still on its way or was
    only ever shown in the inbox.
    """
    if not transaction.get_connection().in_atomic_block:
        raise ToldOutsideTransaction("Call send_again() inside the transaction that stores who asked.")
    first = message.again_of or message
    Message.objects.select_for_update().get(pk=first.pk)
    copies = list(first.sent_again.order_by("pk"))
    latest = copies[-1] if copies else Message.objects.get(pk=first.pk)
    if latest.channel != Channel.EMAIL or latest.state in WAITING:
        raise ValueError("Only a mail whose fate is known can be sent again.")
    again = Message.objects.create(
        effect_key=f"{first.effect_key}{AGAIN}{len(copies) + 1}",
        again_of=first,
        event=first.event,
        recipient_id=first.recipient_id,
        channel=first.channel,
        about=first.about,
        link=first.link,
        language=first.language,
        urgent=True,
        mandatory=first.mandatory,
        letter="" if first.letter == SUMMARY else first.letter,
        created_at=at,
        send_after=at,
        next_try_at=at,
    )
    _kick_after_commit()
    return again


def _put_off(schedule: Schedule, at: datetime) -> tuple[State, datetime | None]:
    """How a mail that can wait begins: gathered for the next summary, or held until quiet hours end."""
    if summary := rhythm.next_summary(schedule, at):
        return State.GATHERED, summary
    return State.PENDING, rhythm.end_of_quiet(schedule, at)


def language_of(person: Any) -> str:
    """The language this person reads, or the site's where it is not known or not offered."""
    asked = getattr(person, "language", "") or settings.LANGUAGE_CODE
    try:
        return translation.get_supported_language_variant(asked)
    except LookupError:
        return settings.LANGUAGE_CODE


def _kick_after_commit() -> None:
    """Wake a relay once for the whole transaction, however often it tells."""
    waiting = transaction.get_connection().run_on_commit
    if not any(_kick in entry for entry in waiting):
        transaction.on_commit(_kick, robust=True)


def _kick() -> None:
    """Call the hook of settings.NOTIFICATIONS_KICK: a hint that may be lost, for every tick delivers too."""
    path = getattr(settings, "NOTIFICATIONS_KICK", None)
    if not path:
        return
    try:
        import_string(path)()
    except Exception as problem:
        log.warning("No relay could be woken (%s); the next tick delivers.", type(problem).__name__)

"""The way in: ``tell`` writes what people will be told, in the transaction of what happened."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils import translation
from django.utils.module_loading import import_string

from notifications import preferences
from notifications.models import Channel, Message, State

log = logging.getLogger(__name__)


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
) -> list[Message]:
    """Tell each recipient over each channel; safe to repeat with the same ``key``.

    The rows stand or fall with the caller's transaction. ``about`` is an opaque case reference, ``link`` a
    path on this site. ``subject``, ``body`` and ``context`` are for the inbox alone, in the language of the
    recipients, and name no person and no employer. A message in the inbox is delivered by being stored; one
    that waits for ``send_after``, and every e-mail, is left to a relay. ``mandatory`` overrules what people
    have turned off.

    Returns the stored rows for this key, whether written now or at an earlier call. Raises
    ToldOutsideTransaction outside an atomic block, ValueError for an unknown channel.
    """
    if not transaction.get_connection().in_atomic_block:
        raise ToldOutsideTransaction("Call tell() inside the transaction that stores what happened.")
    chosen = [Channel(channel) for channel in channels]
    people = {person.pk: person for person in recipients}
    unwanted = set() if mandatory else preferences.turned_off(event=event, user_ids=people.keys())
    due = send_after or at

    def row(person: AbstractBaseUser, channel: Channel) -> Message:
        to_inbox = channel is Channel.INBOX
        state = State.PENDING
        if (person.pk, channel) in unwanted:
            state = State.SKIPPED
        elif to_inbox and due <= at:
            state = State.SENT
        return Message(
            effect_key=Message.effect_key_of(key=key, channel=channel, recipient_id=person.pk),
            event=event,
            recipient_id=person.pk,
            channel=channel,
            about=about,
            link=link,
            subject=subject if to_inbox else "",
            body=body if to_inbox else "",
            context=dict(context or {}) if to_inbox else {},
            language=language_of(person),
            urgent=urgent,
            mandatory=mandatory,
            state=state,
            created_at=at,
            send_after=due,
            next_try_at=due,
            sent_at=at if state is State.SENT else None,
        )

    rows = [row(person, channel) for person in people.values() for channel in chosen]
    Message.objects.bulk_create(rows, ignore_conflicts=True)
    if any(message.state == State.PENDING for message in rows):
        _kick_after_commit()
    return list(Message.objects.filter(effect_key__in=[m.effect_key for m in rows]).order_by("pk"))


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

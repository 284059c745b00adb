"""What a person finds in the inbox, and the mails that the demonstration keeps."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from notifications import inbox
from notifications.models import KeptMail, Message
from workflows.models import Case

from .models import User, find_visible

PAGE = 50


def unread(user: User) -> int:
    """How many messages nobody has opened yet."""
    return Message.objects.inbox_of(user).unread().count()


def messages_of(user: User, *, before: Message | None = None) -> list[Message]:
    """One page of the inbox, newest first, and one message more if there is a next page."""
    found = Message.objects.inbox_of(user)
    if before is not None and before.sent_at is not None:
        found = found.filter(Q(sent_at__lt=before.sent_at) | Q(sent_at=before.sent_at, pk__lt=before.pk))
    return list(found[: PAGE + 1])


def message_behind(public_id: UUID, *, of: User) -> Message | None:
    """The message with this address, if it is this person's."""
    return inbox.behind_link(public_id=public_id, of=of)


def is_open_to(message: Message, user: User) -> bool:
    """False when the case a message speaks of has gone on to somebody else since."""
    try:
        find_visible(user, message.about)
    except Case.DoesNotExist:
        return not Case.objects.filter(reference=message.about).exists()
    return True


def read(message: Message, *, by: User, at: datetime) -> None:
    """Note the first reading of a message in the inbox."""
    inbox.mark_read(message=message, by=by, at=at)


def kept_mails() -> QuerySet[Any]:
    """Every mail that the demonstration keeps instead of sending it; nothing elsewhere."""
    return KeptMail.objects.visible()

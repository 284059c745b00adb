"""What a person does with the inbox."""

from datetime import datetime
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import PermissionDenied

from notifications.models import Channel, Message


def mark_read(*, message: Message, by: AbstractBaseUser, at: datetime) -> bool:
    """Note the first reading; True when this was it. Raises PermissionDenied for somebody else's message."""
    if message.recipient_id != by.pk:
        raise PermissionDenied("This message is for somebody else.")
    return bool(Message.objects.inbox_of(by).unread().filter(pk=message.pk).update(read_at=at))


def behind_link(*, public_id: UUID, of: AbstractBaseUser) -> Message | None:
    """The message that an e-mail's link stands for: its copy in the inbox, or itself where there is none.

    None when the link is not this person's: show them 404, as for a link that never was.
    """
    asked = Message.objects.filter(public_id=public_id, recipient_id=of.pk).first()
    if asked is None or asked.channel == Channel.INBOX:
        return asked
    copy = Message.effect_key_of(key=asked.key, channel=Channel.INBOX, recipient_id=of.pk)
    return Message.objects.inbox_of(of).filter(effect_key=copy).first() or asked

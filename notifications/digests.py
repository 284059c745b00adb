"""Summaries: many messages, one mail that says only how many there are."""

from collections import defaultdict
from datetime import datetime
from typing import Any

from django.db import connection

from notifications.channels.email import SUMMARY
from notifications.models import Channel, Message, State
from recordsets.collisions import whole_again

EVENT = "summary"
AT_ONCE = 5000
ONE_AT_A_TIME = 0x6E6F7469  # an advisory lock of our own: whoever finds it taken leaves the work to the other


def gather(*, at: datetime) -> int:
    """Write one summary for each person whose messages have waited long enough. Returns how many.

    The messages stay as they are until the summary has been sent (see ``notifications.ledger``). Raises
    RuntimeError inside a transaction.
    """
    if not Message.objects.to_summarize(at).exists():
        return 0
    return whole_again(lambda: _gathered(at), durable=True)


def _gathered(at: datetime) -> int:
    if not _alone():
        return 0
    waiting = Message.objects.to_summarize(at).order_by("pk").select_for_update()[:AT_ONCE]
    by_person: dict[Any, list[Message]] = defaultdict(list)
    for message in waiting:
        by_person[message.recipient_id].append(message)
    for messages in by_person.values():
        summary = Message.objects.create(**_row(messages, at=at))
        Message.objects.filter(pk__in=[each.pk for each in messages]).update(digest=summary)
    return len(by_person)


def _row(messages: list[Message], *, at: datetime) -> dict[str, Any]:
    first, last = messages[0], messages[-1]
    key = f"{EVENT}:{first.pk}"
    return {
        "effect_key": Message.effect_key_of(key=key, channel=Channel.EMAIL, recipient_id=first.recipient_id),
        "event": EVENT,
        "letter": SUMMARY,
        "recipient_id": first.recipient_id,
        "channel": Channel.EMAIL,
        "link": "/inbox/",
        "language": last.language,
        "state": State.PENDING,
        "created_at": at,
        "send_after": at,
        "next_try_at": at,
    }


def _alone() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
        return bool(cursor.fetchone()[0])

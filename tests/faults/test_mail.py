"""A mail server that is down, slow, refuses an address, and hangs up after it took a mail."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction

from notifications import outbox, relay
from notifications.models import Incident, Message, State
from referrals import tasks
from tests.faults.effects import in_doubt
from tests.faults.figures import Figures
from tests.faults.stack import Stack

MONDAY = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
READERS = 40


def tell(number: int, *, key: str) -> list[Message]:
    """One mail for each of so many readers of their own."""
    model = get_user_model()
    readers = model.objects.bulk_create(
        [model(email=f"{key}-{each}@example.org", name="Reader") for each in range(number)]
    )
    with transaction.atomic():
        return outbox.tell(
            event="soi_request.acknowledge",
            recipients=readers,
            key=key,
            about="SOI-2026-000017",
            link="/cases/SOI-2026-000017/",
            subject="News",
            body="There is news.",
            at=MONDAY,
            channels=["email"],
        )


def test_through_every_trouble_with_the_mail_server_each_mail_arrives_and_a_repeat_is_marked(
    stack: Stack, figures: Figures, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = tell(READERS, key="trouble")
    refused, unheard = told[3], [told[7], told[21]]
    arrived, now = len(stack.mail.mails), MONDAY
    with monkeypatch.context() as down:  # nobody listens there
        down.setattr(settings, "EMAIL_PORT", 1)
        assert tasks.deliver(at=now) == relay.Delivered(retried=READERS)
    now += timedelta(minutes=1)
    with monkeypatch.context() as slow:  # it never greets
        slow.setattr(stack.mail, "slow", 1.0)
        slow.setattr(settings, "EMAIL_TIMEOUT", 0.2)
        assert tasks.deliver(at=now) == relay.Delivered(retried=READERS)
    now += timedelta(minutes=5)
    stack.mail.answers[refused.recipient.email] = "550 5.1.1 no such user"
    stack.mail.silent.update({each.recipient.email: 1 for each in unheard})
    done = tasks.deliver(at=now)
    assert done == relay.Delivered(sent=READERS - 3, retried=2, failed=1)
    for _turn in range(3):
        now += timedelta(minutes=20)
        tasks.deliver(at=now)
    marked = in_doubt(each.message_id for each in told)
    assert marked == sorted(each.message_id for each in unheard)
    figures.hold(
        "mail server down, slow, dead after taking two: mails",
        expected=[each.message_id for each in told if each != refused],
        done=stack.mail.message_ids[arrived:],
        marked=marked,
    )
    assert Message.objects.get(pk=refused.pk).state == State.FAILED
    assert Incident.objects.get(message=refused).kind == Incident.Kind.REFUSED
    assert not Message.objects.undelivered().exists()

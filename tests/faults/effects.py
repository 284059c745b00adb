"""What people did and the clock did, as it stands in the database and in the mail server's box."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils import timezone

from notifications import relay
from notifications.models import Message, State
from referrals.models import SoiRequest
from workflows.models import Deadline, Step


def an_hour_ago() -> datetime:
    return timezone.now() - timedelta(hours=1)


def long_ago() -> datetime:
    """So long ago that a request which nobody acknowledged has lapsed by now."""
    return timezone.now() - timedelta(days=100)


def taken(requests: Iterable[SoiRequest], step: str) -> list[str]:
    """The reference of each case for each time that a step was taken on it."""
    steps = Step.objects.filter(name=step, case__in=[each.pk for each in requests])
    return list(steps.values_list("case__reference", flat=True))


def told(requests: Iterable[SoiRequest], event: str) -> list[tuple[str, str, int]]:
    """About what, how and whom people were told, once for each row."""
    rows = Message.objects.filter(event=event, about__in=[each.reference for each in requests])
    return list(rows.values_list("about", "channel", "recipient_id"))


def due() -> int:
    return Deadline.objects.filter(state=Deadline.State.ARMED, due_at__lte=timezone.now()).count()


def rungs(requests: Iterable[SoiRequest]) -> list[int]:
    """The keys of all rungs of some cases whose time has come, fired or not."""
    found = Deadline.objects.filter(case__in=[each.pk for each in requests], due_at__lte=timezone.now())
    return list(found.values_list("pk", flat=True))


def fired(requests: Iterable[SoiRequest]) -> list[int]:
    found = Deadline.objects.filter(case__in=[each.pk for each in requests], state=Deadline.State.FIRED)
    return list(found.values_list("pk", flat=True))


def mails_about(requests: Iterable[SoiRequest]) -> list[str]:
    """The Message-ID of every mail that is to arrive, about some cases."""
    rows = Message.objects.filter(channel="email", about__in=[each.reference for each in requests])
    return [each.message_id for each in rows.exclude(state="SKIPPED")]


def in_doubt(mails: Iterable[str]) -> list[str]:
    """Which of these, by Message-ID, are marked: they may have arrived twice."""
    marked = {each.message_id for each in Message.objects.filter(in_doubt__gt=0)}
    return sorted(marked.intersection(mails))


def undelivered() -> int:
    return Message.objects.undelivered().count()


def the_dead_lose_their_leases(*, dead_since: datetime) -> None:
    """What a relay had leased before it died is anybody's five minutes later; here at once."""
    left = Message.objects.filter(state=State.LEASED, next_try_at__lte=dead_since + relay.LEASE)
    left.update(next_try_at=timezone.now())

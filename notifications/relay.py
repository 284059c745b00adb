"""Takes what is due from the outbox and delivers it. Any number of relays may run at once."""

import logging
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from django.db import transaction

from notifications import ledger
from notifications.channels import PermanentFailure, Receipt, TemporaryFailure, email, inbox, post
from notifications.channels.email import Carrier
from notifications.ledger import Outcome
from notifications.models import Attempt, Channel, Message, State

log = logging.getLogger(__name__)

BATCH = 100
LEASE = timedelta(minutes=5)
SECONDS_FOR_A_RUN = 60.0
"""Well below LEASE, so that a living relay never sends what another has taken over from it."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """What one run did: messages sent, put back for a later try, and given up."""

    sent: int = 0
    retried: int = 0
    failed: int = 0


def deliver_pending(*, at: datetime, limit: int = 500, worker: str) -> Delivered:
    """Deliver up to ``limit`` due messages, the urgent ones first, for at most SECONDS_FOR_A_RUN.

    Each message is leased, delivered, and marked by itself. A relay that is killed loses nothing: when its
    lease ends, another takes over, and at most the one mail that was sent but not yet marked goes out again,
    with the same Message-ID. Raises RuntimeError inside a transaction: marks have to outlive a crash.
    """
    lease = f"{worker[:60]}/{uuid4().hex}"
    stop_at = time.monotonic() + SECONDS_FOR_A_RUN
    tally: Counter[State] = Counter()
    while tally.total() < limit and time.monotonic() < stop_at:
        batch = claim(at=at, size=min(BATCH, limit - tally.total()), lease=lease)
        if not batch:
            break
        _deliver_batch(batch, tally, lease=lease, at=at, stop_at=stop_at)
    return Delivered(sent=tally[State.SENT], retried=tally[State.PENDING], failed=tally[State.FAILED])


def claim(*, at: datetime, size: int, lease: str) -> list[Message]:
    """Lease up to ``size`` due messages, passing over those that another relay is taking right now."""
    with transaction.atomic(durable=True):
        due = Message.objects.due(at).order_by("-urgent", "next_try_at", "pk")
        batch = list(due.select_related("recipient").select_for_update(of=("self",), skip_locked=True)[:size])
        Message.objects.filter(pk__in=[message.pk for message in batch]).update(
            state=State.LEASED, leased_by=lease, next_try_at=at + LEASE
        )
    return batch


def _deliver_batch(
    batch: list[Message], tally: Counter[State], *, lease: str, at: datetime, stop_at: float
) -> None:
    left = batch[::-1]
    try:
        with closing(post.carrier()) as carrier:
            while left and time.monotonic() < stop_at:
                outcome = _try(left[-1], carrier=carrier, at=at)
                message = left.pop()
                tally[ledger.record(message, outcome, lease=lease, at=at)] += 1
    finally:
        if left:
            _give_back(left, lease=lease, at=at)


def _try(message: Message, *, carrier: Carrier, at: datetime) -> Outcome:
    """Deliver one message; whatever goes wrong stops neither the others nor the relay."""
    try:
        receipt = _deliver(message, carrier=carrier, at=at)
    except PermanentFailure as failure:
        return Outcome(Attempt.Outcome.PERMANENT, answer=str(failure), kind=failure.kind)
    except TemporaryFailure as failure:
        return Outcome(Attempt.Outcome.TEMPORARY, answer=str(failure))
    except Exception as mistake:
        log.exception("Message %s could not be prepared or handed over.", message.pk)
        return Outcome(Attempt.Outcome.TEMPORARY, answer=type(mistake).__name__)
    return Outcome(Attempt.Outcome.OK, provider_id=receipt.provider_id, answer=receipt.answer)


def _deliver(message: Message, *, carrier: Carrier, at: datetime) -> Receipt:
    if message.channel == Channel.INBOX:
        return inbox.deliver(message)
    return email.deliver(message, carrier=carrier, at=at)


def _give_back(messages: list[Message], *, lease: str, at: datetime) -> None:
    held = Message.objects.filter(pk__in=[message.pk for message in messages], leased_by=lease)
    held.update(state=State.PENDING, leased_by="", next_try_at=at)

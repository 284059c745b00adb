"""Celery's errands: one call each, the clock read here. The rows are the truth; a lost task loses nothing."""

from __future__ import annotations

import logging
import socket
from datetime import datetime
from typing import Any

from celery import shared_task
from django.utils import timezone

from notifications import relay
from workflows import history, sweep
from workflows.models import Case

from . import announcements
from .models import record_models
from .services import programme
from .services.steps import take_step

log = logging.getLogger(__name__)


def _record_of(case: Case) -> Any:
    return record_models()[case.kind].objects.get(pk=case.pk)


def fire(*, at: datetime) -> sweep.Swept:
    """Fire due deadlines with this product's announcements and effects, and follow the programme's state."""
    swept = sweep.fire_due(at=at, tell=announcements.deadline_passed, take=take_step, record_of=_record_of)
    programme.follow(at=at)  # afterwards: what goes wrong here keeps no deadline from firing
    return swept


def deliver(*, at: datetime) -> relay.Delivered:
    """Deliver what waits in the outbox."""
    return relay.deliver_pending(at=at, worker=socket.gethostname())


@shared_task
def fire_due_deadlines(**_later: object) -> None:
    fire(at=timezone.now())


@shared_task
def deliver_messages(**_later: object) -> None:
    deliver(at=timezone.now())


@shared_task
def verify_history_nightly(**_later: object) -> None:
    verdict = history.verify()
    if verdict.broken:
        log.error(
            "history broken: %s step %s %s",
            verdict.broken.case,
            verdict.broken.sequence,
            verdict.broken.problem,
        )


def kick() -> None:
    """Ask a worker to deliver now; a hint that may be lost, and is left out where no broker is set.

    A process that has not loaded ``config.celery`` has none: Celery would look for one on its own machine.
    """
    broker = str(deliver_messages.app.conf.broker_url or "memory://")
    if not broker.startswith("memory:"):
        deliver_messages.apply_async(retry=False, ignore_result=True)

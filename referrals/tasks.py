"""Celery's errands: one call each, the clock read here. The rows are the truth; a lost task loses nothing."""

from __future__ import annotations

import logging
import socket
from datetime import datetime
from functools import cache

from celery import shared_task
from django.conf import settings

import present
from notifications import relay
from workflows import heads, stuck, sweep

from . import deadline_announcements, heartbeats, in_hand, proofs, tallies
from .models import Heartbeat, machine_of, records_with
from .services import (
    access_alerts,
    access_chain,
    disposing,
    due_records,
    policy_changes,
    programme,
    quarantine,
)
from .services import access_care as care
from .services.steps import take_steps

log = logging.getLogger(__name__)
# Seconds: what walks every history may take longer than other tasks, and less than the visibility timeout.
NIGHTLY = {"soft_time_limit": 13 * 60, "time_limit": 14 * 60}


SWEEPER = sweep.Sweeper(
    tell=deadline_announcements.deadlines_passed,
    machine_of=machine_of,
    records_with=records_with,
    take=take_steps,
    batch=settings.SWEEP_BATCH,
)


def fire(*, at: datetime) -> sweep.Swept:
    """Fire due deadlines with this product's announcements and effects, and follow rules that changed.

    Changes of rules come first, so that no deadline fires by a rule that is no longer in force; what goes
    wrong with them keeps no deadline from firing.
    """
    try:
        policy_changes.carry_out(at=at)
    except Exception:
        log.exception("The open cases do not follow the changed rules yet.")
    swept = SWEEPER.fire_due(at=at)
    tallies.store()
    heartbeats.note(Heartbeat.Part.SWEEP, at=at, fired=swept.fired, failed=swept.failed)
    programme.follow(at=at)  # afterwards: what goes wrong here keeps no deadline from firing
    return swept


def deliver(*, at: datetime) -> relay.Delivered:
    """Deliver what waits in the outbox."""
    delivered = relay.deliver_pending(at=at, worker=socket.gethostname())
    heartbeats.note(Heartbeat.Part.RELAY, at=at, sent=delivered.sent, failed=delivered.failed)
    return delivered


@shared_task
def fire_due_deadlines(**_later: object) -> None:
    fire(at=present.now())


@shared_task
def deliver_messages(**_later: object) -> None:
    deliver(at=present.now())


@shared_task
def check_files(**_later: object) -> None:
    quarantine.check_waiting(at=present.now())


@shared_task
def follow_reads(**_later: object) -> None:
    """Chain what was read since the last time, and tell what the rules find in it."""
    access_alerts.follow(at=present.now())


@shared_task
def carry_out_dispositions(**_later: object) -> None:
    """Destroy what two people have agreed on, as much of it as a tick may take."""
    disposing.carry_out(at=present.now())


@shared_task(**NIGHTLY)
def find_due_records_nightly(**_later: object) -> None:
    """Put what is due to be destroyed into batches that two people review; destroys nothing."""
    survey = due_records.find(at=present.now())
    log.info("walk for what is due to be destroyed: %s looked at", survey.walked)


@shared_task(**NIGHTLY)
def sign_heads_nightly(**_later: object) -> None:
    """Take the daily heads of histories and of reads; the log is one more place that remembers them."""
    at = present.now()
    access_alerts.follow(at=at, everything=True)
    reads = access_chain.take_head(at=at)
    log.info("daily head %s of reads, of %s: hash %s", reads.number, reads.day, reads.hash)
    head = heads.take(at=at)
    log.info("daily head %s of %s: root %s hash %s", head.number, head.day, head.root, head.hash)
    if not head.signature:
        log.warning("daily head %s is not signed: HISTORY_SIGNING_KEY is not set", head.number)


@shared_task(**NIGHTLY)
def verify_history_nightly(**_later: object) -> None:
    proofs.verify(at=present.now())


@shared_task(**NIGHTLY)
def replay_history_nightly(**_later: object) -> None:
    proofs.replay_all(at=present.now())


@shared_task
def find_stuck_nightly(**_later: object) -> None:
    """Say in the log which cases are stuck, one line each, and forget hosts that are gone."""
    at = present.now()
    for each in stuck.find(at=at):
        with in_hand.a_case(each.reference):
            level = logging.WARNING if each.trouble in stuck.WITHOUT_HARM else logging.ERROR
            log.log(level, "case %s is stuck: %s %s", each.reference, each.trouble.value, each.about)
    heartbeats.forget_the_gone(at=at)


@shared_task(**NIGHTLY)
def look_after_access_nightly(**_later: object) -> None:
    """Open, remind of and follow up reviews of who may act; warn and lock accounts that nobody uses."""
    care.look_after(at=present.now(), on_this_machine=present.on_this_machine())


def kick() -> None:
    """Ask a worker to deliver now; a hint that may be lost, and is left out where no broker is set.

    A process that has not loaded ``config.celery`` has none: Celery would look for one on its own machine.
    """
    if _has_broker():
        deliver_messages.apply_async(retry=False, ignore_result=True)


@cache
def _has_broker() -> bool:
    return not str(deliver_messages.app.conf.broker_url or "memory:").startswith("memory:")

"""One of several processes that do the same thing at the same time.

Started as ``python -m tests.races.contender DATABASE``. Reads orders from its input, one JSON object a line,
and answers each with one line; an order names one of the functions below and its arguments.
"""

from __future__ import annotations

import json
import os
import sys
import time
from datetime import datetime
from importlib import import_module
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


def take(
    *,
    step: str,
    who: str,
    cases: list[int],
    at: datetime,
    reason: str = "",
    version: int | None,
    key: str = "",
) -> list[Any]:
    """Take a step on each case: what came of it, case by case."""
    from referrals.models import SoiRequest, User
    from referrals.services.steps import take_step
    from workflows.engine import StepRefused

    person, answers = User.objects.get(email=who), []
    for case in cases:
        try:
            record = SoiRequest.objects.get(pk=case)
            taken = take_step(
                record, step, by=person, at=at, reason=reason, expected_version=version, idempotency_key=key
            )
            answers.append({"step": taken.pk, "repeated": taken.repeated})
        except StepRefused as refused:
            answers.append(
                {
                    "codes": [refusal.code for refusal in refused.refusals],
                    "remedies": [refusal.remedy for refusal in refused.refusals],
                }
            )
    return answers


def sweep(*, at: datetime, stop_at: int = 0) -> dict[str, int]:
    """Fire what is due; with ``stop_at`` says so at that rung and then stands still, in mid-transaction."""
    from referrals import tasks

    tell, told = tasks.announcements.deadline_passed, 0

    def listen(record: Any, deadline: Any, **when: Any) -> None:
        nonlocal told
        tell(record, deadline, **when)
        told += 1
        if told == stop_at:
            answer("standing still")
            time.sleep(600)

    tasks.announcements.deadline_passed = listen
    try:
        swept = tasks.fire(at=at)
    finally:
        tasks.announcements.deadline_passed = tell
    return {"fired": swept.fired, "steps": swept.steps, "failed": swept.failed, "told": told}


def deliver(*, at: datetime) -> dict[str, int]:
    from referrals import tasks

    delivered = tasks.deliver(at=at)
    return {"sent": delivered.sent, "failed": delivered.failed}


ANSWERS = os.fdopen(os.dup(sys.stdout.fileno()), "w")


def answer(words: Any) -> None:
    ANSWERS.write(json.dumps(words) + "\n")
    ANSWERS.flush()


def main(database: str) -> None:
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what is logged is no answer
    django.setup()
    if os.environ.get("WITH_QUEUE"):
        import_module("config.celery")  # as the web process does, so that pages wake a worker
    from django.db import connection

    connection.settings_dict["NAME"] = database
    connection.ensure_connection()
    answer("ready")
    for line in sys.stdin:
        order = json.loads(line)
        order["at"] = datetime.fromisoformat(order["at"])
        answer({"take": take, "sweep": sweep, "deliver": deliver}[order.pop("do")](**order))


if __name__ == "__main__":
    main(sys.argv[1])

"""Several processes that do the same thing at the same time.

Started as ``python -m tests.races.contender DATABASE IN:OUT…``: imports the product once and then forks one
process for each pair of pipes. Each reads orders, one JSON object a line, and answers each with one line,
beginning with its own number; an order names one of the functions below and its arguments.
"""

from __future__ import annotations

import json
import os
import sys
import time
from dataclasses import replace
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


def sweep(*, at: datetime, stop_at: int = 0, batch: int = 1) -> dict[str, int]:
    """Fire what is due; with ``stop_at`` says so at that rung and then stands still, in mid-transaction."""
    from referrals import tasks

    usual, told = tasks.SWEEPER, 0

    def listen(fired: Any, **when: Any) -> None:
        nonlocal told
        usual.tell(fired, **when)
        before, told = told, told + len(fired)
        if before < stop_at <= told:
            answer("standing still")
            time.sleep(600)

    tasks.SWEEPER = replace(usual, batch=batch, tell=listen)
    try:
        swept = tasks.fire(at=at)
    finally:
        tasks.SWEEPER = usual
    return {"fired": swept.fired, "steps": swept.steps, "failed": swept.failed, "told": told}


def order_about_clock(
    *, who: str, cases: list[int], at: datetime, lifts: dict[str, int] | None = None
) -> list[Any]:
    """Order the determination of each case to stand still, or lift the order of a line, case by case."""
    from referrals.models import SoiRequest, User
    from referrals.services import clock_orders
    from workflows.engine import StepRefused

    person, answers = User.objects.get(email=who), []
    for case in cases:
        record, how = SoiRequest.objects.get(pk=case), {"by": person, "at": at, "reason": "A court said so."}
        try:
            if lifts is None:
                step = clock_orders.order_pause(record, "soi_determination", authority="Order 9", **how)
            else:
                step = clock_orders.lift_pause(
                    record, "soi_determination", ordered_in=lifts[str(case)], **how
                )
            answers.append({"step": step.pk, "line": step.sequence})
        except StepRefused as refused:
            answers.append(
                {
                    "codes": [refusal.code for refusal in refused.refusals],
                    "remedies": [refusal.remedy for refusal in refused.refusals],
                }
            )
    return answers


def take_up(*, who: list[str], number: int, cases: list[int], at: datetime) -> list[Any]:
    """Take each case as one of these people, who all saw it in nobody's hands."""
    from referrals.models import SoiRequest, User
    from referrals.services import assignments
    from workflows.engine import StepRefused

    person, answers = User.objects.get(email=who[number % len(who)]), []
    for case in cases:
        record = SoiRequest.objects.get(pk=case)
        try:
            step = assignments.assign(
                record, person.pk, by=person, at=at, seen=None, expected_version=record.version
            )
            answers.append({"step": step.pk, "who": person.name})
        except StepRefused as refused:
            (why,) = refused.refusals
            answers.append({"codes": [why.code], "remedies": [str(why.remedy)], "said": str(why.reason)})
    return answers


def deliver(*, at: datetime) -> dict[str, int]:
    from referrals import tasks

    delivered = tasks.deliver(at=at)
    return {"sent": delivered.sent, "failed": delivered.failed}


def take_in_versions(*, folder: str, **order: Any) -> list[Any]:
    """As ``take``, with the definitions of that folder known."""
    from pathlib import Path

    from tests import versions

    with versions.known(Path(folder)):
        return take(**order)


def migrate(
    *, at: datetime, folder: str, batch: int, back: bool = False, stop_at: int = 0, slow: float = 0.0
) -> dict[str, Any]:
    """Move requests between versions; with ``stop_at`` says so at that case and then stands still."""
    from pathlib import Path

    from tests import versions
    from workflows import version_maps
    from workflows.migrating import Migration

    told = 0

    def listen(_move: Any) -> None:
        nonlocal told
        told += 1
        time.sleep(slow)
        if told == stop_at:
            answer("standing still")
            time.sleep(600)

    with versions.known(Path(folder)):
        known = version_maps.shipped(versions.KIND, 1, 2)
        migration = Migration(
            known.turned_round() if back else known, at=at, reason="A triage.", batch=batch, tell=listen
        )
        outcome = migration.run()
    return {"moved": outcome.moved, "left": [each.why for each in outcome.left]}


ORDERS: dict[str, Any] = {
    "take": take,
    "take_in_versions": take_in_versions,
    "sweep": sweep,
    "deliver": deliver,
    "migrate": migrate,
    "order_about_clock": order_about_clock,
    "take_up": take_up,
}
answers = sys.stdout


def answer(words: Any) -> None:
    answers.write(json.dumps(words) + "\n")
    answers.flush()


def serve(database: str, orders: int, replies: int) -> None:
    """One contender, from its first breath to the end of its orders."""
    global answers
    from django.db import connection

    connection.settings_dict["NAME"] = database
    connection.ensure_connection()
    answers = os.fdopen(replies, "w")
    answer(os.getpid())
    for line in os.fdopen(orders):
        order = json.loads(line)
        order["at"] = datetime.fromisoformat(order["at"])
        answer(ORDERS[order.pop("do")](**order))


def main(database: str, *pairs: str) -> None:
    django.setup()
    import_module("referrals.tasks")
    if os.environ.get("WITH_QUEUE"):
        import_module("config.celery")  # as the web process does, so that pages wake a worker
    pipes = [tuple(map(int, pair.split(":"))) for pair in pairs]
    for mine in pipes:
        if os.fork() == 0:
            for other in pipes:
                if other != mine:
                    os.close(other[0])
                    os.close(other[1])
            serve(database, *mine)
            os._exit(0)
    for pair in pipes:
        os.close(pair[0])
        os.close(pair[1])
    for _each in pipes:
        os.wait()


if __name__ == "__main__":
    main(*sys.argv[1:])

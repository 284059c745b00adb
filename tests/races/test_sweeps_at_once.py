"""Several sweepers at once, a sweeper that is killed, and a world without Redis."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from notifications.models import Message
from notifications.models import State as MessageState
from referrals import tasks
from referrals.models import SoiRequest
from tests.cases import OPEN_WORLD
from tests.races.conftest import Contender, processes
from workflows import history
from workflows.models import Deadline, Step
from workflows.sweep import Swept

pytestmark = pytest.mark.django_db(transaction=True)

LATE = OPEN_WORLD + timedelta(days=92)
"""By now every rung of the acknowledgement has passed, most of the others, and the requests lapse."""
Submitted = Callable[[int], list[SoiRequest]]


def due() -> int:
    return Deadline.objects.filter(state=Deadline.State.ARMED, due_at__lte=LATE).count()


def everything_fired_once(number: int, rungs: int) -> None:
    fired = Deadline.objects.filter(state=Deadline.State.FIRED)
    assert fired.count() == rungs
    assert due() == 0
    lapses = Step.objects.filter(name="lapse")
    assert Counter(lapses.values_list("case_id", flat=True)) == Counter(
        SoiRequest.objects.values_list("pk", flat=True)
    )
    assert lapses.count() == number
    assert history.verify().broken is None
    assert tasks.fire(at=LATE) == Swept()


@pytest.mark.parametrize("batch", [1, 3])
def test_four_sweepers_at_once_fire_each_rung_once(
    contenders: list[Contender], submitted: Submitted, batch: int
) -> None:
    requests = submitted(16)
    rungs = due()
    sweepers = contenders[:4]
    for each in sweepers:
        each.order("sweep", at=LATE, batch=batch)
    answers = [each.answer() for each in sweepers]
    left = tasks.fire(at=LATE)
    assert sum(each["fired"] for each in answers) + left.fired == rungs
    assert sum(each["steps"] for each in answers) + left.steps == len(requests)
    assert sum(each["failed"] for each in answers) == 0
    everything_fired_once(len(requests), rungs)


@pytest.mark.parametrize("batch", [1, 2])
def test_after_kill_9_in_the_middle_of_a_sweep_nothing_is_half_done(submitted: Submitted, batch: int) -> None:
    requests = submitted(6)
    rungs = due()
    per_case = rungs // len(requests)
    with processes(1) as (doomed,):
        doomed.order("sweep", at=LATE, stop_at=8, batch=batch)
        assert doomed.answer() == "standing still"
        doomed.kill()
        wait_until_its_locks_are_gone()

    fired = Deadline.objects.filter(state=Deadline.State.FIRED)
    by_case = Counter(fired.values_list("case_id", flat=True))
    assert set(by_case.values()) == {per_case}, "a case fired whole or not at all"
    assert 0 < len(by_case) < len(requests)
    assert set(Step.objects.filter(name="lapse").values_list("case_id", flat=True)) == set(by_case)
    abouts = set(Message.objects.filter(created_at=LATE).values_list("about", flat=True))
    assert abouts == {request.reference for request in requests if request.pk in by_case}

    tasks.fire(at=LATE)
    everything_fired_once(len(requests), rungs)
    assert len(set(messages_by_case().values())) == 1, "everybody was told the same"


def messages_by_case() -> Counter[str]:
    return Counter(Message.objects.filter(created_at=LATE).values_list("about", flat=True))


def wait_until_its_locks_are_gone() -> None:
    """The server notices within moments that the process at the other end is gone."""
    others = (
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid() AND state = 'idle in transaction'"
    )
    for _try in range(200):
        with connection.cursor() as cursor:
            cursor.execute(others)
            row = cursor.fetchone()
        if row == (0,):
            return
        time.sleep(0.05)
    raise AssertionError("the killed sweeper still holds its locks")


def test_without_redis_steps_are_taken_and_messages_delivered(submitted: Submitted, cast: Any) -> None:
    (request,) = submitted(1)
    Message.objects.filter(state=MessageState.PENDING).update(state=MessageState.SKIPPED)
    nowhere = "redis://127.0.0.1:1/0"
    with processes(1, WITH_QUEUE="1", REDIS_URL=nowhere, CACHE_URL=nowhere) as (alone,):
        began = time.monotonic()
        alone.order(
            "take",
            step="acknowledge",
            who=cast.investigator.email,
            cases=[request.pk],
            version=None,
            at=OPEN_WORLD,
        )
        (answer,) = alone.answer()
        assert "step" in answer
        assert time.monotonic() - began < 20, "a hint that nobody takes must not hold up the person who waits"
        waiting = Message.objects.filter(state=MessageState.PENDING).count()
        assert waiting > 0
        alone.order("deliver", at=OPEN_WORLD)
        assert alone.answer() == {"sent": waiting, "failed": 0}
    assert not Message.objects.undelivered().exists()

"""Deadlocks and lost serializations: whoever began the transaction does the whole of it again."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction

from recordsets import collisions
from referrals.models import SoiRequest, User
from referrals.services.steps import take_step
from tests.faults.colliding import meanwhile, put_back
from tests.faults.effects import an_hour_ago, taken, told
from tests.faults.figures import Figures
from tests.faults.stack import Stack, wait_for
from workflows import engine, history

Submitted = Callable[..., list[SoiRequest]]


def test_a_step_that_ran_into_a_deadlock_is_taken_again_once(
    stack: Stack, submitted: Submitted, people: Any, figures: Figures, caplog: pytest.LogCaptureFixture
) -> None:
    """The other one holds the people who are to be told, and then wants the case."""
    (request,) = submitted(1, at=an_hour_ago())
    everybody = list(User.objects.values_list("pk", flat=True))
    version = request.version
    with meanwhile(
        stack,
        "SELECT 1 FROM referrals_user WHERE id = ANY(%s) FOR UPDATE",
        everybody,
        then=f"SELECT 1 FROM workflows_case WHERE id = {request.pk} FOR UPDATE",  # noqa: S608
    ):
        take_step(request, "acknowledge", by=people.investigator, at=an_hour_ago(), expected_version=version)
    assert put_back(caplog) == ["deadlock"]
    messages = told([request], "soi_request.acknowledge")
    figures.hold(
        "deadlock in a step: steps", expected=[request.reference], done=taken([request], "acknowledge")
    )
    figures.hold("deadlock in a step: messages", expected=set(messages), done=messages)
    assert messages
    assert request.version == SoiRequest.objects.get(pk=request.pk).version == version + 1
    assert history.verify().broken is None


def test_a_step_that_could_not_be_serialized_is_taken_again_once(
    stack: Stack, submitted: Submitted, people: Any, figures: Figures, caplog: pytest.LogCaptureFixture
) -> None:
    """At the strictest level of isolation, the case is changed after it was read."""
    (request,) = submitted(1, at=an_hour_ago())
    with connection.cursor() as cursor:
        cursor.execute("SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL SERIALIZABLE")
    with meanwhile(stack, "UPDATE workflows_case SET next_due_at = next_due_at WHERE id = %s", request.pk):
        take_step(request, "acknowledge", by=people.investigator, at=an_hour_ago())
    assert put_back(caplog) == ["serialization failure"]
    figures.hold(
        "serialization failure in a step: steps",
        expected=[request.reference],
        done=taken([request], "acknowledge"),
    )
    assert history.verify().broken is None


def test_who_decided_on_an_older_case_is_told_so_even_at_the_second_try(
    stack: Stack, submitted: Submitted, people: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """The record is read again: a retry never takes a step on what is no longer there."""
    (request,) = submitted(1, at=an_hour_ago())
    seen, mine = request.version, SoiRequest.objects.get(pk=request.pk)
    with connection.cursor() as cursor:
        cursor.execute("SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL SERIALIZABLE")
    refused: list[engine.StepRefused] = []
    holding, go_on = threading.Event(), threading.Event()

    def colleague() -> None:
        with transaction.atomic():
            take_step(request, "acknowledge", by=people.investigator, at=an_hour_ago())
            holding.set()
            go_on.wait(60)
        connection.close()

    def watch() -> None:
        wait_for(stack.waits_for_lock, "the slower one")
        go_on.set()

    threads = [threading.Thread(target=colleague), threading.Thread(target=watch)]
    threads[0].start()
    assert holding.wait(60)
    threads[1].start()
    try:
        take_step(mine, "acknowledge", by=people.investigator, at=an_hour_ago(), expected_version=seen)
    except engine.StalePage as stale:
        refused.append(stale)
    for each in threads:
        each.join(60)
    assert refused
    assert put_back(caplog) == ["serialization failure"]
    assert taken([request], "acknowledge") == [request.reference]
    assert mine.version == seen, "the record in hand is what it was"


class Said(Exception):
    """What the database says, with its code."""

    def __init__(self, sqlstate: str | None) -> None:
        self.sqlstate = sqlstate


def failing(code: str | None, tries: list[int]) -> Callable[[], None]:
    def work() -> None:
        tries.append(1)
        raise OperationalError("no") from Said(code)

    return work


@pytest.mark.parametrize(
    ("code", "tries"),
    [("40001", collisions.TIMES), ("40P01", collisions.TIMES), ("57P01", 1), ("08006", 1), (None, 1)],
)
def test_only_what_the_database_put_back_is_done_again_and_not_for_ever(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, code: str | None, tries: int
) -> None:
    monkeypatch.setattr(collisions, "SHORTEST_PAUSE", 0.0001)
    begun: list[int] = []
    with pytest.raises(OperationalError):
        collisions.whole_again(failing(code, begun))
    assert len(begun) == tries


def test_within_a_callers_transaction_nothing_is_done_again(stack: Stack) -> None:
    begun: list[int] = []
    with pytest.raises(OperationalError), transaction.atomic():
        collisions.whole_again(failing("40P01", begun))
    assert begun == [1]


def test_a_record_is_put_back_as_it_was_before_each_try(stack: Stack, submitted: Submitted) -> None:
    (request,) = submitted(1, at=an_hour_ago())
    state, seen = request.state, []

    @collisions.in_one_piece
    def work(record: SoiRequest) -> None:
        seen.append((record.version, record.dispute, record._state.adding))
        record.version += 5
        record.dispute = "changed"
        record._state.adding = True
        if len(seen) < 3:
            raise OperationalError("no") from Said("40001")

    work(request)
    assert len(seen) == 3
    assert len(set(seen)) == 1
    assert request.state == state

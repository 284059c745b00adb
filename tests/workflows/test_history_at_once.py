"""Verification and daily heads while others go on working."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from referrals.services.steps import take_step
from tests import cases
from tests.cases import OPEN_WORLD
from tests.laid_down import laid_down
from workflows import heads, history
from workflows.models import CaseHead, DailyHead, Step

pytestmark = pytest.mark.django_db(transaction=True)

DAY = timedelta(days=1)


def elsewhere(work: Callable[[], Any], times: int = 1) -> list[Any]:
    """The results of some work done at the same time on connections of its own."""

    def once(_number: int) -> Any:
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(once, range(times)))


@pytest.fixture
@laid_down
def several(cast: Any) -> list[Any]:
    return [cases.request_draft(cast) for _number in range(4)]


def test_steps_taken_while_a_verification_walks_disturb_nothing(
    cast: Any, several: list[Any], monkeypatch: Any
) -> None:
    heads.take(at=OPEN_WORLD)
    monkeypatch.setattr(history, "CHUNK", 1)
    last = several[-1]

    def meanwhile(walked: int) -> None:
        if walked == 1:
            elsewhere(lambda: take_step(last, "submit", by=cast.representative, at=OPEN_WORLD + DAY))
            elsewhere(lambda: heads.take(at=OPEN_WORLD + DAY))

    before = Step.objects.count()
    verdict = history.verify(progress=meanwhile)
    assert verdict.broken is None
    assert (verdict.steps, verdict.heads) == (before, 1)
    again = history.verify()
    assert again.broken is None
    assert (again.steps, again.heads) == (before + 1, 2)


def test_several_who_take_the_head_of_a_day_take_one(several: list[Any]) -> None:
    taken = elsewhere(lambda: heads.take(at=OPEN_WORLD), times=4)
    assert {head.number for head in taken} == {1}
    assert DailyHead.objects.count() == 1
    assert CaseHead.objects.count() == len(several)
    assert history.verify().broken is None


def test_verification_writes_nothing(several: list[Any]) -> None:
    """It runs in a transaction that may only read."""
    seen: list[str] = []

    def ask(_walked: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SHOW transaction_read_only")
            seen.append(cursor.fetchone()[0])
            cursor.execute("SHOW transaction_isolation")
            seen.append(cursor.fetchone()[0])

    history.verify(progress=ask)
    assert seen == ["on", "repeatable read"]

"""Moving cases to another version: killed half-way, begun twice, while people work on the same cases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from referrals.models import SoiRequest
from tests import versions
from tests.cases import OPEN_WORLD
from tests.races.conftest import Contender, processes
from workflows import history, replay, version_maps
from workflows.migrating import Migration
from workflows.models import Case, Step

pytestmark = pytest.mark.django_db(transaction=True)

LATER = OPEN_WORLD + timedelta(days=1)
Submitted = Callable[[int], list[SoiRequest]]


@pytest.fixture
def folder(tmp_path: Path, transactional_db: None) -> Iterator[Path]:
    with versions.known(versions.write(tmp_path / "definitions")):
        yield tmp_path / "definitions"


def rest() -> int:
    known = version_maps.shipped(versions.KIND, 1, 2)
    return Migration(known, at=LATER, reason="A triage.").run().moved


def everything_moved_once(number: int) -> None:
    lines = Step.objects.filter(nature="MIGRATED").values_list("case_id", flat=True)
    assert sorted(Counter(lines).values()) == [1] * number
    assert set(Case.objects.values_list("definition_version", "state")) == {(2, "SENT")}
    everything_holds()


def everything_holds() -> None:
    assert history.verify().broken is None
    assert [str(each) for each in replay.replay().illegal] == []


def test_a_killed_run_leaves_whole_batches_and_the_next_one_goes_on(
    folder: Path, submitted: Submitted
) -> None:
    submitted(8)
    with processes(1, TESTING="1") as (mover,):
        mover.order("migrate", at=LATER, folder=str(folder), batch=3, stop_at=5)
        assert mover.answer() == "standing still"
        mover.kill()
    assert Case.objects.filter(definition_version=2).count() == 3
    everything_holds()
    assert rest() == 5
    everything_moved_once(8)


def test_two_runs_at_once_move_each_case_once(
    folder: Path, contenders: list[Contender], submitted: Submitted
) -> None:
    submitted(12)
    movers = contenders[:2]
    for each in movers:
        each.order("migrate", at=LATER, folder=str(folder), batch=2, slow=0.01)
    answers = [each.answer() for each in movers]
    assert [each["left"] for each in answers] == [[], []]
    assert sum(each["moved"] for each in answers) == 12
    assert rest() == 0
    everything_moved_once(12)


def test_people_who_work_on_the_same_cases_lose_nothing(
    folder: Path, cast: Any, contenders: list[Contender], submitted: Submitted
) -> None:
    requests = submitted(8)
    mover, person = contenders[:2]
    mover.order("migrate", at=LATER, folder=str(folder), batch=2, slow=0.02)
    person.order(
        "take_in_versions", folder=str(folder), step="withdraw", who=cast.representative.email,
        cases=[each.pk for each in reversed(requests)],
        at=LATER, reason="Settled.", version=None,
    )  # fmt: skip
    moved, taken = mover.answer(), person.answer()
    assert moved["left"] == []
    assert all("step" in each for each in taken), taken
    assert set(Case.objects.values_list("state", flat=True)) == {"WITHDRAWN"}
    everything_holds()


def test_a_run_waits_for_a_case_that_somebody_holds(
    folder: Path, contenders: list[Contender], submitted: Submitted
) -> None:
    from django.db import transaction

    held, *_others = submitted(4)
    with transaction.atomic():
        Case.objects.select_for_update().get(pk=held.pk)
        contenders[0].order("migrate", at=LATER, folder=str(folder), batch=2)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.5)")
    assert contenders[0].answer() == {"moved": 4, "left": []}
    everything_moved_once(4)

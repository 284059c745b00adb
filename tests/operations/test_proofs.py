"""What the nightly walks over the histories find is logged, and stands on the operations page."""

from __future__ import annotations

from typing import Any

import pgtrigger
import pytest
from django.test import Client
from django.utils import timezone

from config.celery import settings
from referrals import broker, proofs, readings, tasks
from referrals.broker import Broker
from referrals.models import Heartbeat
from referrals.services.steps import take_step
from tests import cases
from tests.cases import OPEN_WORLD
from tests.laid_down import laid_down
from tests.operations.conftest import Browse
from tests.referrals.pages.reading import main
from workflows.models import Step

Part = Heartbeat.Part
WITH_REDIS = Broker(used=True, answers=True)


@pytest.fixture
@laid_down
def request_sent(cast: Any) -> Any:
    request = cases.request_draft(cast)
    take_step(request, "submit", by=cast.representative, at=OPEN_WORLD)
    return request


def forge(record: Any, **columns: Any) -> None:
    """Another line than was written, as somebody with the owner's password could put it."""
    with pgtrigger.ignore():
        Step.objects.filter(case=record, sequence=2).update(**columns)


def test_both_walks_are_on_the_timetable_of_every_night() -> None:
    timetable: Any = settings("")["beat_schedule"]
    planned = {each["task"]: each["schedule"] for each in timetable.values()}
    for task in (tasks.verify_history_nightly, tasks.replay_history_nightly):
        assert planned[task.name].hour == {7}


def test_histories_that_hold_leave_a_sign_of_life_and_nothing_in_the_log(
    request_sent: Any, caplog: Any
) -> None:
    tasks.verify_history_nightly()
    tasks.replay_history_nightly()
    for part in (Part.VERIFY, Part.REPLAY):
        detail = Heartbeat.objects.get(name=part).detail
        assert (detail["number"], detail["wrong"]) == (0, "")
        assert detail["cases"] >= 1
    assert "history" not in caplog.text


def test_an_illegal_line_is_red_on_the_page_until_a_night_finds_none(
    cast: Any, browse: Browse, request_sent: Any, caplog: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broker, "look", lambda: WITH_REDIS)
    honest = request_sent.steps.get(sequence=2).capacity
    forge(request_sent, capacity="ICE_REVIEWER")
    tasks.replay_history_nightly()
    found = f"{request_sent.reference}, line 2: revise was taken by ICE_REVIEWER, whose step it is not"
    assert f"history not legal: {found}" in caplog.text
    page = main(browse(cast.administrator).get("/operations/"))
    assert f"Act now 1 place is wrong: {found}" in page
    assert "Run replay_history: it names each line" in page
    forge(request_sent, capacity=honest)
    tasks.replay_history_nightly()
    page = main(browse(cast.administrator).get("/operations/"))
    assert "place is wrong" not in page


def test_a_broken_chain_is_red_on_the_page(
    cast: Any, browse: Browse, request_sent: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broker, "look", lambda: WITH_REDIS)
    forge(request_sent, capacity="ICE_REVIEWER")
    tasks.verify_history_nightly()
    page = main(browse(cast.administrator).get("/operations/"))
    assert (
        f"1 place is wrong: Case {request_sent.reference}, step 2: was changed after it was written" in page
    )


def test_where_no_night_is_planned_a_walk_that_never_was_is_not_watched(
    cast: Any, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broker, "look", lambda: Broker(used=False, answers=False))
    page = main(browse(cast.administrator).get("/operations/"))
    assert "Histories replayed: every step legal under its version Not used here never" in page


def test_prometheus_counts_the_wrong_places(cast: Any, request_sent: Any) -> None:
    forge(request_sent, capacity="ICE_REVIEWER")
    proofs.replay_all(at=timezone.now())
    text = Client().get("/metrics", REMOTE_ADDR="127.0.0.1").content.decode()
    assert 'casework_history_problems{proof="replay"} 1.0' in text
    assert 'casework_history_problems{proof="verify"}' not in text
    assert readings.read(at=timezone.now()).wrong_in(Part.VERIFY) is None

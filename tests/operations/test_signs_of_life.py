"""Ticks: two at once are harmless, none for a day only means late, and that shows."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import celery
import pytest
from celery.beat import Scheduler
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.utils import timezone

from config import signs_of_life
from config.celery import settings
from notifications.models import Message
from referrals import broker, heartbeats, lights, readings, tallies, tasks
from referrals.broker import Broker
from referrals.demo.cast import Cast
from referrals.lights import Level
from referrals.models import Heartbeat, SoiRequest, Tally
from referrals.services.steps import take_step
from tests import cases
from workflows.models import Deadline, Step
from workflows.refusals import Refusal, StepRefused

Part = Heartbeat.Part
LIMITS = {
    "tick": [120, 600], "deadline_lag": [300, 3600], "outbox_lag": [300, 3600], "queue": [100, 1000],
    "incidents": [1, 10], "stuck": [1, 1], "histories": [129600, 259200],
}  # fmt: skip
NOW = timezone.now().replace(microsecond=0)


@pytest.fixture
def forgotten(cast: Cast) -> SoiRequest:
    """A request that its agency left alone for a hundred days, until now."""
    then = timezone.now() - timedelta(days=100)
    request = cases.request_draft(cast, at=then)
    take_step(request, "submit", by=cast.representative, at=then)
    return request


def a_beat() -> Scheduler:
    """A scheduler with the product's own timetable, whose last run is an hour ago; its tasks run in place."""
    app = celery.Celery("a second timetable", set_as_current=False)
    app.config_from_object({**settings(""), "task_always_eager": True, "task_eager_propagates": True})
    app.loader.import_task_module("referrals.tasks")
    beat = Scheduler(app)
    for name in list(beat.schedule):
        if name not in ("workflows.tick", "notifications.relay"):
            del beat.schedule[name]
    for entry in beat.schedule.values():
        entry.last_run_at = app.now() - timedelta(hours=1)
    return beat


def at_once(*works: Callable[[], None]) -> list[BaseException]:
    """Run each in a thread of its own, started together; what went wrong in any."""
    start, wrong = threading.Barrier(len(works)), list[BaseException]()

    def run(work: Callable[[], None]) -> None:
        try:
            start.wait(30)
            work()
        except BaseException as error:
            wrong.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return wrong


@pytest.mark.django_db(transaction=True)
def test_two_timetables_at_once_fire_and_tell_everything_once(forgotten: SoiRequest) -> None:
    due = set(Deadline.objects.filter(due_at__lte=timezone.now()).values_list("pk", flat=True))
    assert due
    beats = [a_beat(), a_beat()]

    def follow(beat: Scheduler) -> Callable[[], None]:
        return lambda: [beat.tick() for _entry in range(4)] and None

    assert at_once(*map(follow, beats)) == []
    assert all(entry.total_run_count == 1 for beat in beats for entry in beat.schedule.values())
    assert set(Deadline.objects.filter(state=Deadline.State.FIRED).values_list("pk", flat=True)) >= due
    lapses = Step.objects.filter(case_id=forgotten.pk, name="lapse", nature=Step.Nature.MOVED)
    assert lapses.count() == 1
    told = [(message.event, message.recipient_id, message.channel) for message in _messages(forgotten)]
    assert told
    assert len(told) == len(set(told))
    assert Heartbeat.objects.filter(name=Part.SWEEP).count() == 1
    assert Heartbeat.objects.filter(name=Part.RELAY).count() == 1


def _messages(request: SoiRequest) -> Any:
    lapse = Step.objects.get(case_id=request.pk, name="lapse")
    return Message.objects.filter(about=request.reference, created_at__gte=lapse.at)


@pytest.mark.django_db(transaction=True)
def test_two_signs_of_life_at_once_make_one_row() -> None:
    def note() -> None:
        for second in range(5):
            heartbeats.note(Part.BEAT, at=NOW + timedelta(seconds=second), host="one")

    assert at_once(note, note, note) == []
    [beat] = Heartbeat.objects.filter(name=Part.BEAT)
    assert beat.at == NOW + timedelta(seconds=4)


@pytest.mark.django_db(transaction=True)
def test_no_tick_for_a_day_only_means_late_and_shows(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(broker, "look", lambda: Broker(used=True, answers=True))
    then = timezone.now() - timedelta(days=100)
    request = cases.request_draft(cast, at=then)
    take_step(request, "submit", by=cast.representative, at=then)
    due = Deadline.objects.filter(case_id=request.pk, state=Deadline.State.ARMED).earliest("due_at").due_at
    tasks.deliver(at=due - timedelta(minutes=1))
    tasks.fire(at=due - timedelta(minutes=1))
    assert levels(at=due - timedelta(seconds=30))[:4] == [Level.GREEN, Level.GREEN, Level.RED, Level.GREEN]

    a_day_later = due + timedelta(days=1)
    late = readings.read(at=a_day_later)
    assert late.deadline_lag == timedelta(days=1)
    assert late.overdue >= 1
    assert levels(at=a_day_later)[:4] == [Level.RED] * 4
    assert not Message.objects.filter(about=request.reference, created_at__gte=due).exists()

    tasks.fire(at=a_day_later)
    tasks.deliver(at=a_day_later)
    assert readings.read(at=a_day_later).overdue == 0
    assert levels(at=a_day_later)[:4] == [Level.GREEN, Level.GREEN, Level.RED, Level.GREEN]
    assert Message.objects.filter(about=request.reference, created_at__gte=due).exists()


def levels(*, at: Any) -> list[Level]:
    return [light.level for light in lights.lights(readings.read(at=at), LIMITS)]


def test_the_latest_sign_of_any_host_counts(db: None) -> None:
    heartbeats.note(Part.SWEEP, at=NOW - timedelta(hours=3), host="one")
    heartbeats.note(Part.SWEEP, at=NOW - timedelta(seconds=20), host="two", fired=3, failed=2)
    reading = readings.read(at=NOW)
    assert reading.age_of(Part.SWEEP) == timedelta(seconds=20)
    assert reading.failed_cases == 2
    assert reading.age_of(Part.RELAY) is None


def test_a_clock_that_runs_ahead_cannot_make_a_dead_part_look_alive(db: None) -> None:
    heartbeats.note(Part.SWEEP, at=NOW + timedelta(days=365), host="ahead")
    assert readings.read(at=NOW).age_of(Part.SWEEP) is None
    heartbeats.note(Part.SWEEP, at=NOW, host="ahead")
    assert readings.read(at=NOW).age_of(Part.SWEEP) == timedelta(0)


def test_a_worker_counts_for_ten_minutes(db: None) -> None:
    heartbeats.note(Part.WORKER, at=NOW - timedelta(minutes=9), host="celery@one")
    heartbeats.note(Part.WORKER, at=NOW - timedelta(minutes=11), host="celery@two")
    assert [beat.host for beat in readings.read(at=NOW).workers] == ["celery@one"]


def test_hosts_that_are_gone_for_a_month_are_forgotten(db: None) -> None:
    heartbeats.note(Part.WORKER, at=NOW - timedelta(days=31), host="celery@gone")
    heartbeats.note(Part.WORKER, at=NOW - timedelta(days=29), host="celery@away")
    assert heartbeats.forget_the_gone(at=NOW) == 1
    assert Heartbeat.objects.get().host == "celery@away"


@pytest.mark.django_db(transaction=True)
def test_a_worker_says_that_it_is_there_while_it_is_connected() -> None:
    class Timer:
        every: float = 0
        cancelled = False

        def call_repeatedly(self, every: float, work: Any, arguments: Any, named: Any) -> Timer:
            self.every = every
            work(*arguments, **named)
            return self

        def cancel(self) -> None:
            self.cancelled = True

    class Consumer:
        hostname = "celery@one"
        timer = Timer()
        steps: list[Any] = []

    step = signs_of_life.NotedWorker(Consumer())
    step.start(Consumer())
    assert Heartbeat.objects.get(name=Part.WORKER).host == "celery@one"
    assert 0 < Consumer.timer.every <= readings.SEEN.total_seconds() / 3
    step.stop(Consumer())
    assert Consumer.timer.cancelled


@pytest.mark.django_db(transaction=True)
def test_beat_says_that_its_timetable_is_followed(tmp_path: Path) -> None:
    app = celery.Celery("beat", set_as_current=False)
    app.config_from_object(settings(""))
    beat = signs_of_life.NotedScheduler(
        app, schedule={}, schedule_filename=str(tmp_path / "timetable"), lazy=True
    )
    beat.setup_schedule()
    try:
        assert beat.tick() <= signs_of_life.EVERY
        first = Heartbeat.objects.get(name=Part.BEAT).at
        beat.tick()
        assert Heartbeat.objects.get(name=Part.BEAT).at == first, "not at every turn"
    finally:
        beat.close()


def test_the_timetable_and_the_workers_of_the_product_do_so() -> None:
    from config.celery import app

    assert app.conf.beat_scheduler == "config.signs_of_life:NotedScheduler"
    assert "config.signs_of_life:NotedWorker" in app.steps["consumer"]
    assert "workflows.stuck" in app.conf.beat_schedule


@pytest.mark.django_db(transaction=True)
def test_a_sign_that_cannot_be_written_stops_nobody(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def gone(*_arguments: Any, **_named: Any) -> None:
        raise DatabaseError("password secret")

    monkeypatch.setattr(heartbeats, "note", gone)
    with caplog.at_level(logging.INFO, "config.signs_of_life"):
        signs_of_life.note("beat")
    assert caplog.messages == ["No sign of life could be written: DatabaseError"]


@pytest.mark.django_db(transaction=True)
def test_the_engine_by_hand_is_seen_at_work_too(monkeypatch: pytest.MonkeyPatch) -> None:
    from referrals.management.commands import run_engine

    class Once(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            self.set()
            return True

    class Told:
        def __enter__(self) -> threading.Event:
            return Once()

        def __exit__(self, *_what: Any) -> None: ...

    monkeypatch.setattr(run_engine, "_told_to_stop", Told)
    call_command("run_engine", "--loop")
    assert set(Heartbeat.objects.values_list("name", flat=True)) == {Part.SWEEP, Part.RELAY, Part.LOOP}


def test_refusals_wait_in_memory_while_the_database_is_away(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusal = StepRefused(Refusal("wrong_state", "Not from here."), Refusal("needs_reason", "Say why."))
    tallies.refused("STATEMENT", refusal)

    def gone(*_arguments: Any, **_named: Any) -> Any:
        raise DatabaseError

    with monkeypatch.context() as away:
        away.setattr(connection, "cursor", gone)
        tallies.store()
    assert not Tally.objects.exists()
    tallies.refused("STATEMENT", refusal)
    tallies.store()
    tallies.store()
    counted = list(Tally.objects.values_list("kind", "code", "number"))
    assert counted == [("STATEMENT", "needs_reason", 2), ("STATEMENT", "wrong_state", 2)]


@pytest.mark.django_db(transaction=True)
def test_processes_that_count_the_same_refusal_at_once_lose_none() -> None:
    def count() -> None:
        for _each in range(5):
            tallies.refused("STATEMENT", StepRefused(Refusal("stale", "The case changed.")))
            tallies.store()

    assert at_once(count, count, count) == []
    tallies.store()
    assert Tally.objects.get(code="stale").number == 15

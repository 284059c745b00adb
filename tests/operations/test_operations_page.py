"""The operations page: every figure in plain words, for administrators, without a person or an employer."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from notifications.health import Lag
from referrals import broker, heartbeats, lights, readings, tallies
from referrals.broker import Broker
from referrals.demo.cast import Cast
from referrals.lights import Level
from referrals.models import EmployerName, Heartbeat, Person, User
from referrals.readings import Reading
from tests import cases
from tests.operations.conftest import Browse, broken
from tests.referrals.pages.reading import links, main
from workflows.refusals import Refusal, StepRefused
from workflows.stuck import REMEDIES, Trouble

Part = Heartbeat.Part
NOW = timezone.now().replace(microsecond=0)
LIMITS = settings.OPERATIONS_LIMITS


ALWAYS = (Part.SWEEP, Part.RELAY, Part.BEAT, Part.WORKER)
HELD = "Histories verified: nothing changed afterwards"
LEGAL = "Histories replayed: every step legal under its version"


def beat(part: Part, *, seconds: float = 20, **detail: Any) -> Heartbeat:
    return Heartbeat(name=part, host="one", at=NOW - timedelta(seconds=seconds), detail=detail)


SOUND = Reading(
    at=NOW,
    alive=[beat(each) for each in (*ALWAYS, Part.VERIFY, Part.REPLAY)],
    armed=40,
    overdue=0,
    deadline_lag=timedelta(0),
    outbox=Lag(oldest_pending_age=timedelta(0), pending=0, incidents=0),
    stuck=dict.fromkeys(Trouble, 0),
    broker=Broker(used=True, answers=True, queue=2),
    open_cases={},
    steps={},
    refused=[],
)


def found(reading: Reading) -> dict[str, Level]:
    return {str(light.label): light.level for light in lights.lights(reading, LIMITS)}


def without(part: Part) -> list[Heartbeat]:
    return [each for each in SOUND.alive if each.name != part]


@pytest.fixture
def sound(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """Everything runs, as of this moment."""
    settings.CLAMD = "unix:/run/clamd.sock"
    monkeypatch.setattr(broker, "look", lambda: Broker(used=True, answers=True))


def at_work() -> None:
    for part in (*ALWAYS, Part.VERIFY, Part.REPLAY):
        heartbeats.note(part, at=timezone.now(), host="celery@one")


def test_a_sound_system_is_green_throughout() -> None:
    assert set(found(SOUND).values()) == {Level.GREEN}
    assert lights.worst(lights.lights(SOUND, LIMITS)) is Level.GREEN


@pytest.mark.parametrize(
    ("label", "amber", "red"),
    [
        (
            HELD,
            {"alive": without(Part.VERIFY)},
            {"alive": [*without(Part.VERIFY), beat(Part.VERIFY, number=1, wrong="Case X, step 2")]},
        ),
        (
            LEGAL,
            {"alive": [*without(Part.REPLAY), beat(Part.REPLAY, seconds=36 * 3600)]},
            {"alive": [*without(Part.REPLAY), beat(Part.REPLAY, number=3)]},
        ),
        (
            LEGAL,
            {"alive": without(Part.REPLAY)},
            {"alive": [*without(Part.REPLAY), beat(Part.REPLAY, seconds=72 * 3600)]},
        ),
        (
            "Due dates were last looked at",
            {"alive": [*without(Part.SWEEP), beat(Part.SWEEP, seconds=120)]},
            {"alive": [*without(Part.SWEEP), beat(Part.SWEEP, seconds=600)]},
        ),
        (
            "Messages were last delivered",
            {"alive": [*without(Part.RELAY), beat(Part.RELAY, seconds=599)]},
            {"alive": without(Part.RELAY)},
        ),
        (
            "The timetable (beat) was last followed",
            {"alive": [*without(Part.BEAT), beat(Part.BEAT, seconds=300)]},
            {"alive": without(Part.BEAT)},
        ),
        (
            "Dates that passed and have not fired",
            {"overdue": 1, "deadline_lag": timedelta(minutes=5)},
            {"overdue": 1, "deadline_lag": timedelta(days=1)},
        ),
        (
            "Cases that failed at the last look",
            {"alive": [*without(Part.SWEEP), beat(Part.SWEEP, failed=1)]},
            {"alive": [*without(Part.SWEEP), beat(Part.SWEEP, failed=10)]},
        ),
        (
            "Messages that wait to be delivered",
            {"outbox": Lag(timedelta(minutes=59), 3, 0)},
            {"outbox": Lag(timedelta(minutes=60), 3, 0)},
        ),
        (
            "Messages that could not be delivered",
            {"outbox": Lag(timedelta(0), 0, 1)},
            {"outbox": Lag(timedelta(0), 0, 10)},
        ),
        (
            "Cases in the hands of people who left the desk",
            {"stuck": {**SOUND.stuck, Trouble.LEFT: 1}},
            {"stuck": {**SOUND.stuck, Trouble.LEFT: 100}},
        ),
        (
            "Tasks in the queue",
            {"broker": Broker(used=True, answers=True, queue=100)},
            {"broker": Broker(used=True, answers=True, queue=1000)},
        ),
    ],
)
def test_a_figure_turns_amber_and_then_red_alone(label: str, amber: Any, red: Any) -> None:
    for changed, level in ((amber, Level.AMBER), (red, Level.RED)):
        levels = found(replace(SOUND, **changed))
        assert levels.pop(label) is level
        assert set(levels.values()) == {Level.GREEN}


@pytest.mark.parametrize(
    ("label", "changed"),
    [
        ("Stuck cases", {"stuck": {**SOUND.stuck, Trouble.NOBODY: 1}}),
        ("Workers seen in the last ten minutes", {"alive": without(Part.WORKER)}),
        ("Redis", {"broker": Broker(used=True, answers=False)}),
    ],
)
def test_some_figures_are_red_at_once(label: str, changed: Any) -> None:
    reading = replace(SOUND, **changed)
    assert found(reading)[label] is Level.RED
    assert lights.worst(lights.lights(reading, LIMITS)) is Level.RED


def test_where_the_engine_runs_by_hand_neither_beat_nor_redis_is_missed() -> None:
    alone = replace(
        SOUND,
        alive=[beat(Part.SWEEP), beat(Part.RELAY), beat(Part.LOOP)],
        broker=Broker(used=False, answers=False),
    )
    levels = found(alone)
    unused = ("The timetable (beat) was last followed", "Redis", "Workers seen in the last ten minutes")
    for label in (*unused, HELD, LEGAL):
        assert levels.pop(label) is Level.UNUSED
    assert set(levels.values()) == {Level.GREEN}


@pytest.mark.parametrize(
    ("time", "words"),
    [
        (timedelta(seconds=1), "1 second"), (timedelta(seconds=119), "119 seconds"),
        (timedelta(seconds=120), "2 minutes"), (timedelta(hours=2), "2 hours"),
        (timedelta(hours=47), "47 hours"), (timedelta(days=2), "2 days"), (timedelta(days=400), "400 days"),
    ],
)  # fmt: skip
def test_a_length_of_time_is_told_in_its_largest_unit(time: timedelta, words: str) -> None:
    assert lights.span(time) == words


def test_the_page_is_for_administrators_alone(cast: Cast, browse: Browse, sound: None) -> None:
    for key, person in cast.people.items():
        expected = 200 if key == "administrator" else 404
        assert browse(person).get("/operations/").status_code == expected, key
    assert Client().get("/operations/").status_code == 302
    assert browse(cast.administrator).post("/operations/").status_code == 405


def test_administrators_find_the_page(cast: Cast, browse: Browse) -> None:
    client = browse(cast.administrator)
    assert "/operations/" in links(client.get("/"))
    assert 'href="/operations/"' in client.get("/inbox/").content.decode()
    assert 'href="/operations/"' not in browse(cast.representative).get("/inbox/").content.decode()


def test_a_sound_system_is_told_in_one_sentence(cast: Cast, browse: Browse, sound: None) -> None:
    at_work()
    text = main(browse(cast.administrator).get("/operations/"))
    assert "Everything does its work." in text
    assert "Act now" not in text
    assert "None. Every open case is somebody's turn" in text
    assert "celery@one" in text


def test_what_is_red_says_so_in_words_and_what_to_do(cast: Cast, browse: Browse, sound: None) -> None:
    text = main(browse(cast.administrator).get("/operations/"))
    assert "Something needs you now" in text
    assert "Due dates were last looked at Act now never" in text
    assert "Start a worker and beat, or run_engine --loop." in text


def test_a_stuck_case_stands_there_with_its_kind_and_what_to_do(
    cast: Cast, browse: Browse, sound: None
) -> None:
    at_work()
    request = broken(cases.request_draft(cast), desk=None)
    response = browse(cast.administrator).get("/operations/")
    text = main(response)
    for words in (request.reference, "Request for a statement of interest", str(request.state_label)):
        assert words in text
    assert str(Trouble.NOBODY.label) in text
    assert str(REMEDIES[Trouble.NOBODY]) in text
    assert not [link for link in links(response) if "/cases/" in link]


def test_the_page_names_no_person_and_no_employer(cast: Cast, browse: Browse, sound: None) -> None:
    statement = cases.active_statement(cast)
    request = cases.routed_request(cast, statement)
    for each in (statement, request):
        broken(each, desk=None)
    tallies.refused("WORKER_REQUEST", StepRefused(Refusal("wrong_party", "Not yours.")))
    tallies.store()
    text = main(browse(cast.administrator).get("/operations/"))
    assert request.reference in text
    assert "wrong_party" in text
    secrets = {user.name for user in User.objects.exclude(pk=cast.administrator.pk)}
    secrets |= {user.email for user in User.objects.all()} | set(
        EmployerName.objects.values_list("name", flat=True)
    )
    for person in Person.objects.all():
        secrets |= {person.given_names, person.family_names}
    assert not {secret for secret in secrets if secret in text}


def test_the_page_speaks_spanish(cast: Cast, browse: Browse, sound: None) -> None:
    broken(cases.request_draft(cast), desk=None)
    client = browse(cast.administrator)
    english = main(client.get("/operations/"))
    with translation.override("es"):
        spanish = main(client.get("/operations/", headers={"Accept-Language": "es"}))
        assert str(Level.RED.label) in spanish
        assert str(Trouble.NOBODY.label) in spanish
    for words in (
        "Operations",
        "Figures",
        "Act now",
        "What to do",
        "Who was seen at work",
        "Stuck cases",
        "nothing",
    ):
        assert words in english
        assert f" {words} " not in f" {spanish} ", words


def test_more_cases_need_no_more_queries(cast: Cast, browse: Browse, sound: None) -> None:
    client = browse(cast.administrator)

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            client.get("/operations/")
        return len(asked)

    client.get("/")  # the first page of a sign-in notes when it began
    before = queries()
    for _each in range(3):
        broken(cases.request_draft(cast), desk=None)
    assert queries() == before <= 34


def test_limits_come_from_the_settings() -> None:
    stricter = {**LIMITS, "queue": [1, 2]}
    assert {str(light.label): light.level for light in lights.lights(SOUND, stricter)}[
        "Tasks in the queue"
    ] is Level.RED
    assert found(SOUND)["Tasks in the queue"] is Level.GREEN


def test_measuring_reads_and_writes_nothing_else(cast: Cast, sound: None) -> None:
    with CaptureQueriesContext(connection) as asked:
        readings.read(at=NOW)
    assert all(query["sql"].lstrip().startswith("SELECT") for query in asked.captured_queries)

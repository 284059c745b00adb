"""Log lines: one JSON object each, with request, case and account, and never a personal fact."""

from __future__ import annotations

import io
import json
import logging
import logging.config
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.test import Client

from config.logging import Json, Line, NoData, configuration, without_facts
from referrals import in_hand, tasks
from referrals.demo import workers
from referrals.demo.cast import Cast
from referrals.models import EmployerName, Person, User
from referrals.services import worker_requests
from referrals.services.steps import take_step
from tests import cases
from tests.cases import OPEN_WORLD
from tests.laid_down import by_real_steps
from tests.operations.conftest import Browse
from workflows.engine import StepRefused

WORKER = workers.PRUDENCIA


class Log:
    """What was written since the log was opened."""

    def __init__(self, stream: io.StringIO) -> None:
        self.stream = stream

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]

    def of(self, logger: str) -> list[dict[str, Any]]:
        return [line for line in self.lines if line["logger"] == logger]


@pytest.fixture
def log() -> Iterator[Log]:
    """Production's log, turned up as far as it goes: every logger there is at DEBUG."""
    stream = io.StringIO()
    written = configuration(level="DEBUG", style="json", whole_errors=False)
    written["handlers"]["stdout"]["stream"] = stream
    kept = logging.getLogger().handlers[:]
    levels = {name: each.level for name, each in _loggers().items()}
    logging.config.dictConfig(written)
    logging.getLogger().setLevel(logging.DEBUG)
    for each in _loggers().values():
        each.setLevel(logging.DEBUG)
    yield Log(stream)
    logging.config.dictConfig(settings.LOGGING)
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)
    logging.getLogger().handlers[:] = kept


def _loggers() -> dict[str, logging.Logger]:
    known = logging.getLogger().manager.loggerDict.items()
    return {name: each for name, each in known if isinstance(each, logging.Logger)}


def facts() -> set[str]:
    """Everything in the database that a log must not tell: people, their numbers, employers."""
    found = {user.name for user in User.objects.all()} | {user.email for user in User.objects.all()}
    for user in User.objects.all():
        found |= set(user.name.split())
    for person in Person.objects.all():
        found |= {person.given_names, person.family_names, person.a_number, person.born_on.isoformat()}
        found.add(re.sub(r"\D", "", person.a_number))
    found |= set(EmployerName.objects.values_list("name", flat=True))
    return {fact for fact in found if len(fact) > 2} - {"System"}


def told(text: str) -> set[str]:
    return {fact for fact in facts() if re.search(rf"(?<!\w){re.escape(fact)}(?!\w)", text, re.IGNORECASE)}


def journey(cast: Cast) -> Any:
    """From a request for a statement to a granted worker's request, with refusals on the way."""
    statement = cases.active_statement(cast)
    person = worker_requests.add_person(
        by=cast.representative,
        at=OPEN_WORLD,
        given_names=WORKER.given_names,
        family_names=WORKER.family_names,
        a_number=WORKER.a_number,
        born_on=OPEN_WORLD.date().replace(year=1990),
        nationality="Exampleland",
    )
    assert person.a_number
    grant = cases.granted_request(cast, statement, at=OPEN_WORLD, starts_on=OPEN_WORLD.date(), months=48)
    with pytest.raises(StepRefused):
        take_step(statement, "sign", by=cast.investigator, at=OPEN_WORLD)
    tasks.fire(at=OPEN_WORLD + timedelta(days=60))
    tasks.deliver(at=OPEN_WORLD + timedelta(days=60))
    return grant


@contextmanager
def sql_logged() -> Iterator[None]:
    connection.force_debug_cursor = True
    try:
        yield
    finally:
        connection.force_debug_cursor = False


def look_around(cast: Cast, browse: Browse) -> None:
    """Pages of both sides, what people type into addresses and searches, and pages that fail."""
    representative = browse(cast.representative)
    for address in (
        "/", "/workers/", "/matters/", f"/search/?q={WORKER.family_names}", "/inbox/", "/accounts/login/",
        f"/cases/{WORKER.given_names}/", f"/{WORKER.given_names}-{WORKER.family_names}/",
        f"/cases/{WORKER.a_number.replace('-', '')}/", "/verify/?code=A%20Foods",
    ):  # fmt: skip
        representative.get(address)
    browse(cast.investigator).get("/matters/")
    Client().post("/accounts/login/", {"login": cast.adjudicator.email, "password": "wrong"})


def test_a_journey_with_every_logger_at_debug_tells_no_personal_fact(
    log: Log, cast: Cast, browse: Browse
) -> None:
    with sql_logged(), by_real_steps():
        journey(cast)
        look_around(cast, browse)
    assert len(log.of("referrals.traces")) > 15
    assert len(log.of("config.trail")) > 10
    assert len(facts()) > 50
    assert told(log.text) == set()


def test_without_the_filter_the_database_would_tell_names_and_employers(
    log: Log, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(NoData, "filter", lambda _self, _record: True)
    with sql_logged():
        User.objects.filter(name=cast.signer.name).exists()
        EmployerName.objects.filter(name="A Foods").exists()
    assert cast.signer.name in told(log.text)
    assert "A Foods" in log.text


def test_an_error_is_told_by_its_type_and_place_alone(log: Log, cast: Cast) -> None:
    try:
        try:
            raise ValueError(f"{WORKER.given_names} is no number")
        except ValueError as wrong:
            raise RuntimeError(f"no packet for {WORKER.family_names}") from wrong
    except RuntimeError:
        logging.getLogger("referrals.letters").exception("A letter could not be drawn.")
    [line] = log.of("referrals.letters")
    assert [each["type"] for each in line["error"]] == ["builtins.RuntimeError", "builtins.ValueError"]
    assert "test_logging.py:" in line["error"][0]["at"][-1]
    assert WORKER.given_names not in log.text
    assert WORKER.family_names not in log.text


def test_an_error_of_the_database_names_its_constraint_and_no_value(log: Log, cast: Cast) -> None:
    try:
        with transaction.atomic():
            User.objects.create(email=cast.signer.email, name=cast.signer.name)
    except IntegrityError:
        logging.getLogger("referrals.views").exception("Refused by the database.")
    [line] = log.of("referrals.views")
    assert line["error"][0]["sqlstate"] == "23505"
    assert line["error"][0]["constraint"]
    assert told(log.text) == set()


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("mail to rosa.r@example.org bounced", "mail to [address] bounced"),
        ("GET /search/?q=Prudencia HTTP/1.1", "GET /search/?[…] HTTP/1.1"),
        ("stored A000-000-101 twice", "stored [a_number] twice"),
        ("receipt IOE1234567890 unknown", "receipt [receipt] unknown"),
        ("celery@vm ready.", "celery@vm ready."),
        ("Why? Because.", "Why? Because."),
    ],
)
def test_what_has_the_shape_of_a_fact_is_blacked_out(said: str, written: str) -> None:
    assert without_facts(said) == written


def test_a_line_is_one_object_with_time_level_logger_and_message(log: Log) -> None:
    logging.getLogger("workflows.sweep").warning('two\nlines, "quoted"')
    [line] = log.of("workflows.sweep")
    assert line["timestamp"].endswith("+00:00")
    assert (line["level"], line["message"]) == ("WARNING", 'two\nlines, "quoted"')
    assert len(log.text.splitlines()) == len(log.lines)


def test_each_line_of_a_request_carries_its_number_case_and_account(
    log: Log, cast: Cast, browse: Browse
) -> None:
    request = cases.request_draft(cast)
    number = "0af7651916cd43dd8448eb211c80319c"
    response = browse(cast.representative).get(
        f"/cases/{request.reference}/", headers={"X-Request-ID": number}
    )
    assert response.headers["X-Request-ID"] == number
    [line] = log.of("config.trail")
    assert (line["request"], line["status"]) == (number, 200)
    assert (line["case"], line["account"]) == (request.reference, cast.representative.pk)
    assert line["message"] == "GET /cases/<str:reference>/ answered 200"
    assert line["milliseconds"] >= 0


@pytest.mark.parametrize(
    "given", ["", "short", "x" * 65, "a line\r\nforged by somebody", "ñ" * 20, '{"a": 1}' * 3]
)
def test_a_number_that_is_not_sane_is_replaced(log: Log, given: str) -> None:
    response = Client().get("/verify/", headers={"X-Request-ID": given})
    made = response.headers["X-Request-ID"]
    assert re.fullmatch(r"[a-p]{32}", made)
    assert log.of("config.trail")[-1]["request"] == made


def test_nothing_of_a_request_is_left_for_the_next(log: Log, cast: Cast, browse: Browse) -> None:
    request = cases.request_draft(cast)
    browse(cast.representative).get(f"/cases/{request.reference}/")
    Client().get("/verify/")
    first, second = log.of("config.trail")
    assert "case" in first
    assert "case" not in second
    assert "account" not in second
    assert first["request"] != second["request"]
    assert (in_hand.request_id.get(), in_hand.case.get(), in_hand.account.get()) == ("", "", None)


def test_a_typed_reference_is_not_written_down(log: Log, cast: Cast, browse: Browse) -> None:
    browse(cast.representative).get(f"/cases/{WORKER.given_names}/")
    [line] = log.of("config.trail")
    assert line["status"] == 404
    assert "case" not in line
    assert WORKER.given_names not in log.text


def test_a_step_is_logged_with_its_case_and_a_refusal_with_its_codes(log: Log, cast: Cast) -> None:
    request = cases.request_draft(cast)
    take_step(request, "submit", by=cast.representative, at=OPEN_WORLD)
    with pytest.raises(StepRefused):
        take_step(request, "acknowledge", by=cast.representative, at=OPEN_WORLD)
    taken, refused = log.of("referrals.traces")
    assert (taken["message"], taken["case"]) == ("submit taken", request.reference)
    assert refused["message"].startswith("acknowledge refused: ")
    assert refused["case"] == request.reference


def test_production_writes_json_and_everybody_else_lines_for_people() -> None:
    assert settings.LOG_FORMAT == "line"
    for style, formatter in (("json", Json), ("line", Line)):
        written = configuration(level="INFO", style=style, whole_errors=False)
        assert written["formatters"][style]["()"] is formatter
        assert written["handlers"]["stdout"]["formatter"] == style


def test_a_line_for_people_says_what_it_belongs_to() -> None:
    record = logging.LogRecord("config.trail", logging.INFO, __file__, 1, "GET %s", ("/",), None)
    with in_hand.a_request("0af7651916cd43dd"), in_hand.a_case("NLRB-2024-1"):
        line = Line().format(record)
    assert line.endswith("INFO config.trail GET / [request=0af7651916cd43dd case=NLRB-2024-1]")


def test_debug_turns_up_our_own_packages_only() -> None:
    written = configuration(level="DEBUG", style="json", whole_errors=False)
    assert written["loggers"]["workflows"]["level"] == "DEBUG"
    assert written["root"]["level"] == written["loggers"]["django"]["level"] == "INFO"

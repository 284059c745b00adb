"""The probes: up, ready, and measured; safe without sign-in, and silent about details to strangers."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client, override_settings
from prometheus_client.parser import text_string_to_metric_families

from config import health
from referrals import broker, readings, tasks
from referrals.broker import Broker
from referrals.demo.cast import Cast
from referrals.services.steps import take_step
from tests import cases
from tests.cases import OPEN_WORLD
from tests.operations.conftest import Browse, broken
from workflows.engine import StepRefused
from workflows.models import Policy

TOKEN = "a-token-for-tests-3f1c"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
ELSEWHERE = {"REMOTE_ADDR": "192.0.2.7"}


@pytest.fixture(autouse=True)
def _a_token_and_a_redis(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(broker, "look", lambda: Broker(used=True, answers=True))
    with override_settings(OPERATIONS_TOKEN=TOKEN):
        yield


@pytest.fixture
def no_database(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server has gone: not even a session can be read."""

    def gone(*_arguments: Any, **_named: Any) -> Any:
        raise OperationalError("connection to server at 10.0.0.5, user casework, password secret failed")

    monkeypatch.setattr(connection, "cursor", gone)
    monkeypatch.setattr(connection, "connect", gone)


def checks(response: Any) -> dict[str, str]:
    return {name: check["status"] for name, check in response.json()["checks"].items()}


def figures(response: Any) -> dict[tuple[str, ...], float]:
    """Every sample by its name and the values of its labels, in the order of the labels' names."""
    return {
        (sample.name, *(value for _label, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(response.content.decode())
        for sample in family.samples
    }


def test_a_process_is_up_whatever_its_database_does(no_database: None) -> None:
    response = Client().get("/healthz", headers={"Host": "10.1.2.3"})
    assert (response.status_code, response.content) == (200, b"ok")


@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
def test_probes_need_no_cookie_no_known_host_and_no_tls(db: None, address: str) -> None:
    with override_settings(SECURE_SSL_REDIRECT=True, ALLOWED_HOSTS=["casework.example"]):
        response = Client().get(address, headers={"Host": "10.1.2.3"})
    assert response.status_code == 200
    assert not response.cookies
    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.parametrize("address", ["/healthz", "/readyz", "/metrics"])
def test_probes_are_only_read(db: None, address: str) -> None:
    assert Client().post(address, headers=BEARER).status_code == 405


def test_a_sound_process_is_ready(db: None) -> None:
    response = Client().get("/readyz", headers=BEARER)
    assert response.status_code == 200
    assert response.json()["status"] == "pass"
    assert checks(response) == dict.fromkeys(["database", "migrations", "rulebook", "wall", "redis"], "pass")


def test_strangers_learn_pass_warn_or_fail_and_no_more(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    assert Client().get("/readyz").json() == {"status": "pass"}
    monkeypatch.setattr(broker, "look", lambda: Broker(used=True, answers=False))
    response = Client().get("/readyz")
    assert (response.status_code, response.json()) == (200, {"status": "warn"})
    Policy.objects.filter(key="rfe").delete()
    response = Client().get("/readyz")
    assert (response.status_code, response.json()) == (503, {"status": "fail"})


@pytest.mark.parametrize(
    "token", ["", "Bearer", "Bearer ", "Bearer wrong", f"Basic {TOKEN}", TOKEN, "Bearer ñ"]
)
def test_a_wrong_token_is_no_token(db: None, token: str) -> None:
    assert "checks" not in Client().get("/readyz", headers={"Authorization": token}).json()


def test_where_no_token_is_set_an_empty_one_opens_nothing(db: None) -> None:
    with override_settings(OPERATIONS_TOKEN=""):
        assert "checks" not in Client().get("/readyz", headers={"Authorization": "Bearer "}).json()


def test_details_are_for_signed_in_administrators_and_for_nobody_else(cast: Cast, browse: Browse) -> None:
    assert "checks" in browse(cast.administrator).get("/readyz").json()
    for person in (cast.representative, cast.signer, cast.intake, cast.officer):
        assert "checks" not in browse(person).get("/readyz").json()


def test_a_lost_database_is_told_without_its_address(no_database: None) -> None:
    response = Client().get("/readyz", headers=BEARER)
    assert response.status_code == 503
    assert checks(response) == {
        "database": "fail", "migrations": "unknown", "rulebook": "unknown", "wall": "unknown",
        "redis": "pass",
    }  # fmt: skip
    for secret in ("10.0.0.5", "secret", "casework", settings.DATABASES["default"]["NAME"]):
        assert secret not in response.content.decode()


def test_a_session_that_cannot_be_read_makes_nobody_an_administrator(no_database: None) -> None:
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = "a" * 32
    response = client.get("/readyz")
    assert (response.status_code, response.json()) == (503, {"status": "fail"})


def test_a_migration_that_is_not_applied_is_noticed(db: None) -> None:
    ((_app, last),) = MigrationLoader(connection).graph.leaf_nodes("referrals")
    MigrationRecorder.Migration.objects.get(app="referrals", name=last).delete()
    response = Client().get("/readyz", headers=BEARER)
    assert response.status_code == 503
    assert checks(response)["migrations"] == "fail"
    assert "manage.py migrate" in response.json()["checks"]["migrations"]["what"]


def test_a_row_policy_that_is_missing_is_noticed(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP POLICY pages ON referrals_person")
    response = Client().get("/readyz", headers=BEARER)
    assert response.status_code == 503
    assert checks(response)["wall"] == "fail"
    assert "manage.py migrate" in response.json()["checks"]["wall"]["what"]


def test_a_rule_that_is_not_loaded_is_noticed(db: None) -> None:
    Policy.objects.filter(key="rfe").delete()
    response = Client().get("/readyz", headers=BEARER)
    assert response.status_code == 503
    assert checks(response)["rulebook"] == "fail"


def test_without_redis_a_process_serves_pages_and_says_what_is_missing(
    cast: Cast, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broker, "look", lambda: Broker(used=True, answers=False))
    response = Client().get("/readyz", headers=BEARER)
    assert (response.status_code, response.json()["status"]) == (200, "warn")
    assert response.json()["checks"]["redis"] == {
        "status": "fail", "needed": False, "what": health.TROUBLE["redis"],
    }  # fmt: skip
    assert figures(Client().get("/metrics"))["casework_up", "redis"] == 0
    assert browse(cast.representative).get("/").status_code == 200


def test_redis_can_be_made_something_that_a_process_needs(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(broker, "look", lambda: Broker(used=True, answers=False))
    with override_settings(READYZ_NEEDS=["database", "migrations", "rulebook", "redis"]):
        response = Client().get("/readyz", headers=BEARER)
    assert (response.status_code, response.json()["status"]) == (503, "fail")
    assert response.json()["checks"]["redis"]["needed"] is True


def test_a_need_that_no_check_knows_is_never_met(db: None) -> None:
    with override_settings(READYZ_NEEDS=["databaes"]):
        assert Client().get("/readyz").status_code == 503


def test_an_installation_without_redis_does_not_miss_it(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    with override_settings(REDIS_URL="", OPERATIONS_TOKEN=TOKEN):
        assert checks(Client().get("/readyz", headers=BEARER))["redis"] == "pass"


@pytest.mark.parametrize(
    "address", ["redis+socket:///nobody/here.sock?virtual_host=3", "redis://127.0.0.1:1/0"]
)
def test_a_redis_that_is_away_is_noticed_at_once(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.undo()
    with override_settings(REDIS_URL=address):
        assert broker.look() == Broker(used=True, answers=False)


def test_figures_are_for_this_machine_and_for_the_token(db: None) -> None:
    assert Client().get("/metrics").status_code == 200
    assert Client(**ELSEWHERE).get("/metrics").status_code == 401  # type: ignore[arg-type]
    assert Client(**ELSEWHERE).get("/metrics", headers=BEARER).status_code == 200  # type: ignore[arg-type]


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP"])
def test_behind_a_proxy_nobody_is_local(db: None, header: str) -> None:
    assert Client().get("/metrics", headers={header: "127.0.0.1"}).status_code == 401
    with override_settings(BEHIND_TLS_PROXY=True):
        assert Client().get("/metrics").status_code == 401


def test_figures_are_for_administrators_and_for_nobody_else(cast: Cast, browse: Browse) -> None:
    for person, status in ((cast.administrator, 200), (cast.representative, 401), (cast.intake, 401)):
        assert browse(person).get("/metrics", **ELSEWHERE).status_code == status  # type: ignore[arg-type]


def test_figures_follow_what_happens(cast: Cast) -> None:
    request = cases.request_draft(cast)
    take_step(request, "submit", by=cast.representative, at=OPEN_WORLD)
    with pytest.raises(StepRefused) as refusal:
        take_step(request, "acknowledge", by=cast.representative, at=OPEN_WORLD)
    broken(request, desk=None)
    found = figures(Client().get("/metrics"))
    assert found["casework_up", "database"] == found["casework_up", "redis"] == 1
    assert found["casework_steps_total", "SOI_REQUEST"] == request.version
    assert found["casework_open_cases", "SOI_REQUEST"] == 1
    assert found["casework_stuck_cases", "nobody"] == 1
    assert found["casework_deadlines_overdue",] > 0
    assert found["casework_deadline_lag_seconds",] > 365 * 24 * 3600
    assert ("casework_last_seen_age_seconds", "sweep") not in found
    assert refusal.value.refusals


def test_refusals_are_counted_by_reason_once_the_transaction_is_over(cast: Cast, browse: Browse) -> None:
    request = cases.request_draft(cast)
    with pytest.raises(StepRefused) as refusal:
        take_step(request, "acknowledge", by=cast.investigator, at=OPEN_WORLD)
    codes = {each.code for each in refusal.value.refusals}
    assert codes
    browse(cast.representative).get("/inbox/")
    found = figures(Client().get("/metrics"))
    for code in codes:
        assert found["casework_refused_steps_total", code, "SOI_REQUEST"] == 1
    browse(cast.representative).get("/inbox/")
    assert figures(Client().get("/metrics"))["casework_refused_steps_total", codes.pop(), "SOI_REQUEST"] == 1


def test_ticks_are_seen_separately(cast: Cast) -> None:
    tasks.fire_due_deadlines()
    found = figures(Client().get("/metrics"))
    assert 0 <= found["casework_last_seen_age_seconds", "sweep"] < 60
    assert ("casework_last_seen_age_seconds", "relay") not in found
    tasks.deliver_messages()
    assert "casework_last_seen_age_seconds", "relay" in figures(Client().get("/metrics"))


def test_a_lost_database_leaves_one_figure_that_says_so(no_database: None, monkeypatch: Any) -> None:
    def gone(*, at: Any) -> Any:
        raise OperationalError

    monkeypatch.setattr(readings, "read", gone)
    assert figures(Client().get("/metrics")) == {("casework_up", "database"): 0, ("casework_up", "redis"): 1}


def test_figures_name_no_person_no_employer_and_no_case(cast: Cast) -> None:
    statement = cases.active_statement(cast)
    request = cases.routed_request(cast, statement)
    broken(request, desk=None)
    text = Client().get("/metrics").content.decode()
    for secret in (
        request.reference,
        statement.reference,
        "Prudencia",
        "Ejemplo",
        "A Foods",
        cast.signer.name,
    ):
        assert secret not in text
    assert json.dumps(text)

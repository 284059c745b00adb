from __future__ import annotations

import runpy
import time
from pathlib import Path
from typing import Any

import pytest
from celery import Celery
from django.core.exceptions import ImproperlyConfigured
from kombu.exceptions import OperationalError

from config import celery, data_keys
from config.cache import ForgivingRedisCache
from config.local import lint, places

NAMES = [
    "DEBUG",
    "DEMO",
    "TESTING",
    "REDIS_URL",
    "CACHE_URL",
    "STATIC_ROOT",
    "KEY_SERVICE_URL",
    *lint.PRODUCTION,
]


@pytest.fixture(autouse=True)
def production(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The environment of a production server, to be changed by the test."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    for name, value in lint.PRODUCTION.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def settings() -> dict[str, Any]:
    return runpy.run_path(str(places.ROOT / "config" / "settings.py"))


@pytest.mark.parametrize("name", ["SECRET_KEY", "DATABASE_URL", "DATA_KEYS", "KEYSTORE"])
def test_a_missing_variable_is_named_with_a_hint(production: pytest.MonkeyPatch, name: str) -> None:
    production.delenv(name)
    with pytest.raises(ImproperlyConfigured, match=rf"Set the environment variable {name}\. \w+"):
        settings()


@pytest.mark.parametrize(
    ("ring", "said"),
    [
        (data_keys.OPEN_TO_ALL, "which everybody knows"),
        ("2026a:" + data_keys.OPEN_TO_ALL.partition(":")[2], "which everybody knows"),
        ("2026a:" + "A" * 43 + "=", "“2026a” is no random key of 32 bytes"),
        ("2026a:c2hvcnQ=", "“2026a” is no random key of 32 bytes"),
        ("2026a:not base64", "“2026a” is no random key of 32 bytes"),
        ("c2hvcnQ=", "give key 1 a name of its own"),
        (",", "names no key"),
        (f"{lint.PRODUCTION['DATA_KEYS']},{lint.PRODUCTION['DATA_KEYS']}", "give key 2 a name of its own"),
    ],
)
def test_production_refuses_a_bad_ring_of_keys_and_shows_none_of_it(
    production: pytest.MonkeyPatch, ring: str, said: str
) -> None:
    production.setenv("DATA_KEYS", ring)
    with pytest.raises(ImproperlyConfigured, match=said) as refused:
        settings()
    assert not (key := ring.partition(":")[2]) or key not in str(refused.value)


def test_the_first_key_of_the_ring_is_the_current_one(production: pytest.MonkeyPatch) -> None:
    older = lint.PRODUCTION["DATA_KEYS"].replace("2026a:q8", "2025b:r8")
    production.setenv("DATA_KEYS", f"{lint.PRODUCTION['DATA_KEYS']}, {older}")
    assert list(settings()["DATA_KEYS"]) == ["2026a", "2025b"]


def test_a_key_service_takes_the_place_of_ring_and_directory(production: pytest.MonkeyPatch) -> None:
    for name in ("DATA_KEYS", "KEYSTORE"):
        production.delenv(name)
    production.setenv("KEY_SERVICE_URL", "https://keys.example/")
    with pytest.raises(ImproperlyConfigured, match="KEY_SERVICE_TOKEN"):
        settings()
    production.setenv("KEY_SERVICE_TOKEN", "ours")
    assert settings()["KEY_SERVICE_URL"] == "https://keys.example"
    production.setenv("KEY_SERVICE_URL", "http://keys.example")
    with pytest.raises(ImproperlyConfigured, match="https"):
        settings()


def test_production_speaks_tls_only(production: pytest.MonkeyPatch) -> None:
    found = settings()
    assert found["SECURE_SSL_REDIRECT"]
    assert found["SESSION_COOKIE_SECURE"]
    assert found["CSRF_COOKIE_SECURE"]
    assert found["SECURE_HSTS_SECONDS"] > 0


@pytest.mark.parametrize("name", ["DEBUG", "DEMO", "TESTING"])
def test_a_machine_of_ones_own_speaks_plain_http_and_needs_no_secret(
    production: pytest.MonkeyPatch, name: str
) -> None:
    production.setenv(name, "1")
    production.delenv("SECRET_KEY")
    found = settings()
    assert not found["SECURE_SSL_REDIRECT"]
    assert not found["SESSION_COOKIE_SECURE"]
    assert found["SECURE_HSTS_SECONDS"] == 0


def test_weak_password_hashes_are_for_tests_alone(production: pytest.MonkeyPatch) -> None:
    assert "PASSWORD_HASHERS" not in settings()
    production.setenv("DEMO", "1")
    assert "PASSWORD_HASHERS" not in settings()
    production.setenv("TESTING", "1")
    assert settings()["PASSWORD_HASHERS"] == ["django.contrib.auth.hashers.MD5PasswordHasher"]


def test_pages_load_nothing_from_elsewhere() -> None:
    directives = settings()["CONTENT_SECURITY_POLICY"]["DIRECTIVES"]
    assert {word for words in directives.values() for word in words} == {"'self'", "'none'"}


@pytest.mark.parametrize(
    ("broker", "address"),
    [
        ("redis://redis.example:6379/0", "redis://redis.example:6379/0"),
        ("redis+socket:///run/valkey.sock?virtual_host=0", "unix:///run/valkey.sock"),
    ],
)
def test_the_cache_finds_the_brokers_server(
    production: pytest.MonkeyPatch, broker: str, address: str
) -> None:
    production.setenv("REDIS_URL", broker)
    assert settings()["CACHES"]["default"]["LOCATION"] == address


def test_a_lost_cache_forgets_instead_of_failing(tmp_path: Path) -> None:
    cache = ForgivingRedisCache(f"unix://{tmp_path}/nobody.sock", {})
    cache.set("attempts", 3)
    cache.set_many({"attempts": 3})
    assert cache.get("attempts", "nothing") == "nothing"
    assert cache.get_many(["attempts"]) == {}
    assert cache.add("attempts", 1), "a lock that nobody can hold would refuse every sign-in"
    assert not cache.has_key("attempts")
    assert not cache.touch("attempts")
    assert not cache.delete("attempts")
    cache.delete_many(["attempts"])


def test_no_task_can_run_so_long_that_it_is_handed_out_twice() -> None:
    found: dict[str, Any] = celery.settings("redis://redis.example:6379/0")
    assert found["task_soft_time_limit"] < found["task_time_limit"]
    assert found["task_time_limit"] * 2 < found["broker_transport_options"]["visibility_timeout"]


def test_every_task_of_the_timetable_exists() -> None:
    celery.app.loader.import_default_modules()
    timetable = celery.app.conf.beat_schedule.values()
    assert {entry["task"] for entry in timetable} <= set(celery.app.tasks)


def test_a_page_does_not_wait_for_a_lost_broker(tmp_path: Path) -> None:
    queue = Celery("pages")
    queue.config_from_object(celery.settings(f"redis+socket://{tmp_path}/nobody.sock?virtual_host=0"))
    began = time.monotonic()
    with pytest.raises(OperationalError):
        queue.send_task("a.hint", retry=False, ignore_result=True)
    assert time.monotonic() - began < 3


@pytest.mark.parametrize("name", ["ALLOWED_HOSTS", "REDIS_URL", "SITE_URL"])
def test_a_server_starts_with_no_default_of_another_place(production: pytest.MonkeyPatch, name: str) -> None:
    production.delenv(name)
    with pytest.raises(ImproperlyConfigured, match=name):
        settings()


REFUSED = {
    "a short key": ("SECRET_KEY", "x9f2c71d04be6"),
    "a key of one letter": ("SECRET_KEY", "a" * 60),
    "Django's own key": ("SECRET_KEY", "django-insecure-9f2c71d04be6a8539f2c71d04be6a853"),
    "a key out of a manual": ("SECRET_KEY", "change-me-9f2c71d04be6a8539f2c71d04be6a853"),
    "a token that is guessed": ("OPERATIONS_TOKEN", "operations"),
    "a bounce key that is guessed": ("NOTIFICATIONS_BOUNCE_KEY", "bounces"),
    "the demonstration's signing key": ("HISTORY_SIGNING_KEY", "de" * 32),
    "any host": ("ALLOWED_HOSTS", "casework.example,*"),
    "a site without TLS": ("SITE_URL", "http://casework.example"),
    "the database's first guess": ("DATABASE_URL", "postgres://casework:postgres@database.example/casework"),
    "the broker's first guess": ("REDIS_URL", "redis://:changeme@redis.example:6379/0"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_server_refuses_to_start_with(production: pytest.MonkeyPatch, what: str) -> None:
    name, value = REFUSED[what]
    production.setenv(name, value)
    with pytest.raises(ImproperlyConfigured, match=name) as refused:
        settings()
    assert value not in str(refused.value)


def test_secrets_come_from_the_environment_alone() -> None:
    """No file of the project holds a value for a secret that a server would take."""
    found = settings()
    for name in (
        "OPERATIONS_TOKEN",
        "NOTIFICATIONS_BOUNCE_KEY",
        "HISTORY_SIGNING_KEY",
        "EMAIL_HOST_PASSWORD",
    ):
        assert found[name] == "", name


def test_cookies_of_a_server_belong_to_its_host_alone(production: pytest.MonkeyPatch) -> None:
    names = ("SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "LANGUAGE_COOKIE_NAME", "MESSAGES_COOKIE_NAME")
    assert all(settings()[name].startswith("__Host-") for name in names)
    production.setenv("DEMO", "1")
    assert not any(settings()[name].startswith("__Host-") for name in names)

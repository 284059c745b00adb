from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.local import browser, commands, interpreter, places, servers, testing
from config.local.postgres import Postgres, roots_home


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of somebody who has set nothing, with a place of its own for the data."""
    kept = dict(os.environ, REFERRAL_MANAGED="1", REFERRAL_VAR=str(tmp_path / "var"))
    for name in ("DATABASE_URL", "REDIS_URL", "TESTING", "SECRET_KEY", "DEMO", "DJANGO_SETTINGS_MODULE"):
        kept.pop(name, None)
    yield kept
    if os.geteuid() == 0:
        subprocess.run(["rm", "-rf", str(roots_home(tmp_path / "var" / "demo"))], check=True)


def manage(*words: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *words], cwd=places.ROOT, env=env, capture_output=True, text=True
    )


def test_a_command_alone_has_a_database_with_tables_and_leaves_no_server(
    alone: dict[str, str], tmp_path: Path
) -> None:
    count = "from django.contrib.auth import get_user_model as model; print(model().objects.count())"
    done = manage("shell", "--no-imports", "-c", count, env=alone)
    assert done.stdout == "0\n", done.stderr
    assert not Postgres(tmp_path / "var" / "demo").running()


def test_a_command_that_asks_no_database_starts_none(alone: dict[str, str], tmp_path: Path) -> None:
    done = manage("check", env=alone)
    assert done.returncode == 0, done.stderr
    assert not Postgres(tmp_path / "var" / "demo").data.exists()


def test_a_named_database_is_used_and_none_is_started(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://somebody@elsewhere/records")
    monkeypatch.setenv("REFERRAL_VAR", str(tmp_path))
    with servers.for_command("migrate"):
        assert os.environ["DATABASE_URL"] == "postgres://somebody@elsewhere/records"
    assert list(tmp_path.iterdir()) == []


def test_production_without_a_secret_fails_with_a_hint(alone: dict[str, str]) -> None:
    done = manage("check", env=alone | {"DATABASE_URL": "postgres://somebody@elsewhere/records"})
    assert done.returncode != 0
    assert "Set the environment variable SECRET_KEY" in done.stderr


def test_the_demos_secret_is_kept_and_private(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("REFERRAL_VAR", str(tmp_path))
    secret = servers.secret_key()
    assert len(secret) >= 50
    assert servers.secret_key() == secret
    assert (tmp_path / "demo" / "secret-key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("command", "has_browser", "group"),
    [
        ("demo", True, "run"),
        ("migrate", True, "run"),
        ("test", False, "test"),
        ("test", True, "ci"),
        ("lint", False, "ci"),
    ],
)
def test_a_command_installs_only_what_it_needs(
    monkeypatch: pytest.MonkeyPatch, command: str, has_browser: bool, group: str
) -> None:
    monkeypatch.setattr(browser, "usable", lambda: has_browser)
    assert commands.group_for(command) == group


def test_an_old_python_is_told_what_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interpreter, "OLDEST", (99, 0))
    monkeypatch.setattr(interpreter, "NEWER", ("python-that-is-nowhere",))
    with pytest.raises(SystemExit, match=r"needs Python 3\.11 or newer, and .* is Python 3\."):
        interpreter.require()


def test_an_old_python_gives_way_to_a_newer_one(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[str] = []
    monkeypatch.setattr(interpreter, "OLDEST", (99, 0))
    monkeypatch.setattr(interpreter, "NEWER", ("python-that-is-nowhere", sys.executable))
    monkeypatch.setattr(os, "execv", lambda path, words: started.append(path))
    with pytest.raises(SystemExit):
        interpreter.require()
    assert started == [sys.executable]


def test_no_browser_is_a_reason_not_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REFERRAL_BROWSER", "none")
    assert browser.missing() == "there is no chromium on PATH"


def test_tests_run_side_by_side_and_those_in_a_browser_when_they_are_asked_for() -> None:
    assert testing.main_arguments([])[:1] == ["-n"]
    assert testing.main_arguments([])[-1] == "--ignore=tests/browser"
    assert testing.main_arguments(["tests/browser"]) == [*testing.side_by_side(), "tests/browser"]
    assert testing.main_arguments(["tests/wall", "-x"]) == ["tests/wall", "-x"]

"""The tables of tests that run side by side are made once; see ``tests.tables``."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from tests.tables import Turn


@pytest.fixture(autouse=True)
def _a_database_of_its_own(
    django_db_setup: None, django_db_blocker: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """Nobody else is connected to it; other processes may still be to the one of all tests."""
    own = {key: value for key, value in connection.settings_dict["TEST"].items() if key != "TEMPLATE"}
    monkeypatch.setitem(connection.settings_dict, "TEST", own)
    name = f"test_of_tables_{os.getpid()}"
    with django_db_blocker.unblock():
        connection.close()
        _say(f"CREATE DATABASE {name}")
        with monkeypatch.context() as there:
            there.setitem(connection.settings_dict, "NAME", name)
            yield
            connection.close()
        _say(f"DROP DATABASE {name}")


def _say(statement: str) -> None:
    with connection._nodb_cursor() as cursor:
        cursor.execute(statement)


def turn_in(folder: Path, *, run: str = "this") -> Turn:
    return Turn(folder, run=run, copy=f"test_tables_of_{os.getpid()}")


@pytest.fixture
def first(tmp_path: Path) -> Iterator[Turn]:
    turn = turn_in(tmp_path)
    turn.begin()
    turn.end()
    yield turn
    if turn.kept.exists():
        turn.leave_nothing()


def template() -> str | None:
    """From which database the next tables would be copied."""
    name: str | None = connection.settings_dict["TEST"].get("TEMPLATE")
    return name


def is_there(database: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_database WHERE datname = %s)", [database])
        return bool(cursor.fetchone()[0])


def test_who_comes_later_copies_the_tables_of_the_first(first: Turn, tmp_path: Path) -> None:
    assert template() is None
    later = turn_in(tmp_path)
    later.begin()
    later.end()
    assert template() == first.copy
    assert is_there(first.copy)
    assert not later.keeps


def test_another_run_makes_its_own(first: Turn, tmp_path: Path) -> None:
    turn_in(tmp_path, run="another").begin()
    assert template() is None


def test_nobody_begins_before_another_has_ended_its_turn(tmp_path: Path) -> None:
    waiting = turn_in(tmp_path)
    busy = turn_in(tmp_path)
    busy.begin()
    with pytest.raises(BlockingIOError):
        fcntl.flock(waiting.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_nothing_is_left_and_who_comes_after_that_migrates(first: Turn, tmp_path: Path) -> None:
    first.leave_nothing()
    assert not is_there(first.copy)
    turn_in(tmp_path).begin()
    assert template() is None

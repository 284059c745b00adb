"""Each kind of process asks the database in a role of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

from config import celery
from config.local import commands
from recordsets import asking


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    asking.at_rest(asking.OWNER)


def test_a_web_process_asks_for_nobody() -> None:
    program = "import config.wsgi; from recordsets import asking; print(asking.now() == asking.NOBODY)"
    told = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=120
    )
    assert told.stdout.split()[-1] == "True"


def test_workers_and_the_beat_ask_as_the_door() -> None:
    for signal in (celery.worker_init, celery.beat_init):
        assert celery.ask_for_the_system in signal._live_receivers(None)
    celery.ask_for_the_system()
    assert asking.now() == asking.THE_DOOR


@pytest.mark.parametrize(
    ("command", "role"),
    [("verify_history", asking.A_COMMAND), ("rotate_keys", asking.A_COMMAND), ("migrate", asking.OWNER)],
)
def test_commands_ask_as_commands_and_migrations_as_the_owner(
    monkeypatch: pytest.MonkeyPatch, command: str, role: asking.Asking
) -> None:
    found: list[asking.Asking] = []
    monkeypatch.setattr(
        "django.core.management.execute_from_command_line", lambda _arguments: found.append(asking.now())
    )
    commands.django(["manage.py", command], command)
    assert found == [role]

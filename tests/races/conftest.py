"""Processes that contend with each other for the same cases."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from referrals.demo.cast import Cast
from referrals.models import SoiRequest
from tests import cases
from tests.cases import OPEN_WORLD
from workflows import engine

ROOT = Path(__file__).resolve().parents[2]
PROCESSES = 8


class Contender:
    """A process of its own with the test's database."""

    def __init__(self, **environment: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.races.contender", str(connection.settings_dict["NAME"])],
            cwd=ROOT,
            env={**os.environ, "TESTING": "1", **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def order(self, do: str, *, at: datetime, **arguments: Any) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"do": do, "at": at.isoformat(), **arguments}) + "\n")
        self.process.stdin.flush()

    def answer(self) -> Any:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, "the process ended before it answered"
        return json.loads(line)

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        assert self.process.wait(10) == -signal.SIGKILL

    def __enter__(self) -> Contender:
        return self

    def __exit__(self, *_trouble: object) -> None:
        self.dismiss()

    def dismiss(self) -> None:
        """Let it end by itself; its input is at an end."""
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe is not None
            pipe.close()
        self.process.wait(60)


@pytest.fixture(scope="session")
def standing_by(django_db_setup: None) -> Iterator[list[Contender]]:
    """Processes that have come up already: coming up is what takes long."""
    waiting: list[Contender] = []
    yield waiting
    for each in waiting:
        each.dismiss()


@pytest.fixture
def contenders(transactional_db: None, standing_by: list[Contender]) -> Callable[[int], list[Contender]]:
    """So many processes, each of them waiting for its order."""

    def start(number: int = PROCESSES) -> list[Contender]:
        standing_by[:] = [each for each in standing_by if each.alive]
        fresh = [Contender() for _ in range(number - len(standing_by))]
        standing_by.extend(fresh)
        assert [each.answer() for each in fresh] == ["ready"] * len(fresh)
        return standing_by[:number]

    return start


@pytest.fixture
def submitted(transactional_db: None, cast: Cast) -> Callable[[int], list[SoiRequest]]:
    """So many requests that wait for their agency's acknowledgement."""

    def make(number: int) -> list[SoiRequest]:
        made = []
        for _ in range(number):
            request = cases.request_draft(cast)
            engine.advance(request, "submit", by=cast.representative, at=OPEN_WORLD)
            made.append(request)
        return made

    return make

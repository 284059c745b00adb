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
from referrals.services.steps import take_step
from tests import cases
from tests.cases import OPEN_WORLD

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

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        assert self.process.wait(10) == -signal.SIGKILL

    def dismiss(self) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        if self.process.wait(60) not in (0, -signal.SIGKILL):
            raise AssertionError("a contender ended badly")
        self.process.stdout.close()


@pytest.fixture
def contenders(transactional_db: None) -> Iterator[Callable[..., list[Contender]]]:
    """Starts so many processes and waits until all of them stand at the line."""
    started: list[Contender] = []

    def start(number: int = PROCESSES, **environment: str) -> list[Contender]:
        fresh = [Contender(**environment) for _ in range(number)]
        started.extend(fresh)
        assert [each.answer() for each in fresh] == ["ready"] * number
        return fresh

    yield start
    for each in started:
        each.dismiss()


@pytest.fixture
def submitted(transactional_db: None, cast: Cast) -> Callable[[int], list[SoiRequest]]:
    """So many requests that wait for their agency's acknowledgement."""

    def make(number: int) -> list[SoiRequest]:
        made = []
        for _ in range(number):
            request = cases.request_draft(cast)
            take_step(request, "submit", by=cast.representative, at=OPEN_WORLD)
            made.append(request)
        return made

    return make

"""Processes that contend with each other for the same cases."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, Any

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
    """A process of its own with the test's database, at the other end of two pipes."""

    def __init__(self, orders: IO[str], answers: IO[str]) -> None:
        self._orders, self._answers = orders, answers
        self.pid = 0

    def order(self, do: str, *, at: datetime, **arguments: Any) -> None:
        self._orders.write(json.dumps({"do": do, "at": at.isoformat(), **arguments}) + "\n")
        self._orders.flush()

    def answer(self) -> Any:
        line = self._answers.readline()
        assert line, "the process ended before it answered"
        return json.loads(line)

    def kill(self) -> None:
        """``kill -9``, and wait until it is gone."""
        os.kill(self.pid, signal.SIGKILL)
        assert self._answers.readline() == ""

    def dismiss(self) -> None:
        self._orders.close()
        self._answers.close()


@contextmanager
def processes(number: int, **environment: str) -> Iterator[list[Contender]]:
    """So many contenders, up and waiting for their first order."""
    fresh, theirs = [], []
    for _each in range(number):
        (orders_out, orders_in), (answers_out, answers_in) = os.pipe(), os.pipe()
        theirs.append((orders_out, answers_in))
        fresh.append(Contender(os.fdopen(orders_in, "w"), os.fdopen(answers_out)))
    mother = subprocess.Popen(
        [
            *(sys.executable, "-m", "tests.races.contender", str(connection.settings_dict["NAME"])),
            *(f"{orders}:{answers}" for orders, answers in theirs),
        ],
        cwd=ROOT,
        env={**os.environ, "TESTING": "1", **environment},
        pass_fds=[end for pair in theirs for end in pair],
    )
    for pair in theirs:
        os.close(pair[0])
        os.close(pair[1])
    for each in fresh:
        each.pid = each.answer()
    yield fresh
    for each in fresh:
        each.dismiss()
    mother.wait(60)


@pytest.fixture(scope="session")
def standing_by(django_db_setup: None) -> Iterator[list[Contender]]:
    """Eight processes that are there for every test: coming up is what takes long."""
    with processes(PROCESSES) as up:
        yield up


@pytest.fixture
def contenders(transactional_db: None, standing_by: list[Contender]) -> list[Contender]:
    return standing_by


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

"""Representatives at their browsers, on a day of the open or of the closed world."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
import time_machine
from django.core.cache import cache

from referrals.demo.cast import Cast
from referrals.models import Statement, WorkerRequest
from tests.cases import OPEN_WORLD, active_statement, kept_for_many_tests, signed_request
from tests.referrals.worker_side.browsing import Browser


@pytest.fixture(autouse=True)
def _nobody_has_tried_yet() -> None:
    cache.clear()


@pytest.fixture
def open_world() -> Iterator[datetime]:
    with time_machine.travel(OPEN_WORLD, tick=False):
        yield OPEN_WORLD


@pytest.fixture
def rosa(cast: Cast, open_world: datetime) -> Browser:
    return Browser(cast.representative)


@pytest.fixture(scope="module")
def in_force(django_db_setup: None, django_db_blocker: Any) -> Iterator[int]:
    """The key of the statement that the tests of a file begin with."""
    with kept_for_many_tests(django_db_blocker) as cast:
        with time_machine.travel(OPEN_WORLD, tick=False):
            statement = active_statement(cast)
        yield statement.pk


@pytest.fixture
def statement(in_force: int, cast: Cast, open_world: datetime) -> Statement:
    return Statement.objects.get(pk=in_force)


@pytest.fixture
def signed(cast: Cast, statement: Statement) -> WorkerRequest:
    return signed_request(cast, statement)

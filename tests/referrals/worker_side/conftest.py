"""Representatives at their browsers, on a day of the open or of the closed world."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest
import time_machine
from django.core.cache import cache

from referrals.demo.cast import Cast
from referrals.models import Statement, WorkerRequest
from tests.cases import OPEN_WORLD, active_statement, signed_request
from tests.laid_down import laid_down
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


@pytest.fixture
@laid_down
def statement(cast: Cast, open_world: datetime) -> Statement:
    return active_statement(cast)


@pytest.fixture
@laid_down
def signed(cast: Cast, statement: Statement) -> WorkerRequest:
    return signed_request(cast, statement)

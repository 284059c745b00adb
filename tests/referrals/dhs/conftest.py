"""The open world with a statement in force and a request on its way through DHS."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
import time_machine

from referrals.demo.cast import Cast
from referrals.models import Statement, User, WorkerRequest
from referrals.services.steps import take_step
from tests.cases import OPEN_WORLD, active_statement, routed_request, signed_request
from tests.laid_down import laid_down
from tests.referrals.dhs.browsing import Browser

TODAY = OPEN_WORLD + timedelta(days=30)


@pytest.fixture
def today() -> Iterator[datetime]:
    with time_machine.travel(TODAY, tick=False):
        yield TODAY


@pytest.fixture
def at_desk(today: datetime) -> Callable[[User], Browser]:
    return Browser


@pytest.fixture
@laid_down
def statement(cast: Cast) -> Statement:
    return active_statement(cast)


@pytest.fixture
@laid_down
def filed(cast: Cast, statement: Statement) -> WorkerRequest:
    request = signed_request(cast, statement)
    take_step(request, "file", by=cast.representative, at=OPEN_WORLD)
    return request


@pytest.fixture
@laid_down
def at_uscis(cast: Cast, statement: Statement) -> WorkerRequest:
    """Routed to USCIS, checks done, under review."""
    request = routed_request(cast, statement)
    take_step(request, "record_biometrics", by=cast.adjudicator, at=OPEN_WORLD)
    return request


@pytest.fixture
@laid_down
def at_ice(cast: Cast, statement: Statement) -> WorkerRequest:
    """Forwarded to the Phoenix field office, under review."""
    request = routed_request(cast, statement, ice=True)
    take_step(request, "receive_at_ice", by=cast.ice_reviewer, at=OPEN_WORLD)
    take_step(request, "begin_ice_review", by=cast.ice_reviewer, at=OPEN_WORLD)
    return request

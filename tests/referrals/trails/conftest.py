"""A worker's request at USCIS and one at an ICE field office, and browsers of those who read them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from referrals.demo.cast import Cast
from referrals.models import User, WorkerRequest
from tests.cases import active_statement, routed_request
from tests.laid_down import laid_down

Browse = Callable[[User], Client]


@pytest.fixture
@laid_down
def reviewed(cast: Cast) -> WorkerRequest:
    return routed_request(cast, active_statement(cast))


@pytest.fixture
@laid_down
def at_ice(cast: Cast) -> WorkerRequest:
    return routed_request(cast, active_statement(cast), ice=True)


@pytest.fixture
def browse(db: None) -> Browse:
    def sign_in(person: User) -> Client:
        client = Client(raise_request_exception=False)
        client.force_login(person)
        return client

    return sign_in


@pytest.fixture
def purposes_are_asked(_purposes_are_stated: Any) -> Iterator[None]:
    """As in production: nothing is shown at ICE before somebody has said why."""
    stand_in = _purposes_are_stated
    from referrals.services import purposes

    pretended = purposes.asked_of
    stand_in.undo()
    yield
    stand_in.setattr(purposes, "asked_of", pretended)

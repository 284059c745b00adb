"""A worker's request at USCIS and one at an ICE field office, and browsers of those who read them."""

from __future__ import annotations

from collections.abc import Callable

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

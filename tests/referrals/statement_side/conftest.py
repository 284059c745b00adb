"""Browsers of signed-in people."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from referrals.models import User

Browse = Callable[[User], Client]


@pytest.fixture
def browse(db: None) -> Browse:
    """A browser in which somebody has signed in."""

    def sign_in(person: User) -> Client:
        client = Client()
        client.force_login(person)
        return client

    return sign_in

"""The demo's world, seeded once for all tests of the wall."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from tests.cases import kept_for_many_tests
from tests.wall import people
from tests.wall.world import World, seeded


@pytest.fixture(scope="package")
def built(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with kept_for_many_tests(django_db_blocker) as cast:
        yield seeded(cast)


@pytest.fixture
def world(built: World, db: None) -> World:
    """Each test rolls back to the world as it was seeded."""
    return built


@pytest.fixture(scope="package")
def sessions(built: World, django_db_blocker: Any) -> dict[str, str]:
    """Everybody's session, begun once in the world that each test rolls back to."""

    def begun(who: str) -> str:
        client = Client()
        client.force_login(built.cast.people[who])
        return client.cookies[settings.SESSION_COOKIE_NAME].value

    with django_db_blocker.unblock():
        return {who: begun(who) for who in people.SIGNED_IN}


@pytest.fixture
def signed_in(sessions: dict[str, str], world: World) -> Callable[[str], Client]:
    """A browser in which a person of the cast is signed in; ``anonymous`` is nobody."""

    def browser(who: str) -> Client:
        client = Client(raise_request_exception=False)
        if who != people.ANONYMOUS:
            client.cookies[settings.SESSION_COOKIE_NAME] = sessions[who]
        return client

    return browser


@pytest.fixture
def _refused_in_short(settings: Any) -> None:
    """Draw no page around the thousands of refusals of a test that counts nothing but their numbers.

    That the page can be drawn for everybody is seen where each case is opened by each of them.
    """
    settings.ROOT_URLCONF = "tests.wall.addresses"

"""A real browser against a live server, with axe on every page that is visited."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from playwright.sync_api import Browser, Playwright, sync_playwright
from pytest_django.live_server_helper import LiveServer

from config.local import browser as browsers
from referrals.demo.cast import Cast, gather
from referrals.demo.world import build
from tests.browser.visitor import PASSWORD, Visitor
from tests.cases import LONG_AGO, committed_for_many_tests
from workflows import policies

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


@pytest.fixture(scope="session")
def driver() -> Iterator[Playwright]:
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def chromium(driver: Playwright) -> Iterator[Browser]:
    browser = driver.chromium.launch(executable_path=browsers.find(), args=FLAGS)
    yield browser
    browser.close()


@pytest.fixture
def world(transactional_db: None) -> Cast:
    """The demo's people, committed, so that the live server sees them."""
    policies.load(LONG_AGO)
    return gather(password=PASSWORD)


@pytest.fixture
def visit(chromium: Browser, live_server: Any, world: Cast) -> Iterator[Any]:
    """``visit("representative", phone=True)`` signs a person in on a screen of their own."""
    known: dict[tuple[str, bool, str], Visitor] = {}

    def _visit(who: str = "", *, phone: bool = False, language: str = "en-US") -> Visitor:
        key = (who, phone, language)
        if key not in known:
            known[key] = Visitor(chromium, live_server.url, who, phone=phone, language=language)
        return known[key]

    yield _visit
    for visitor in known.values():
        visitor.context.close()


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: Any) -> Iterator[Cast]:
    """The demo's world up to this minute, committed once for a file's tests, which change nothing in it."""
    with committed_for_many_tests(django_db_blocker) as cast:
        build(cast, now=timezone.now(), world="closed", say=lambda _line: None)
        yield cast
    with django_db_blocker.unblock():
        connection.close()  # the event loop of the browser's driver gives this thread one of its own


@pytest.fixture(scope="module")
def site(demo: Cast) -> Iterator[str]:
    """The address of a server that shows the demo's world."""
    server = LiveServer("localhost")
    yield server.url
    server.stop()

"""Whoever asks for statements, gives them or carries workers through finds every page in order.

In order is: clean for axe at both widths, no wider than the screen in either language, one heading, a
title of its own that names no worker, targets one can touch, a silent console, and a Tab key that leads on.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from referrals.demo.cast import Cast
from tests.browser.crawling import Done, tour_of

pytestmark = pytest.mark.django_db

PEOPLE = ("representative", "organizer", "investigator", "approver", "signer")


@pytest.fixture(scope="module")
def done() -> Done:
    return Done()


@pytest.mark.parametrize("who", PEOPLE)
def test_every_page_is_in_order(chromium: Browser, site: str, demo: Cast, done: Done, who: str) -> None:
    tour = tour_of(chromium, site, demo, who, done=done)
    assert not tour.wrong, "\n".join(tour.wrong)

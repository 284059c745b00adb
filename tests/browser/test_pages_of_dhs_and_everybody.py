"""Whoever reviews and decides at DHS, runs the system or is not signed in finds every page in order."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from referrals.demo.cast import Cast
from tests.browser import test_pages_of_the_labor_side as labor_side
from tests.browser.crawling import Done, tour_of
from tests.browser.visitor import DESKTOP, PHONE, Visitor
from workflows.parties import Capacity

pytestmark = pytest.mark.django_db

PEOPLE = (
    "intake", "adjudicator", "supervisor", "ice_reviewer", "ice_supervisor", "officer", "administrator",
    "privacy_officer",
)  # fmt: skip
PUBLIC = ("/deadlines/", "/verify/", "/accounts/login/", "/accounts/password/reset/", "/no-such-page/")


@pytest.fixture(scope="module")
def done() -> Done:
    return Done()


def test_a_person_of_every_capacity_goes_round(demo: Cast) -> None:
    people = [demo.people[who] for who in (*PEOPLE, *labor_side.PEOPLE)]
    assert {person.capacity for person in people} == set(Capacity) - {Capacity.SYSTEM}


@pytest.mark.parametrize("who", PEOPLE)
def test_every_page_is_in_order(chromium: Browser, site: str, demo: Cast, done: Done, who: str) -> None:
    tour = tour_of(chromium, site, demo, who, done=done)
    assert not tour.wrong, "\n".join(tour.wrong)


@pytest.mark.parametrize("language", ["en-US", "es-MX"])
def test_the_public_pages_are_in_order(chromium: Browser, site: str, language: str) -> None:
    stranger = Visitor(chromium, site, "", language=language)
    for path in PUBLIC:
        stranger.turn(DESKTOP)
        stranger.open(path)
        stranger.turn(PHONE)
        stranger.look()
        assert stranger.tab_through() == []
    stranger.context.close()

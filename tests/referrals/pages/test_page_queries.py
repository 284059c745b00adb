"""What every page costs: the exact number of queries, the same for two rows as for twelve."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from referrals.urls import urlpatterns
from tests.cases import count_the_rows, kept_for_many_tests
from tests.referrals.pages.casework import TODAY, Casework
from tests.referrals.pages.page_costs import OTHERS, PAGES, Page

pytestmark = pytest.mark.django_db

FEW, MANY = 2, 12
NAMES = re.compile(rb"(?<!\w)(?:Prudencia|Ejemplo)")
"""What the workers of these tests are called."""
TRAIL = "INSERT INTO referrals_access"
MOST = 32
LISTS = {
    "desk", "search", "matters", "matter", "statement_new", "workers", "worker", "notices", "inbox",
    "kept_mail", "overrides", "override_new", "case_history", "request_evidence", "request_new",
    "closures", "rule_changes", "incidents", "redactions", "soi_request_assess", "soi_request_new",
    "together", "together_assign", "retention", "holds", "disposition",
}  # fmt: skip


def test_every_page_has_its_row_here() -> None:
    assert {page.name for page in PAGES} | set(OTHERS) == {pattern.name for pattern in urlpatterns}


@dataclass(frozen=True)
class Asked:
    """What a page asked the database, in order, and whether a worker's name stands on it."""

    status: int
    sent: tuple[str, ...]
    length: int
    names_a_worker: bool


class Visitors:
    """Everybody at a browser of their own, in which the first page was opened before anything is counted."""

    def __init__(self, casework: Casework) -> None:
        self.casework = casework
        self.browsers: dict[str, Client] = {}

    def browser(self, who: str) -> Client:
        if who not in self.browsers:
            self.browsers[who] = Client()
            if who:
                self.browsers[who].force_login(self.casework.cast.people[who])
                self.browsers[who].get("/")
        return self.browsers[who]

    def open(self, page: Page) -> Asked:
        browser, address = self.browser(page.who), page.address(self.casework)
        with CaptureQueriesContext(connection) as captured:
            answer = browser.get(address)
        sent = tuple(query["sql"] for query in captured.captured_queries)
        return Asked(answer.status_code, sent, len(answer.content), bool(NAMES.search(answer.content)))


Costs = dict[Page, Asked]


@pytest.fixture(scope="module")
def costs(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[Costs, Costs]]:
    """What each page asked for with few rows in every list, and then with many."""
    with (
        kept_for_many_tests(django_db_blocker) as cast,
        time_machine.travel(TODAY, tick=False),
        override_settings(DEMO=True),
    ):
        cache.clear()
        casework = Casework(cast)
        visitors, counted = Visitors(casework), []
        for rows in (FEW, MANY):
            casework.add(rows - casework.rows)
            count_the_rows()
            counted.append({page: visitors.open(page) for page in PAGES})
        few, many = counted
        yield few, many


@pytest.mark.parametrize("row", PAGES, ids=str)
def test_the_number_of_queries_of_each_page_is_known(costs: tuple[Costs, Costs], row: Page) -> None:
    few, _many = costs
    assert few[row].status == 200
    assert len(few[row].sent) == row.queries


@pytest.mark.parametrize("row", PAGES, ids=str)
def test_no_page_asks_more_often_when_its_lists_grow(costs: tuple[Costs, Costs], row: Page) -> None:
    few, many = costs
    assert len(many[row].sent) <= len(few[row].sent)


@pytest.mark.parametrize("name", sorted(LISTS))
def test_the_lists_really_grew(costs: tuple[Costs, Costs], name: str) -> None:
    few, many = costs
    assert any(many[row].length > few[row].length + 10 * 30 for row in PAGES if row.name == name)


def test_no_page_needs_many_queries() -> None:
    assert {str(row): row.queries for row in PAGES if row.queries > MOST} == {}


@pytest.mark.parametrize("row", PAGES, ids=str)
def test_a_page_that_names_a_worker_puts_that_on_the_trail_in_one_statement(
    costs: tuple[Costs, Costs], row: Page
) -> None:
    """Every address of the site has its row here, so a new page cannot be forgotten."""
    for asked in costs:
        written = sum(TRAIL in (sql or "") for sql in asked[row].sent)
        assert written <= 1
        if row.who and asked[row].names_a_worker:
            assert written == 1


def test_many_pages_name_a_worker(costs: tuple[Costs, Costs]) -> None:
    assert sum(asked.names_a_worker for asked in costs[0].values()) > 30

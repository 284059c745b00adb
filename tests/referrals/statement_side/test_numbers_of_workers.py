"""What a labor agency and the programme officer learn of how many workers there are."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from referrals import announcements, diary, statement_numbers, told
from referrals.demo.cast import Cast
from referrals.models import Statement
from referrals.services.steps import take_step
from tests.cases import OPEN_WORLD, active_statement, draft_request, routed_request
from tests.laid_down import laid_down
from workflows.days import rule_day

NUMBERS = reverse("statement_numbers")


@pytest.fixture
@laid_down
def with_one_request(cast: Cast) -> Statement:
    statement = active_statement(cast)
    routed_request(cast, statement)
    return statement


def page(person: object, address: str = NUMBERS) -> str:
    client = Client()
    client.force_login(person)  # type: ignore[arg-type]
    return " ".join(client.get(address).content.decode().split())


def test_numbers_of_one_request_are_not_shown(cast: Cast, with_one_request: Statement) -> None:
    for person in (cast.investigator, cast.officer):
        rows = statement_numbers.table(person, on=rule_day(OPEN_WORLD))["rows"]
        told_numbers = {cell["text"] for row in rows for cell in row["cells"][1:]}
        assert len(rows) == 2
        assert told_numbers == {"not shown"}
        assert "not shown" in page(person)


def test_numbers_from_the_threshold_on_are_shown(cast: Cast, with_one_request: Statement) -> None:
    for _number in range(11):
        draft_request(cast, with_one_request)
    rows = statement_numbers.table(cast.investigator, on=rule_day(OPEN_WORLD))["rows"]
    assert [cell["text"] for cell in rows[0]["cells"][1:]] == ["12", *["not shown"] * 4]
    assert "12 open requests of workers depend" in statement_page(cast, with_one_request)


def statement_page(cast: Cast, statement: Statement) -> str:
    return page(cast.approver, reverse("case_step", args=[statement.reference, "suspend"]))


def test_nobody_else_reads_the_numbers(cast: Cast) -> None:
    for person in (cast.representative, cast.adjudicator, cast.ice_reviewer, cast.administrator):
        client = Client()
        client.force_login(person)
        assert client.get(NUMBERS).status_code == 404


def test_before_a_step_nobody_reads_how_many_representatives_have_requests(
    cast: Cast, with_one_request: Statement
) -> None:
    heard = {str(each.who): each.number for each in announcements.preview(with_one_request, "suspend")}
    assert heard["Representatives with requests that depend on it"] is None
    assert "depend on it</strong> inbox and mail" in statement_page(cast, with_one_request)


def test_afterwards_the_agency_does_not_read_whether_a_representative_was_told(
    cast: Cast, with_one_request: Statement
) -> None:
    take_step(with_one_request, "suspend", by=cast.approver, at=OPEN_WORLD, reason="An appeal is pending.")
    group = "Representatives with requests that depend on it"
    assert group not in {each.to for each in told.about(with_one_request, cast.approver)}
    assert group not in {each.group for each in diary.people_told(with_one_request, cast.approver)}
    assert group in {each.group for each in diary.people_told(with_one_request, cast.representative)}


def test_the_programme_officer_reads_that_few_requests_are_open(
    cast: Cast, with_one_request: Statement
) -> None:
    assert "fewer than 10" in page(cast.officer, reverse("overrides"))
    one = page(cast.officer, reverse("override_new", args=[with_one_request.reference]))
    assert "Fewer than 10 open requests of workers" in one

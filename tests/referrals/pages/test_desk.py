"""The first page: what it shows to whom, its parts, its pages, its cost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from referrals import queues
from referrals.demo.cast import ROLES, Cast
from referrals.models import SoiRequest
from referrals.services.steps import take_step
from tests.cases import active_statement, count_the_rows, request_draft, routed_request
from tests.referrals.pages.reading import Browse, links, main
from workflows.models import Case, Step


@pytest.mark.parametrize("role", [role.key for role in ROLES])
def test_everybody_finds_a_first_page_that_teaches_when_it_is_empty(
    role: str, cast: Cast, browse: Browse
) -> None:
    response = browse(cast.people[role]).get("/")
    assert response.status_code == 200
    text = main(response)
    if role == "administrator":
        assert "As an administrator you see how the system is doing, and no casework." in text
        assert "Rules in force today" in text
    else:
        assert "Nothing waits for you" in text
        assert "appear here" in text


def test_whose_turn_it_is_goes_straight_to_the_step_that_is_next(cast: Cast, browse: Browse) -> None:
    request = request_draft(cast)
    take_step(request, "submit", by=cast.representative, at=timezone.now())
    acknowledge = f"/cases/{request.reference}/steps/acknowledge/"
    assert acknowledge in links(browse(cast.investigator).get("/?show=desk"))
    assert acknowledge not in links(browse(cast.representative).get("/?show=waiting"))


def test_nobody_reads_a_desk_without_signing_in(client: Client, cast: Cast) -> None:
    response = client.get("/")
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/")


def test_a_page_of_a_signed_in_person_is_kept_by_no_cache(cast: Cast, browse: Browse) -> None:
    response = browse(cast.representative).get("/")
    assert "no-store" in response["Cache-Control"]
    assert response["X-Robots-Tag"] == "noindex, nofollow"


def test_what_waits_for_me_comes_first_and_what_is_due_today_needs_me_now(cast: Cast, browse: Browse) -> None:
    now = timezone.now()
    request = request_draft(cast, at=now)
    take_step(request, "submit", by=cast.representative, at=now)
    Case.objects.filter(pk=request.pk).update(next_due_at=now + timedelta(hours=5))
    text = main(browse(cast.investigator).get("/"))
    assert "Needs you now" in text
    assert text.index("Needs you now") < text.index("Waiting for me")
    assert f"A Foods · {request.reference}" in text
    assert "Waiting for you" in text


def test_the_organization_that_asked_waits_for_others(cast: Cast, browse: Browse) -> None:
    now = timezone.now()
    request = request_draft(cast, at=now)
    take_step(request, "submit", by=cast.representative, at=now)
    browser = browse(cast.representative)
    assert "Nothing waits for you" in main(browser.get("/"))
    text = main(browser.get("/?show=waiting"))
    assert request.reference in text
    assert "Waiting for NLRB Region 28, Phoenix" in text


def test_a_worker_is_named_only_to_those_who_may_read_the_request(cast: Cast, browse: Browse) -> None:
    request = routed_request(cast, active_statement(cast))
    assert "Prudencia Ejemplo" in main(browse(cast.representative).get("/?show=waiting"))
    assert "Prudencia Ejemplo" in main(browse(cast.adjudicator).get("/?show=desk"))
    for role in ("organizer", "investigator", "ice_reviewer", "river", "officer"):
        for show in queues.Show.values:
            text = main(browse(cast.people[role]).get(f"/?show={show}"))
            assert "Prudencia" not in text
            assert request.reference not in text


def test_an_unknown_part_or_a_broken_key_shows_the_first_page(cast: Cast, browse: Browse) -> None:
    request = request_draft(cast, at=timezone.now())
    browser = browse(cast.representative)
    for query in (
        "show=nothing",
        "show=desk&after=x",
        "show=desk&after=~~",
        "show=desk&after=~2024-01-01T00:00:00~1",
        "show=desk&before=~2024-01-01T00:00:00%2B00:00~99999999999999999999999",
        "show=decided&after=%00",
    ):
        assert browser.get(f"/?{query}").status_code == 200
    assert request.reference in main(browser.get("/?show=desk&after=x"))


def many_requests(cast: Cast, number: int) -> None:
    """Stores cases on the desk of Region 28 straight in the tables: only their number matters here."""
    now = timezone.now()
    model = request_draft(cast, at=now)
    take_step(model, "submit", by=cast.representative, at=now)
    cases = Case.objects.bulk_create(
        (
            Case(
                kind=model.kind,
                state=model.state,
                version=1,
                desk_id=cast.offices["nlrb-region-28"].desk_id,
                jurisdiction="NLRB",
                time_zone=model.time_zone,
                opened_at=now - timedelta(minutes=row % 50),
                entered_state_at=now,
                # Every third has no date, and many share one.
                next_due_at=None if row % 3 == 0 else now + timedelta(hours=row % 40 - 10),
            )
            for row in range(number)
        ),
        batch_size=2_000,
    )
    Step.objects.bulk_create(
        (
            Step(
                case=case, sequence=1, nature=Step.Nature.OPENED, name="open", to_state=case.state,
                capacity=cast.representative.capacity, at=now, hash="-",
            )
            for case in cases
        ),
        batch_size=2_000,
    )  # fmt: skip
    table = SoiRequest._meta.db_table
    columns = ", ".join(
        connection.ops.quote_name(str(field.column))
        for field in SoiRequest._meta.local_concrete_fields
        if not field.primary_key
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (case_ptr_id, {columns}) "  # noqa: S608 (names of the model's columns)
            f"SELECT made.id, {columns} FROM {table}, unnest(%s::bigint[]) AS made (id) "
            "WHERE case_ptr_id = %s",
            [[case.pk for case in cases], model.pk],
        )
    count_the_rows()


def test_every_case_is_on_exactly_one_page_and_the_way_back_is_the_way_there(
    cast: Cast, browse: Browse
) -> None:
    many_requests(cast, 129)
    browser = browse(cast.investigator)
    url, pages = "/?show=desk", []
    while url:
        response = browser.get(url)
        table = response.context["table"]
        pages.append([row["cells"][0]["text"] for row in table["rows"]])
        last, url = table, table["next_url"]
    assert [len(page) for page in pages] == [50, 50, 30]
    seen = [reference for page in pages for reference in page]
    assert len(set(seen)) == 130
    back = browser.get(last["previous_url"]).context["table"]
    assert [row["cells"][0]["text"] for row in back["rows"]] == pages[1]
    first = browser.get(back["previous_url"]).context["table"]
    assert [row["cells"][0]["text"] for row in first["rows"]] == pages[0]
    assert first["previous_url"] == ""


def test_the_most_pressing_comes_first_and_what_has_no_date_last(cast: Cast, browse: Browse) -> None:
    many_requests(cast, 30)
    page = queues.page(cast.investigator, queues.Show.DESK, at=timezone.now())
    dates = [case.next_due_at for case in page.cases]
    dated = [date for date in dates if date is not None]
    assert dated == sorted(dated)
    assert dates == dated + [None] * (len(dates) - len(dated))


def test_what_was_decided_lately_comes_back_in_pages_too(cast: Cast) -> None:
    now = timezone.now()
    many_requests(cast, 60)
    Case.objects.update(closed_at=now - timedelta(days=1))
    user = cast.investigator
    first = queues.page(user, queues.Show.DECIDED, at=now)
    second = queues.page(user, queues.Show.DECIDED, at=now, after=first.after)
    again = queues.page(user, queues.Show.DECIDED, at=now, before=second.before)
    assert [len(first.cases), len(second.cases)] == [50, 11]
    assert [case.pk for case in again.cases] == [case.pk for case in first.cases]


@pytest.mark.parametrize("show", queues.Show.values)
def test_a_desk_with_ten_thousand_cases_costs_as_many_queries_as_one_with_ten(
    show: str, cast: Cast, browse: Browse
) -> None:
    many_requests(cast, 10)
    few = queries_of(browse(cast.investigator), f"/?show={show}")
    if show == queues.Show.DESK:
        many_requests(cast, 10_000)
        assert queries_of(browse(cast.investigator), f"/?show={show}") == few
    assert few <= 25


def queries_of(browser: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(url).status_code == 200
    return len(captured)


def test_a_representative_with_every_kind_of_case_needs_few_queries(cast: Cast, browse: Browse) -> None:
    routed_request(cast, active_statement(cast))
    request_draft(cast, at=timezone.now())
    assert queries_of(browse(cast.representative), "/?show=waiting") <= 25


def test_administrators_see_numbers_and_no_case(cast: Cast, browse: Browse) -> None:
    request = routed_request(cast, active_statement(cast))
    response = browse(cast.administrator).get("/")
    assert request.reference not in response.content.decode()
    assert not [link for link in links(response) if "/cases/" in link]

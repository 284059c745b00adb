"""Finding a case: by its reference, a case number, or the name of one's own worker."""

from __future__ import annotations

import pytest
from django.utils import timezone

from referrals.demo.cast import Cast
from tests.cases import active_statement, request_draft, routed_request
from tests.referrals.pages.reading import Browse, main


def test_a_whole_reference_opens_its_case(cast: Cast, browse: Browse) -> None:
    request = request_draft(cast, at=timezone.now())
    browser = browse(cast.representative)
    for typed in (
        request.reference,
        request.reference.lower(),
        f"  {request.reference}  ",
        request.reference.replace("-", ""),
        request.reference.replace("-", " "),
    ):
        response = browser.get("/search/", {"q": typed})
        assert response.status_code == 302, typed
        assert response["Location"] == f"/cases/{request.reference}/"


def test_the_beginning_of_a_reference_is_enough_when_only_one_case_has_it(cast: Cast, browse: Browse) -> None:
    request = request_draft(cast, at=timezone.now())
    response = browse(cast.representative).get("/search/", {"q": request.reference[:9]})
    assert response["Location"] == f"/cases/{request.reference}/"


def test_somebody_elses_case_is_nothing_found(cast: Cast, browse: Browse) -> None:
    request = routed_request(cast, active_statement(cast))
    for role in ("river", "investigator", "organizer", "ice_reviewer", "administrator"):
        for typed in (request.reference, request.reference[:9], "Prudencia"):
            response = browse(cast.people[role]).get("/search/", {"q": typed})
            assert response.status_code == 200
            assert "Nothing found" in main(response)


def test_a_representative_finds_workers_by_the_beginnings_of_their_names(cast: Cast, browse: Browse) -> None:
    request = routed_request(cast, active_statement(cast))
    browser = browse(cast.representative)
    for typed in ("prudencia", "Ejemplo Prud", "ejém"):
        text = main(browser.get("/search/", {"q": typed}))
        assert request.reference in text, typed
    for typed in ("Prudencia Otra", "jemplo"):
        assert "Nothing found" in main(browser.get("/search/", {"q": typed}))
    assert "Nothing found" in main(browse(cast.adjudicator).get("/search/", {"q": "Prudencia"}))


def test_an_agency_finds_its_matters_by_their_numbers_and_statements_by_theirs(
    cast: Cast, browse: Browse
) -> None:
    statement = active_statement(cast)
    browser = browse(cast.investigator)
    assert "28-CA-300001" in main(browser.get("/search/", {"q": "28-ca-3"}))
    response = browser.get("/search/", {"q": statement.reference.lower()})
    assert response["Location"] == f"/cases/{statement.reference}/"
    assert "Nothing found" in main(browse(cast.ny_investigator).get("/search/", {"q": "28-CA-3"}))


@pytest.mark.parametrize("typed", ["%", "__", "\x00\x00\x00", "' OR 1=1", "🙂🙂🙂", "ab", "x" * 100])
def test_strange_searches_find_nothing_and_break_nothing(typed: str, cast: Cast, browse: Browse) -> None:
    active_statement(cast)
    response = browse(cast.representative).get("/search/", {"q": typed})
    assert response.status_code == 200
    assert "Nothing found" in main(response) or "Find a case" in main(response)


def test_a_search_that_is_too_long_is_kept_and_explained(cast: Cast, browse: Browse) -> None:
    response = browse(cast.representative).get("/search/", {"q": "x" * 300})
    assert response.status_code == 200
    assert "Please check these answers" in main(response)

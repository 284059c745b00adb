"""At an ICE field office a worker's case is shown one at a time, for a stated purpose."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

import present
from referrals.demo.cast import Cast
from referrals.models import Access, Document, StatedPurpose, WorkerRequest
from tests.referrals.pages.reading import main
from tests.referrals.trails.conftest import Browse

pytestmark = pytest.mark.usefixtures("purposes_are_asked")
State = Callable[..., Any]


def purpose_page(record: Any) -> str:
    return reverse("case_purpose", args=[record.reference])


def say(browser: Client, record: Any, code: str = "DECIDE", **more: str) -> Any:
    return browser.post(purpose_page(record), {"code": code, **more})


@pytest.mark.parametrize("page", ["case", "case_history", "case_history_file", "review", "case_told"])
def test_every_page_of_the_case_asks_first(
    cast: Cast, at_ice: WorkerRequest, browse: Browse, page: str
) -> None:
    for person in (cast.ice_reviewer, cast.ice_supervisor):
        address = reverse(page, args=[at_ice.reference])
        answer = browse(person).get(address)
        assert answer.status_code == 302
        assert answer["Location"] == f"{purpose_page(at_ice)}?next={quote(address, safe='')}"
    assert not Access.objects.exists()


def test_a_paper_asks_first_too(cast: Cast, at_ice: WorkerRequest, browse: Browse) -> None:
    letter = Document.objects.visible_to(cast.ice_reviewer).filter(case=at_ice).first()
    assert letter is not None
    browser = browse(cast.ice_reviewer)
    address = reverse("document", args=[letter.public_id])
    assert browser.get(address).status_code == 302
    say(browser, at_ice)
    assert browser.get(address).status_code == 200


def test_the_question_shows_nothing_of_the_worker(cast: Cast, at_ice: WorkerRequest, browse: Browse) -> None:
    shown = main(browse(cast.ice_reviewer).get(purpose_page(at_ice)))
    assert "Why do you open this case?" in shown
    assert "Prudencia" not in shown
    assert "Ejemplo" not in shown


def test_what_was_stated_leads_on_and_stands_with_the_read(
    cast: Cast, at_ice: WorkerRequest, browse: Browse
) -> None:
    browser, address = browse(cast.ice_reviewer), at_ice.get_absolute_url()
    asked = browser.get(address)["Location"]
    answer = browser.post(asked, {"code": "SECOND", "text": ""})
    assert (answer.status_code, answer["Location"]) == (302, address)
    assert browser.get(address).status_code == 200
    assert Access.objects.filter(subject=at_ice.reference).latest("pk").purpose == "SECOND"


def test_it_holds_for_eight_hours_for_this_case_and_this_session(
    cast: Cast, at_ice: WorkerRequest, browse: Browse, settings: Any
) -> None:
    from tests.cases import routed_request

    settings.SESSION_COOKIE_AGE = 9 * 60 * 60  # seconds without a page, after which a sign-in ends
    other = routed_request(cast, at_ice.statement, ice=True)
    browser, address = browse(cast.ice_reviewer), at_ice.get_absolute_url()
    say(browser, at_ice)
    now = present.now()
    assert browser.get(other.get_absolute_url()).status_code == 302
    assert browse(cast.ice_reviewer).get(address).status_code == 302
    with time_machine.travel(now + timedelta(hours=7, minutes=59), tick=False):
        assert browser.get(address).status_code == 200
    with time_machine.travel(now + timedelta(hours=8, minutes=1), tick=False):
        assert browser.get(address).status_code == 302
        step = reverse("case_step", args=[at_ice.reference, "confirm_receipt"])
        assert browser.post(step, {}).status_code != 403, "what was begun with a purpose is not lost"


def test_what_is_sent_without_a_purpose_is_held(cast: Cast, at_ice: WorkerRequest, browse: Browse) -> None:
    step = reverse("case_step", args=[at_ice.reference, "confirm_receipt"])
    answer = browse(cast.ice_reviewer).post(step, {"reason": "It came by courier."})
    assert answer.status_code == 403
    page = answer.content.decode()
    assert "It came by courier." in page
    assert purpose_page(at_ice) in page
    assert WorkerRequest.objects.get(pk=at_ice.pk).version == at_ice.version


def test_something_else_has_to_be_described(cast: Cast, at_ice: WorkerRequest, browse: Browse) -> None:
    browser = browse(cast.ice_reviewer)
    answer = say(browser, at_ice, "OTHER")
    assert answer.status_code == 400
    assert "Describe why you open this case." in main(answer)
    assert say(browser, at_ice, "").status_code == 400
    assert not StatedPurpose.objects.exists()
    assert say(browser, at_ice, "OTHER", text="The court asked.").status_code == 302
    assert StatedPurpose.objects.get().text == "The court asked."


@pytest.mark.parametrize("onward", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:x"])
def test_it_leads_to_no_other_site(cast: Cast, at_ice: WorkerRequest, browse: Browse, onward: str) -> None:
    address = f"{purpose_page(at_ice)}?next={quote(onward, safe='')}"
    answer = browse(cast.ice_reviewer).post(address, {"code": "DECIDE"})
    assert answer["Location"] == at_ice.get_absolute_url()


def test_somebody_elses_case_is_not_asked_about(
    cast: Cast, at_ice: WorkerRequest, reviewed: WorkerRequest, browse: Browse
) -> None:
    for person, record in ((cast.ny_ice_reviewer, at_ice), (cast.ice_reviewer, reviewed)):
        assert browse(person).get(record.get_absolute_url()).status_code == 404
        assert browse(person).get(purpose_page(record)).status_code == 404
    assert browse(cast.ice_reviewer).get(purpose_page(at_ice.statement)).status_code == 404


def test_nobody_else_is_asked(cast: Cast, reviewed: WorkerRequest, browse: Browse) -> None:
    for person in (cast.adjudicator, cast.representative, cast.intake):
        assert browse(person).get(reviewed.get_absolute_url()).status_code == 200
        assert browse(person).get(purpose_page(reviewed)).status_code == 404


def test_the_statement_of_the_case_opens_without_a_question(
    cast: Cast, at_ice: WorkerRequest, browse: Browse
) -> None:
    assert browse(cast.ice_reviewer).get(at_ice.statement.get_absolute_url()).status_code == 200


def test_lists_at_a_field_office_name_nobody(cast: Cast, at_ice: WorkerRequest, browse: Browse) -> None:
    shown = main(browse(cast.ice_reviewer).get("/?show=desk"))
    assert at_ice.reference in shown
    assert "Prudencia" not in shown


def test_a_stated_purpose_costs_one_query(cast: Cast, at_ice: WorkerRequest, browse: Browse) -> None:
    browser = browse(cast.ice_reviewer)
    say(browser, at_ice)
    with CaptureQueriesContext(connection) as asked:
        browser.get(at_ice.get_absolute_url())
    assert sum("referrals_statedpurpose" in query["sql"] for query in asked) == 1

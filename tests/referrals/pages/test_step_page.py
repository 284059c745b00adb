"""Taking a step in a browser: what is said before, what is refused and why, and what is never done twice."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from notifications.models import Message
from referrals.demo.cast import Cast
from referrals.forms.steps import FORMS, StepForm
from referrals.models import SoiRequest, Statement
from referrals.services import soi_requests, statements
from referrals.services.steps import take_step
from tests.cases import OPEN_WORLD, active_statement, complete_draft, request_draft
from tests.referrals.pages.reading import Browse, fields, main
from tests.referrals.pages.test_case_page import waiting_for_countersignature
from workflows.machines.soi_request import State
from workflows.models import Kind, Step


@pytest.fixture
def submitted(cast: Cast) -> SoiRequest:
    now = timezone.now()
    request = request_draft(cast, at=now)
    take_step(request, "submit", by=cast.representative, at=now)
    return request


def step_url(record: Any, name: str) -> str:
    return f"/cases/{record.reference}/steps/{name}/"


def test_before_a_step_one_reads_what_it_does_who_is_told_and_what_stops_counting(
    submitted: SoiRequest, cast: Cast, browse: Browse
) -> None:
    response = browse(cast.investigator).get(step_url(submitted, "acknowledge"))
    text = main(response)
    assert response.status_code == 200
    assert "The requester gets an acknowledgement" in text
    assert "The case is then: Acknowledged." in text
    assert "Stops counting: Acknowledgement." in text
    assert "The organization that asked" in text
    assert "The inbox says what happened. The mail says only that there is news." in text


def test_looking_at_a_step_takes_no_step(submitted: SoiRequest, cast: Cast, browse: Browse) -> None:
    browse(cast.investigator).get(step_url(submitted, "acknowledge"))
    assert SoiRequest.objects.get(pk=submitted.pk).version == submitted.version


def test_a_step_is_taken_and_its_taker_is_told_where_the_case_is_now(
    submitted: SoiRequest, cast: Cast, browse: Browse
) -> None:
    browser = browse(cast.investigator)
    page = browser.get(step_url(submitted, "acknowledge"))
    response = browser.post(step_url(submitted, "acknowledge"), fields(page))
    assert response.status_code == 302
    assert response["Location"] == f"/cases/{submitted.reference}/"
    assert "Done: Acknowledge. The case is now: Acknowledged." in main(browser.get("/"))


def test_a_page_sent_twice_takes_one_step_and_tells_once(
    submitted: SoiRequest, cast: Cast, browse: Browse
) -> None:
    browser = browse(cast.investigator)
    data = fields(browser.get(step_url(submitted, "acknowledge")))
    first = browser.post(step_url(submitted, "acknowledge"), data)
    told = Message.objects.count()
    second = browser.post(step_url(submitted, "acknowledge"), data)
    assert (first.status_code, second.status_code) == (302, 302)
    assert Step.objects.filter(case=submitted, name="acknowledge").count() == 1
    assert Message.objects.count() == told


def test_a_stale_page_says_what_changed_and_keeps_what_was_typed(
    submitted: SoiRequest, cast: Cast, browse: Browse
) -> None:
    browser = browse(cast.investigator)
    take_step(submitted, "acknowledge", by=cast.approver, at=timezone.now())
    take_step(submitted, "begin_review", by=cast.approver, at=timezone.now())
    url = step_url(submitted, "request_information")
    data = fields(browser.get(url))
    soi_requests.assess(submitted, by=cast.approver, at=timezone.now(), values={"witnesses": 2})
    response = browser.post(url, {**data, "reason": "Which shift was it?", "question": "Which shift?"})
    text = main(response)
    assert response.status_code == 409
    assert "The case changed while you were looking at it" in text
    assert "What happened meanwhile" in text
    assert "Which shift" in response.content.decode()
    fresh = fields(response)
    assert int(fresh["expected_version"]) == SoiRequest.objects.get(pk=submitted.pk).version


def test_a_refused_step_gives_every_reason_and_keeps_the_typed_reason(cast: Cast, browse: Browse) -> None:
    request = request_draft(cast, at=timezone.now(), dispute="")
    browser = browse(cast.representative)
    response = browser.post(step_url(request, "submit"), {"reason": "It is urgent for all of them."})
    text = main(response)
    assert response.status_code == 409
    assert "This cannot be done now" in text
    assert "It is urgent for all of them." in response.content.decode()
    assert SoiRequest.objects.get(pk=request.pk).state == State.DRAFT


def test_a_closed_step_explains_itself_and_offers_no_form(
    submitted: SoiRequest, cast: Cast, browse: Browse
) -> None:
    response = browse(cast.representative).get(step_url(submitted, "acknowledge"))
    text = main(response)
    assert response.status_code == 200
    assert "This step belongs to staff of the labor agency. Ask them to take it." in text
    assert '<form class="app-form"' not in response.content.decode()
    elsewhere = browse(cast.investigator).get(step_url(submitted, "accept"))
    assert "This step does not start from" in main(elsewhere)


def test_the_wrong_person_is_refused_with_reasons_and_nothing_moves(
    submitted: SoiRequest, cast: Cast, browse: Browse
) -> None:
    response = browse(cast.representative).post(step_url(submitted, "acknowledge"), {"reason": "I may."})
    assert response.status_code == 409
    assert "This step belongs to staff of the labor agency." in main(response)
    assert SoiRequest.objects.get(pk=submitted.pk).state == State.SUBMITTED


@pytest.mark.parametrize("name", ["no_such_step", "revise", "lapse", "delete"])
def test_what_is_no_step_for_people_is_no_page(
    name: str, submitted: SoiRequest, cast: Cast, browse: Browse
) -> None:
    browser = browse(cast.investigator)
    assert browser.get(step_url(submitted, name)).status_code == 404
    assert browser.post(step_url(submitted, name)).status_code == 404


def test_a_missing_reason_is_asked_for_at_its_field(
    submitted: SoiRequest, cast: Cast, browse: Browse
) -> None:
    browser = browse(cast.representative)
    url = step_url(submitted, "withdraw")
    response = browser.post(url, {**fields(browser.get(url)), "reason": "  "})
    assert response.status_code == 200
    assert "Please check these answers" in main(response)
    assert SoiRequest.objects.get(pk=submitted.pk).state == State.SUBMITTED


def test_a_number_of_a_worker_in_the_reason_is_refused_and_kept_for_mending(
    submitted: SoiRequest, cast: Cast, browse: Browse
) -> None:
    browser = browse(cast.representative)
    url = step_url(submitted, "withdraw")
    response = browser.post(url, {**fields(browser.get(url)), "reason": "He is A012 345 678, not covered."})
    assert response.status_code == 200
    assert "A-number" in main(response)
    assert "A012 345 678" in response.content.decode()


def test_a_proposal_is_countersigned_by_a_second_person_who_reads_it_first(
    cast: Cast, browse: Browse
) -> None:
    request = waiting_for_countersignature(cast)
    url = step_url(request, "countersign")
    assert "You proposed this yourself." in main(
        browse(cast.ice_reviewer).get(url)
    ) or "This needs a countersignature by" in main(browse(cast.ice_reviewer).get(url))
    browser = browse(cast.ice_supervisor)
    page = browser.get(url)
    text = main(page)
    assert "Proposed by Ivo Reviewer" in text
    assert "10 Sep 2024" in text
    response = browser.post(url, fields(page))
    assert response.status_code == 302
    assert "Done: Countersign:" in main(browser.get("/inbox/"))


def test_a_proposal_is_sent_back_with_a_reason(cast: Cast, browse: Browse) -> None:
    request = waiting_for_countersignature(cast)
    browser, url = browse(cast.ice_supervisor), step_url(request, "send_back")
    without = browser.post(url, fields(browser.get(url)))
    assert without.status_code == 200
    response = browser.post(url, {**fields(browser.get(url)), "reason": "The months are wrong."})
    assert response.status_code == 302
    assert "Nothing waits for a countersignature here." in main(browser.get(url))


class Prepares(StepForm):
    """A form that stores something of its own before the step."""

    note = forms.CharField(required=False)

    def prepare(self, *, by: Any, at: Any) -> None:
        if self.cleaned_data["note"] == "broken":
            raise ValidationError("The note cannot be stored.")
        statements.revise(self.record, by=by, at=at, values={"retaliation": self.cleaned_data["note"]})


@pytest.fixture
def draft(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Statement:
    """A complete draft whose step to approval is taken with a form that stores something."""
    monkeypatch.setitem(FORMS, (Kind.STATEMENT, "send_for_approval"), Prepares)
    statement = statements.open_draft(
        active_statement(cast).matter,
        office=cast.offices["nlrb-region-28"],
        by=cast.investigator,
        at=OPEN_WORLD,
    )
    complete_draft(statement, by=cast.investigator, at=OPEN_WORLD)
    return statement


def test_what_a_form_stores_is_stored_with_the_step_or_not_at_all(
    draft: Statement, cast: Cast, browse: Browse
) -> None:
    browser, url = browse(cast.investigator), step_url(draft, "send_for_approval")
    stale = fields(browser.get(url))
    page = fields(browser.get(url))
    assert browser.post(url, {**page, "note": "A threat was made."}).status_code == 302
    assert draft.draft.retaliation == "A threat was made."
    assert browser.post(url, {**page, "note": "Twice"}).status_code == 302
    assert browser.post(url, {**stale, "note": "Stale"}).status_code == 409
    assert Statement.objects.get(pk=draft.pk).draft.retaliation == "A threat was made."


def test_what_a_form_cannot_store_is_an_error_in_the_form(
    draft: Statement, cast: Cast, browse: Browse
) -> None:
    browser, url = browse(cast.investigator), step_url(draft, "send_for_approval")
    response = browser.post(url, {**fields(browser.get(url)), "note": "broken"})
    assert response.status_code == 200
    assert "The note cannot be stored." in main(response)
    response = browser.post(url, {**fields(browser.get(url)), "note": "A 012345678"})
    assert response.status_code == 200
    assert "A-number" in main(response)
    assert Statement.objects.get(pk=draft.pk).version == draft.version

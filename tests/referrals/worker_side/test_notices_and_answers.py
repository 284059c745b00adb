"""Paper notices entered row by row, and answers to what DHS asks."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from referrals.demo.cast import Cast
from referrals.models import Statement, WorkerRequest
from referrals.services import worker_requests
from referrals.services.steps import take_step
from tests.cases import OPEN_WORLD, routed_request, signed_request
from tests.laid_down import laid_down
from tests.referrals.worker_side.browsing import Browser, step
from workflows.machines.worker_request import State


@pytest.fixture
@laid_down
def filed(cast: Cast, signed: WorkerRequest) -> WorkerRequest:
    take_step(signed, "file", by=cast.representative, at=OPEN_WORLD)
    return signed


def row(request: WorkerRequest, **typed: str) -> dict[str, str]:
    names = ("receipt_number", "biometrics_on", "biometrics_place", "rfe_served_on", "rfe_served_by")
    return {f"{request.reference}-{name}": typed.get(name, "") for name in names}


def enter(browser: Browser, *rows: dict[str, str]) -> Any:
    return browser.post(reverse("notices"), {name: value for each in rows for name, value in each.items()})


def test_a_good_row_is_saved_and_a_bad_one_beside_it_says_why(
    cast: Cast, rosa: Browser, filed: WorkerRequest, statement: Statement
) -> None:
    other = signed_request(cast, statement)
    take_step(other, "file", by=cast.representative, at=OPEN_WORLD)
    answer = enter(
        rosa,
        row(
            filed,
            receipt_number="lib 24-0000 0007",
            biometrics_on="9/20/2024",
            biometrics_place="ASC Phoenix",
        ),
        row(other, receipt_number="12345", biometrics_on="9/21/2024"),
    )
    page = answer.content.decode()
    assert "1 row was saved." in page
    assert "A receipt number has three letters and ten digits." in page
    assert 'value="12345"' in page
    filed, other = (WorkerRequest.objects.get(pk=each.pk) for each in (filed, other))
    assert filed.receipt_number == "LIB2400000007"
    assert filed.biometrics_place == "ASC Phoenix"
    assert not other.receipt_number
    assert not other.steps.filter(name="enter_notice").exists()


def test_the_history_gets_the_date_and_not_the_number(rosa: Browser, filed: WorkerRequest) -> None:
    enter(rosa, row(filed, receipt_number="LIB2400000007", biometrics_on="2024-09-20"))
    assert filed.steps.get(name="enter_notice").data == {"biometrics_on": "2024-09-20"}
    page = rosa.get(reverse("case", args=[filed.reference])).content.decode()
    assert "Fri 20 Sep 2024" in page


def test_the_same_pile_entered_twice_is_stored_once(rosa: Browser, filed: WorkerRequest) -> None:
    for _twice in range(2):
        enter(rosa, row(filed, biometrics_on="2024-09-20"))
    assert filed.steps.filter(name="enter_notice").count() == 1


def test_empty_rows_are_no_notices(rosa: Browser, filed: WorkerRequest) -> None:
    enter(rosa, row(filed))
    assert not filed.steps.filter(name="enter_notice").exists()


def test_another_receipt_number_than_dhs_gave_is_refused(
    cast: Cast, rosa: Browser, statement: Statement
) -> None:
    request = routed_request(cast, statement)
    page = enter(rosa, row(request, receipt_number="EAC2412345678")).content.decode()
    assert f"ending in {request.receipt_number[-4:]}" in page
    assert not request.steps.filter(name="enter_notice").exists()


def test_a_notice_dated_otherwise_than_in_dhss_record_is_pointed_out(
    cast: Cast, rosa: Browser, statement: Statement
) -> None:
    request = asked(cast, statement)
    page = enter(rosa, row(request, rfe_served_on="2024-08-02", rfe_served_by="mail")).content.decode()
    assert "The notice is dated Fri 2 Aug 2024, DHS counts from Mon 5 Aug 2024." in page
    case = rosa.get(reverse("case", args=[request.reference])).content.decode()
    assert "Dates differ" in case


def test_another_offices_row_is_ignored(cast: Cast, filed: WorkerRequest) -> None:
    enter(Browser(cast.river), row(filed, biometrics_on="2024-09-20"))
    assert not filed.steps.filter(name="enter_notice").exists()


def asked(cast: Cast, statement: Statement) -> WorkerRequest:
    """A request of which USCIS asked for two things."""
    request = routed_request(cast, statement)
    at = OPEN_WORLD
    take_step(request, "schedule_biometrics", by=cast.adjudicator, at=at, biometrics_on=date(2024, 8, 9))
    take_step(request, "record_biometrics", by=cast.adjudicator, at=at)
    items = [{"text": "Proof for May 2023"}, {"text": "A clearer copy of the passport"}]
    worker_requests.ask_items(request, "RFE", items, at=at)
    take_step(
        request,
        "request_evidence",
        by=cast.adjudicator,
        at=at,
        rfe_served_on=date(2024, 8, 5),
        rfe_served_by="mail",
    )
    return request


def test_an_rfe_is_answered_as_a_whole_or_not_at_all(cast: Cast, rosa: Browser, statement: Statement) -> None:
    request = asked(cast, statement)
    first, second = (f"answer_{item.pk}" for item in request.asked_items.all())
    answer = step(rosa, request, "answer_rfe", **{first: "Attached.", "all_at_once": "on"})
    assert answer.status_code == 200
    assert answer.context["form"].errors[second]
    assert WorkerRequest.objects.get().state == State.RFE_ISSUED
    assert not request.asked_items.exclude(answer="").exists()
    step(rosa, request, "answer_rfe", **{first: "Attached.", second: "There is none.", "all_at_once": "on"})
    assert WorkerRequest.objects.get().state == State.RFE_ANSWERED
    assert [item.answer for item in request.asked_items.all()] == ["Attached.", "There is none."]


def test_a_notice_of_intent_to_deny_is_answered(cast: Cast, rosa: Browser, statement: Statement) -> None:
    request = routed_request(cast, statement)
    take_step(
        request, "schedule_biometrics", by=cast.adjudicator, at=OPEN_WORLD, biometrics_on=date(2024, 8, 9)
    )
    take_step(request, "record_biometrics", by=cast.adjudicator, at=OPEN_WORLD)
    take_step(
        request, "intend_to_deny", by=cast.adjudicator, at=OPEN_WORLD, reason="Adverse factors outweigh.",
        noid_served_on=date(2024, 8, 5), noid_served_by="mail",
    )  # fmt: skip
    step(rosa, request, "answer_noid", noid_answer="Each ground is answered in the brief of 5 August.")
    assert WorkerRequest.objects.get().state == State.NOID_ANSWERED


def test_the_worker_signs_by_hand_after_agreeing_and_not_tomorrow(
    cast: Cast, rosa: Browser, signed: WorkerRequest
) -> None:
    step(rosa, signed, "reopen", reason="A page was missing.")
    step(rosa, signed, "make_ready")
    for day in ("2024-08-06", "2024-08-01"):
        answer = step(rosa, signed, "sign", signed_on=day, by_hand="on")
        assert answer.context["form"].errors["signed_on"]
    assert step(rosa, signed, "sign", signed_on="2024-08-05").context["form"].errors["by_hand"]
    assert WorkerRequest.objects.get().state == State.READY_FOR_SIGNATURE


def test_the_claim_stands_still_while_the_packet_waits_for_the_signature(
    rosa: Browser, signed: WorkerRequest
) -> None:
    answer = rosa.post(reverse("request_edit", args=[signed.reference]), {"job": "Driver"})
    assert answer.status_code == 409
    assert "Reopen the request for changes first." in answer.content.decode()
    assert WorkerRequest.objects.get().job == "Packer"


def test_a_packet_of_an_older_form_set_is_brought_up_to_date(rosa: Browser, signed: WorkerRequest) -> None:
    url = reverse("request_packet", args=[signed.reference])
    assert "has changed since this list was made" not in rosa.get(url).content.decode()
    with time_machine.travel(OPEN_WORLD + timedelta(days=170), tick=False):
        later = Browser(rosa.user)
        page = later.get(url)
        assert "has changed since this list was made" in page.content.decode()
        version = page.context["form"]["expected_version"].value()
        marks = {f"state_{item.key}": item.state for item in signed.items.all()}
        later.post(url, {**marks, "expected_version": version})
    assert signed.items.get(key="fee").required
    assert not signed.items.get(key="i765").required


def test_the_representative_page_shows_no_confidential_notes(rosa: Browser, signed: WorkerRequest) -> None:
    rosa.post(reverse("request_screening", args=[signed.reference]), {"notes": "Only for us."})
    assert "Only for us." not in rosa.get(reverse("case", args=[signed.reference])).content.decode()

"""The scope check in words, and statements that came on paper."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from referrals.demo.cast import Cast
from referrals.models import Person, Statement, WorkerRequest
from referrals.services import evidence, request_drafts, worker_requests
from tests.cases import CLAIM, OPEN_WORLD
from tests.referrals.worker_side.browsing import Browser, send
from workflows.machines.worker_request import State

WRONG = "Number, version and code do not fit together."


def draft(cast: Cast, statement: Statement, **claim: Any) -> WorkerRequest:
    by = cast.representative
    person = worker_requests.add_person(by=by, at=OPEN_WORLD, given_names="Prudencia", family_names="Ejemplo")
    request = request_drafts.begin(person, statement, by=by, at=OPEN_WORLD)
    worker_requests.revise(request, by=by, at=OPEN_WORLD, **{**CLAIM, **claim})
    return request


def scope_page(rosa: Browser, request: WorkerRequest) -> str:
    page: str = rosa.get(reverse("request_scope", args=[request.reference])).content.decode()
    return page


def test_without_a_claim_the_page_says_what_to_write(cast: Cast, rosa: Browser, statement: Statement) -> None:
    request = draft(cast, statement, employer_on_stub="", worked_from=None, worked_to=None)
    assert "Nothing to compare yet" in scope_page(rosa, request)


@pytest.mark.parametrize(
    ("claim", "result", "said"),
    [
        ({}, "in", "<strong>Covered."),
        ({"employer_on_stub": "B Staffing"}, "out", "Ask the agency to add “B Staffing”"),
        ({"site_city": "Tucson", "site_zip": "85701"}, "out", "The place is not on the statement."),
        (
            {"site_street": "", "site_city": "", "site_state": "", "site_zip": ""},
            "ask",
            "Find out the street",
        ),
    ],
)
def test_the_verdict_stands_there_in_words(
    cast: Cast, rosa: Browser, statement: Statement, claim: dict[str, Any], result: str, said: str
) -> None:
    request = draft(cast, statement, **claim)
    evidence.add(
        request,
        by=cast.representative,
        at=OPEN_WORLD,
        kind="W2",
        covers_from=date(2022, 6, 1),
        covers_to=date(2023, 6, 30),
    )
    assert request.scope_result == result
    page = scope_page(rosa, request)
    assert said in page
    assert ("Keep the answer" in page) == (result in ("out", "ask"))


def test_months_without_proof_are_named(cast: Cast, rosa: Browser, statement: Statement) -> None:
    request = draft(cast, statement)
    page = rosa.get(reverse("request_evidence", args=[request.reference])).content.decode()
    assert "Still without proof" in page


def test_the_agencys_answer_opens_the_way_for_a_worker_who_is_out(
    cast: Cast, rosa: Browser, statement: Statement
) -> None:
    request = draft(cast, statement, employer_on_stub="B Staffing")
    worker_requests.mark_items(
        request,
        by=cast.representative,
        at=OPEN_WORLD,
        states={item.key: ("PRESENT", "") for item in request.items.all()},
    )
    step = reverse("case_step", args=[request.reference, "make_ready"])
    assert "It is not shown that the worker is in the scope" in rosa.get(step).content.decode()
    send(
        rosa,
        reverse("request_scope", args=[request.reference]),
        scope_answer="Region 28 said on 2 August 2024 that it will add B Staffing.",
    )
    send(rosa, step)
    assert WorkerRequest.objects.get().state == State.READY_FOR_SIGNATURE


def test_a_proof_can_be_added_and_removed(cast: Cast, rosa: Browser, statement: Statement) -> None:
    request = draft(cast, statement)
    url = reverse("request_evidence", args=[request.reference])
    send(rosa, url, kind="PAYSTUB", covers_from="2022-06-01", covers_to="2022-12-31", note="Blue folder")
    proof = request.evidence.get()
    assert "Blue folder" in rosa.get(url).content.decode()
    rosa.post(reverse("request_evidence_remove", args=[request.reference, proof.pk]))
    assert not request.evidence.exists()


def test_a_proof_that_ends_before_it_begins_comes_back(
    cast: Cast, rosa: Browser, statement: Statement
) -> None:
    request = draft(cast, statement)
    answer = send(
        rosa,
        reverse("request_evidence", args=[request.reference]),
        kind="PAYSTUB",
        covers_from="2022-12-31",
        covers_to="2022-06-01",
    )
    assert answer.context["form"].errors["covers_to"]
    assert not request.evidence.exists()


def test_a_stale_page_says_so_and_keeps_what_was_typed(
    cast: Cast, rosa: Browser, statement: Statement
) -> None:
    request = draft(cast, statement)
    url = reverse("request_edit", args=[request.reference])
    typed = {
        **{field.html_name: field.value() or "" for field in rosa.get(url).context["form"]},
        "job": "Driver",
    }
    worker_requests.revise(request, by=cast.representative, at=OPEN_WORLD, job="Cleaner")
    answer = rosa.post(url, typed)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "The case changed while you were looking at it" in page
    assert 'value="Driver"' in page
    assert WorkerRequest.objects.get().job == "Cleaner"
    again = {field.html_name: field.value() or "" for field in answer.context["form"]}
    assert rosa.post(url, again).status_code == 302
    assert WorkerRequest.objects.get().job == "Driver"


@pytest.fixture
def letter(statement: Statement) -> dict[str, Any]:
    """What is printed on a statement that was not shared with the other organization."""
    version = statement.signed
    assert version is not None
    code = version.fingerprint[:16].upper()
    return {
        "number": statement.reference,
        "version": version.number,
        "code": f"{code[:4]} {code[4:8]}",
    }


@pytest.fixture
def rita(cast: Cast, open_world: object) -> Browser:
    return Browser(cast.river)


def test_the_letter_on_paper_opens_the_statement(
    cast: Cast, rita: Browser, statement: Statement, letter: dict[str, Any]
) -> None:
    assert not Statement.objects.visible_to(cast.river).exists()
    answer = rita.post(reverse("statement_attach"), letter)
    assert answer.status_code == 302
    assert Statement.objects.visible_to(cast.river).get() == statement


@pytest.mark.parametrize(
    "wrong",
    [
        {"number": "NLRB-2024-99999"},
        {"version": 2},
        {"code": "0000 0000"},
        {"code": "00"},
        {"code": "ñandú 🙂"},
    ],
)
def test_every_wrong_answer_gets_the_same_sentence(
    rita: Browser, cast: Cast, letter: dict[str, Any], wrong: dict[str, Any]
) -> None:
    answer = rita.post(reverse("statement_attach"), {**letter, **wrong})
    assert answer.status_code == 200
    assert WRONG in answer.content.decode()
    assert not Statement.objects.visible_to(cast.river).exists()


def test_after_ten_tries_even_the_right_answer_has_to_wait(
    rita: Browser, cast: Cast, letter: dict[str, Any]
) -> None:
    for _try in range(request_drafts.TRIES):
        rita.post(reverse("statement_attach"), {**letter, "code": "0000 0000"})
    answer = rita.post(reverse("statement_attach"), letter)
    assert "Too many tries" in answer.content.decode()
    assert not Statement.objects.visible_to(cast.river).exists()


def test_a_worker_of_another_office_cannot_be_chosen(cast: Cast, rita: Browser, statement: Statement) -> None:
    stranger = worker_requests.add_person(
        by=cast.representative, at=OPEN_WORLD, given_names="Prudencia", family_names="Ejemplo"
    )
    assert rita.get(f"{reverse('request_new')}?worker={stranger.token}").status_code == 404
    assert Person.objects.count() == 1

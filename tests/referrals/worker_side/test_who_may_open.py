"""Only representatives of the worker's own organization open these pages; to others they are not there."""

from __future__ import annotations

import pytest
from django.urls import reverse

from referrals.demo.cast import Cast
from referrals.models import Stay, WorkerRequest
from referrals.services import stays
from tests.laid_down import laid_down
from tests.referrals.worker_side.browsing import Browser

OF_A_REQUEST = [
    "request_edit", "request_packet", "request_evidence", "request_scope", "request_consent",
    "request_consent_withdraw", "request_screening",
]  # fmt: skip
OF_A_STAY = ["stay_edit", "stay_support_new"]
GENERAL = ["workers", "worker_new", "request_new", "statement_attach", "notices", "stay_new"]
OTHERS = ["organizer", "investigator", "signer", "intake", "adjudicator", "ice_reviewer", "administrator"]


@pytest.fixture
@laid_down
def stay(cast: Cast, signed: WorkerRequest) -> Stay:
    return stays.open_stay(
        signed.person, ice_office=cast.offices["ice-phoenix"], by=cast.representative, at=signed.opened_at
    )


@pytest.mark.parametrize("role", [*OTHERS, "river"])
def test_somebody_elses_case_files_are_not_there(
    cast: Cast, signed: WorkerRequest, stay: Stay, role: str
) -> None:
    browser = Browser(getattr(cast, role))
    urls = [reverse(name, args=[signed.reference]) for name in OF_A_REQUEST]
    urls += [reverse(name, args=[stay.reference]) for name in OF_A_STAY]
    urls += [reverse(name, args=[signed.person.token]) for name in ("worker", "worker_edit")]
    urls += [f"{reverse(name)}?worker={signed.person.token}" for name in ("request_new", "stay_new")]
    for url in urls:
        assert browser.get(url).status_code == 404, url
        assert browser.post(url, {}).status_code in (404, 405), url


@pytest.mark.parametrize("role", OTHERS)
def test_only_representatives_have_these_pages(cast: Cast, open_world: object, role: str) -> None:
    browser = Browser(getattr(cast, role))
    for name in GENERAL:
        assert browser.get(reverse(name)).status_code == 404, name


@pytest.mark.parametrize("role", ["intake", "adjudicator", "ice_reviewer", "investigator", "organizer"])
def test_a_draft_is_not_there_for_anybody_outside_the_office(
    cast: Cast, signed: WorkerRequest, role: str
) -> None:
    assert Browser(getattr(cast, role)).get(reverse("case", args=[signed.reference])).status_code == 404


def test_the_owner_opens_every_page(rosa: Browser, signed: WorkerRequest, stay: Stay) -> None:
    urls = [reverse(name, args=[signed.reference]) for name in [*OF_A_REQUEST, "case"]]
    urls += [reverse(name, args=[stay.reference]) for name in [*OF_A_STAY, "case"]]
    urls += [reverse(name) for name in GENERAL]
    urls += [reverse(name, args=[signed.person.token]) for name in ("worker", "worker_edit")]
    for url in urls:
        answer = rosa.get(url)
        assert answer.status_code == 200, url
        assert answer.content.decode().count("<h1") == 1, url


def test_a_visitor_is_asked_to_sign_in(client: Browser, db: None) -> None:
    assert client.get(reverse("workers")).status_code == 302


def test_confidential_notes_leave_no_trace_and_reach_nobody(
    cast: Cast, rosa: Browser, signed: WorkerRequest
) -> None:
    steps = signed.steps.count()
    rosa.post(reverse("request_screening", args=[signed.reference]), {"arrests": "One, in 2015."})
    signed.screening.refresh_from_db()
    assert signed.screening.arrests == "One, in 2015."
    assert signed.steps.count() == steps

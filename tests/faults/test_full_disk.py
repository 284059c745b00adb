"""A disk that is full: a sentence instead of an error, what was typed stays, nothing is stored by halves."""

from __future__ import annotations

import re
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from allauth.account.views import LoginView
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse

from referrals.models import Document, Statement, WorkerRequest
from referrals.services import soi_requests
from referrals.services.steps import take_step
from referrals.views import worker_requests
from tests import cases
from tests.faults.figures import Figures
from tests.referrals.papers import pdf, upload
from workflows import history
from workflows.models import Step

AT = cases.CLOSED_WORLD
NO_ROOM = "There is no room left on the server"
KILOBYTE = 1024


@contextmanager
def no_room_for_documents() -> Iterator[None]:
    """PostgreSQL answers as on a full disk (53100) whenever a document is to be written."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; "
            "END $$; "
            "CREATE TRIGGER full_disk BEFORE INSERT ON referrals_document "
            "FOR EACH ROW EXECUTE FUNCTION full_disk()"
        )
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP FUNCTION full_disk() CASCADE")


@contextmanager
def no_files_above(most: int) -> Iterator[None]:
    """This process can write no file larger than so many bytes, as on a disk that is nearly full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def browser(person: Any) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(person)
    return client


@pytest.fixture
def statement(cast: Any) -> Statement:
    return cases.active_statement(cast)


@pytest.fixture
def request_(cast: Any, statement: Statement) -> WorkerRequest:
    return cases.draft_request(cast, statement)


PROOF = {"kind": "PAYSTUB", "covers_from": "2022-06-01", "covers_to": "2022-12-31", "note": "The blue folder"}


def test_a_scan_for_which_there_is_no_room_is_refused_with_a_sentence_and_what_was_typed_stays(
    cast: Any, request_: WorkerRequest, figures: Figures
) -> None:
    rosa, page = browser(cast.representative), reverse("request_evidence", args=[request_.reference])
    before, proofs = (request_.steps.count(), Document.objects.count()), request_.evidence.count()
    with no_room_for_documents():
        answer = rosa.post(page, {**PROOF, "key": "once", "scan": upload(pdf(2))})
    text = answer.content.decode()
    assert answer.status_code == 503
    assert NO_ROOM in text
    assert "The blue folder" in text, "what was typed is still in the form"
    assert (request_.steps.count(), Document.objects.count()) == before
    assert request_.evidence.count() == proofs
    assert rosa.post(page, {**PROOF, "key": "once", "scan": upload(pdf(2))}).status_code == 302
    figures.hold(
        "disk full while a scan is stored: proofs",
        expected=["The blue folder"],
        done=[each.note for each in request_.evidence.filter(scan__isnull=False) if "folder" in each.note],
    )
    assert history.verify().broken is None


def approved_statement(cast: Any) -> Statement:
    """A statement that waits for its signature, by which its letter is written."""
    at = AT
    request = cases.request_draft(cast, at=at)
    take_step(request, "submit", by=cast.representative, at=at)
    take_step(request, "acknowledge", by=cast.investigator, at=at)
    take_step(request, "begin_review", by=cast.investigator, at=at)
    soi_requests.link_matter(request, cases.matter_of(cast), by=cast.investigator, at=at)
    worth = {"witnesses": 3, "cooperation_needed_now": True}
    soi_requests.assess(request, by=cast.investigator, at=at, values=worth)
    take_step(request, "accept", by=cast.approver, at=at)
    statement: Statement = request.statements.get()
    cases.complete_draft(statement, by=cast.investigator, at=at)
    take_step(statement, "send_for_approval", by=cast.investigator, at=at)
    take_step(statement, "approve", by=cast.approver, at=at)
    return statement


def test_a_letter_for_which_there_is_no_room_leaves_the_statement_unsigned(
    cast: Any, figures: Figures
) -> None:
    statement = approved_statement(cast)
    signer, page = browser(cast.signer), reverse("case_step", args=[statement.reference, "sign"])
    form = {
        "review_by_on": date(2028, 1, 14).isoformat(),
        "read_it": "on",
        "reason": "Read and compared with the file.",
        "expected_version": statement.version,
        "idempotency_key": "once",
    }
    documents = Document.objects.count()
    with no_room_for_documents():
        answer = signer.post(page, form)
    text = answer.content.decode()
    assert (answer.status_code, NO_ROOM in text) == (503, True), text[-3000:]
    assert "Read and compared with the file." in text
    assert "2028" in text
    assert Document.objects.count() == documents
    assert not Step.objects.filter(case=statement.pk, name="sign").exists()
    assert signer.post(page, form).status_code == 302
    steps = Step.objects.filter(case=statement.pk, name="sign").values_list("case_id", flat=True)
    figures.hold("disk full while a letter is written: steps", expected=[statement.pk], done=steps)
    assert Document.objects.count() == documents + 1
    assert history.verify().broken is None


def test_a_file_that_can_be_kept_never_waits_on_a_disk_of_the_web_server(
    cast: Any, request_: WorkerRequest
) -> None:
    paper = pdf(1) + b"\n%" + b"x" * (4 * KILOBYTE * KILOBYTE)
    page = reverse("request_evidence", args=[request_.reference])
    with no_files_above(64 * KILOBYTE):
        answer = browser(cast.representative).post(page, {**PROOF, "key": "big", "scan": upload(paper)})
    text = answer.content.decode()
    assert answer.status_code in (200, 302)
    assert NO_ROOM not in text


def test_a_file_too_large_to_be_kept_reaches_no_disk_and_gets_a_sentence(
    cast: Any, request_: WorkerRequest
) -> None:
    proofs = request_.evidence.count()
    page = reverse("request_evidence", args=[request_.reference])
    too_large = upload(pdf(1) + b"x" * (22 * KILOBYTE * KILOBYTE))
    with no_files_above(64 * KILOBYTE):
        answer = browser(cast.representative).post(page, {**PROOF, "key": "big", "scan": too_large})
    assert answer.status_code == 200
    assert "at most 20 are taken" in answer.content.decode()
    assert request_.evidence.count() == proofs


def test_a_database_that_is_away_gets_a_sentence_and_what_was_typed_can_be_sent_again(
    cast: Any, request_: WorkerRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_arguments: Any, **_named: Any) -> None:
        raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(worker_requests, "own_request", gone)
    page = reverse("request_edit", args=[request_.reference])
    answer = browser(cast.representative).post(page, {"note": "Typed <carefully>"})
    text = answer.content.decode()
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert re.search(r'name="note"\s+value="Typed &lt;carefully&gt;"', text)
    assert f'action="{page}"' in text
    assert "server closed" not in text, "what the database says is nobody's business"


def test_a_password_does_not_come_back_in_any_page(monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    def gone(*_arguments: Any, **_named: Any) -> None:
        raise OperationalError("the database system is starting up")

    monkeypatch.setattr(LoginView, "form_valid", gone)
    monkeypatch.setattr(LoginView, "form_invalid", gone)
    answer = Client(raise_request_exception=False).post(
        reverse("account_login"), {"login": "somebody@example.org", "password": "a secret of hers"}
    )
    assert answer.status_code == 503
    assert "a secret of hers" not in answer.content.decode()

"""A scan goes with its proof: attached, opened, replaced, removed, and fixed once DHS has it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import ProgrammingError, transaction
from django.test import override_settings
from django.urls import reverse

from referrals.demo.cast import Cast
from referrals.models import Document, Evidence, Statement, WorkerRequest
from referrals.panels import comparison
from referrals.scans import Scan, read
from referrals.services import evidence, worker_requests
from referrals.services.steps import take_step
from tests.cases import OPEN_WORLD, draft_request, routed_request
from tests.laid_down import laid_down
from tests.referrals.papers import pdf, picture, upload
from tests.referrals.worker_side.browsing import Browser, send
from workflows.refusals import StepRefused

PROOF = {"kind": "PAYSTUB", "covers_from": "2022-06-01", "covers_to": "2022-12-31", "note": "Blue folder"}
Served = Callable[..., Any]


@pytest.fixture
@laid_down
def request_(cast: Cast, statement: Statement) -> WorkerRequest:
    return draft_request(cast, statement)


@pytest.fixture
@laid_down
def asked(cast: Cast, statement: Statement) -> WorkerRequest:
    """USCIS has asked for evidence."""
    request = routed_request(cast, statement)
    take_step(request, "record_biometrics", by=cast.adjudicator, at=OPEN_WORLD)
    worker_requests.ask_items(request, "RFE", [{"text": "Proof for 2023."}], at=OPEN_WORLD)
    served = {"rfe_served_on": OPEN_WORLD.date(), "rfe_served_by": "personal"}
    take_step(request, "request_evidence", by=cast.adjudicator, at=OPEN_WORLD, **served)
    return request


def page_of(request: WorkerRequest) -> str:
    return reverse("request_evidence", args=[request.reference])


def scan_page(proof: Evidence) -> str:
    return reverse("request_evidence_scan", args=[proof.request.reference, proof.pk])


def proof_with(request: WorkerRequest, *, by: Any, content: bytes | None = None, **fields: Any) -> Evidence:
    known = {"kind": "W2", "covers_from": date(2022, 6, 1), "covers_to": date(2022, 12, 31), **fields}
    scan = read(content) if content else None
    added = evidence.add(request, by=by, at=OPEN_WORLD, scan=scan, **known)
    assert added is not None
    return added


def test_a_proof_is_added_with_its_scan_and_the_scan_is_listed_with_pages_and_size(
    rosa: Browser, request_: WorkerRequest
) -> None:
    send(rosa, page_of(request_), **PROOF, scan=upload(pdf(3)))
    proof = request_.evidence.get()
    assert proof.scan is not None
    text = rosa.get(page_of(request_)).content.decode()
    assert "PDF" in text
    assert "3 pages" in " ".join(text.split())
    assert reverse("document", args=[proof.scan.public_id]) in text


def test_a_scan_is_saved_and_never_shown_whatever_it_is(rosa: Browser, request_: WorkerRequest) -> None:
    for content, ending in ((pdf(), "pdf"), (picture("JPEG"), "jpg"), (picture("PNG"), "png")):
        proof = proof_with(request_, by=rosa.user, content=content)
        assert proof.scan is not None
        answer = rosa.get(reverse("document", args=[proof.scan.public_id]))
        assert read(answer.content).media_type == proof.scan.media_type == read(content).media_type
        assert answer["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
        assert answer["Content-Disposition"] == (
            f'attachment; filename="form-w-2-2022-06-01-to-2022-12-31.{ending}"'
        )
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "no-store" in answer["Cache-Control"]


def test_the_name_of_the_file_is_kept_nowhere(rosa: Browser, request_: WorkerRequest) -> None:
    send(rosa, page_of(request_), **PROOF, scan=upload(pdf(), "Prudencia Ejemplo paystub.pdf"))
    assert "Prudencia" not in str(list(Document.objects.filter(kind=Document.SCAN).values()))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (pdf(2)[:-300], "damaged or breaks off"),
        (pdf(password="x"), "locked with a password"),
        (b"a text", "Only PDF, JPEG and PNG"),
        (b"", "This file is empty"),
    ],
)
def test_a_refused_file_leaves_what_was_typed_and_says_that_the_file_is_gone(
    rosa: Browser, request_: WorkerRequest, content: bytes, sentence: str
) -> None:
    answer = send(rosa, page_of(request_), **PROOF, scan=upload(content))
    text = answer.content.decode()
    assert sentence in text
    assert "a browser does not keep a file: choose it again" in text
    assert "Blue folder" in text
    assert "2022-12-31" in text
    assert not request_.evidence.exists()


def test_a_good_file_is_asked_for_again_when_something_else_is_wrong(
    rosa: Browser, request_: WorkerRequest
) -> None:
    answer = send(rosa, page_of(request_), **{**PROOF, "covers_to": "soon"}, scan=upload(pdf()))
    errors = answer.context["form"].errors
    assert set(errors) == {"covers_to", "scan"}
    assert "choose it again" in errors["scan"][0]
    assert not Document.objects.filter(kind=Document.SCAN).exists()


@override_settings(EVIDENCE_FILE_MEGABYTES=1)
def test_a_file_that_is_too_large_is_refused_before_it_is_opened(
    rosa: Browser, request_: WorkerRequest
) -> None:
    answer = send(rosa, page_of(request_), **PROOF, scan=upload(b"%PDF-" + b"x" * 2_000_000))
    assert "at most 1 are taken" in answer.context["form"].errors["scan"][0]


@override_settings(EVIDENCE_FILES_PER_REQUEST=2)
def test_a_packet_takes_only_so_many_scans(rosa: Browser, request_: WorkerRequest) -> None:
    for _number in range(2):
        proof = proof_with(request_, by=rosa.user, content=pdf())
    answer = send(rosa, page_of(request_), **PROOF, scan=upload(pdf()))
    assert "has 2 scans already" in answer.content.decode()
    assert "Blue folder" in answer.content.decode()
    assert request_.evidence.count() == 2
    evidence.attach(proof, read(pdf(2)), by=rosa.user, at=OPEN_WORLD)


def test_a_double_click_adds_one_proof(rosa: Browser, request_: WorkerRequest) -> None:
    key = rosa.get(page_of(request_)).context["form"]["key"].value()
    for _twice in range(2):
        answer = rosa.post(page_of(request_), {**PROOF, "key": key, "scan": upload(pdf())})
        assert answer.status_code == 302
    assert request_.evidence.count() == Document.objects.filter(kind=Document.SCAN).count() == 1


def test_a_scan_is_attached_later_replaced_and_removed(rosa: Browser, request_: WorkerRequest) -> None:
    proof = proof_with(request_, by=rosa.user)
    send(rosa, scan_page(proof), scan=upload(pdf(1)))
    first = Document.objects.get(kind=Document.SCAN)
    send(rosa, scan_page(proof), scan=upload(picture("PNG")))
    second = Document.objects.get(kind=Document.SCAN)
    assert (first.media_type, second.media_type) == ("application/pdf", "image/png")
    assert rosa.get(reverse("document", args=[first.public_id])).status_code == 404
    rosa.post(reverse("request_evidence_scan_remove", args=[request_.reference, proof.pk]))
    assert not Document.objects.filter(kind=Document.SCAN).exists()
    assert request_.evidence.get().scan is None


def test_no_file_and_a_bad_file_on_the_page_of_a_scan_are_answered_with_sentences(
    rosa: Browser, request_: WorkerRequest
) -> None:
    proof = proof_with(request_, by=rosa.user, content=pdf())
    kept = proof.scan_id
    assert "Choose a file." in rosa.post(scan_page(proof), {}).content.decode()
    assert "Only PDF" in rosa.post(scan_page(proof), {"scan": upload(b"x")}).content.decode()
    proof.refresh_from_db()
    assert proof.scan_id == kept


def test_a_removed_proof_takes_its_scan_along(rosa: Browser, request_: WorkerRequest) -> None:
    proof = proof_with(request_, by=rosa.user, content=pdf())
    rosa.post(reverse("request_evidence_remove", args=[request_.reference, proof.pk]))
    assert not request_.evidence.exists()
    assert not Document.objects.filter(kind=Document.SCAN).exists()


def test_the_packet_says_how_many_proofs_have_a_scan_and_marks_nothing_as_present(
    rosa: Browser, request_: WorkerRequest
) -> None:
    proof_with(request_, by=rosa.user, content=pdf())
    proof_with(request_, by=rosa.user)
    for url in (reverse("request_packet", args=[request_.reference]), request_.get_absolute_url()):
        assert "1 of 2 proofs have a scan." in rosa.get(url).content.decode()
    assert request_.items.get(key="employment").state == "MISSING"


class TestWhatWasFiled:
    """It stays as DHS got it."""

    @pytest.fixture
    @laid_down
    def filed(self, cast: Cast, signed: WorkerRequest) -> WorkerRequest:
        proof = signed.evidence.get()
        evidence.attach(proof, read(pdf(2)), by=cast.representative, at=OPEN_WORLD)
        take_step(signed, "file", by=cast.representative, at=OPEN_WORLD)
        return signed

    def test_it_is_handed_over_with_its_scan(self, filed: WorkerRequest) -> None:
        proof = filed.evidence.get()
        assert proof.handed_over_at == OPEN_WORLD
        assert proof.scan is not None
        assert set(proof.scan.sides) == {Document.Side.WORKER, Document.Side.DHS}

    def test_nobody_changes_it_any_more(self, rosa: Browser, filed: WorkerRequest) -> None:
        proof = filed.evidence.get()
        kept = proof.scan_id
        where = [filed.reference, proof.pk]
        assert rosa.post(scan_page(proof), {"scan": upload(pdf())}).status_code == 409
        for name in ("request_evidence_scan_remove", "request_evidence_remove"):
            assert rosa.post(reverse(name, args=where)).status_code == 302
        assert filed.evidence.get().scan_id == kept

    def test_the_database_refuses_it_too(self, filed: WorkerRequest) -> None:
        proof = filed.evidence.get()
        for change in (
            lambda: filed.evidence.update(scan=None),
            lambda: filed.evidence.all().delete(),
            lambda: replace_content(proof.scan_id),
        ):
            with pytest.raises(ProgrammingError), transaction.atomic():
                change()

    def test_its_page_offers_no_form(self, rosa: Browser, filed: WorkerRequest) -> None:
        text = rosa.get(page_of(filed)).content.decode()
        assert 'type="file"' not in text
        assert "Open the scan" in text


def replace_content(pk: int | None) -> None:
    paper = Document.objects.get(pk=pk)
    paper.content = b"another"
    paper.save(update_fields=["content"])


class TestAnAnswerToDhs:
    """Later evidence is gathered while the answer is prepared and goes with it."""

    def test_it_is_added_and_replaced_until_the_answer_goes(
        self, rosa: Browser, asked: WorkerRequest
    ) -> None:
        send(rosa, page_of(asked), **PROOF, scan=upload(pdf()))
        later = asked.evidence.get(handed_over_at=None)
        assert later.handed_over_at is None
        send(rosa, scan_page(later), scan=upload(pdf(4)))
        later.refresh_from_db()
        assert later.scan is not None
        assert later.scan.pages == 4

    def test_what_was_filed_stays_meanwhile(self, cast: Cast, asked: WorkerRequest) -> None:
        (filed,) = asked.evidence.all()
        with pytest.raises(StepRefused, match="DHS has this proof since 5 Aug 2024"):
            evidence.remove(filed, by=cast.representative, at=OPEN_WORLD)
        with pytest.raises(StepRefused, match="Add another proof instead"):
            evidence.attach(filed, read(pdf()), by=cast.representative, at=OPEN_WORLD)

    def test_dhs_sees_it_with_the_answer_and_not_before(self, cast: Cast, asked: WorkerRequest) -> None:
        claimed = comparison.verdict(asked, asked.statement.signed, on=OPEN_WORLD.date())
        later = proof_with(asked, by=cast.representative, content=pdf(), covers_from=date(2023, 1, 1),
                           covers_to=date(2023, 6, 30))  # fmt: skip
        uscis = Browser(cast.adjudicator)
        assert later.scan is not None
        paper, case = reverse("document", args=[later.scan.public_id]), asked.get_absolute_url()
        review = reverse("review", args=[asked.reference])
        assert uscis.get(paper).status_code == 404
        for url in (case, review):
            assert "Form W-2" not in uscis.get(url).content.decode()
        assert comparison.verdict(asked, asked.statement.signed, on=OPEN_WORLD.date()) == claimed
        answers = {item.pk: "Here it is." for item in asked.asked_items.all()}
        worker_requests.answer_items(asked, answers, at=OPEN_WORLD)
        take_step(asked, "answer_rfe", by=cast.representative, at=OPEN_WORLD)
        assert uscis.get(paper).status_code == 200
        for url in (case, review):
            assert paper in uscis.get(url).content.decode()

    def test_between_the_answers_nothing_can_be_added(self, cast: Cast, statement: Statement) -> None:
        request = routed_request(cast, statement)
        with pytest.raises(StepRefused):
            proof_with(request, by=cast.representative, content=pdf())
        assert not Document.objects.filter(kind=Document.SCAN).exists()


def test_a_refused_scan_is_not_half_stored(
    cast: Cast, request_: WorkerRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    proof = proof_with(request_, by=cast.representative, content=pdf(2))
    kept = proof.scan_id

    def broken(*_args: Any, **_named: Any) -> Document:
        raise RuntimeError

    monkeypatch.setattr(evidence, "_kept", broken)
    with pytest.raises(RuntimeError), transaction.atomic():
        evidence.attach(proof, Scan(b"x", "image/png", 1), by=cast.representative, at=OPEN_WORLD)
    assert request_.evidence.get().scan_id == kept
    assert Document.objects.filter(pk=kept).exists()

"""A file waits until clamd has cleared it; until then it exists only for the office that brought it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.urls import reverse

from notifications.models import Message
from referrals import clamd, file_lights, readings, tasks
from referrals.demo.cast import Cast
from referrals.lights import Level
from referrals.models import Document, Statement, WorkerRequest
from referrals.scans import Scan, read
from referrals.services import evidence, quarantine
from referrals.services.steps import take_step
from tests.cases import OPEN_WORLD, signed_request
from tests.referrals.fake_clamd import EICAR, Server
from tests.referrals.fake_clamd import clamd as fake_clamd
from tests.referrals.papers import pdf
from tests.referrals.worker_side.browsing import Browser
from workflows.refusals import StepRefused

NOWHERE = "unix:/nowhere/clamd.sock"


@pytest.fixture
def server(tmp_path: Path, settings: Any) -> Iterator[Server]:
    with fake_clamd(tmp_path) as running:
        settings.CLAMD = f"unix:{tmp_path}/clamd.sock"
        yield running


@pytest.fixture
def request_(cast: Cast, statement: Statement) -> WorkerRequest:
    return signed_request(cast, statement)


def attached(request: WorkerRequest, cast: Cast, content: bytes = b"") -> Document:
    proof = request.evidence.get()
    scan = Scan(content, "application/pdf", 1) if content else read(pdf())
    evidence.attach(proof, scan, by=cast.representative, at=OPEN_WORLD)
    proof.refresh_from_db()
    assert proof.scan is not None
    return proof.scan


def opens(person: Any, document: Document) -> int:
    return Browser(person).get(reverse("document", args=[document.public_id])).status_code


def page_of(person: Any, request: WorkerRequest) -> str:
    return str(Browser(person).get(reverse("request_evidence", args=[request.reference])).content.decode())


def test_a_file_waits_and_opens_for_nobody_until_it_is_found_clean(
    cast: Cast, request_: WorkerRequest, server: Server
) -> None:
    document = attached(request_, cast)
    assert document.malware == Document.Malware.WAITING
    assert opens(cast.representative, document) == 404
    text = page_of(cast.representative, request_)
    assert "It is being checked for malware" in text
    assert "Open the scan" not in text
    assert quarantine.check_waiting(at=OPEN_WORLD) == quarantine.Checked(clean=1)
    assert server.seen == [bytes(document.content)]
    assert opens(cast.representative, document) == 200
    assert "malware" not in page_of(cast.representative, request_)


def test_dhs_finds_a_filed_scan_only_once_it_is_clean(
    cast: Cast, request_: WorkerRequest, server: Server
) -> None:
    document = attached(request_, cast)
    take_step(request_, "file", by=cast.representative, at=OPEN_WORLD)
    assert opens(cast.intake, document) == 404
    assert not Document.objects.visible_to(cast.intake).filter(pk=document.pk).exists()
    quarantine.check_waiting(at=OPEN_WORLD)
    assert opens(cast.intake, document) == 200


def test_a_file_with_malware_never_opens_and_says_so(
    cast: Cast, request_: WorkerRequest, server: Server
) -> None:
    document = attached(request_, cast, b"%PDF-" + EICAR)
    assert quarantine.check_waiting(at=OPEN_WORLD) == quarantine.Checked(infected=1)
    document.refresh_from_db()
    assert (document.malware, document.malware_name) == ("INFECTED", "Eicar-Test-Signature")
    assert opens(cast.representative, document) == 404
    assert "Malware was found in this file" in page_of(cast.representative, request_)


def test_nothing_is_filed_with_an_infected_file_until_it_is_replaced(
    cast: Cast, request_: WorkerRequest, server: Server
) -> None:
    attached(request_, cast, b"%PDF-" + EICAR)
    quarantine.check_waiting(at=OPEN_WORLD)
    with pytest.raises(StepRefused, match="holds malware"):
        take_step(request_, "file", by=cast.representative, at=OPEN_WORLD)
    attached(request_, cast)
    quarantine.check_waiting(at=OPEN_WORLD)
    take_step(request_, "file", by=cast.representative, at=OPEN_WORLD)


def test_who_brought_an_infected_file_those_above_and_the_privacy_officer_are_told(
    cast: Cast, request_: WorkerRequest, server: Server
) -> None:
    attached(request_, cast, b"%PDF-" + EICAR)
    proof = request_.evidence.get()
    Document.objects.filter(pk=proof.scan_id).update(made_by=cast.organizer)  # not the one who manages
    quarantine.check_waiting(at=OPEN_WORLD)
    told = Message.objects.filter(event="file.infected", channel="email", mandatory=True)
    people = {cast.organizer.pk, cast.representative.pk, cast.privacy_officer.pk}
    assert set(told.values_list("recipient", flat=True)) == people


def test_where_there_is_no_scanner_the_page_says_so_loudly(
    cast: Cast, request_: WorkerRequest, settings: Any
) -> None:
    settings.CLAMD = ""
    document = attached(request_, cast)
    assert document.malware == Document.Malware.UNCHECKED
    assert opens(cast.representative, document) == 200
    assert "Not checked for malware: this system has no scanner." in page_of(cast.representative, request_)
    assert quarantine.check_waiting(at=OPEN_WORLD) == quarantine.Checked()
    light = next(file_lights.files(readings.read(at=OPEN_WORLD), (600, 3600)))
    assert (light.level, str(light.label)) == (Level.AMBER, "Files are not checked for malware")
    text = Browser(cast.administrator).get(reverse("operations")).content.decode()
    assert "Files are not checked for malware" in text


def test_what_came_before_the_scanner_is_checked_once_there_is_one(
    cast: Cast, request_: WorkerRequest, settings: Any, tmp_path: Path
) -> None:
    settings.CLAMD = ""
    document = attached(request_, cast)
    with fake_clamd(tmp_path):
        settings.CLAMD = f"unix:{tmp_path}/clamd.sock"
        tasks.check_files()
    document.refresh_from_db()
    assert document.malware == Document.Malware.CLEAN


@pytest.mark.parametrize(
    "says", [b"", b"stream: OK", b"stream: ", b"garbage\0", b"INSTREAM size limit exceeded. ERROR\0", b"\0"]
)
def test_half_an_answer_is_no_verdict(
    cast: Cast, request_: WorkerRequest, server: Server, says: bytes
) -> None:
    document = attached(request_, cast)
    server.says = says
    assert quarantine.check_waiting(at=OPEN_WORLD) == quarantine.Checked(failed=1)
    document.refresh_from_db()
    assert document.malware == Document.Malware.WAITING
    server.says = None
    assert quarantine.check_waiting(at=OPEN_WORLD) == quarantine.Checked(clean=1)


def test_a_scanner_that_says_nothing_is_given_up_in_time(server: Server, settings: Any) -> None:
    server.silent = True
    with pytest.raises(clamd.NotScanned, match="TimeoutError"):
        clamd.found_in(b"x" * 1_000_000, where=settings.CLAMD, seconds=0.5)


@pytest.mark.parametrize("where", [NOWHERE, "127.0.0.1:1", "nonsense", "host:port", ":"])
def test_a_scanner_that_is_away_leaves_files_waiting(
    cast: Cast, request_: WorkerRequest, settings: Any, where: str
) -> None:
    settings.CLAMD = where
    document = attached(request_, cast)
    assert quarantine.check_waiting(at=OPEN_WORLD) == quarantine.Checked(failed=1)
    document.refresh_from_db()
    assert document.malware == Document.Malware.WAITING
    assert opens(cast.representative, document) == 404


def test_files_that_wait_long_turn_the_figure_red(cast: Cast, request_: WorkerRequest, settings: Any) -> None:
    from datetime import timedelta

    settings.CLAMD = NOWHERE
    attached(request_, cast)
    (waiting, infected) = file_lights.files(readings.read(at=OPEN_WORLD + timedelta(hours=2)), (600, 3600))
    assert (waiting.level, infected.level) == (Level.RED, Level.GREEN)


def test_the_engine_by_hand_checks_files_too(cast: Cast, request_: WorkerRequest, server: Server) -> None:
    document = attached(request_, cast)
    call_command("run_engine", "--once", stdout=io.StringIO())
    document.refresh_from_db()
    assert document.malware == Document.Malware.CLEAN


def test_no_request_of_a_person_ever_waits_for_the_scanner(
    cast: Cast, request_: WorkerRequest, server: Server
) -> None:
    attached(request_, cast)
    page_of(cast.representative, request_)
    assert server.seen == []


def test_the_address_of_a_file_cannot_be_guessed(cast: Cast, request_: WorkerRequest, settings: Any) -> None:
    settings.CLAMD = ""
    document = attached(request_, cast)
    browser = Browser(cast.representative)
    assert browser.get(f"/documents/{document.pk}/").status_code == 404
    assert document.public_id.version == 4
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(DISTINCT public_id) = count(*) FROM referrals_document")
        assert cursor.fetchone() == (True,)

"""A worker's papers: for the office that carries the case, and for that part of DHS where it lies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from referrals.demo.cast import Cast
from referrals.models import Document, WorkerRequest
from referrals.scans import read
from referrals.services import evidence
from referrals.services.steps import take_step
from tests.cases import OPEN_WORLD, active_statement, kept_for_many_tests, routed_request, signed_request
from tests.referrals.papers import pdf, upload
from tests.wall.people import EVERYBODY, ICE_PHOENIX, INTAKE, OWN, SIGNED_IN, USCIS

STATIONS = {
    "being prepared": OWN,
    "filed, at intake": OWN | INTAKE,
    "at USCIS": OWN | INTAKE | USCIS,
    "at ICE": OWN | INTAKE | ICE_PHOENIX,
}


def with_scan(cast: Cast, request: WorkerRequest) -> WorkerRequest:
    proof = request.evidence.get()
    evidence.attach(proof, read(pdf()), by=cast.representative, at=OPEN_WORLD)
    return request


@pytest.fixture(scope="module")
def places(django_db_setup: None, django_db_blocker: Any) -> Any:
    """A request with one scan at each station, by the scan's key."""
    with kept_for_many_tests(django_db_blocker) as cast:
        statement = active_statement(cast)
        at_rest = with_scan(cast, signed_request(cast, statement))
        filed = with_scan(cast, signed_request(cast, statement))
        take_step(filed, "file", by=cast.representative, at=OPEN_WORLD)
        papers = {"being prepared": at_rest, "filed, at intake": filed}
        for station, ice in (("at USCIS", False), ("at ICE", True)):
            papers[station] = routed_request(cast, statement, ice=ice, scan=pdf())
        yield cast, papers


@pytest.fixture
def browser(places: Any, db: None) -> Callable[[str], Client]:
    cast, _papers = places

    def signed_in(who: str) -> Client:
        client = Client(raise_request_exception=False)
        if who in SIGNED_IN:
            client.force_login(cast.people[who])
        return client

    return signed_in


@pytest.mark.parametrize("who", sorted(EVERYBODY))
@pytest.mark.parametrize("station", STATIONS)
def test_a_scan_opens_only_for_those_who_have_the_case(
    places: Any, browser: Callable[[str], Client], station: str, who: str
) -> None:
    request = places[1][station]
    address = reverse("document", args=[request.evidence.get().scan.public_id])
    expected = 200 if who in STATIONS[station] else 404 if who in SIGNED_IN else 302
    assert browser(who).get(address).status_code == expected


@pytest.mark.parametrize("who", sorted(EVERYBODY - OWN))
def test_nobody_else_reaches_the_pages_of_a_proof(
    places: Any, browser: Callable[[str], Client], who: str
) -> None:
    request = places[1]["being prepared"]
    proof = request.evidence.get()
    where = [request.reference, proof.pk]
    expected = 404 if who in SIGNED_IN else 401
    for name in ("request_evidence_scan", "request_evidence_scan_remove", "request_evidence_remove"):
        assert browser(who).post(reverse(name, args=where), {"scan": upload(pdf())}).status_code == expected
    assert request.evidence.get().scan_id == proof.scan_id


def test_a_proof_is_reached_only_through_its_own_request(
    places: Any, browser: Callable[[str], Client]
) -> None:
    papers = places[1]
    other = papers["filed, at intake"].evidence.get()
    address = reverse("request_evidence_scan", args=[papers["being prepared"].reference, other.pk])
    assert browser("representative").get(address).status_code == 404


def test_the_agency_finds_no_scan_in_any_list(places: Any) -> None:
    cast, _papers = places
    scans = Document.objects.filter(kind=Document.SCAN)
    assert scans.count() == len(STATIONS)
    for who in ("investigator", "approver", "signer", "ny_investigator", "organizer", "river"):
        assert not Document.objects.visible_to(cast.people[who]).filter(kind=Document.SCAN).exists()

"""The privacy officer's pages about retention: what they show and refuse, and nobody's name on them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from referrals.demo.cast import Cast
from referrals.models import (
    Disposition,
    DispositionItem,
    KeyRotation,
    LegalHold,
    Person,
    User,
    WishToBeForgotten,
    WorkerRequest,
)
from referrals.services import disposing, dispositions, due_records, holds
from tests import signing_in
from tests.cases import OPEN_WORLD, matter_of
from tests.retention.conftest import MUCH_LATER, Add

Fate = Disposition.Fate
Browse = Callable[[User], Client]


@pytest.fixture
def browse(db: None, time_machine: Any) -> Browse:
    """Browsers of people who live much later than the cases."""
    time_machine.move_to(MUCH_LATER)

    def sign_in(person: User) -> Client:
        client = Client()
        client.force_login(person)
        return client

    return sign_in


def text(answer: Any) -> str:
    return answer.content.decode()


def test_what_is_due_is_on_the_first_page_with_rule_and_figures(
    add: Add, browse: Browse, officer: User
) -> None:
    add()
    browser = browse(officer)
    assert "Nothing is due" in text(browser.get("/retention/"))
    browser.post("/retention/")
    page = text(browser.get("/retention/"))
    assert "Workers for whom nothing was filed" in page
    assert "Not verified" in page
    assert "12 months" in page
    assert reverse("retention") in text(browser.get("/"))


def test_a_batch_shows_tokens_references_dates_and_arithmetic_and_no_name(
    withdrawn: WorkerRequest, browse: Browse, officer: User
) -> None:
    due_records.find(at=MUCH_LATER)
    browser = browse(officer)
    for batch in Disposition.objects.all():
        page = text(browser.get(reverse("disposition", args=[batch.pk])))
        for shown in (withdrawn.person.token, withdrawn.reference, "Kept through", "Counted from"):
            assert shown in page
        for hidden in ("Prudencia", "Ejemplo", "A Foods", "Packer", "confidence"):
            assert hidden not in page


def test_an_item_is_taken_out_and_what_was_typed_wrong_is_said(
    add: Add, browse: Browse, officer: User, second: User
) -> None:
    add()
    due_records.find(at=MUCH_LATER)
    item = DispositionItem.objects.get()
    address = reverse("disposition_item", args=[item.disposition_id, item.pk])
    browser = browse(officer)
    wrong = browser.post(address, {"because": "An audit.", "not_before": "1 May 2020"})
    assert wrong.status_code == 400
    assert "Choose a day to come." in text(wrong)
    assert "An audit." in text(wrong)
    assert browse(second).post(address, {"because": "x", "not_before": "1 May 2099"}).status_code == 404
    browser.post(address, {"because": "An audit.", "not_before": "1 May 2099"})
    item.refresh_from_db()
    assert item.outcome == DispositionItem.Outcome.TAKEN_OUT
    page = text(browser.get(reverse("disposition", args=[item.disposition_id])))
    assert "An audit." in page
    assert browser.post(address, {"because": "Again.", "not_before": "1 May 2099"}).status_code == 409


def test_nothing_is_approved_without_a_fresh_proof(
    add: Add, browse: Browse, officer: User, second: User
) -> None:
    add()
    due_records.find(at=MUCH_LATER)
    batch = dispositions.propose(Disposition.objects.get(), by=officer, at=MUCH_LATER)
    browser = browse(second)
    stale = signing_in.proofs(second, "password", "mfa", at=MUCH_LATER.timestamp() - 20 * 60)
    signing_in.remember(browser, stale)
    told = {"decision": "approve", "seen": batch.list_hash}
    assert browser.post(reverse("disposition", args=[batch.pk]), told).status_code == 403
    batch.refresh_from_db()
    assert batch.fate == Fate.PROPOSAL


def test_the_proposer_may_only_take_it_back(add: Add, browse: Browse, officer: User) -> None:
    add()
    due_records.find(at=MUCH_LATER)
    batch = Disposition.objects.get()
    address, browser = reverse("disposition", args=[batch.pk]), browse(officer)
    browser.post(address, {"propose": "yes"})
    page = browser.get(address)
    assert "You proposed this yourself" in text(page)
    seen = page.context["form"].initial["seen"]
    assert browser.post(address, {"decision": "approve", "seen": seen}).status_code == 400
    assert browser.post(address, {"decision": "turn_down", "seen": seen, "note": ""}).status_code == 400
    browser.post(address, {"decision": "turn_down", "seen": seen, "note": "Found a mistake."})
    batch.refresh_from_db()
    assert batch.fate == Fate.TURNED_DOWN
    assert "Found a mistake." in text(browser.get(address))


def test_a_hold_is_opened_by_one_and_lifted_by_another(
    withdrawn: WorkerRequest, browse: Browse, officer: User, second: User, cast: Cast
) -> None:
    browser = browse(officer)
    told = {"reason": "A lawsuit.", "authority": "Court order"}
    missing = browser.post("/retention/holds/", {"scope": "PERSON", "mark": "W-NOBODY", **told})
    assert missing.status_code == 400
    assert "There is no worker with this token." in text(missing)
    for scope, mark in (
        ("PERSON", withdrawn.person.token.lower()), ("CASE", withdrawn.reference), ("ORGANIZATION", "nlrb"),
        ("MATTER", matter_of(cast).case_number), ("MATTER", "NLRB 28-CA-300001"),
    ):  # fmt: skip
        answer = browser.post("/retention/holds/", {"scope": scope, "mark": mark, **told}, follow=True)
        assert "Workers covered now" in text(answer), scope
    assert LegalHold.objects.in_force().count() == 5
    opened = LegalHold.objects.get(scope="PERSON")
    address = reverse("hold", args=[opened.pk])
    own = browser.post(address, {"because": "Settled."})
    assert own.status_code == 409
    assert "Another person must lift it" in text(own)
    assert browse(second).post("/retention/holds/", {"scope": "PERSON", **told}).status_code == 404
    browse(second).post(address, {"because": "Settled."})
    assert withdrawn.person.token not in text(browser.get("/retention/holds/"))
    assert withdrawn.person.token in text(browser.get("/retention/holds/?show=all"))


def test_two_matters_of_one_number_ask_for_the_agency(
    add: Add, browse: Browse, officer: User, cast: Cast
) -> None:
    matter_of(cast), matter_of(cast, code="NYSDOL")
    told = {"scope": "MATTER", "reason": "A lawsuit.", "authority": "Court order"}
    answer = browse(officer).post("/retention/holds/", {"mark": "28-CA-300001", **told})
    assert "Several agencies have this number" in text(answer)
    browse(officer).post("/retention/holds/", {"mark": "nysdol 28-CA-300001", **told})
    assert LegalHold.objects.get().matter.agency.code == "NYSDOL"


def test_the_worker_page_says_that_it_is_held(add: Add, browse: Browse, officer: User, cast: Cast) -> None:
    person = add()
    address = reverse("worker", args=[person.token])
    assert "A legal hold covers this record" not in text(browse(cast.representative).get(address))
    holds.open_hold(on=person, reason="Why", authority="Court", by=officer, at=OPEN_WORLD)
    page = text(browse(cast.representative).get(address))
    assert "A legal hold covers this record" in page


def test_a_wish_is_recorded_taken_back_and_recorded_again(add: Add, browse: Browse, cast: Cast) -> None:
    person = add()
    address, browser = reverse("worker_wish", args=[person.token]), browse(cast.representative)
    assert "still to come" in text(browser.post(address, {"asked_on": "1 May 2099"}))
    browser.post(address, {"asked_on": "1 May 2025"})
    browser.post(address, {"asked_on": "2 May 2025"})
    assert WishToBeForgotten.objects.get().asked_on.isoformat() == "2025-05-01"
    browser.post(address, {"take_back": "yes"})
    browser.post(address, {"asked_on": "3 May 2025"})
    assert WishToBeForgotten.objects.count() == 2
    assert browse(cast.river).get(address).status_code == 404


def test_the_page_of_keys_counts_them_and_shows_none(add: Add, browse: Browse, officer: User) -> None:
    person = add()
    KeyRotation.objects.create(wrapped_by="2025b", number=7, finished_at=OPEN_WORLD)
    page = browse(officer).get("/retention/keys/")
    shown = text(page)
    assert "7 keys wrapped anew" in shown
    assert str(person.key_id) not in shown
    rows = {row["cells"][0]["text"]: row["cells"][2]["text"] for row in page.context["table"]["rows"]}
    assert rows["Worker"] == "1"


def test_a_rotation_is_noted(add: Add, settings: Any) -> None:
    add()
    call_command("rotate_keys")
    assert not KeyRotation.objects.exists(), "nothing was wrapped anew"
    settings.DATA_KEYS = {"newer": b"n" * 32, **settings.DATA_KEYS}
    call_command("rotate_keys")
    assert KeyRotation.objects.get().wrapped_by == "newer"


@pytest.mark.parametrize("who", ["representative", "officer", "approver", "ice_supervisor"])
def test_to_everybody_else_there_is_no_such_page(browse: Browse, cast: Cast, who: str) -> None:
    for address in ("/retention/", "/retention/keys/", "/retention/holds/"):
        assert browse(cast.people[who]).get(address).status_code == 404


def test_in_spanish_the_certificate_is_a_certificado(
    add: Add, browse: Browse, officer: User, approved: Any
) -> None:
    person = add()
    (batch,) = approved()
    address = reverse("disposition_certificate", args=[batch.pk])
    assert browse(officer).get(address).status_code == 404, "before it is finished there is none"
    disposing.carry_out(at=MUCH_LATER + timedelta(minutes=1))
    disposing.carry_out(at=MUCH_LATER + timedelta(minutes=1))
    batch.refresh_from_db()
    page = text(browse(officer).get(address, headers={"accept-language": "es"}))
    assert "Certificado" in page
    assert batch.certificate_hash in page
    paper = browse(officer).get(f"{address}?as=pdf&in=es")
    assert paper["Content-Type"] == "application/pdf"
    assert b"".join(paper)[:5] == b"%PDF-"
    assert Person.objects.get(pk=person.pk).is_destroyed

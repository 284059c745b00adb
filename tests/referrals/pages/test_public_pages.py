"""Pages that need no sign-in: the deadline calculator and the check of a letter."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from referrals.demo.cast import Cast
from referrals.services.steps import take_step
from tests.cases import active_statement, complete_draft
from tests.referrals.pages.reading import main


@pytest.fixture(autouse=True)
def _no_questions_asked_before() -> None:
    cache.clear()


def test_a_due_date_is_computed_and_explained(client: Client, db: None) -> None:
    response = client.get("/deadlines/", {"rule": "rfe", "start": "3/5/2026", "served": "mail"})
    text = main(response)
    assert response.status_code == 200
    due = response.context["answer"]["on"]
    assert f"{due.day} {due:%b} {due.year}" in text
    for line in response.context["answer"]["explanation"]:
        assert line in text
    assert "because it was mailed" in text
    assert "Source:" in text
    assert "Checked against its source" in text or "has not been checked against its source" in text


@pytest.mark.parametrize(
    ("start", "sentence"),
    [
        ("", "Write the day from which the time counts."),
        ("soon", "is not a date"),
        ("2026-02-30", "There is no such day"),
        ("15/3/2026", "the month comes first"),
        ("3/5/26", "Write the year with four digits"),
        ("1899-12-31", "not between 1900 and 2100"),
        ("2100-12-31", "2100"),
    ],
)
def test_a_day_that_cannot_be_counted_from_is_explained_and_kept(
    start: str, sentence: str, client: Client, db: None
) -> None:
    response = client.get("/deadlines/", {"rule": "rfe", "start": start, "served": ""})
    assert response.status_code == 200
    assert sentence in main(response)
    assert f'value="{start}"' in response.content.decode() or not start


@pytest.mark.parametrize(("rule", "served"), [("nothing", ""), ("rfe", "pigeon"), ("", "")])
def test_an_answer_that_is_not_offered_is_refused(rule: str, served: str, client: Client, db: None) -> None:
    response = client.get("/deadlines/", {"rule": rule, "start": "2026-03-05", "served": served})
    assert response.status_code == 200
    assert "Please check these answers" in main(response)


def test_every_rule_on_record_can_be_computed(client: Client, db: None) -> None:
    rules = client.get("/deadlines/").context["form"].labels
    assert len(rules) > 10
    for rule in rules:
        response = client.get("/deadlines/", {"rule": rule, "start": "2026-03-05"})
        assert response.context["answer"], rule


def check(client: Client, number: str, version: int | str, code: str = "") -> str:
    return main(client.get("/verify/", {"number": number, "version": str(version), "code": code}))


def test_a_live_letter_is_said_to_be_real_and_nothing_else_is_told(client: Client, cast: Cast) -> None:
    statement = active_statement(cast)
    text = check(client, statement.reference.lower(), 1)
    assert f"{statement.reference}, version 1" in text
    assert "This letter is real and live." in text
    for part in ("A Foods", "National Labor", "Mesa", "Sol Signer", "2024", "In force"):
        assert part not in text.replace(statement.reference, "").replace("NLRB-2026-00041", "")


def test_a_superseded_letter_names_the_version_that_took_its_place(client: Client, cast: Cast) -> None:
    now = timezone.now()
    statement = active_statement(cast)
    take_step(statement, "amend", by=cast.investigator, at=now, reason="A second site.")
    complete_draft(statement, by=cast.investigator, at=now)
    assert "There is no letter with this number and version." in check(client, statement.reference, 2)
    take_step(statement, "send_for_approval", by=cast.investigator, at=now)
    take_step(statement, "approve", by=cast.approver, at=now)
    take_step(statement, "sign", by=cast.signer, at=now, review_by_on=now.date() + timedelta(days=365))
    text = check(client, statement.reference, 1)
    assert "superseded: version 2 took its place on" in text


def test_a_suspended_letter_is_no_longer_live(client: Client, cast: Cast) -> None:
    statement = active_statement(cast)
    take_step(statement, "suspend", by=cast.approver, at=timezone.now(), reason="A review.")
    text = check(client, statement.reference, 1)
    assert "is no longer live" in text
    assert "A review." not in text


@pytest.mark.parametrize(
    ("number", "version"), [("NLRB-2024-99999", 1), ("NLRB-2024-00001", 7), ("A Foods", 1), ("\x00", 1)]
)
def test_an_unknown_letter_is_unknown(number: str, version: int, client: Client, cast: Cast) -> None:
    active_statement(cast)
    text = check(client, number, version)
    assert "There is no letter with this number and version." in text or "Please check these answers" in text


@pytest.mark.parametrize("version", ["", "one", "-1", "99999999999"])
def test_a_version_is_a_number(version: str, client: Client, cast: Cast) -> None:
    assert "Please check these answers" in check(client, "NLRB-2024-00001", version)


def test_the_printed_code_is_compared_however_it_is_spaced(client: Client, cast: Cast) -> None:
    statement = active_statement(cast)
    signed = statement.signed
    assert signed is not None
    digits = signed.fingerprint.replace(" ", "")[:16].upper()
    printed = " ".join(digits[start : start + 4] for start in range(0, 16, 4))
    assert "real and live" in check(client, statement.reference, 1, printed)
    assert "real and live" in check(client, statement.reference, 1, printed.lower().replace(" ", "-"))
    assert "The code does not belong to this letter." in check(
        client, statement.reference, 1, "0000 1111 2222 3333"
    )


def test_one_address_asks_only_a_few_questions_a_minute(client: Client, cast: Cast) -> None:
    codes = [
        client.get(f"/verify/?number=NLRB-2024-00001&version={number}").status_code for number in range(1, 23)
    ]
    assert codes[:20] == [200] * 20
    assert codes[20:] == [429, 429]


def test_public_pages_may_be_read_by_everybody_and_found_by_no_robot(client: Client, db: None) -> None:
    for url in ("/deadlines/", "/verify/", "/accounts/login/"):
        response = client.get(url)
        assert response.status_code == 200
        assert 'name="robots" content="noindex, nofollow"' in response.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/cases/A%00B/", "/workers/%00/", "/timeline/%00/"])
def test_an_address_with_a_nul_character_is_not_found(client: Client, address: str) -> None:
    assert client.get(address).status_code == 404

"""The statement as a letter: what it prints can be checked, and a draft says that it is one."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from time import perf_counter
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings

from referrals.demo.cast import Cast
from referrals.letters import digest, render
from referrals.models import Document, Statement, StatementVersion
from referrals.services import statements
from referrals.services.letters import draft_statement_pdf, statement_letter
from referrals.services.steps import take_step
from referrals.verification import Standing, verify
from tests.cases import matter_of
from tests.letters_cases import AT, LATER, approved_statement, sign_statement, transmitted_statement
from tests.referrals.letters.tagged_reader import Reader


def text_of(content: bytes) -> str:
    return Reader(content).aloud()


def signed(statement: Statement) -> StatementVersion:
    version = statement.signed
    assert version is not None
    return version


def test_the_printed_fingerprint_number_and_version_are_the_ones_kept(cast: Cast) -> None:
    statement = transmitted_statement(cast)
    version = signed(statement)
    letter = statement_letter(version)
    assert letter.verification is not None
    assert version.fingerprint == digest(letter)
    assert letter.verification.fingerprint.replace(" ", "").lower() == version.fingerprint[:16]
    content = bytes(Document.objects.get(case_id=statement.pk).content)
    assert letter.verification.fingerprint in text_of(content)
    printed = verify(statement.reference, 1, code=letter.verification.fingerprint)
    assert printed.standing == Standing.LIVE
    assert verify(statement.reference, 1, code="0" * 16).standing == Standing.OTHER_TEXT


def test_the_square_code_carries_number_and_version_and_nothing_else(cast: Cast) -> None:
    statement = sign_statement(cast)
    verification = statement_letter(signed(statement)).verification
    assert verification is not None
    assert verification.url.startswith(settings.SITE_URL)
    assert parse_qs(urlsplit(verification.url).query) == {"number": [statement.reference], "version": ["1"]}
    assert (verification.number, verification.version) == (statement.reference, 1)


def test_the_kept_letter_can_be_written_again_byte_for_byte(cast: Cast) -> None:
    statement = sign_statement(cast)
    kept = Document.objects.get(case_id=statement.pk)
    again = render(statement_letter(signed(Statement.objects.get(pk=statement.pk))))
    assert again.content == bytes(kept.content)
    assert again.sha256 == kept.sha256 == hashlib.sha256(bytes(kept.content)).hexdigest()


def test_an_amended_statement_names_the_version_it_replaces_and_why(cast: Cast) -> None:
    statement = transmitted_statement(cast)
    take_step(statement, "confirm_receipt", by=cast.intake, at=AT)
    take_step(statement, "accept", by=cast.intake, at=AT)
    take_step(statement, "amend", by=cast.investigator, at=LATER, reason="A staffing agency is added.")
    statements.revise(statement, by=cast.investigator, at=LATER, values={"proposed_months": 48})
    take_step(statement, "send_for_approval", by=cast.investigator, at=LATER)
    take_step(statement, "approve", by=cast.approver, at=LATER)
    review_by = (LATER + timedelta(days=700)).date()
    take_step(statement, "sign", by=cast.signer, at=LATER, review_by_on=review_by)
    letters = Document.objects.filter(case_id=statement.pk, kind="statement_of_interest").order_by("pk")
    assert letters.count() == 2
    text = text_of(bytes(letters[1].content))
    assert "Replaces version 1 of August 5, 2024" in text
    assert "What changed A staffing agency is added." in text
    assert "48 months" in text
    assert signed(statement).fingerprint != statement.versions.get(number=1).fingerprint


def test_a_draft_says_so_and_cannot_be_checked(cast: Cast) -> None:
    statement = approved_statement(cast)
    content = draft_statement_pdf(statement, at=LATER)
    assert "This is a draft. No one has signed it." in text_of(content)
    assert "Check this letter" not in text_of(content)
    assert "September 4, 2024" in text_of(content)
    assert not Document.objects.filter(case_id=statement.pk).exists()
    assert not statement.draft.fingerprint


def test_an_empty_draft_can_be_shown(cast: Cast) -> None:
    office = cast.offices["nlrb-region-28"]
    statement = statements.open_draft(matter_of(cast), office=office, by=cast.investigator, at=AT)
    version = statement.draft
    version.names.all().delete()
    version.sites.all().delete()
    version.relief, version.period_from, version.authority, version.matter_stage = [], None, "", ""
    version.save()
    text = text_of(draft_statement_pdf(statement))
    assert "Not stated yet." in text
    assert "(no first day stated) to the present" in text


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"former_workers": False}, "Only people who work there now."),
        ({"current_workers": False}, "Only people who used to work there."),
        ({"job_classes": "Packers\nDrivers"}, "Only these jobs: Packers, Drivers."),
        ({"excluded_classes": "Managers"}, "These workers are not covered: •Managers"),
        ({"all_sites": True}, "Worksites of the employer that are not listed are covered too."),
        ({"violations": "Unpaid overtime."}, "Unpaid overtime."),
        (
            {"supports": "Witnesses, for first and later requests."},
            "Witnesses, for first and later requests.",
        ),
    ],
)
def test_every_part_of_the_scope_is_printed(values: dict[str, object], said: str, cast: Cast) -> None:
    text = text_of(draft_statement_pdf(approved_statement(cast, **values)))
    assert said in text


def test_a_letter_is_written_quickly(cast: Cast) -> None:
    letter = statement_letter(approved_statement(cast).draft)
    render(letter)
    spent = []
    for _time in range(5):
        began = perf_counter()
        render(letter)
        spent.append(perf_counter() - began)
    assert min(spent) < 0.5  # seconds; three times what it takes, so that a busy machine passes

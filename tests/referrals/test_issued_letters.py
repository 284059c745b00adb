"""Which letters a step leaves behind: for whom, in which languages, and what they must say.

Each letter says what its reader needs to know and to do.
"""

from __future__ import annotations

import hashlib
import logging
from io import BytesIO
from typing import Any

import pikepdf
import pytest
from django.db import transaction

from referrals.demo.cast import Cast
from referrals.models import Document
from referrals.services.letters import issuing
from referrals.services.letters.templates import TEMPLATES
from referrals.services.steps import take_step
from tests.letters_cases import BROUGHT, LATER, acknowledge_request, propose_denial, received_request
from tests.referrals.letters.tagged_reader import Reader
from workflows.models import Kind
from workflows.refusals import StepRefused

AGENCY, DHS, WORKER = Document.Side.AGENCY, Document.Side.DHS, Document.Side.WORKER
REQUESTER, INTAKE, LETTER = {AGENCY, WORKER}, {AGENCY, DHS}, {WORKER, DHS}
NAME = "Prudencia Ejemplo"
ANYWHERE = ("within 10 days after you move", "Desert Legal Aid", NAME, "A 012 345 678")

# (kind, step): kind of the letter, sides, what its English text says
EXPECTED: dict[tuple[str, str], tuple[str, set[Document.Side], tuple[str, ...]]] = {
    (Kind.SOI_REQUEST, "acknowledge"): (
        "statement_acknowledgement",
        REQUESTER,
        (
            "We aim to answer by September 4, 2024",
            "30 calendar days",
            "Request received on August 5, 2024",
            "A Foods",
            "Desert Legal Aid",
            "NLRB Region 28, Phoenix",
        ),
    ),
    (Kind.SOI_REQUEST, "decline"): (
        "statement_decline",
        REQUESTER,
        ("We have no open case there.", "You may ask again"),
    ),
    (Kind.SOI_REQUEST, "monitor"): (
        "statement_monitor",
        REQUESTER,
        ("payroll records", "We will look again by November 20, 2024"),
    ),
    (Kind.STATEMENT, "sign"): (
        "statement_of_interest",
        {AGENCY, DHS, WORKER},
        (
            "National Labor Relations Act",
            "Case number 28-CA-300001",
            "A Foods Inc. Legal name",
            "A Foods As on paystubs",
            "1 Example Road, Mesa, AZ 85201",
            "January 1, 2022 to the present",
            "All workers employed at the covered worksite.",
            "Both people who work there now and people who used to.",
            "The agency needs the workers as witnesses.",
            "Threats were made after the complaint.",
            "Deferred action",
            "We will review it by August 5, 2026",
            "Signed electronically on August 5, 2024 by Sol Signer Regional director",
            "Delegation order 2022-1",
            "USCIS centralized intake",
            "Check this letter",
        ),
    ),
    (Kind.STATEMENT, "confirm_receipt"): (
        "statement_receipt",
        INTAKE,
        (
            "Agency National Labor Relations Board",
            "Version 1",
            "Received on September 4, 2024",
            "USCIS centralized intake",
            "does not grant status",
        ),
    ),
    (Kind.STATEMENT, "return_incomplete"): (
        "statement_return",
        INTAKE,
        (
            "Period of employment: missing or not clear. State a first day and a last day",
            "Contact of the agency",
            "Two pages cannot be read.",
        ),
    ),
    (Kind.WORKER_REQUEST, "accept"): (
        "request_receipt",
        LETTER,
        (
            *ANYWHERE,
            "LIB24",
            "Form G-325A",
            "Received on August 5, 2024",
            "Notice date September 4, 2024",
            "$520.00 for the work permit.",
            "77 Mesquite Lane",
            "Copies to: Rosa Representative, Desert Legal Aid",
            "This is not a decision",
        ),
    ),
    (Kind.WORKER_REQUEST, "reject"): (
        "request_rejection",
        LETTER,
        (
            NAME,
            "UNSIGNED",
            "A form or the request is not signed.",
            "Have the worker sign every form by hand.",
            "MIXED EDITIONS",
            "The last page of the form is torn.",
            "You do not keep a filing date",
            "Montclair, CA",
            "https://www.uscis.gov/g-325a",
        ),
    ),
    (Kind.WORKER_REQUEST, "request_evidence"): (
        "request_for_evidence",
        LETTER,
        (
            *ANYWHERE,
            "Sent on September 4, 2024",
            "How it was sent By mail",
            "Your response must reach us by December 2, 2024",
            "84 calendar days",
            "+3 days because it was mailed",
            "Pay stubs from 2022. 8 CFR 103.2(b)(8)(iii)",
            "There is no extension of the due date.",
            "USCIS deferred action unit",
        ),
    ),
    (Kind.WORKER_REQUEST, "request_ice_information"): (
        "request_for_evidence",
        LETTER,
        (
            *ANYWHERE,
            "How it was sent Electronically",
            "Your response must reach us by October 4, 2024",
            "30 calendar days",
            "A copy of your passport.",
            "ICE field office, Phoenix",
        ),
    ),
    (Kind.WORKER_REQUEST, "intend_to_deny"): (
        "notice_of_intent_to_deny",
        LETTER,
        (
            *ANYWHERE,
            "The pay stubs name another employer.",
            "Two dates do not agree.",
            "If some of it is new to you, you may explain",
            "Your response must reach us by October 7, 2024",
            "30 calendar days",
            "+3 days because it was mailed",
        ),
    ),
    (Kind.WORKER_REQUEST, "grant"): (
        "deferred_action_grant",
        LETTER,
        (
            *ANYWHERE,
            "as a matter of discretion",
            "Starts on September 10, 2024",
            "Ends on September 9, 2028",
            "Decided by Department of Homeland Security, USCIS deferred action unit",
            "NLRB-2024-00001",
            "It does not give you lawful immigration status.",
            "DHS may end it at any time.",
            "(c)(14)",
            "advance parole",
            "You may ask from April 12, 2028",
            "Ian Investigator",
        ),
    ),
    (Kind.WORKER_REQUEST, "grant_at_ice"): (
        "deferred_action_grant",
        LETTER,
        (*ANYWHERE, "Ends on September 9, 2028", "ICE field office, Phoenix", "by Iris Supervisor"),
    ),
    (Kind.WORKER_REQUEST, "deny"): (
        "deferred_action_denial",
        LETTER,
        (
            *ANYWHERE,
            "covered by the statement. (NOT IN SCOPE)",
            "Your papers name another town.",
            "You cannot appeal this decision.",
            "You may file a new request",
            "Notice to Appear",
            "We are also denying your work permit request",
            "list of free legal help",
            "by Sam Supervisor",
        ),
    ),
    (Kind.WORKER_REQUEST, "deny_at_ice"): (
        "deferred_action_denial",
        LETTER,
        (*ANYWHERE, "(DISCRETION)", "ICE field office, Phoenix", "You cannot appeal this decision."),
    ),
    (Kind.WORKER_REQUEST, "deny_for_no_show"): (
        "deferred_action_denial",
        LETTER,
        (*ANYWHERE, "You did not come to your appointment", "You cannot appeal this decision."),
    ),
    (Kind.GRANT, "give_notice"): (
        "notice_of_intent_to_terminate",
        LETTER,
        (
            *ANYWHERE,
            "Your deferred action now runs to September 9, 2028",
            "Your response must reach us by October 7, 2024",
            "33 calendar days",
            "An arrest in July.",
        ),
    ),
    (Kind.GRANT, "terminate"): (
        "deferred_action_termination",
        LETTER,
        (
            *ANYWHERE,
            "Ends on September 4, 2024",
            "The arrest was not explained.",
            "This letter does not change your work permit.",
        ),
    ),
    (Kind.GRANT, "terminate_at_once"): (
        "deferred_action_termination",
        LETTER,
        (
            *ANYWHERE,
            "A conviction.",
            "Your work permit based on deferred action ends on September 4, 2024.",
        ),
    ),
    (Kind.WORK_PERMIT, "request_evidence"): (
        "request_for_evidence",
        LETTER,
        (*ANYWHERE, "Form I-765", "Proof of what you earn and spend.", "by December 2, 2024"),
    ),
    (Kind.WORK_PERMIT, "approve"): (
        "work_permit_approval",
        LETTER,
        (
            *ANYWHERE,
            "Category (c)(14)",
            "Valid from September 10, 2024",
            "Valid to September 9, 2028",
            "We will mail it to: 77 Mesquite Lane",
        ),
    ),
    (Kind.WORK_PERMIT, "deny"): (
        "work_permit_denial",
        LETTER,
        (*ANYWHERE, "needs to work.", "Your deferred action does not change."),
    ),
    (Kind.WORK_PERMIT, "deny_with_request"): (
        "work_permit_denial",
        LETTER,
        (*ANYWHERE, "depends on deferred action, and you do not have it."),
    ),
    (Kind.STAY, "grant"): (
        "stay_grant",
        LETTER,
        (
            *ANYWHERE,
            "Form I-246",
            "Starts on September 4, 2024",
            "Ends on September 3, 2025",
            "Report to an officer when and where we tell you",
            "Report at ICE field office, Phoenix",
            "If you must post a bond, we will write to you about it.",
            "You are arrested",
        ),
    ),
    (Kind.STAY, "require_bond"): (
        "stay_grant",
        LETTER,
        (*ANYWHERE, "Bond amount $1,500.00", "Post the bond by October 1, 2024"),
    ),
    (Kind.STAY, "deny"): (
        "stay_denial",
        LETTER,
        (*ANYWHERE, "No reasons for the request were given.", "You cannot appeal", "Removal may go ahead"),
    ),
    (Kind.STAY_REFERRAL, "approve"): (
        "stay_support",
        {AGENCY, WORKER, DHS},
        (
            NAME,
            "A 012 345 678",
            "Detained, Florence",
            "8 U.S.C. 1231(c)(2)(A)(ii)",
            "She saw the time cards being changed.",
            "September 4, 2024 to September 3, 2025",
            "Worker's signed consent August 5, 2024",
            "28-CA-300001",
            "555-0199",
        ),
    ),
}
STEPS = list(EXPECTED)
NAMELESS = {Kind.SOI_REQUEST, Kind.STATEMENT}


def issued(record: Any, step: tuple[str, str]) -> dict[str, Document]:
    """The documents that the last letter-making step left, by language."""
    kind = EXPECTED[step][0]
    latest = Document.objects.filter(case_id=record.pk, kind=kind).order_by("pk")
    return {document.language: document for document in latest}


def aloud(document: Document) -> str:
    return Reader(bytes(document.content)).aloud()


def test_every_letter_of_the_table_is_expected_here_and_can_be_reached() -> None:
    assert set(EXPECTED) == set(TEMPLATES) == set(BROUGHT)


@pytest.mark.parametrize("step", STEPS, ids=" ".join)
def test_a_step_leaves_its_letter_for_those_who_may_read_it_with_what_it_must_say(
    step: tuple[str, str], cast: Cast
) -> None:
    record = BROUGHT[step](cast)
    _kind, sides, contents = EXPECTED[step]
    documents = issued(record, step)
    assert set(documents) == ({"en", "es"} if sides == LETTER else {"en"})
    for document in documents.values():
        assert set(document.sides) == sides
        assert document.sha256 == hashlib.sha256(bytes(document.content)).hexdigest()
        assert document.media_type == "application/pdf"
        assert 1 <= len(pikepdf.open(BytesIO(bytes(document.content))).pages) <= 4
        assert "Prudencia" not in document.title
        assert "Ejemplo" not in document.title
    text = aloud(documents["en"])
    assert [needed for needed in contents if needed not in text] == []
    assert "Kept between officers." not in text
    assert "Internal." not in text
    assert "\ufffd" not in text
    if step[0] in NAMELESS:
        assert "Prudencia" not in text
        assert "Ejemplo" not in text
    if sides == LETTER:
        spanish_comes_with_english_in_control(documents)
        only_the_own_representative_and_dhs_read(documents, cast)


def spanish_comes_with_english_in_control(documents: dict[str, Document]) -> None:
    assert documents["es"].title != documents["en"].title
    assert "La versión en inglés de esta carta" in aloud(documents["es"])
    assert NAME in aloud(documents["es"])


def only_the_own_representative_and_dhs_read(documents: dict[str, Document], cast: Cast) -> None:
    letters = Document.objects.filter(pk__in=[each.pk for each in documents.values()])
    assert letters.visible_to(cast.representative).count() == 2
    for outsider in (
        cast.organizer, cast.river, cast.investigator, cast.approver, cast.signer, cast.ny_approver,
        cast.ny_ice_reviewer, cast.administrator,
    ):  # fmt: skip
        assert letters.visible_to(outsider).count() == 0
    readers = (cast.intake, cast.adjudicator, cast.ice_reviewer)
    assert any(letters.visible_to(reader).count() == 2 for reader in readers)


def test_the_answers_of_an_agency_are_read_by_both_sides_and_by_no_other_agency(cast: Cast) -> None:
    letter = issued(acknowledge_request(cast), (Kind.SOI_REQUEST, "acknowledge"))["en"]
    letters = Document.objects.filter(pk=letter.pk)
    for reader in (cast.investigator, cast.organizer, cast.representative):
        assert letters.visible_to(reader).exists()
    for outsider in (cast.ny_investigator, cast.river, cast.intake, cast.adjudicator):
        assert not letters.visible_to(outsider).exists()


def test_a_statement_is_not_read_by_dhs_before_it_is_sent(cast: Cast) -> None:
    statement = BROUGHT[Kind.STATEMENT, "sign"](cast)
    letters = Document.objects.filter(case_id=statement.pk)
    assert not letters.visible_to(cast.intake).exists()
    assert not letters.visible_to(cast.representative).exists()
    take_step(statement, "transmit", by=cast.investigator, at=LATER, channel="portal")
    assert letters.visible_to(cast.intake).exists()


def test_a_countersigned_denial_speaks_with_the_words_written_for_the_worker(cast: Cast) -> None:
    request = BROUGHT[Kind.WORKER_REQUEST, "deny"](cast)
    text = aloud(issued(request, (Kind.WORKER_REQUEST, "deny"))["en"])
    assert "Your papers name another town." in text
    assert "I concur with the officer." not in text


def test_a_proposed_denial_issues_nothing(cast: Cast) -> None:
    request = propose_denial(cast)
    assert not Document.objects.filter(case_id=request.pk, kind="deferred_action_denial").exists()


def test_a_rejected_packet_has_one_kind_of_letter_and_its_permit_none(cast: Cast) -> None:
    request = BROUGHT[Kind.WORKER_REQUEST, "reject"](cast)
    assert set(Document.objects.filter(case_id=request.pk).values_list("kind", flat=True)) == {
        "request_rejection"
    }
    assert not Document.objects.filter(case_id=request.permits.get().pk).exists()


@pytest.mark.parametrize(
    ("language", "expected", "noted"),
    [("en", {"en"}, False), ("es-MX", {"en", "es"}, False), ("zh", {"en"}, True)],
)
def test_letters_come_in_the_workers_language_or_say_that_they_do_not(
    language: str, expected: set[str], noted: bool, cast: Cast
) -> None:
    request = received_request(cast)
    request.person.language = language
    request.person.save()
    take_step(request, "accept", by=cast.intake, at=LATER)
    documents = issued(request, (Kind.WORKER_REQUEST, "accept"))
    assert set(documents) == expected
    assert ("This letter is in English only" in aloud(documents["en"])) is noted


def test_a_step_that_is_rolled_back_leaves_no_letter(cast: Cast) -> None:
    request = received_request(cast)
    with transaction.atomic():
        take_step(request, "accept", by=cast.intake, at=LATER)
        assert Document.objects.filter(case_id=request.pk).exists()
        transaction.set_rollback(True)
    assert not Document.objects.filter(case_id=request.pk).exists()


def test_a_refused_step_leaves_no_letter(cast: Cast) -> None:
    request = received_request(cast)
    with pytest.raises(StepRefused):
        take_step(request, "accept", by=cast.river, at=LATER)
    assert not Document.objects.filter(case_id=request.pk).exists()


def test_a_step_taken_twice_with_one_key_leaves_one_letter(cast: Cast) -> None:
    request = received_request(cast)
    for _time in range(2):
        take_step(request, "accept", by=cast.intake, at=LATER, idempotency_key="once")
    assert Document.objects.filter(case_id=request.pk, language="en").count() == 1


def test_a_letter_that_cannot_be_written_takes_its_step_with_it(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = received_request(cast)

    def fail(*_facts: Any) -> None:
        raise RuntimeError("no ink")

    monkeypatch.setattr(issuing, "render", fail)
    version = request.version
    with pytest.raises(RuntimeError):
        take_step(request, "accept", by=cast.intake, at=LATER)
    assert type(request).objects.get(pk=request.pk).version == version


def test_unprintable_characters_stop_no_step_and_are_logged_without_the_text(
    cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    request = received_request(cast)
    request.person.given_names = "Prudencia \U0001f44b"
    request.person.language = "en"
    request.person.save()
    with caplog.at_level(logging.WARNING, logger=issuing.__name__):
        take_step(request, "accept", by=cast.intake, at=LATER)
    assert "\ufffd" in aloud(issued(request, (Kind.WORKER_REQUEST, "accept"))["en"])
    assert request.reference in caplog.text
    assert "Prudencia" not in caplog.text
    assert "\U0001f44b" not in caplog.text

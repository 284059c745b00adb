"""What each letter must say. The tables are the specification."""

from __future__ import annotations

from dataclasses import replace

import pytest

from referrals.letters import render, statement_of_interest, stay_support
from referrals.letters.facts import Signatory
from referrals.letters.letter import Heading, Language
from tests.referrals.letters import examples
from tests.referrals.letters.examples import LETTERS
from tests.referrals.letters.tagged_reader import Reader

MUST_SAY = {
    "statement_of_interest": (
        "CALCO-2024-00117",
        "Replaces version 1 of May 6, 2024",
        "1. Our authority",
        "Labor Code sections 510, 1194 and 1197",
        "Case number 35-CM-118842-24",
        "Opened on February 20, 2024",
        "Golden Valley Foods, Inc. Legal name",
        "Brightline Staffing LLC On pay stubs",
        "95-5550123",
        "8800 Slauson Avenue",
        "January 1, 2021 to the present",
        "These workers are covered:",
        "These workers are not covered:",
        "We do not say who complained",
        "Why we need the workers' cooperation",
        "Retaliation and fear of it",
        "Stay of removal",
        "four years, or until our matter ends",
        "How DHS can confirm who is covered",
        "coordinator@labor.example.gov",
        "DHS decides each worker's request case by case. This statement is not legal advice.",
        "We will review it by September 16, 2026",
        "we will tell DHS and the person who asked us for it",
        "Signed electronically on September 16, 2024 by Miriam Castellanos Assistant Chief",
        "Authority to sign: LC-2023-07",
        "Copies to: Eastside Workers' Law Center",
        "Check this letter",
        "This letter contains no worker's name or number.",
    ),
    "statement_acknowledgement": (
        "This is not a decision",
        "We aim to answer by October 15, 2024",
        "October 12 is a Saturday",
        "If you have not heard from us by then, call",
        "A-numbers, Social Security numbers or dates of birth.",
    ),
    "statement_decline": ("We have decided not to issue one.", "no open matter", "You may ask again"),
    "statement_monitor": ("We are not issuing one now.", "We will look again by December 9, 2024"),
    "statement_receipt": (
        "Agency California Labor Commissioner's Office",
        "Statement CALCO-2024-00117 Version 2",
        "Received on September 13, 2024",
        "does not grant status",
        "intake@dhs.example.gov",
    ),
    "statement_return": (
        "No period of employment is given.",
        "State a first day and a last day",
        "No official signed.",
        "send it again as a new version",
    ),
    "request_receipt": (
        "IOE0912345678",
        "Form G-325A",
        "Received on September 11, 2024",
        "Notice date September 16, 2024",
        "María Guadalupe Ñúñez Šimić",
        "A 098 765 432",
        "$520.00, received",
        "Ana Pérez-Lindqvist, Eastside Workers' Law Center",
        "What happens next",
        "within 10 days after you move",
        "This is not a decision",
    ),
    "request_rejection": (
        "SIG-1 Form G-325A is not signed. Sign the form by hand in ink.",
        "ED-2",
        "We are returning everything you sent",
        "it has no filing date",
        "https://forms.example.gov",
    ),
    "request_for_evidence": (
        "Sent on September 16, 2024",
        "How it was sent By mail",
        "8 CFR 103.2(b)(8)(iii)",
        "must reach us by December 12, 2024",
        "3 more days for mail: December 12, 2024.",
        "One response, all at once",
        "There is no extension of the due date.",
    ),
    "notice_of_intent_to_deny": (
        "This is not the final decision.",
        "an employer that the statement does not list",
        "A record of an arrest on March 2, 2019",
        "must reach us by December 12, 2024",
    ),
    "deferred_action_grant": (
        "as a matter of discretion",
        "Starts on September 16, 2024",
        "Ends on September 15, 2028",
        "It does not give you lawful immigration status.",
        "DHS may end it at any time.",
        "category (c)(14)",
        "advance parole",
        "within 10 days after you move",
        "You may ask from March 19, 2028",
        "We recommend asking by June 17, 2028",
        "Decided by U.S. Citizenship and Immigration Services",
        "coordinator@labor.example.gov",
    ),
    "deferred_action_denial": (
        "as a matter of discretion",
        "(SCOPE)",
        "You cannot appeal this decision.",
        "You may file a new request",
        "Notice to Appear",
        "We are also denying your work permit request",
        "Immigrant Legal Line",
    ),
    "notice_of_intent_to_terminate": (
        "This is not the final decision.",
        "A conviction after the grant.",
        "must reach us by December 12, 2024",
        "Your deferred action goes on until we decide",
    ),
    "deferred_action_termination": (
        "Ends on June 2, 2025",
        "DHS may end deferred action at any time, as a matter of discretion.",
        "Your work permit based on deferred action ends on June 2, 2025.",
        "You cannot appeal this decision.",
    ),
    "work_permit_approval": (
        "Category (c)(14)",
        "Valid from September 16, 2024",
        "Valid to September 15, 2028",
        "Allow 30 days.",
        "1415 East 7th Street",
    ),
    "work_permit_denial": (
        "Category (c)(14)",
        "I-765WS does not show",
        "Your deferred action does not change.",
    ),
    "stay_grant": (
        "as a matter of discretion",
        "Ends on September 15, 2025",
        "order of supervision",
        "Tell us in writing before you change your address.",
        "Report in person on October 7, 2024",
        "Bond amount $1,500.00",
        "Post the bond by September 30, 2024",
        "You are arrested by any law enforcement agency.",
    ),
    "stay_denial": (
        "as a matter of discretion",
        "You cannot appeal this decision.",
        "Removal may go ahead",
        "Nothing in this letter stops your removal.",
    ),
    "stay_support": (
        "8 U.S.C. 1231(c)(2)(A)(ii)",
        "8 U.S.C. 1231(c)(2)(A)(i)",
        "Needed on November 4, 2024",
        "Worker's signed consent September 14, 2024",
        "Custody Detained, Adelanto",
        "Removal scheduled for September 27, 2024",
        "It does not replace it.",
        "does not stop removal while it is pending",
        "Contact at any hour",
    ),
}
PROMISES = ("guarantee", "will be granted", "will be approved", "you will receive", "you will get")
WORKER_SIDE = [kind for kind in LETTERS if not kind.startswith(("statement_", "stay_support"))]


def aloud(kind: str, language: Language = "en") -> str:
    return Reader(render(LETTERS[kind](language)).content).aloud()


def test_the_table_above_covers_every_letter() -> None:
    assert set(MUST_SAY) == set(LETTERS)
    assert [LETTERS[kind]("en").kind for kind in LETTERS] == list(LETTERS)


@pytest.mark.parametrize("kind", LETTERS)
def test_a_letter_says_what_the_law_and_practice_require(kind: str) -> None:
    said = aloud(kind)
    assert [text for text in MUST_SAY[kind] if text not in said] == []


@pytest.mark.parametrize("kind", LETTERS)
def test_no_letter_promises_an_outcome(kind: str) -> None:
    said = aloud(kind).lower()
    assert [promise for promise in PROMISES if promise in said] == []


@pytest.mark.parametrize("kind", LETTERS)
def test_a_spanish_letter_is_spanish_and_says_that_english_controls(kind: str) -> None:
    said = aloud(kind, "es")
    assert "La versión en inglés de esta carta es la que rige." in said
    assert sum(said.count(accent) for accent in "áéíóúñ") > 10
    assert "16 de septiembre de 2024" in said
    titles = {block.text for block in LETTERS[kind]("en").blocks if isinstance(block, Heading)}
    assert [title for title in titles if title in said] == []


@pytest.mark.parametrize("kind", [kind for kind in LETTERS if kind.startswith("statement_")])
def test_a_letter_about_a_worksite_names_no_worker(kind: str) -> None:
    said = aloud(kind)
    assert "This letter contains no worker's name or number." in said
    assert "Ñúñez" not in said
    assert "098 765 432" not in said


@pytest.mark.parametrize("kind", WORKER_SIDE)
def test_a_letter_to_a_worker_tells_the_duty_to_report_a_move(kind: str) -> None:
    assert "you must tell us within 10 days after you move" in aloud(kind)


@pytest.mark.parametrize(
    "signatory", [None, replace(examples.SIGNER, signed_on=None), Signatory(name="Nobody yet")]
)
def test_an_unsigned_statement_says_so_and_cannot_be_checked(signatory: Signatory | None) -> None:
    letter = statement_of_interest.build(replace(examples.STATEMENT, signatory=signatory))
    reader = Reader(render(letter).content)
    assert letter.draft
    assert letter.verification is None
    assert "DRAFT — not signed" in reader.aloud()
    assert all("DRAFT — not signed" in page.artifacts for page in reader.pages)
    assert "Signed electronically" not in reader.aloud()


def test_a_statement_without_optional_facts_still_numbers_its_sections_without_a_gap() -> None:
    letter = statement_of_interest.build(
        replace(examples.STATEMENT, retaliation="", review_on=None, valid_from=None)
    )
    reader = Reader(render(letter).content)
    numbers = [int(node.text.split(".")[0]) for node in reader.root.everything() if node.role == "H2"]
    assert numbers == list(range(1, 12))
    assert "Retaliation and fear of it" not in reader.aloud()


def test_a_stay_support_letter_needs_a_ground() -> None:
    facts = stay_support.StaySupportFacts(
        letterhead=examples.AGENCY,
        written_on=examples.DAY,
        reference="",
        addressee_lines=(),
        worker=examples.WORKER,
        consent_signed_on=examples.DAY,
        matter_number="1",
        matter_stage="Open",
        grounds=(),
        why_presence_is_needed="Testimony.",
        period_from=examples.DAY,
        period_to=examples.DAY,
        duty_contact=examples.AGENCY_CONTACT,
    )
    with pytest.raises(ValueError, match="at least one ground"):
        stay_support.build(facts)

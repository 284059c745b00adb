from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

from referrals.letters import Letter, Letterhead, canonical, digest, fingerprint, verifiable
from referrals.letters.letter import Bullets, Heading, Paragraph

LETTER = Letter(
    kind="sample",
    language="en",
    title="Título",
    letterhead=Letterhead(agency_name="Labor Office"),
    written_on=date(2026, 3, 3),
    reference="X-1",
    addressee_lines=("One", "Two"),
    blocks=(Heading("Head"), Paragraph("Text"), Bullets(("a", "b"))),
)


def test_the_canonical_form_is_what_the_documentation_says() -> None:
    written = canonical(LETTER)
    content = json.loads(written)
    assert content["written_on"] == "2026-03-03"
    assert content["blocks"][1] == {"block": "Paragraph", "strong": False, "text": "Text"}
    assert content["verification"] is None
    assert written == json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def test_a_fingerprint_is_the_start_of_the_digest_in_four_groups() -> None:
    assert fingerprint(LETTER).replace(" ", "").lower() == digest(LETTER)[:16]
    assert [len(group) for group in fingerprint(LETTER).split()] == [4, 4, 4, 4]


def test_the_fingerprint_of_a_known_letter_never_changes() -> None:
    assert digest(LETTER) == "13dffc20f3474642d12b9b1c2aa6f6a2d081499a6312800df54f7da113106cd0"


def test_verification_does_not_change_the_fingerprint() -> None:
    signed = verifiable(LETTER, number="N-1", version=1, url="https://example.gov/verify/N-1/1")
    assert signed.verification is not None
    assert signed.verification.fingerprint == fingerprint(LETTER) == fingerprint(signed)


def test_composed_and_decomposed_accents_have_one_fingerprint() -> None:
    assert fingerprint(replace(LETTER, title="Ti\u0301tulo")) == fingerprint(LETTER)


def test_blocks_of_another_kind_with_the_same_text_differ() -> None:
    assert fingerprint(replace(LETTER, blocks=(Paragraph("x"),))) != fingerprint(
        replace(LETTER, blocks=(Heading("x"),))
    )

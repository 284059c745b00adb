"""Where pages break: a signature never stands on a page of its own."""

from __future__ import annotations

from dataclasses import replace

import pytest

from referrals.letters import render
from referrals.letters.letter import Paragraph, Signature
from tests.referrals.letters.examples import LETTERS
from tests.referrals.letters.tagged_reader import Reader


@pytest.mark.parametrize("lines", range(30, 60, 3))
def test_the_last_words_before_a_signature_share_its_page(lines: int) -> None:
    letter = LETTERS["statement_acknowledgement"]("en")
    body = tuple(Paragraph(f"Line {number}.") for number in range(lines))
    letter = replace(letter, blocks=(*body, Paragraph("The last words."), Signature("Miriam Castellanos")))
    pages = ["".join(page.marked.values()) for page in Reader(render(letter).content).pages]
    signed = next(page for page in pages if "Miriam Castellanos" in page)
    assert "The last words." in signed


def test_a_long_text_before_a_signature_may_break() -> None:
    letter = LETTERS["statement_acknowledgement"]("en")
    long = Paragraph("A sentence that goes on. " * 400)
    rendered = render(replace(letter, blocks=(long, Signature("Miriam Castellanos"))))
    assert rendered.pages > 1

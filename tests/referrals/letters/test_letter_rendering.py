from __future__ import annotations

import hashlib
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pytest

from referrals.letters import Letter, Letterhead, render, verifiable
from referrals.letters.letter import Block, Bullets, Heading, KeyValues, Notice, Paragraph, Signature, Table
from tests.referrals.letters.examples import LETTERS
from tests.referrals.letters.tagged_reader import Reader


def letter_with(*blocks: Block, title: str = "A letter", name: str = "María Ñúñez") -> Letter:
    return Letter(
        kind="sample",
        language="en",
        title=title,
        letterhead=Letterhead(agency_name="Labor Office", address_lines=("1 Main Street",)),
        written_on=date(2026, 3, 3),
        reference="X-1",
        addressee_lines=(name,),
        blocks=blocks,
    )


def aloud(letter: Letter) -> str:
    return Reader(render(letter).content).aloud()


@pytest.mark.parametrize("kind", LETTERS)
def test_the_same_letter_gives_the_same_bytes(kind: str) -> None:
    first, second = render(LETTERS[kind]("es")), render(LETTERS[kind]("es"))
    assert first.content == second.content
    assert first.sha256 == hashlib.sha256(first.content).hexdigest()


def test_another_process_gives_the_same_bytes() -> None:
    program = (
        "import django, sys; from django.conf import settings;"
        "settings.configure(LANGUAGE_CODE='en-us'); django.setup();"
        "from tests.referrals.letters.examples import LETTERS; from referrals.letters import render;"
        "print(render(LETTERS['stay_grant']('en')).sha256)"
    )
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == render(LETTERS["stay_grant"]("en")).sha256


def test_threads_rendering_at_once_give_the_same_bytes() -> None:
    kinds = list(LETTERS)[:8] * 4
    with ThreadPoolExecutor(max_workers=8) as pool:
        answers = list(pool.map(lambda kind: render(LETTERS[kind]("es")).sha256, kinds))
    assert answers == [render(LETTERS[kind]("es")).sha256 for kind in kinds]


def test_a_changed_word_gives_other_bytes() -> None:
    assert render(letter_with(Paragraph("yes"))).sha256 != render(letter_with(Paragraph("no"))).sha256


def test_every_page_says_which_of_how_many_it_is() -> None:
    rendered = render(letter_with(Paragraph("A sentence that goes on. " * 900)))
    reader = Reader(rendered.content)
    assert rendered.pages == len(reader.pages) > 3
    for number, page in enumerate(reader.pages, start=1):
        assert f"Page {number} of {rendered.pages}" in page.artifacts


def test_a_paragraph_over_several_pages_is_one_paragraph() -> None:
    reader = Reader(render(letter_with(Paragraph("word " * 3000))).content)
    long = [node for node in reader.root.everything() if node.text.startswith("word")]
    assert len(long) == 1
    assert long[0].text.split() == ["word"] * 3000


@pytest.mark.parametrize(
    "blocks",
    [
        (Paragraph("x" * 10_000),),
        (Paragraph("A narrative sentence. " * 460),),
        (Bullets(("item " * 2000, "second")),),
        (KeyValues((("Label", "value " * 2000), ("y" * 300, "z" * 10_000))),),
        (Table(("One", "Two"), (("a " * 3000, "b"), ("c", "d " * 3000))),),
        (Notice("Read this", ("notice " * 2000,)),),
        (Signature("N" * 2000, ("title " * 400,)),),
        (Heading("heading " * 200), Paragraph("after")),
    ],
    ids=lambda blocks: type(blocks[0]).__name__,
)
def test_content_of_any_length_flows_over_pages(blocks: tuple[Block, ...]) -> None:
    reader = Reader(render(letter_with(*blocks)).content)
    assert all(page.unmarked == [] for page in reader.pages)


def test_no_word_of_a_cell_that_breaks_over_pages_is_lost() -> None:
    words = [f"w{number}" for number in range(2500)]
    rows = ((" ".join(words), "beside"), ("next", "row"))
    reader = Reader(render(letter_with(Table(("Long", "Short"), rows))).content)
    cell = next(node for node in reader.root.everything() if node.text.startswith("w0 "))
    assert cell.text.split() == words
    assert len(reader.pages) > 2


def test_a_table_heading_is_drawn_on_each_page_and_read_once() -> None:
    rows = tuple((f"row {number}", "x") for number in range(120))
    reader = Reader(render(letter_with(Table(("Unusual heading", "Other"), rows))).content)
    assert reader.aloud().count("Unusual heading") == 1
    assert len(reader.pages) > 2
    assert all("Unusual heading" in page.artifacts for page in reader.pages[1:])


@pytest.mark.parametrize(
    "hostile",
    [
        "<b>bold</b> & <font color='red'>red</font>",
        "</para><para>",
        "&lt;script&gt; &#x41; &unknown;",
        "100% %(name)s {braces} \\backslash (parentheses",
        "a < b > c && d \"quoted\" 'single'",
    ],
)
def test_markup_is_printed_as_it_was_typed(hostile: str) -> None:
    letter = letter_with(
        Paragraph(hostile),
        Bullets((hostile,)),
        KeyValues(((hostile, hostile),)),
        Heading(hostile),
        title=hostile,
        name=hostile,
    )
    assert aloud(letter).count(" ".join(hostile.split())) == 7


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("a\x00b\x07c\x1bd", "abcd"),
        ("safe\u202egnihtemos", "safegnihtemos"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("lone \ud800 surrogate", "lone surrogate"),
        ("e\u0301clair", "éclair"),
        ("tab\there", "tab here"),
        ("hard\u00a0space", "hard space"),
    ],
)
def test_invisible_characters_are_dropped_and_letters_are_composed(typed: str, printed: str) -> None:
    rendered = render(letter_with(Paragraph(typed)))
    assert printed in Reader(rendered.content).aloud()
    assert rendered.unprintable == ()


@pytest.mark.parametrize(
    "name",
    [
        "Łukasz Šimić-Őry",
        "Nguyễn Thị Bích",
        "Ивана Јовановић",
        "Ελένη Γεωργίου",
        "Kꞌicheꞌ Xón",
        "Ñandú Güémez",
    ],
)
def test_names_in_these_scripts_are_printed_in_full(name: str) -> None:
    rendered = render(letter_with(Paragraph(name), Heading(name), title=name, name=name))
    assert Reader(rendered.content).aloud().count(name) == 4
    assert rendered.unprintable == ()


@pytest.mark.parametrize("text", ["王小明", "أحمد", "שלום", "किरण", "😀"])
def test_what_no_typeface_can_draw_is_replaced_and_reported(text: str) -> None:
    rendered = render(letter_with(Paragraph(f"Name: {text}.")))
    assert "Name: \ufffd" in Reader(rendered.content).aloud()
    assert set(rendered.unprintable) <= set(text)
    assert rendered.unprintable


def test_empty_texts_do_not_break_a_letter() -> None:
    letter = letter_with(
        Paragraph(""), Bullets(()), Bullets(("",)), KeyValues((("", ""),)), Notice("", ()), name=""
    )
    assert render(replace(letter, reference="", addressee_lines=())).pages == 1


def test_a_table_with_a_ragged_row_is_refused() -> None:
    with pytest.raises(ValueError, match="one entry for each column"):
        Table(("One", "Two"), (("only one",),))


def test_importing_the_letters_does_not_import_the_pdf_library() -> None:
    program = (
        "import sys, referrals.letters, referrals.letters.statement_of_interest;"
        "assert not {'reportlab', 'segno'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_the_code_carries_the_public_address_and_nothing_else() -> None:
    import segno

    address = "https://check.example.gov/verify/AG-2026-00001/3"
    letter = verifiable(letter_with(Paragraph("Text.")), number="AG-2026-00001", version=3, url=address)
    from referrals.letters.document import Element
    from referrals.letters.flowables import QrFigure

    drawn = QrFigure(letter.verification.url, Element("Figure"), size=70).modules  # type: ignore[union-attr]
    assert drawn == [bytes(row) for row in segno.make(address, error="m", micro=False).matrix]
    assert "AG-2026-00001, version 3" in aloud(letter)

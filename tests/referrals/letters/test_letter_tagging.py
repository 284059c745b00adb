"""Every letter, in both languages, against what PDF/UA-1 lets a machine check."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import pytest

from referrals.letters import render
from referrals.letters.letter import Language, Letter
from tests.referrals.letters.examples import LETTERS
from tests.referrals.letters.tagged_reader import Reader

PARENTS = {
    "H1": {"Document"},
    "H2": {"Document"},
    "H3": {"Document"},
    "P": {"Document", "Sect"},
    "Sect": {"Document"},
    "L": {"Document"},
    "LI": {"L"},
    "Lbl": {"LI"},
    "LBody": {"LI"},
    "Table": {"Document"},
    "Caption": {"Table"},
    "TR": {"Table"},
    "TH": {"TR"},
    "TD": {"TR"},
    "Figure": {"Document"},
}
every_letter = pytest.mark.parametrize(
    ("kind", "language"), [(kind, language) for kind in LETTERS for language in ("en", "es")]
)


@cache
def letter_of(kind: str, language: Language) -> Letter:
    return LETTERS[kind](language)


@cache
def reading(kind: str, language: Language) -> Reader:
    return Reader(render(letter_of(kind, language)).content)


@every_letter
def test_nothing_is_drawn_outside_the_structure_or_the_artifacts(kind: str, language: Language) -> None:
    for page in reading(kind, language).pages:
        assert page.unmarked == []
        assert page.marked


@every_letter
def test_the_parent_tree_and_the_structure_tree_agree(kind: str, language: Language) -> None:
    reader = reading(kind, language)
    claimed = {
        mark: node.source.objgen for node in reader.root.everything() for mark in reader.marks(node.source)
    }
    for number, page in enumerate(reader.pages):
        parents = reader.parents(number)
        assert sorted(page.marked) == list(range(len(parents)))
        for mark, parent in enumerate(parents):
            assert claimed.pop((number, mark)) == parent.objgen
            assert page.roles[mark] == str(parent.S)[1:]
    assert claimed == {}


@every_letter
def test_the_file_declares_language_title_and_marking(kind: str, language: Language) -> None:
    reader, letter = reading(kind, language), letter_of(kind, language)
    root = reader.pdf.Root
    assert str(root.Lang) == {"en": "en-US", "es": "es-US"}[language]
    assert root.MarkInfo.Marked
    assert root.ViewerPreferences.DisplayDocTitle
    assert str(reader.pdf.docinfo["/Title"]).startswith(letter.title)
    with reader.pdf.open_metadata() as metadata:
        assert metadata["dc:title"] == str(reader.pdf.docinfo["/Title"])
        assert metadata["pdfuaid:part"] == "1"
    assert all(page.Tabs == "/S" for page in reader.pdf.pages)


@every_letter
def test_no_person_is_named_in_the_metadata(kind: str, language: Language) -> None:
    reader = reading(kind, language)
    written = str(dict(reader.pdf.docinfo.items())) + reader.pdf.Root.Metadata.read_bytes().decode()
    for name in ("María", "Castellanos", "Pérez", "Whitfield", "098 765", "098765"):
        assert name not in written


@every_letter
def test_every_typeface_is_embedded_and_every_glyph_has_a_character(kind: str, language: Language) -> None:
    reader = reading(kind, language)
    for page in reader.pdf.pages:
        for font in page.Resources.Font.values():
            assert "/FontFile2" in font.FontDescriptor
            assert "/ToUnicode" in font
    assert [code for page in reader.pages for code in page.undrawable] == []


@every_letter
def test_elements_nest_as_the_standard_allows(kind: str, language: Language) -> None:
    for node in reading(kind, language).root.everything():
        for child in node.children:
            assert node.role in PARENTS[child.role]


@every_letter
def test_there_is_one_title_and_no_heading_level_is_skipped(kind: str, language: Language) -> None:
    roles = [node.role for node in reading(kind, language).root.everything()]
    levels = [int(role[1]) for role in roles if role in {"H1", "H2", "H3"}]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))


@every_letter
def test_tables_are_regular_and_their_headings_have_a_scope(kind: str, language: Language) -> None:
    tables = [node for node in reading(kind, language).root.everything() if node.role == "Table"]
    for table in tables:
        rows = [child for child in table.children if child.role == "TR"]
        assert len({len(row.children) for row in rows}) == 1
        headings = [cell for row in rows for cell in row.children if cell.role == "TH"]
        assert headings
        assert all(str(cell.source.A.Scope) in {"/Row", "/Column"} for cell in headings)


@every_letter
def test_every_text_of_the_letter_is_read_aloud(kind: str, language: Language) -> None:
    letter = letter_of(kind, language)
    aloud = reading(kind, language).aloud()
    expected = [
        letter.title,
        letter.letterhead.agency_name,
        *letter.addressee_lines,
        letter.footer,
        *letter.cc,
    ]
    for block in letter.blocks:
        expected += [value for value in vars(block).values() if isinstance(value, str) and value]
    for text in expected:
        assert " ".join(text.split()) in aloud


def test_the_code_is_a_figure_with_a_text_alternative_and_a_box() -> None:
    figures = [
        node for node in reading("statement_of_interest", "en").root.everything() if node.role == "Figure"
    ]
    assert len(figures) == 1
    source = figures[0].source
    assert "https://referrals.example.gov/verify/CALCO-2024-00117/2" in str(source.Alt)
    left, bottom, right, top = (float(value) for value in source.A.BBox)
    assert right - left == pytest.approx(top - bottom, abs=0.02)
    assert 0 < left < right < 612
    assert 0 < bottom < top < 792


def test_page_numbers_and_running_heads_are_not_read_aloud() -> None:
    reader = reading("statement_of_interest", "en")
    assert "Page 2 of 3" in reader.pages[1].artifacts
    assert "Page 2" not in reader.aloud()
    assert reader.aloud().count("This letter contains no worker's name or number.") == 1

"""Files that leave the system: no cell is a formula, and every text can be read back."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, date, datetime
from typing import Any
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest
from django.utils import timezone
from hypothesis import example, given, settings
from hypothesis import strategies as st

from referrals import spreadsheets
from referrals.spreadsheets import STARTERS, Sheet, as_csv, as_xlsx, plain, safe

NS = {"x": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
BEGINS = STARTERS.replace("\\", "")
NASTY = st.text(st.sampled_from("=+-@＝＋－＠'\"\t\r\n;, a1ñ&<\x00\u200b\ufeff"), max_size=12)
TEXTS = st.one_of(st.text(st.characters(exclude_categories=["Cs"]), max_size=40), NASTY)
ABOUT = [("Made by", "Ana Ejemplo, approver"), ("Number", "EXP-1")]


def sheet(rows: list[list[Any]], columns: tuple[str, ...] = ("One", "Two")) -> Sheet:
    return Sheet("Cases", ABOUT, columns, rows)


def csv_cells(content: bytes, delimiter: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=delimiter))


def xlsx_cells(content: bytes, page: int = 2) -> list[Any]:
    with ZipFile(io.BytesIO(content)) as book:
        root = ElementTree.fromstring(book.read(f"xl/worksheets/sheet{page}.xml"))  # noqa: S314 (our own file)
    assert root.findall(".//x:f", NS) == []  # no formula
    return [cell.findtext(".//x:t", cell.findtext("x:v", "", NS), NS) for cell in root.iterfind(".//x:c", NS)]


@given(text=TEXTS)
@example(text="=1+1")
@example(text="\t=cmd|' /C calc'!A0")
@example(text="＝HYPERLINK(1)")
@example(text="'quoted'")
@example(text="a;=1")
@settings(deadline=None)
def test_a_text_is_no_formula_and_reads_back(text: str) -> None:
    guarded = safe(text)
    for part in guarded.replace("\r", "\n").replace("\t", "\n").replace(";", "\n").split("\n"):
        assert not part.strip(" \u200b\ufeff\x00").startswith(tuple(BEGINS))
    assert plain(guarded) == text


@given(text=st.from_regex(r"[A-Za-zñáÑ0-9(¿¡][^;\t\r\n]*", fullmatch=True))
@settings(deadline=None, max_examples=50)
def test_an_ordinary_text_is_left_as_it_is(text: str) -> None:
    assert safe(text) == text


@given(rows=st.lists(st.tuples(TEXTS, TEXTS), max_size=4))
@settings(deadline=None, max_examples=60)
def test_a_csv_file_reads_back(rows: list[tuple[str, str]]) -> None:
    read = csv_cells(as_csv(sheet([list(row) for row in rows])))
    assert read[3] == ["One", "Two"]
    assert [tuple(map(plain, row)) for row in read[4:]] == rows


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_no_cell_begins_a_formula_whatever_the_separator(delimiter: str) -> None:
    rows = [["a;=1+1", "b\t=1+1"], ["x", "c;;@SUM(1)"], ['q";=1', "-2+3"]]
    for row in csv_cells(as_csv(sheet(rows)), delimiter):
        assert not [cell for cell in row if cell.lstrip('" ').startswith(tuple(BEGINS))], row


@given(rows=st.lists(st.tuples(TEXTS, TEXTS), max_size=2))
@settings(deadline=None, max_examples=15)
def test_a_workbook_holds_texts_as_texts(rows: list[tuple[str, str]]) -> None:
    cells = xlsx_cells(as_xlsx(sheet([list(row) for row in rows])))
    assert cells[1:3] == ["One", "Two"]
    wanted = [spreadsheets._text(text) for row in rows for text in row]
    assert [one_line_end(unescaped(each)) for each in cells[3:]] == [
        one_line_end(unescaped(each)) for each in wanted
    ]


def one_line_end(text: str) -> str:
    """Line ends of every kind are one to whoever reads XML."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def unescaped(text: str) -> str:
    """What a spreadsheet program shows for _x0041_, the way to write any character in such a file."""
    return re.sub("_x([0-9A-F]{4})_", lambda found: chr(int(found[1], 16)), text)


def test_who_made_it_and_its_number_stand_in_both_kinds_of_file() -> None:
    assert csv_cells(as_csv(sheet([])))[:2] == [list(pair) for pair in ABOUT]
    book = as_xlsx(sheet([["a", "b"]]))
    assert xlsx_cells(book, page=1) == [text for pair in ABOUT for text in pair]
    assert xlsx_cells(book)[0] == "Ana Ejemplo, approver · EXP-1"
    with ZipFile(io.BytesIO(book)) as parts:
        printed = parts.read("xl/worksheets/sheet2.xml").decode()
    assert printed.count("Ana Ejemplo, approver · EXP-1") == 3  # the first row, the head and the foot


def test_days_are_days_and_instants_say_their_distance_from_utc() -> None:
    rows = [[date(2026, 9, 2), datetime(2026, 9, 2, 18, 30, tzinfo=UTC)], [7, None]]
    with timezone.override("America/New_York"):
        assert csv_cells(as_csv(sheet(rows)))[4:] == [["2026-09-02", "2026-09-02T14:30-04:00"], ["7", ""]]
        cells = xlsx_cells(as_xlsx(sheet(rows)))
    assert cells[3:] == ["46267", "2026-09-02T14:30-04:00", "7"]

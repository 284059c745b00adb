"""Tables as CSV and XLSX files that no spreadsheet program takes for formulas.

A cell that a program could take for a formula, or that begins with an apostrophe, gets an apostrophe before
it: OWASP, CSV Injection. The same after a semicolon, a tab and a line break within a cell, where a program
set to another separator begins a new one. ``plain`` takes the apostrophes away again, so that no text is
lost. In XLSX every text is stored as a text, which needs no apostrophe. Days stay days; instants are told in
ISO 8601 with their distance from UTC.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeAlias

from django.utils import timezone
from django.utils.translation import gettext

Value: TypeAlias = str | int | date | datetime | None

STARTERS = "=+\\-@|＝＋－＠﹦﹢﹣﹫−"
"""Characters that begin a formula or a command in one program or another, full-width ones among them."""
_BLANK = r"[\s\x00-\x1f\x7f-\x9f\u00ad\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]*"
_DANGER = re.compile(rf"(?:\A|(?<=[;\t\r\n]))(?={_BLANK}[{STARTERS}']|[\t\r\n])")
_MARKED = re.compile(rf"(?:\A|(?<=[;\t\r\n]))'(?={_BLANK}[{STARTERS}']|[\t\r\n])")
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
LONGEST_CELL = 32_767
LONGEST_NAME = 31
WIDTH = 24


@dataclass(frozen=True)
class Sheet:
    """A table and what stands above it: who made it, as what, when, why, and its number."""

    title: str
    about: Sequence[tuple[str, str]]
    columns: Sequence[str]
    rows: Iterable[Sequence[Value]]

    @property
    def mark(self) -> str:
        """The same in one line, for the head and the foot of each printed page."""
        return " · ".join(told for _label, told in self.about if told)


def safe(text: str) -> str:
    """A text that no program takes for a formula, whatever it takes for a separator."""
    return _DANGER.sub("'", text)


def plain(text: str) -> str:
    """The text that ``safe`` was given."""
    return _MARKED.sub("", text)


def written(value: Value) -> str | int:
    """A cell as it stands in a CSV file."""
    if isinstance(value, datetime):
        return timezone.localtime(value).isoformat(timespec="minutes")
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, int) else safe(value or "")


def as_csv(sheet: Sheet) -> bytes:
    """UTF-8 with its mark, so that Excel reads accents; every text in quotation marks."""
    text = io.StringIO(newline="")
    lines = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    lines.writerows([written(label), written(told)] for label, told in sheet.about)
    lines.writerow([])
    lines.writerow([written(column) for column in sheet.columns])
    lines.writerows([written(value) for value in row] for row in sheet.rows)
    return text.getvalue().encode("utf-8-sig", errors="replace")


def as_xlsx(sheet: Sheet) -> bytes:
    """A workbook of two sheets: what it is, and the table. Rows are written as they come and not kept."""
    import xlsxwriter

    file = io.BytesIO()
    book = xlsxwriter.Workbook(
        file,
        {
            "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
            "strings_to_numbers": False, "default_date_format": "yyyy-mm-dd",
        },
    )  # fmt: skip
    book.set_properties({"title": _text(sheet.title), "comments": _text(sheet.mark)})
    bold = book.add_format({"bold": True})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    first = book.add_worksheet(_text(gettext("About this file"))[:LONGEST_NAME])
    first.set_column(0, 1, 2 * WIDTH)
    for line, (label, told) in enumerate(sheet.about):
        first.write_string(line, 0, _text(label), bold)
        first.write_string(line, 1, _text(told))
    table = book.add_worksheet(_text(gettext("List"))[:LONGEST_NAME])
    for each in (first, table):
        each.set_header("&L" + _printed(sheet.mark))
        each.set_footer("&L" + _printed(sheet.mark) + "&R&P / &N")
    table.set_landscape()
    table.set_column(0, max(len(sheet.columns) - 1, 0), WIDTH)
    table.repeat_rows(1)
    table.write_string(0, 0, _text(sheet.mark))
    for column, label in enumerate(sheet.columns):
        table.write_string(1, column, _text(label), bold)
    for line, row in enumerate(sheet.rows, start=2):
        for column, value in enumerate(row):
            _write(table, line, column, value, day)
    book.close()
    return file.getvalue()


def _write(table: Any, line: int, column: int, value: Value, day: Any) -> None:
    if isinstance(value, int):
        table.write_number(line, column, value)
    elif isinstance(value, date) and not isinstance(value, datetime) and value.year >= 1900:
        table.write_datetime(line, column, value, day)
    elif value is not None:
        text = str(written(value)) if isinstance(value, date) else value
        table.write_string(line, column, _text(text))


def _text(text: str) -> str:
    """A text as XML can hold it, at most as long as a cell may be."""
    return _NOT_IN_XML.sub("�", text)[:LONGEST_CELL]


def _printed(mark: str) -> str:
    """At most 255 characters may stand in a head or foot; an ampersand would be a command."""
    return _text(mark)[:100].replace("&", "&&")

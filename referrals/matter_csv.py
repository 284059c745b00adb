"""Labor matters from a CSV file, row by row, whatever the file's encoding and however careless its rows.

The layout has nineteen columns (`COLUMNS`). Each row comes out as a `Row`, or as a `BadRow` with every reason
in words; nothing is guessed and nothing is lost in silence. Row numbers are those a spreadsheet shows: the
heading is row 1, blank rows and line breaks inside cells count as a spreadsheet counts them. The file is read
once from start to end, so its size does not matter; only record ids are kept.
"""

import codecs
import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from referrals.matter_rows import COLUMNS, BadRow, Row, RowReading

__all__ = ["COLUMNS", "BadRow", "MatterFile", "MissingColumns", "Row", "UnreadableFile", "read"]

MOST_NAMED = 20
MOST_BAD_ROWS = 20_000
"""A file with more rows than this that cannot be taken over is another file, or in another layout."""
NO_TEXT: dict[bytes, str | Promise] = {
    b"PK\x03\x04": gettext_lazy("an Excel workbook or another packed file"),
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": gettext_lazy("an old Excel workbook"),
    b"%PDF-": gettext_lazy("a PDF"),
    b"\x89PNG\r\n\x1a\n": gettext_lazy("a picture"),
    b"\xff\xd8\xff": gettext_lazy("a picture"),
    b"GIF8": gettext_lazy("a picture"),
}


class UnreadableFile(ValueError):
    """The file as a whole cannot be read; the message says why."""


class MissingColumns(UnreadableFile):
    """The heading lacks columns of the layout."""

    def __init__(self, columns: tuple[str, ...]) -> None:
        self.columns = columns
        super().__init__(
            gettext("The file lacks these columns: %(columns)s.") % {"columns": ", ".join(columns)}
        )


def read(source: Path | str | bytes) -> "MatterFile":
    """Open a file, or the bytes of one, and read its heading, or raise `UnreadableFile`."""
    return MatterFile(io.BytesIO(source) if isinstance(source, bytes) else Path(source).open("rb"))


class MatterFile:
    """An opened file: iterate over it once for its rows; `notes` says what was unusual about the file."""

    def __init__(self, binary: IO[bytes]) -> None:
        self._binary = binary
        try:
            self.encoding = _encoding(binary)
            self._text = io.TextIOWrapper(binary, encoding=self.encoding, newline="")
            self._lines = csv.reader(self._text, delimiter=self._delimiter())
            self.columns = self._heading()
        except BaseException:
            binary.close()
            raise
        self.notes = tuple(self._file_notes())

    def __iter__(self) -> Iterator[Row | BadRow]:
        """Every row in turn; raises `UnreadableFile` once more than `MOST_BAD_ROWS` were bad."""
        bad = 0
        for row in self._rows():
            bad += isinstance(row, BadRow)
            if isinstance(row, BadRow) and bad > MOST_BAD_ROWS:
                raise UnreadableFile(
                    gettext(
                        "More than %(most)s rows cannot be taken over, so nothing was. Is this the right "
                        "file? Row %(number)s, for example: %(reasons)s"
                    )
                    % {"most": MOST_BAD_ROWS, "number": row.number, "reasons": " ".join(row.reasons)}
                )
            yield row

    def _rows(self) -> Iterator[Row | BadRow]:
        seen: dict[str, int] = {}
        with self._text:
            number = 1
            while True:
                number += 1
                try:
                    cells = next(self._lines)
                except StopIteration:
                    return
                except csv.Error:
                    reason = gettext("The row cannot be read. A quotation mark may be missing.")
                    yield BadRow(number, "", (reason,))
                    continue
                if any(cell.strip() for cell in cells):
                    yield self._row(number, cells, seen)

    def __enter__(self) -> "MatterFile":
        return self

    def __exit__(self, *_exception: object) -> None:
        self._text.close()

    def _row(self, number: int, cells: list[str], seen: dict[str, int]) -> Row | BadRow:
        spare = cells[len(self.columns) :]
        if len(cells) < len(self.columns) or any(cell.strip() for cell in spare):
            return BadRow(number, "", (self._ragged(cells),))
        texts = {name: " ".join(cell.split()) for name, cell in zip(self.columns, cells, strict=False)}
        reading = RowReading({name: texts[name] for name in COLUMNS})
        if first := seen.get(texts["record_id"]):
            reading.refuse(
                gettext("The record id “%(value)s” is already in row %(row)s.")
                % {"value": texts["record_id"], "row": first}
            )
        row = reading.row(number)
        if row is None:
            return BadRow(number, texts["record_id"][:60], tuple(reading.reasons))
        seen[row.record_id] = number
        return row

    def _ragged(self, cells: list[str]) -> str:
        return gettext("The row has %(found)s cells and the heading has %(expected)s.") % {
            "found": len(cells),
            "expected": len(self.columns),
        }

    def _delimiter(self) -> str:
        start = self._text.tell()
        first_line = self._text.readline(20_000)
        self._text.seek(start)
        return max(",;\t", key=first_line.count)

    def _heading(self) -> tuple[str, ...]:
        try:
            cells = next(self._lines)
        except (StopIteration, csv.Error):
            raise UnreadableFile(gettext("The file is empty or has no heading.")) from None
        columns = tuple(cell.strip().casefold() for cell in cells)
        if missing := tuple(name for name in COLUMNS if name not in columns):
            raise MissingColumns(missing)
        return columns

    def _file_notes(self) -> Iterator[str]:
        if self.encoding not in {"utf-8", "utf-8-sig"}:
            yield gettext(
                "The file is not in UTF-8. It was read as %(encoding)s; check names with accents."
            ) % {"encoding": self.encoding}
        if extra := [name for name in self.columns if name not in COLUMNS]:
            yield gettext("These columns were ignored: %(columns)s.") % {
                "columns": ", ".join(name or "—" for name in extra[:MOST_NAMED])
                + ("…" if extra[MOST_NAMED:] else "")
            }


def _encoding(binary: IO[bytes]) -> str:
    """The encoding that the whole file fits: a byte order mark's, else UTF-8, else Windows or Latin-1.

    Raises `UnreadableFile` for what is no text at all, and for UTF-16 that breaks off in a letter.
    """
    start = binary.read(len(max(NO_TEXT, key=len)))
    for signature, name in NO_TEXT.items():
        if start.startswith(signature):
            raise UnreadableFile(
                gettext("This is %(kind)s, not a CSV file. In the spreadsheet, save the table as CSV UTF-8.")
                % {"kind": name}
            )
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        if not _fits(binary, "utf-16"):
            raise UnreadableFile(
                gettext("The file breaks off in the middle of a letter. Save it again as CSV UTF-8.")
            )
        return "utf-16"
    for encoding in ("utf-8", "cp1252"):
        if _fits(binary, encoding):
            return "utf-8-sig" if encoding == "utf-8" and start.startswith(codecs.BOM_UTF8) else encoding
    return "latin-1"


def _fits(binary: IO[bytes], encoding: str) -> bool:
    """Whether the whole file is text of an encoding; the file is at its start again afterwards."""
    decoder = codecs.getincrementaldecoder(encoding)()
    binary.seek(0)
    try:
        while chunk := binary.read(1 << 20):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    finally:
        binary.seek(0)
    return True

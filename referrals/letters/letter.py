"""What a letter is: plain, frozen values with no layout, no markup and no database.

Every text is plain text. Characters that mean something in markup are printed as they are.
A builder makes a `Letter`; `rendering.render` turns it into a PDF.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

Language = Literal["en", "es"]


@dataclass(frozen=True, kw_only=True)
class Letterhead:
    """Who writes. Printed at the top of the first page."""

    agency_name: str
    office: str = ""
    address_lines: tuple[str, ...] = ()
    phone: str = ""
    email: str = ""


@dataclass(frozen=True)
class Heading:
    """A section title. Level 2 is a section, level 3 a part of one; level 1 is the letter's title."""

    text: str
    level: Literal[2, 3] = 2


@dataclass(frozen=True)
class Paragraph:
    """Running text. Line breaks in the text are kept; a blank line starts a new paragraph."""

    text: str
    strong: bool = False


@dataclass(frozen=True)
class Bullets:
    """A list. Numbered lists count from 1."""

    items: tuple[str, ...]
    numbered: bool = False


@dataclass(frozen=True)
class KeyValues:
    """Labels with their values, printed as a two-column table whose first column heads the rows."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Table:
    """Rows under column headings. `widths` are shares of the text width, one for each column."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""
    widths: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        ragged = [row for row in self.rows if len(row) != len(self.columns)]
        if ragged or (self.widths and len(self.widths) != len(self.columns)):
            raise ValueError("Every row and the widths need one entry for each column.")


@dataclass(frozen=True)
class Notice:
    """A boxed statement that the reader must not miss: a title and one or more paragraphs."""

    title: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True)
class Signature:
    """The end of a letter. `lines` come under the name; an unsigned letter says so in words."""

    name: str
    lines: tuple[str, ...] = ()
    signed: str = ""


Block = Heading | Paragraph | Bullets | KeyValues | Table | Notice | Signature


@dataclass(frozen=True, kw_only=True)
class Verification:
    """What a reader needs to check a letter: number, version, fingerprint and the public address.

    The address may carry the number and the version and nothing else, because it is printed as a
    QR code that any telephone sends to a server.
    """

    number: str
    version: int
    fingerprint: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One letter in one language. `title` must not hold a person's name: it goes into file metadata."""

    kind: str
    language: Language
    title: str
    letterhead: Letterhead
    written_on: date
    reference: str
    addressee_lines: tuple[str, ...]
    blocks: tuple[Block, ...]
    cc: tuple[str, ...] = ()
    footer: str = ""
    draft: bool = False
    verification: Verification | None = None


@dataclass(frozen=True)
class Rendered:
    """A finished PDF.

    `sha256` is the hexadecimal digest of `content`. `unprintable` lists the characters that no
    embedded typeface can draw correctly; each was printed as U+FFFD.
    """

    content: bytes
    sha256: str
    pages: int
    unprintable: tuple[str, ...] = ()

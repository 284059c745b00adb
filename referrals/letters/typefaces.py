"""The typefaces of letters: all embedded, with a fallback for scripts that the first choice lacks.

Source Sans Pro and Merriweather come from the U.S. Web Design System (SIL Open Font License);
DejaVu Sans is the fallback for Cyrillic, Greek, Vietnamese and the letters of many indigenous
languages (Bitstream Vera license). Arabic, Hebrew and the scripts of South and East Asia need
shaping or fonts that are not carried: their characters are printed as U+FFFD and reported, never
left as an empty box or in the wrong order.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from pathlib import Path
from threading import Lock
from typing import Final
from xml.sax.saxutils import escape

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

FOLDER: Final = Path(__file__).parent / "fonts"
BODY: Final = "Letter-Body"
STRONG: Final = "Letter-Strong"
DISPLAY: Final = "Letter-Display"
FALLBACK: Final = "Letter-Fallback"
FILES: Final = {
    BODY: "sourcesanspro-regular-webfont.ttf",
    STRONG: "sourcesanspro-bold-webfont.ttf",
    DISPLAY: "Latin-Merriweather-Bold.ttf",
    FALLBACK: "DejaVuSans.ttf",
}
CHAINS: Final = {BODY: (BODY, FALLBACK), STRONG: (STRONG, FALLBACK), DISPLAY: (DISPLAY, STRONG, FALLBACK)}
REPLACEMENT: Final = "\ufffd"
LAST_MAPPED: Final = 0xFFFF  # beyond it the PDF library writes a wrong glyph-to-text map
_UNORDERED: Final = frozenset({"R", "AL", "AN"})
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_REGISTRATION: Final = Lock()
_SPACES: Final = re.compile(r"[^\S\n]+")


@cache
def glyphs(name: str) -> frozenset[int]:
    """Register a typeface on first use and answer the code points it can draw."""
    font = TTFont(name, str(FOLDER / FILES[name]))
    pdfmetrics.registerFont(font)
    return frozenset(font.face.charToGlyph)


def register() -> None:
    """Make every typeface known to the PDF library, once: a second registration would change a
    document that another thread is drawing."""
    with _REGISTRATION:
        for name in FILES:
            glyphs(name)


def clean(text: str) -> str:
    """Normal form C, one kind of line break, no control, direction or private-use characters."""
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    text = re.sub("[\u2028\u2029\x0b\x0c]", "\n", text)
    visible = "".join(
        character
        for character in text.replace("\t", " ")
        if character == "\n" or unicodedata.category(character) not in _INVISIBLE
    )
    return _SPACES.sub(" ", visible)


@lru_cache(maxsize=4096)
def _is_printable(character: str) -> bool:
    ordered = unicodedata.bidirectional(character) not in _UNORDERED
    return (
        ordered
        and ord(character) <= LAST_MAPPED
        and any(ord(character) in glyphs(name) for name in (BODY, FALLBACK))
    )


class Scribe:
    """Turns plain text into the markup of one document and remembers what could not be printed."""

    def __init__(self) -> None:
        self.unprintable: dict[str, None] = {}

    def plain(self, text: str) -> str:
        """Clean text in which every character that cannot be printed is U+FFFD."""
        return "".join(self._printable(character) for character in clean(text))

    def markup(self, text: str, face: str) -> str:
        """Escaped markup: each word in the first typeface of the chain that has all its letters."""
        pieces = re.split(r"([ \n]+)", self.plain(text))
        runs: list[tuple[str, str]] = []
        for piece in pieces:
            for name, part in self._parts(piece, CHAINS[face]):
                if runs and (runs[-1][0] == name or not part.strip()):
                    runs[-1] = (runs[-1][0], runs[-1][1] + part)
                else:
                    runs.append((name, part))
        return "".join(_tagged(part, name, face) for name, part in runs)

    def _printable(self, character: str) -> str:
        if character == "\n":
            return character
        if _is_printable(character):
            return character
        self.unprintable[character] = None
        return REPLACEMENT

    @staticmethod
    def _parts(piece: str, chain: tuple[str, ...]) -> list[tuple[str, str]]:
        if not piece.strip():
            return [(chain[0], piece)] if piece else []
        for name in chain:
            if all(ord(character) in glyphs(name) for character in piece):
                return [(name, piece)]
        parts: list[tuple[str, str]] = []
        for character in piece:
            name = next((face for face in chain if ord(character) in glyphs(face)), FALLBACK)
            if parts and parts[-1][0] == name:
                parts[-1] = (name, parts[-1][1] + character)
            else:
                parts.append((name, character))
        return parts


def _tagged(text: str, name: str, face: str) -> str:
    escaped = escape(text).replace("\n", "<br/>")
    return escaped if name == face else f'<font name="{name}">{escaped}</font>'

"""The printed fingerprint of a letter.

A PDF cannot contain its own hash. What is printed is therefore the SHA-256 of the letter's content
in one canonical form: JSON of every field but `verification`, keys sorted, no spaces, UTF-8, text in
Unicode normal form C, dates as YYYY-MM-DD, each block with its type under "block". The first sixteen
hexadecimal digits are printed in four groups of four. The hash of the PDF file is a second, separate
value (`Rendered.sha256`) and belongs in the record, where it can be signed.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from dataclasses import fields, is_dataclass, replace
from datetime import date

from referrals.letters.letter import Letter, Verification


def canonical(letter: Letter) -> bytes:
    """The letter's content, without its verification, as canonical JSON."""
    content = _plain(replace(letter, verification=None))
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode(
        "utf-8", errors="surrogatepass"
    )


def digest(letter: Letter) -> str:
    """The full SHA-256 of the content, 64 hexadecimal digits."""
    return hashlib.sha256(canonical(letter)).hexdigest()


def fingerprint(letter: Letter) -> str:
    """The digest's first sixteen digits in four groups, as printed: "3F9A 12C4 88D0 7B1E"."""
    short = digest(letter)[:16].upper()
    return " ".join(short[start : start + 4] for start in range(0, 16, 4))


def verifiable(letter: Letter, *, number: str, version: int, url: str) -> Letter:
    """The same letter with its fingerprint and the address where a reader can check it."""
    return replace(
        letter,
        verification=Verification(number=number, version=version, fingerprint=fingerprint(letter), url=url),
    )


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        members = {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
        return {"block": type(value).__name__, **members}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    return value

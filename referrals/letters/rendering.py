"""`render`: one letter, one PDF. The same letter always gives the same bytes."""

from __future__ import annotations

import hashlib
from threading import Lock
from typing import TYPE_CHECKING

from django.utils import translation

from referrals.letters.letter import Letter, Rendered

if TYPE_CHECKING:
    from referrals.letters.typefaces import Scribe

# The typefaces' parser keeps its place in the file of the face, which all threads share.
_one_at_a_time = Lock()

# How many pages a kind of letter had the last time: a guess that mostly saves drawing it twice.
_usual_pages: dict[tuple[str, str], int] = {}


def render(letter: Letter) -> Rendered:
    """Lay the letter out as a tagged PDF.

    Nothing is raised for odd text: control and direction characters are dropped, and characters
    that cannot be printed are replaced and listed in the answer.
    """
    from referrals.letters import typefaces

    typefaces.register()
    scribe = typefaces.Scribe()
    kind = (letter.kind, letter.language)
    with _one_at_a_time, translation.override(letter.language):
        total = _usual_pages.get(kind, 1)
        content, pages = _draw(letter, scribe, total=total)
        if pages != total:
            content, pages = _draw(letter, scribe, total=pages)
    _usual_pages[kind] = pages
    return Rendered(
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        pages=pages,
        unprintable=tuple(scribe.unprintable),
    )


def _draw(letter: Letter, scribe: Scribe, *, total: int) -> tuple[bytes, int]:
    from referrals.letters import pages

    return pages.draw(letter, scribe, total=total)

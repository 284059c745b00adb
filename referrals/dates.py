"""Days as people type them: 2025-03-05, 3/5/2025, 5 March 2025, 5 de marzo de 2025, "present", "actual"."""

import re
import unicodedata
from datetime import date
from enum import Enum
from typing import Final, Literal

from django.utils.translation import gettext, gettext_lazy

FIRST_YEAR, LAST_YEAR = 1900, 2100


class _Present(Enum):
    PRESENT = "present"

    def __str__(self) -> str:
        return str(_PRESENT_IN_WORDS)


_PRESENT_IN_WORDS = gettext_lazy("present")
PRESENT: Final = _Present.PRESENT
"""An end date that has not come yet."""

DayOrPresent = date | Literal[_Present.PRESENT]


class UnclearDay(ValueError):
    """The text is no day, or could be two; the message says so and how to write it."""


def parse_day(text: str) -> date:
    """The day that a text means; raise `UnclearDay` if it means none, or none between 1900 and 2100.

    With slashes the month comes first, as in the United States; "15/3/2025" is refused, not guessed at.
    """
    plain = _plain(text)
    for pattern in _PATTERNS:
        if match := pattern.fullmatch(plain):
            return _day(match.groupdict(), text)
    if re.fullmatch(r"\d{1,2}\D\d{1,2}\D\d{2}", plain):
        raise UnclearDay(gettext("Write the year with four digits: “%(text)s”.") % {"text": _shorten(text)})
    raise UnclearDay(
        gettext("“%(text)s” is not a date. Write it like 2025-03-05 or 3/5/2025.") % {"text": _shorten(text)}
    )


def parse_day_or_present(text: str) -> DayOrPresent:
    """Like `parse_day`, but words for "still going on", in English or Spanish, give `PRESENT`."""
    return PRESENT if _plain(text).strip(".") in _PRESENT_WORDS else parse_day(text)


_PRESENT_WORDS = frozenset(
    {
        "present", "the present", "to present", "to the present", "current", "currently", "now", "today",
        "to date", "until now", "still", "still working", "ongoing", "presente", "el presente", "al presente",
        "actual", "actualidad", "la actualidad", "actualmente", "hoy", "hasta hoy", "hasta ahora",
        "hasta la fecha", "hasta el presente", "hasta la actualidad", "ahora", "a la fecha", "aun", "todavia",
    }
)  # fmt: skip
_MONTHS = (
    ("jan", "ene"), ("feb",), ("mar",), ("apr", "abr"), ("may",), ("jun",), ("jul",), ("aug", "ago"),
    ("sep", "set"), ("oct",), ("nov",), ("dec", "dic"),
)  # fmt: skip
_MONTH_NUMBERS = {name: number for number, names in enumerate(_MONTHS, start=1) for name in names}
_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})",
        r"(?P<month>\d{1,2})\s*[-/.]\s*(?P<day>\d{1,2})\s*[-/.]\s*(?P<year>\d{4})",
        r"(?P<name>[a-z]{3,10})\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?:de(?:l)?\s+)?(?P<year>\d{4})",
        r"(?P<day>\d{1,2})(?:st|nd|rd|th|o)?\s+(?:de\s+|of\s+)?(?P<name>[a-z]{3,10})\.?,?\s+"
        r"(?:de(?:l)?\s+)?(?P<year>\d{4})",
    )
)


def _plain(text: str) -> str:
    """Lower case, without accents and spare spaces; digits of any script as 0-9."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    kept = (each for each in decomposed if unicodedata.category(each) not in {"Mn", "Cf"})
    plain = "".join(str(unicodedata.decimal(each)) if each.isdecimal() else each for each in kept)
    return " ".join(plain.replace("–", "-").replace("—", "-").split())


def _day(parts: dict[str, str], text: str) -> date:
    year, day = int(parts["year"]), int(parts["day"])
    month = _MONTH_NUMBERS.get(parts["name"][:3], 0) if parts.get("name") else int(parts["month"])
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise UnclearDay(
            gettext("The year of “%(text)s” is not between %(first)s and %(last)s.")
            % {"text": _shorten(text), "first": FIRST_YEAR, "last": LAST_YEAR}
        )
    try:
        return date(year, month, day)
    except ValueError:
        raise _no_such_day(text, month, day) from None


def _no_such_day(text: str, month: int, day: int) -> UnclearDay:
    if 12 < month <= 31 and 1 <= day <= 12:
        sentence = gettext("“%(text)s”: the month comes first. Write it like 2025-03-05 or 3/5/2025.")
    else:
        sentence = gettext("There is no such day as “%(text)s”.")
    return UnclearDay(sentence % {"text": _shorten(text)})


def _shorten(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"

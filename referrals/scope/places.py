"""Whether two addresses, as people write them, are one place."""

import re
from enum import IntEnum
from typing import Protocol

from rapidfuzz import fuzz

from referrals.employer_names import normalise

SAME_TOWN_FROM = 88
SAME_STREET_FROM = 86
"""Likeness of letters (0-100, rapidfuzz) from which two towns or two street names are one, misspelled."""


class Address(Protocol):
    """What is compared; an empty string means "not known"."""

    @property
    def street(self) -> str: ...
    @property
    def city(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def zip(self) -> str: ...


class Nearness(IntEnum):
    """How near two addresses are, from worst to best."""

    ELSEWHERE = 0
    CANNOT_TELL = 1
    SAME_TOWN = 2
    SAME_STREET = 3
    SAME_PLACE = 4


def nearness(one: Address, other: Address) -> Nearness:
    """Compare two addresses.

    `SAME_TOWN` means that one of them has no street. Two different streets of one town are `ELSEWHERE`; one
    street with two house numbers, or with none, is `SAME_STREET`.
    """
    in_town = _same_town(one, other)
    if in_town is None:
        return Nearness.CANNOT_TELL
    if not in_town:
        return Nearness.ELSEWHERE
    if not (one.street.strip() and other.street.strip()):
        return Nearness.SAME_TOWN
    (number, street), (other_number, other_street) = _read_street(one.street), _read_street(other.street)
    if fuzz.ratio(street, other_street) < SAME_STREET_FROM:
        return Nearness.ELSEWHERE
    return Nearness.SAME_PLACE if number == other_number else Nearness.SAME_STREET


def _same_town(one: Address, other: Address) -> bool | None:
    state, other_state = one.state.strip().upper(), other.state.strip().upper()
    if state and other_state and state != other_state:
        return False
    zip5, other_zip5 = one.zip.strip()[:5], other.zip.strip()[:5]
    if zip5 and zip5 == other_zip5:
        return True
    city, other_city = normalise(one.city), normalise(other.city)
    if city and other_city:
        return fuzz.ratio(city, other_city) >= SAME_TOWN_FROM
    return False if zip5 and other_zip5 else None


_STREET_WORDS = {
    "street": "st", "str": "st", "avenue": "ave", "av": "ave", "road": "rd", "boulevard": "blvd",
    "drive": "dr", "lane": "ln", "highway": "hwy", "parkway": "pkwy", "place": "pl", "court": "ct",
    "circle": "cir", "square": "sq", "north": "n", "south": "s", "east": "e", "west": "w", "northeast": "ne",
    "northwest": "nw", "southeast": "se", "southwest": "sw", "first": "1st", "second": "2nd", "third": "3rd",
    "fourth": "4th", "fifth": "5th",
}  # fmt: skip
_UNIT = re.compile(
    r"(?:,\s*|\s+)(?:suite|ste|unit|apt|apartment|floor|fl|room|rm|bldg|building|#)\b.*$|\s*#.*$"
)


def _read_street(text: str) -> tuple[str, str]:
    """House number and street name, without unit, case, punctuation and long forms."""
    plain = _UNIT.sub("", text.casefold().strip())
    words = [_STREET_WORDS.get(word, word) for word in re.findall(r"\w+", plain)]
    number = words.pop(0) if len(words) > 1 and words[0][0].isdigit() else ""
    return number, " ".join(words)

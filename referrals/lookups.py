"""Finding a worker by name or number without reading one: keyed digests, made when the worker is stored.

HMAC-SHA256, cut to 64 bits, under the look-up key of the organization that looks; each kind of digest has a
key derived for it alone. Names are compared word by word without accents, case and hyphens; a beginning of
three or more letters finds a word, a shorter one only the whole word. Shorter beginnings would show, by how
often they occur, with which letter names begin.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.db.models import QuerySet

from .keys import ring
from .models import LookUp, Organization, Person

SHORTEST = 3
LONGEST = 24
"""Letters of a word that are looked at; nobody types more."""
MOST_WORDS = 6
WORD, FULL, BORN, A_NUMBER, RECEIPT = (
    "word",
    "full name",
    "birth and family name",
    "A-number",
    "receipt number",
)
_RECEIPT = re.compile(r"[A-Z]{3}\d{10}")
_DIGITS_OF_A = range(7, 10)


def words(text: str) -> list[str]:
    """The words of a name as they are compared: without accents, case, hyphens and apostrophes."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(each for each in plain if not unicodedata.combining(each))
    return [
        "".join(filter(str.isalnum, word)) for word in re.split(r"[\s\-‐‑–—.,]+", letters) if word.strip("'’")
    ]


def a_number(text: str) -> str:
    """The digits of an A-number, however it was typed; empty for what is none."""
    plain = re.sub(r"[\s\-]", "", text).upper().removeprefix("A").removeprefix("#")
    return plain.zfill(9) if plain.isascii() and plain.isdigit() and len(plain) in _DIGITS_OF_A else ""


def receipt(text: str) -> str:
    """A receipt number without hyphens and spaces; empty for what is none."""
    plain = re.sub(r"[\s\-*]", "", text).upper()
    return plain if _RECEIPT.fullmatch(plain) else ""


class Digests:
    """Makes an organization's digests. Raises what opening its look-up key raises."""

    def __init__(self, organization_id: int | None) -> None:
        name = Organization.objects.values_list("look_up_key_id", flat=True).get(pk=organization_id or 0)
        self.key = ring.current().key(name)
        self._keys: dict[str, Any] = {}

    def of(self, kind: str, text: str) -> int:
        if kind not in self._keys:
            derived = hmac.digest(self.key, f"look-up by {kind}".encode(), "sha256")
            self._keys[kind] = hmac.new(derived, digestmod=hashlib.sha256)
        made = self._keys[kind].copy()
        made.update(text.encode())
        return int.from_bytes(made.digest()[:8], signed=True)

    def of_person(self, person: Person, receipts: Iterable[str]) -> list[int]:
        """Everything that finds a worker."""
        names = f"{person.given_names} {person.family_names} {person.other_names}"
        told = {(WORD, each) for word in words(names) for each in _beginnings(word[:LONGEST])}
        told |= set(_exact(person.given_names, person.family_names, person.born_on, person.a_number))
        told |= {(RECEIPT, plain) for each in receipts if (plain := receipt(each))}
        return sorted(self.of(*each) for each in told)

    def of_words(self, text: str) -> list[int]:
        return [self.of(WORD, word[:LONGEST]) for word in words(text)[:MOST_WORDS]]


def _beginnings(word: str) -> Iterator[str]:
    yield word
    yield from (word[:length] for length in range(SHORTEST, len(word)))


def _exact(given: str, family: str, born_on: date | None, number: str) -> Iterator[tuple[str, str]]:
    last = " ".join(words(family))
    yield FULL, f"{' '.join(words(given))}|{last}"
    if plain := a_number(number):
        yield A_NUMBER, plain
    if born_on is not None:
        yield BORN, f"{born_on.isoformat()}|{last}"


def digest(organization_id: int | None, said: str) -> str:
    """A digest that only who has the organization's look-up key can compare with a guess."""
    return hmac.digest(Digests(organization_id).key, b"said:" + said.encode(), "sha256").hex()[:40]


def remember(person: Person) -> None:
    """Bring what finds a worker up to date, for every organization that stands by them."""
    receipts = [each.receipt_number for each in person.requests.only("person_id", "receipt_number")]
    for organization in set(person.representations.values_list("organization_id", flat=True)):
        digests = Digests(organization).of_person(person, receipts)
        LookUp.objects.update_or_create(
            person=person, organization_id=organization, defaults={"digests": digests}
        )


def forget(person: Person) -> None:
    """Nobody finds a worker any more whose key is destroyed."""
    LookUp.objects.filter(person=person).delete()


def named(organization_id: int | None, text: str) -> QuerySet[Any]:
    """The keys of an organization's workers one of whose names begins with each word."""
    typed = Digests(organization_id).of_words(text)
    return _by(organization_id).filter(digests__contains=typed) if typed else _by(None)


def found(organization_id: int | None, text: str) -> QuerySet[Any]:
    """The same; an A-number or a receipt number finds its worker too."""
    made = Digests(organization_id)
    if plain := receipt(text):
        return _by(organization_id).filter(digests__contains=[made.of(RECEIPT, plain)])
    if plain := a_number(text):
        return _by(organization_id).filter(digests__contains=[made.of(A_NUMBER, plain)])
    typed = made.of_words(text)
    return _by(organization_id).filter(digests__contains=typed) if typed else _by(None)


def alike(
    organization_id: int | None, *, given: str, family: str, born_on: date | None, a_number: str
) -> QuerySet[Any]:
    """The keys of workers with the same names, or the same number, or the same birth and family name."""
    made = Digests(organization_id)
    same = [made.of(*each) for each in _exact(given, family, born_on, a_number)]
    return _by(organization_id).filter(digests__overlap=same)


def _by(organization_id: int | None) -> QuerySet[Any]:
    return LookUp.objects.filter(organization_id=organization_id or 0).values("person_id")

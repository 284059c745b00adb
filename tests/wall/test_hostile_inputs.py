"""Whatever anybody sends to any address, the answer is a sentence and never an error of ours.

``HOSTILE_INPUTS=10000`` tries so many; by default fewer, drawn by the same seed.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote, quote_from_bytes

from django.db import transaction
from django.test import Client
from django.utils.datastructures import MultiValueDict
from django.utils.http import urlencode

from referrals.models import Delegation, Document, Evidence, Matter, Person
from tests.wall.every_address import addresses
from tests.wall.hostile import ALWAYS_ASKED, Hostile
from tests.wall.test_visibility_matrix import MAY_SEE
from tests.wall.world import World
from workflows.machine import steps_of
from workflows.models import Policy

INPUTS = int(os.environ.get("HOSTILE_INPUTS", "150"))
SEED = int(os.environ.get("HOSTILE_SEED", "20261123"))
PEOPLE = (
    "representative",
    "investigator",
    "signer",
    "adjudicator",
    "intake",
    "officer",
    "administrator",
    "anonymous",
)
PARTS = ("employer", "story", "coverage")
ENDS = {"account_logout"}


class Sender:
    """Sends hostile requests as each kind of person, and puts the records back after each."""

    def __init__(self, world: World, signed_in: Callable[[str], Client]) -> None:
        self.world, self.hostile = world, Hostile(SEED)
        self.browsers = {who: signed_in(who) for who in PEOPLE}
        self.targets = self._targets()
        self.opens: set[tuple[str, str]] = set()
        self.forms: dict[tuple[str, str], dict[str, list[str]]] = {}
        self.answers: Counter[int] = Counter()
        self.wrong: list[tuple[str, str, str, str]] = []

    def _targets(self) -> list[tuple[str, str]]:
        """Who, and which address; with real references and numbers for those who may see them."""
        found = [(who, url) for who in PEOPLE for name, url in addresses().items() if name not in ENDS]
        for data, listed in MAY_SEE.items():
            record = self.world.record(data)
            parts = [*PARTS, *(step.name for step in steps_of(type(record)))]
            for name, url in addresses(str=record.reference).items():
                if record.reference in url and name not in ENDS:
                    found += [(who, url) for who in PEOPLE if who in listed]
                    found += [(who, url.replace("some-thing", step)) for who in PEOPLE if who in listed
                              for step in parts if "some-thing" in url]  # fmt: skip
        for model in (Matter, Document, Policy, Delegation, Evidence):
            pk = str(model.objects.order_by("pk").values_list("pk", flat=True).first())
            found += [(who, url) for who in PEOPLE for url in addresses(int=pk).values() if f"/{pk}/" in url]
        token = Person.objects.visible_to(self.world.cast.representative)[0].token
        found += [("representative", url) for url in addresses(str=token).values() if "/workers/" in url]
        return sorted(set(found))

    def send(self, number: int) -> None:
        who, url = self._a_target()
        browser, way = self.browsers[who], number % 10
        with suppress(_PutBack), transaction.atomic():
            try:
                answer = self._one(browser, who, url, way)
                self.answers[answer.status_code] += 1
                if answer.status_code >= 500:
                    self.wrong.append((who, url, str(way), str(getattr(answer, "exc_info", ""))[:400]))
            except _PutBack:
                raise
            except Exception as failure:
                self.wrong.append((who, url, str(way), repr(failure)[:400]))
            raise _PutBack

    def _a_target(self) -> tuple[str, str]:
        """Mostly one that opens for this person: what is not found is soon answered."""
        for _each in range(8):
            who, url = self.hostile.random.choice(self.targets)
            self._form(self.browsers[who], who, url)
            if (who, url) in self.opens:
                break
        return who, url

    def _one(self, browser: Client, who: str, url: str, way: int) -> Any:
        hostile = self.hostile
        if way == 0:
            return browser.get(url, QUERY_STRING=quote_raw(hostile.query()))
        if way == 1:
            kind, body = next(hostile.bodies())
            return browser.generic("POST", url, body, content_type=kind)
        if way == 2:
            return browser.get(self._bent(url))
        fields = hostile.fields(self._form(browser, who, url))
        if way in (3, 4):
            return browser.get(url, QUERY_STRING=encoded(fields)[:60_000])
        return browser.post(url, encoded(fields), content_type="application/x-www-form-urlencoded")

    def _bent(self, url: str) -> str:
        """The address with something hostile in place of one of its parts."""
        parts = url.split("/")
        place = self.hostile.random.randrange(1, len(parts))
        parts[place] = quote(self.hostile.text()[:2_000].encode("utf-8", "surrogatepass"), safe="")
        return "/".join(parts)

    def _form(self, browser: Client, who: str, url: str) -> dict[str, list[str]]:
        """The fields of the page at this address as it shows them, and some that many pages ask for."""
        if (who, url) not in self.forms:
            page = browser.get(url)
            if page.status_code not in {302, 403, 404}:
                self.opens.add((who, url))
            shown = Shown()
            shown.feed("" if page.streaming else page.content.decode("utf-8", "replace"))
            self.forms[who, url] = {
                name: [] for name in self.hostile.random.sample(ALWAYS_ASKED, 4)
            } | shown.fields
        return self.forms[who, url]


class Shown(HTMLParser):
    """What the fields of a page hold."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, list[str]] = {}
        self.within = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        name, value = said.get("name") or "", said.get("value") or ""
        if tag in {"input", "select", "textarea", "button"} and name:
            self.within = name
            held = self.fields.setdefault(name, [])
            if tag in {"input", "button"} and (said.get("type") not in {"radio", "checkbox"} or not held):
                held.append(value)
        elif tag == "option" and self.within and value and not self.fields[self.within]:
            self.fields[self.within].append(value)


class _PutBack(Exception):
    """Nothing that was sent stays."""


def encoded(fields: dict[str, list[str]]) -> str:
    """As a browser would send them, lone surrogates and all."""
    pairs = [
        (name, value.encode("utf-8", "surrogatepass")) for name, values in fields.items() for value in values
    ]
    return urlencode(
        MultiValueDict({name: [v for n, v in pairs if n == name] for name, _v in pairs}), doseq=True
    )


def quote_raw(query: bytes) -> str:
    return quote_from_bytes(query, safe="%=&+[]")


def test_no_hostile_input_ends_in_an_error(world: World, signed_in: Callable[[str], Client]) -> None:
    sender, began = Sender(world, signed_in), time.monotonic()
    for number in range(INPUTS):
        sender.send(number)
    print(  # noqa: T201 (the figures are what this is run for)
        f"\n{INPUTS} hostile inputs to {len(sender.targets)} pairs of person and address in "
        f"{time.monotonic() - began:.0f} s: {dict(sorted(sender.answers.items()))}, "
        f"errors {len(sender.wrong)}"
    )
    assert sender.wrong == []

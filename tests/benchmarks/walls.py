"""What the walls cost: ``python -m tests.benchmarks.walls [--rounds 7]``.

The same three requests through Django's client, with everything and with one wall taken down: row policies,
the trail of reads, encryption, and all three. The jobs: a representative's desk with fifty cases, one case,
and a step at it (somebody takes it, or puts it back).
"""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any
from unittest.mock import patch

from tests.benchmarks import ground
from tests.benchmarks.secrets import in_clear

CASES = 50
AGAIN = {"desk": 3, "case": 3, "step": 6}  # how often a round does a job
ORDER = ("everything", "without policies", "without trail", "in clear", "without all three")


@contextmanager
def without_policies() -> Iterator[None]:
    """Every statement is the owner's, who is bound by no policy."""
    from recordsets import asking

    with patch.object(asking, "now", lambda: asking.OWNER):
        yield


@contextmanager
def without_trail() -> Iterator[None]:
    from referrals.middleware import ReadTrail

    with patch.object(ReadTrail, "__call__", lambda self, request: self.get_response(request)):
        yield


@contextmanager
def without_all() -> Iterator[None]:
    with without_policies(), without_trail(), in_clear():
        yield


WAYS: dict[str, Callable[[], AbstractContextManager[None]]] = dict(
    zip(ORDER, (nullcontext, without_policies, without_trail, in_clear, without_all), strict=True)
)


class Desk:
    """Fifty cases of one organization, and somebody of it who is signed in."""

    def __init__(self, cast: Any, statement: Any, person: Any, way: str) -> None:
        from django.test import Client

        from tests import signing_in
        from tests.cases import draft_request

        self.way, self.client, self.me = way, Client(), str(person.pk)
        signing_in.forced(self.client, person)
        with WAYS[way]():
            drafts = [draft_request(cast, statement, by=person) for _number in range(CASES)]
        self.cases = [each.reference for each in drafts]

    def do(self, jobs: Sequence[Any]) -> None:
        with WAYS[self.way]():
            for what in jobs:
                getattr(self, what)()

    def desk(self) -> None:
        page = self.client.get("/")
        assert page.content.count(b"/cases/") >= 10

    def case(self) -> None:
        assert b"Prudencia" in self.client.get(f"/cases/{self.cases[0]}/").content

    def step(self) -> None:
        self.cases.append(self.cases.pop(0))
        page = f"/cases/{self.cases[0]}/who/"
        hidden = dict(
            re.findall(rb'name="(seen|expected_version)" value="(\d*)"', self.client.get(page).content)
        )
        given = {name.decode(): value.decode() for name, value in hidden.items()}
        to = "nobody" if given.get("seen") == self.me else self.me
        assert self.client.post(page, {**given, "to": to}).status_code == 302


def main() -> None:
    import django

    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--rounds", type=int, default=7)
    asked = reader.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    with ground.database("walls"):
        from django.conf import settings
        from django.db import connection

        from tests.cases import LONG_AGO, active_statement, everybody
        from workflows import policies

        policies.load(LONG_AGO)
        settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
        cast = everybody()
        statement = active_statement(cast)
        statement.shared_with.add(cast.river.memberships.get().organization)
        clear = {"in clear", "without all three"}
        sealed = Desk(cast, statement, cast.representative, "everything")
        plain = Desk(cast, statement, cast.river, "in clear")
        ways = {way: plain if way in clear else sealed for way in ORDER}
        both = [os.getpid(), connection.connection.info.backend_pid]

        def doing(way: str) -> Callable[[Sequence[Any]], None]:
            def do(jobs: Sequence[Any]) -> None:
                ways[way].way = way
                ways[way].do(jobs)

            return do

        for what, times in AGAIN.items():
            found = ground.taking_turns(
                {way: doing(way) for way in ORDER},
                lambda _name, what=what, times=times: [what] * times,
                rounds=asked.rounds,
                processes=lambda _name: both,
                spent=ground.finely,
            )
            for way in ORDER[1:]:
                more = ground.ratio(found[way].rates, found["everything"].rates)
                print(f"  {what:5} {way:18} {1000 / found[way].rate:7.2f} ms; with it {more:.2f} x as long")  # noqa: T201


if __name__ == "__main__":
    main()

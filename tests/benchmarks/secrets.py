"""What encryption costs: ``python -m tests.benchmarks.secrets [--rounds 9]``.

Two offices have the same fifty workers; the rows of one are in clear, and the columns are then read and
written as ordinary ones. The jobs: the page that lists the fifty by name, the list of workers with their next
dates, and a change of one worker's address by its form. Each page is asked for through Django's client.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

from tests.benchmarks import ground

WORKERS = 50
AGAIN = {"page": 5, "list": 5, "save": 5}  # how often a round does a job


@contextmanager
def in_clear() -> Iterator[None]:
    """Personal columns as ordinary columns of text."""
    from referrals.models import fields

    def plain(self: Any, record: Any, add: bool) -> Any:
        return record.__dict__.get(self.attname)

    with ExitStack() as stack:
        for name in ("PersonalTextField", "PersonalDateField", "SealedBytesField"):
            field = getattr(fields, name)
            stack.enter_context(patch.object(field, "from_db_value", lambda _self, value, *_more: value))
            stack.enter_context(patch.object(field, "pre_save", plain))
            stack.enter_context(patch.object(field, "get_prep_value", lambda _self, value: value))
        yield


class Office:
    """An organization's fifty workers, and somebody of it who is signed in."""

    def __init__(self, person: Any, *, clear: bool) -> None:
        from django.test import Client

        from tests import signing_in

        self.person, self.clear, self.client = person, clear, Client()
        signing_in.forced(self.client, person)
        with in_clear() if clear else ExitStack():
            self.token, *_others = [self._worker(number) for number in range(WORKERS)]
        self.saved = 0

    def _worker(self, number: int) -> str:
        from referrals.services.persons import add_person
        from tests.cases import OPEN_WORLD

        person = add_person(
            by=self.person, at=OPEN_WORLD, given_names=f"Prudencia {number}",
            family_names=f"Ejemplo {number}",
            a_number=f"A{number:09}", mailing_address=f"{number} Invented Street\nAnytown, AZ 85000",
            phone="555-0100", safe_contact="Through the representative only", birth_city="Sampleton",
            birth_country="Exampleland", nationality="Exampleland",
        )  # fmt: skip
        return str(person.token)

    def do(self, jobs: Sequence[Any]) -> None:
        with in_clear() if self.clear else ExitStack():
            for what in jobs:
                getattr(self, what)()

    def page(self) -> None:
        page = self.client.get("/worker-requests/new/").content
        assert page.count(b"Ejemplo") >= WORKERS

    def list(self) -> None:
        assert b"Prudencia" in self.client.get("/workers/").content

    def save(self) -> None:
        self.saved += 1
        form = {
            "given_names": "Prudencia 0", "family_names": "Ejemplo 0", "a_number": "A000000000",
            "language": "es",
            "mailing_address": f"{self.saved} Invented Street", "representation": "ATTORNEY",
        }  # fmt: skip
        assert self.client.post(f"/workers/{self.token}/edit/", form).status_code == 302


def main() -> None:
    import django

    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--rounds", type=int, default=9)
    asked = reader.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    with ground.database("secrets"):
        from django.conf import settings
        from django.db import connection

        from tests.cases import everybody

        settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
        cast = everybody()
        offices = {
            "clear": Office(cast.river, clear=True),
            "sealed": Office(cast.representative, clear=False),
        }
        connection.ensure_connection()
        both = [os.getpid(), connection.connection.info.backend_pid]
        for what, times in AGAIN.items():
            found = ground.taking_turns(
                {name: office.do for name, office in offices.items()},
                lambda _name, what=what, times=times: [what] * times,
                rounds=asked.rounds,
                processes=lambda _name: both,
                spent=ground.finely,
            )
            clear, sealed = found["clear"], found["sealed"]
            print(  # noqa: T201
                f"  {what:5} {1000 / clear.rate:7.2f} ms in clear, {1000 / sealed.rate:7.2f} ms encrypted: "
                f"{ground.ratio(clear.rates, sealed.rates):.2f} x as long, "
                f"{ground.ratio(sealed.costs, clear.costs):.2f} x the processor time"
            )


if __name__ == "__main__":
    main()

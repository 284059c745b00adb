"""Which steps are open on a page of cases, and why not: ``python -m tests.benchmarks.options [--rounds 9]``.

The job: for each of fifty requests in adjudication, every step that starts there, with the reasons why this
person cannot take it. Ours reads the page with one statement; "bare" sends that statement and throws its rows
away; in "unlike" no record is like another; "told" is ours with all of it put into words. By hand it is one
query of the ORM with every fact, and nothing but a list of names. The peer asks django-fsm case by case, each
fact by a query.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from typing import Any
from unittest.mock import patch

from tests.benchmarks import ground
from tests.benchmarks.steps import NOW, Ground

PAGE = 50
PAGES = {"fsm": 1}  # how many a round, of a way that takes seconds; the others:
MANY = 20


class Ours:
    """What a page of the desk asks."""

    def __init__(self, ready: Ground) -> None:
        self.ready = ready

    def pages(self, keys: Sequence[int]) -> None:
        for start in range(0, len(keys), PAGE):
            self.page(keys[start : start + PAGE])

    def page(self, keys: Sequence[int]) -> int:
        from referrals.models import WorkerRequest
        from workflows import engine

        found = engine.options_of(WorkerRequest, keys, by=self.ready.person, at=NOW)
        return sum(len(each) for each in found.values())


class Bare(Ours):
    """The statement of ours, and nothing done with its rows."""

    def page(self, keys: Sequence[int]) -> int:
        from recordsets import fetch
        from referrals.models import WorkerRequest
        from workflows.page_options import page_of

        asked = page_of(WorkerRequest, True, False).statement
        return len(fetch("default", asked.sql, asked.bound(self.ready.person, NOW, {}, keys)))


class Unlike(Ours):
    """Ours where what decides is different in each record of the page, as it hardly ever is."""

    def page(self, keys: Sequence[int]) -> int:
        from workflows.page_options import Page

        seen_by = Page.seen_by
        with patch.object(Page, "seen_by", lambda *given: Unlikeness(seen_by(*given))):
            return super().page(keys)


class Unlikeness(tuple[Any, ...]):
    """What decides, equal to nothing but itself."""

    __hash__ = object.__hash__
    __eq__ = object.__eq__


class Told(Ours):
    """The same, with every label, reason and remedy put into words: more than a page shows."""

    def page(self, keys: Sequence[int]) -> int:
        from referrals.models import WorkerRequest
        from workflows import engine

        found = engine.options_of(WorkerRequest, keys, by=self.ready.person, at=NOW)
        options = [option for each in found.values() for option in each]
        for option in options:
            str(option.label), str(option.party), [str(refusal) for refusal in option.refusals]
        return len(options)


class Hand(Ours):
    """The same rows in one query of the ORM, and the names of the steps, without any reason."""

    def page(self, keys: Sequence[int]) -> int:
        from referrals.models import WorkerRequest
        from workflows import openness
        from workflows.machine import steps_of

        by = self.ready.person
        records = openness.with_facts(WorkerRequest.objects.filter(pk__in=keys), by=by, at=NOW)
        return sum(
            sum(str(declared.source) == record.state for declared in steps_of(WorkerRequest))
            for record in records
        )


class Fsm(Ours):
    """django-fsm as documented: each record's transitions, each condition a query of its own."""

    def page(self, keys: Sequence[int]) -> int:
        from referrals.models import WorkerRequest
        from workflows import openness
        from workflows.machine import FACT_PREFIX, Fact

        person, found = self.ready.person, 0
        for key in keys:
            record: Any = WorkerRequest.objects.get(pk=key)
            openness.tell_policy_facts(record, by=person, at=NOW)
            for transition in record._meta.get_field("state").get_all_transitions(WorkerRequest):
                if str(transition.source) != record.state:
                    continue
                found += 1
                for condition in transition.conditions:
                    assert isinstance(condition, Fact)
                    if not hasattr(record, FACT_PREFIX + condition.name):
                        one = WorkerRequest.objects.filter(pk=key)
                        fact = openness.with_facts(
                            one, by=person, at=NOW, only={FACT_PREFIX + condition.name}
                        ).get()
                        setattr(record, FACT_PREFIX + condition.name, condition(fact))
                    condition(record)
                transition.has_perm(record, person)
        return found


WAYS: dict[str, type[Ours]] = {
    "bare": Bare,
    "hand": Hand,
    "ours": Ours,
    "unlike": Unlike,
    "told": Told,
    "fsm": Fsm,
}


def main() -> None:
    import django

    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--rounds", type=int, default=9)
    asked = reader.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    with ground.database("options"):
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        ready = Ground()
        keys = ready.fresh(PAGE)
        ways = {name: way(ready) for name, way in WAYS.items()}
        queries = {}
        for name, way in ways.items():
            way.page(keys)
            with CaptureQueriesContext(connection) as seen:
                way.page(keys)
            queries[name] = len(seen)
        connection.ensure_connection()
        both = [os.getpid(), connection.connection.info.backend_pid]
        found = ground.taking_turns(
            {name: way.pages for name, way in ways.items()},
            lambda name: list(keys) * PAGES.get(name, MANY),
            rounds=asked.rounds,
            processes=lambda _name: both,
            spent=ground.finely,
        )
        for name, each in found.items():
            print(  # noqa: T201
                f"  {name:6} {PAGE / each.rate * 1000:8.1f} ms and {each.cost * PAGE:8.1f} ms processor time "
                f"a page of {PAGE}, {queries[name]} queries, "
                f"{ground.ratio(found['bare'].rates, each.rates):.1f} x as long as the bare statement, "
                f"{ground.ratio(each.rates, found['fsm'].rates):.0f} x django-fsm"
            )


if __name__ == "__main__":
    main()

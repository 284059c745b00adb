"""Which steps are open on a page of records: what decides it is read, and asked once for records alike in it.

Options depend on a record's version and state, on whose it is, on the facts that the steps of that state ask
for, and on what waits there. A page reads that and nothing else; records in which all of it is the same have
the same options, so ``openness`` is asked once for all of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, models
from django.db.models import Case as Choice
from django.db.models import Exists, F, OuterRef, When
from django.db.models.expressions import RawSQL
from django_fsm import Transition

from recordsets import fetch
from recordsets.asking import through_the_door

from . import openness
from .definitions import versions
from .machine import FACT_PREFIX, steps_by_state
from .models import Case, Proposal
from .openness import COUNTERSIGN, PROPOSED_IT, Option, manner_of, participation
from .parties import Acting, Actor
from .reading import read
from .reading_statement import SOMETIME, STAMP, WAITING, Anybody, Statement, addressed
from .rules import as_of, held

SOMEBODY_ELSES = object()
WHOSE, TOLD_FROM = "whose_", "told_from_"


def options_of(
    model: type[Case], pks: Sequence[int], *, by: Actor, at: datetime, decided: bool
) -> dict[int, list[Option]]:
    """For each of these records of one kind, by its key, the options of this person; see ``engine``.

    Looks past the rows that a page may read, as the door itself will: only verdicts leave it.
    """
    if not pks:
        return {}
    with through_the_door():
        return _options_of(model, pks, by=by, at=at, decided=decided)


def _options_of(
    model: type[Case], pks: Sequence[int], *, by: Actor, at: datetime, decided: bool
) -> dict[int, list[Option]]:
    told = decided and bool(model.told_facts)
    if told and model.told_from is None:
        return _one_by_one(model, pks, by=by, at=at)
    page = page_of(model, told, len(pks) == 1)
    rows = fetch(DEFAULT_DB_ALIAS, page.statement.sql, page.statement.bound(by, at, {}, pks))
    person = Acting.of(by)
    alike = {row[0]: page.seen_by(person, row) for row in rows}
    groups = {seen: page.record(seen) for seen in set(alike.values())}
    proposals = _waiting(record.read_proposal for record in groups.values())
    options = {}
    for seen, record in groups.items():
        steps = steps_by_state(model, record.definition_version).get(record.state, ())
        if not told:
            record.__dict__.update(dict.fromkeys(_columns(model.told_facts), True))
        elif _asked_by(steps) & _columns(model.told_facts):
            record.__dict__.update(_told(model, record, by=by, at=at))
        proposal = proposals.get(record.read_proposal)
        options[seen] = openness.options_among(steps, record, by=person, proposal=proposal)
    return {pk: list(options[seen]) for pk, seen in alike.items()}


def _one_by_one(model: type[Case], pks: Sequence[int], *, by: Actor, at: datetime) -> dict[int, list[Option]]:
    """For kinds of which dated policy looks at more than columns: each record is asked on its own."""
    readings = read(model, pks, by=by, at=at, step=COUNTERSIGN, clocks=False)
    proposals = _waiting(each.proposal_id for each in readings.values())
    return {
        pk: openness.options(each.record, by=by, proposal=proposals.get(each.proposal_id))
        for pk, each in readings.items()
    }


def _waiting(keys: Iterable[int | None]) -> dict[int | None, Proposal]:
    waiting = {key for key in keys if key is not None}
    return {**Proposal.objects.in_bulk(list(waiting))} if waiting else {}


def _told(model: type[Case], record: SimpleNamespace, *, by: Actor, at: datetime) -> dict[str, Any]:
    """The facts that dated policy decides, from what was read of a record.

    Policy is shown a record without a key, so that it finds nothing in which records that are alike differ.
    """
    values = {"id": None, model._meta.pk.attname: None, "state": record.state}
    values |= {name: getattr(record, TOLD_FROM + name) for name in model.told_from or ()}
    fields = [each.attname for each in model._meta.concrete_fields if each.attname in values]
    known = model.from_db(DEFAULT_DB_ALIAS, fields, [values[name] for name in fields])
    facts = {name: each for name, each in record.__dict__.items() if name.startswith(FACT_PREFIX)}
    known.__dict__.update(facts)
    with held(as_of(record.read_stamp)):
        return {FACT_PREFIX + name: fact for name, fact in known.policy_facts(by=by, at=at).items()}


def _columns(facts: Iterable[str]) -> frozenset[str]:
    return frozenset(FACT_PREFIX + name for name in facts)


@dataclass(frozen=True)
class Page:
    """The statement for a page of one kind, and the names of what it reads after the key of each record."""

    statement: Statement
    whose: tuple[str, ...]
    decides: tuple[str, ...]

    def seen_by(self, person: Acting, row: Sequence[Any]) -> tuple[Any, ...]:
        """What a row says that matters to this person: whose a record is only if it is theirs."""
        mine = (person.organization_id, person.office_id)
        last = len(self.whose) + 1
        return (*[each if each in mine else SOMEBODY_ELSES for each in row[1:last]], *row[last:])

    def record(self, seen: tuple[Any, ...]) -> SimpleNamespace:
        """An object that knows what was read, and no more: whoever looks at anything else hears of it."""
        return SimpleNamespace(**dict(zip((*self.whose, *self.decides), seen, strict=True)))


@lru_cache(maxsize=128)
def page_of(model: type[Case], told: bool, single: bool) -> Page:
    """How a page of a kind is read; ``told`` says whether dated policy is going to decide too.

    A fact is looked up only in states where it is asked for, and is null elsewhere.
    """
    whose = _whose(model)
    decides = _decides(model, told=told)
    names = (*(WHOSE + name for name in whose), "state", "definition_version", *decides)
    queryset = model._default_manager.order_by()
    queryset = queryset.annotate(**{WHOSE + name: F(path) for name, path in whose.items()}, **decides)
    compiler = queryset.values_list("pk", *names).query.get_compiler(connection=connection)
    sql, given = addressed(*compiler.as_sql(), single=single, using=connection.alias)
    statement = Statement(sql, given, fields=("pk", *names), annotations=(), converters=())
    return Page(statement, tuple(whose), names[len(whose) :])


def _decides(model: type[Case], *, told: bool) -> dict[str, Any]:
    """The expressions of what decides, each for the states where it does."""
    asking, told_in = _states_that_ask(model, told=told)
    found: dict[str, Any] = {}
    for name, expression in openness.what_decides(model, by=Anybody(), at=SOMETIME).items():
        if name == PROPOSED_IT:
            waiting = Proposal.objects.filter(case=OuterRef("pk"), fate=Proposal.Fate.WAITING)
            found[name] = Choice(When(Exists(waiting), then=expression))
        elif name in asking:
            found[name] = _in_states(asking[name], expression)
    found["read_proposal"] = RawSQL(WAITING, (), output_field=models.BigIntegerField())  # noqa: S611
    if told:
        found |= {TOLD_FROM + name: _in_states(told_in, F(name)) for name in model.told_from or ()}
        found["read_stamp"] = RawSQL(STAMP, (), output_field=models.BigIntegerField())  # noqa: S611
    return found


def _in_states(states: Iterable[str], expression: Any) -> Choice:
    return Choice(When(state__in=sorted(states), then=expression))


def _states_that_ask(model: type[Case], *, told: bool) -> tuple[dict[str, set[str]], set[str]]:
    """For each column that decides, the states where a step of any version asks for it; those of told facts.

    Where dated policy is to decide, it may look at every fact.
    """
    asking: dict[str, set[str]] = defaultdict(set)
    told_in: set[str] = set()
    for state, steps in _steps_from_states(model):
        names = _asked_by(steps)
        if told and names & _columns(model.told_facts):
            told_in.add(state)
            names |= _columns(model.fact_expressions(by=Anybody(), at=SOMETIME))
        for name in names:
            asking[name].add(state)
    return dict(asking), told_in


def _steps_from_states(model: type[Case]) -> list[tuple[str, tuple[Transition, ...]]]:
    known = {model.machine.version, *versions(str(model.machine.kind))}
    return [each for version in sorted(known) for each in steps_by_state(model, version).items()]


def _asked_by(steps: Iterable[Transition]) -> frozenset[str]:
    """The columns that decide whether these steps are open, by name: facts, and the part somebody took."""
    shown = [each for each in steps if not manner_of(each).quiet]
    parts = {manner_of(each).not_by_those_who for each in shown} - {()}
    facts = _columns(fact.name for each in shown for fact in each.conditions)
    return facts | frozenset(participation(names) for names in parts)


def _whose(model: type[Case]) -> dict[str, str]:
    """The attributes in which parties look up whose a record is, with the path to each."""
    parties = [
        party
        for _state, steps in _steps_from_states(model)
        for each in steps
        for party in (each.permission, manner_of(each).countersigned_by)
        if party is not None
    ]
    names = frozenset[str]().union(*(party.reads for party in parties))
    return {name: model.stands_elsewhere.get(name, name) for name in sorted(names)}

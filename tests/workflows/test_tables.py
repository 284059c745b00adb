"""Every cell of every machine, state × step × capacity. The tables are written by hand: they specify."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib import import_module
from typing import Any

import pytest

from referrals.models import Stay, record_models
from tests.workflows.tables.capacities import HOLDERS, OF_AN_ORGANIZATION
from workflows import openness
from workflows.machine import FACT_PREFIX, steps_of, targets_of
from workflows.models import Kind
from workflows.parties import Capacity
from workflows.texts import facts_of

MONDAY = datetime(2024, 8, 5, 15, 0, tzinfo=UTC)
OURS, THEIRS = 7, 8
TABLES = {kind: import_module(f"tests.workflows.tables.{kind.value.lower()}") for kind in Kind}
MODELS = record_models()

CELLS = [
    pytest.param(kind, str(state), name, id=f"{kind}-{state}-{name}")
    for kind in Kind
    for state in MODELS[kind].machine.states
    for name in sorted({declared.name for declared in steps_of(MODELS[kind])})
]
MOVES = [
    pytest.param(kind, str(state), name, *cell, id=f"{kind}-{state}-{name}")
    for kind in Kind
    for (state, name), cell in TABLES[kind].MOVES.items()
]


@dataclass
class Somebody:
    capacity: str
    pk: int | None = 1
    organization_id: int | None = OURS
    office_id: int | None = OURS


def record_in(kind: str, state: str, *, facts: bool = True, took_part: bool = False) -> Any:
    """An unsaved record of organization and office OURS, whose facts all hold, or none."""
    model = MODELS[kind]
    owned = {field.name for field in model._meta.fields}
    owners = {f"{each}_id": OURS for each in ("requester", "representative", "agency", "ice_office")}
    record = model(**{name: pk for name, pk in owners.items() if name.removesuffix("_id") in owned})
    if kind == Kind.STAY_REFERRAL:
        record.stay = Stay(representative_id=OURS, ice_office_id=OURS)
    record.__dict__["state"] = state
    for fact in facts_of(model):
        setattr(record, FACT_PREFIX + fact.name, facts)
    for names in openness._exclusions(model):
        setattr(record, openness.participation(names), took_part)
    return record


def allows(record: Any, name: str, actor: Any) -> bool:
    declared = openness.declared_step(type(record), name, record.state)
    return declared is not None and not openness.refusals_for(record, declared, by=actor)


@pytest.mark.parametrize("kind", Kind)
def test_the_table_lists_every_declared_move(kind: str) -> None:
    declared = {
        (str(each.source), each.name): (frozenset(each.permission.capacities), set(targets_of(each)))
        for each in steps_of(MODELS[kind])
    }
    assert declared == TABLES[kind].MOVES


@pytest.mark.parametrize("kind", Kind)
def test_the_table_lists_every_step_that_needs_a_second_person(kind: str) -> None:
    manners = {each.name: openness.manner_of(each) for each in steps_of(MODELS[kind])}
    assert {
        name: frozenset(manner.countersigned_by.capacities)
        for name, manner in manners.items()
        if manner.countersigned_by
    } == TABLES[kind].COUNTERSIGNED
    assert {
        name: set(manner.not_by_those_who) for name, manner in manners.items() if manner.not_by_those_who
    } == TABLES[kind].NOT_BY_THOSE_WHO


@pytest.mark.parametrize(("kind", "state", "name"), CELLS)
def test_only_the_listed_moves_are_possible(kind: str, state: str, name: str) -> None:
    capacities, _targets = TABLES[kind].MOVES.get((state, name), (frozenset(), set()))
    record = record_in(kind, state)
    assert {each for each in Capacity if allows(record, name, Somebody(each))} == capacities


@pytest.mark.parametrize(("kind", "state", "name", "capacities", "targets"), MOVES)
def test_a_move_leads_where_the_table_says(
    kind: str, state: str, name: str, capacities: Any, targets: set[str]
) -> None:
    """By taking it: the method runs without a database and sets the state."""
    reached = set()
    for held_from in targets:
        record = record_in(kind, state)
        if kind == Kind.WORKER_REQUEST:
            record.held_from = held_from
        getattr(record, name)(at=MONDAY, **made_up_arguments(getattr(record, name)))
        reached.add(record.state)
    assert reached == targets


def made_up_arguments(method: Any) -> dict[str, Any]:
    kinds = {"date": date(2024, 9, 2), "str": "mail", "int": 12, "list[str]": ["fee"]}
    return {
        name: kinds[parameter.annotation]
        for name, parameter in inspect.signature(method).parameters.items()
        if name not in {"self", "at"}
    }


@pytest.mark.parametrize(("kind", "state", "name", "capacities", "targets"), MOVES)
def test_nobody_moves_the_cases_of_others(
    kind: str, state: str, name: str, capacities: Any, targets: set[str]
) -> None:
    record = record_in(kind, state)
    for capacity in capacities & OF_AN_ORGANIZATION:
        assert not allows(record, name, Somebody(capacity, organization_id=THEIRS))
        assert not allows(record, name, Somebody(capacity, organization_id=None))
    for capacity in capacities & {Capacity.ICE_REVIEWER, Capacity.ICE_SUPERVISOR}:
        assert not allows(record, name, Somebody(capacity, office_id=THEIRS))


@pytest.mark.parametrize(("kind", "state", "name", "capacities", "targets"), MOVES)
def test_a_step_whose_facts_do_not_hold_is_closed_with_a_reason_and_a_remedy_for_each(
    kind: str, state: str, name: str, capacities: Any, targets: set[str]
) -> None:
    record = record_in(kind, state, facts=False)
    declared = openness.declared_step(type(record), name, state)
    assert declared is not None
    for capacity in capacities:
        refusals = openness.refusals_for(record, declared, by=Somebody(capacity))
        assert [each.code for each in refusals] == [fact.name for fact in declared.conditions]
        assert all(each.reason and each.remedy for each in refusals)


@pytest.mark.parametrize(("kind", "state", "name", "capacities", "targets"), MOVES)
def test_whoever_prepared_it_does_not_approve_it(
    kind: str, state: str, name: str, capacities: Any, targets: set[str]
) -> None:
    record = record_in(kind, state, took_part=True)
    excluded = name in TABLES[kind].NOT_BY_THOSE_WHO and name not in TABLES[kind].COUNTERSIGNED
    assert all(allows(record, name, Somebody(each)) is not excluded for each in capacities)


def test_there_is_a_cell_for_every_state_step_and_capacity() -> None:
    assert len(CELLS) * len(Capacity) > 30_000
    assert frozenset(Capacity) >= HOLDERS

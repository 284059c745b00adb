"""What must be true of every machine: checked at start-up and by ``check_machines``."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from django.apps import apps
from django.core import checks
from django_fsm import Transition

from . import rulebook, terms
from .definitions import freezing
from .machine import ClockRule, Fact, steps_of, targets_of
from .models import Case, Policy
from .openness import manner_of
from .parties import SYSTEM
from .texts import facts_of, language_problems, texts_of

SOME_DAY = datetime(2024, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Examined:
    """What was looked at in one machine, and every defect found, one sentence each."""

    kind: str
    states: int
    steps: int
    clocks: int
    facts: int
    texts: int
    unsound: tuple[str, ...]
    untranslated: tuple[str, ...]
    unfrozen: tuple[str, ...] = ()

    @property
    def problems(self) -> tuple[str, ...]:
        return (*self.unsound, *self.untranslated, *self.unfrozen)


def machine_models() -> list[type[Case]]:
    """The record class of every machine, by kind."""
    found = [model for model in apps.get_models() if issubclass(model, Case) and model is not Case]
    return sorted(found, key=lambda model: str(model.machine.kind))


def examine() -> list[Examined]:
    """Look at every machine, in the order of their kinds."""
    return [
        Examined(
            kind=str(model.machine.kind),
            states=sum(1 for _state in model.machine.states),
            steps=len({declared.name for declared in steps_of(model)}),
            clocks=len(model.machine.clocks),
            facts=len(facts_of(model)),
            texts=len({text for _what, text in texts_of(model)}),
            unsound=tuple(unsoundness(model)),
            untranslated=tuple(language_problems(model)),
            unfrozen=tuple(freezing.unfrozen(model)),
        )
        for model in machine_models()
    ]


def machines_are_sound(app_configs: Any, **_kwargs: Any) -> list[checks.CheckMessage]:
    """Django system check: an unsound machine must not start. Translations are left to ``check_machines``."""
    return [
        checks.Error(f"{model.machine.kind}: {problem}", id="workflows.E001")
        for model in machine_models()
        for problem in unsoundness(model)
    ]


def unsoundness(model: type[Case]) -> Iterator[str]:
    """Everything that is wrong with one machine, apart from its translations."""
    yield from _graph_problems(model)
    yield from _shadow_problems(model)
    yield from _holder_problems(model)
    for rule in model.machine.clocks:
        yield from _clock_problems(model, rule)
    for declared in steps_of(model):
        yield from _step_problems(declared)
    yield from _fact_problems(model)


def _edges(model: type[Case]) -> list[tuple[str, str]]:
    return [(str(each.source), target) for each in steps_of(model) for target in targets_of(each)]


def _reached(model: type[Case]) -> set[str]:
    edges = _edges(model)
    reached, news = set[str](), {str(model.machine.initial)}
    while news:
        reached |= news
        news = {target for source, target in edges if source in reached} - reached
    return reached


def _graph_problems(model: type[Case]) -> Iterator[str]:
    machine, edges, reached = model.machine, _edges(model), _reached(model)
    for state in (str(each) for each in machine.states):
        if state not in reached:
            yield f"{state} cannot be reached"
        standing = machine.standings.get(state)
        if standing is None:
            yield f"{state} has no standing"
            continue
        exits = {target for source, target in edges if source == state and target != state}
        if standing.final:
            if exits:
                yield f"{state} is final and yet has an exit"
            continue
        if not exits:
            yield f"{state} is open and has no exit"
        if not standing.holder:
            yield f"{state} is open and it is nobody's turn"
        clocked = any(state in clock.runs_in | clock.paused_in for clock in machine.clocks)
        if not clocked and not standing.no_clock:
            yield f"{state} is open, has no deadline and states no reason for none"


def _shadow_problems(model: type[Case]) -> Iterator[str]:
    for base in model.__mro__:
        for name, value in vars(base).items():
            if hasattr(value, "_django_fsm") and not hasattr(getattr(model, name, None), "_django_fsm"):
                yield f"step {name} is hidden by a field or a relation of the same name"


def _holder_problems(model: type[Case]) -> Iterator[str]:
    fields = _fields(model)
    for holder in sorted({standing.holder for standing in model.machine.standings.values()} - {""}):
        if f"{holder}_desk" not in fields:
            yield f"holder {holder} has no {holder}_desk on the record"


def _fields(model: type[Case]) -> set[str]:
    return {field.name for field in model._meta.get_fields()}


@cache
def _shipped() -> Mapping[str, list[list[Policy]]]:
    """The histories of every rule of the rulebook files: one for each jurisdiction."""
    histories: dict[tuple[str, str], list[Policy]] = {}
    for row in rulebook.read().policies:
        histories.setdefault((row.key, row.jurisdiction), []).append(row)
    by_key: dict[str, list[list[Policy]]] = {}
    for (key, _jurisdiction), rows in histories.items():
        by_key.setdefault(key, []).append(rows)
    return by_key


def _clock_problems(model: type[Case], rule: ClockRule) -> Iterator[str]:
    for state in sorted(map(str, rule.runs_in & rule.paused_in)):
        yield f"clock {rule.key} both runs and stands still in {state}"
    for attribute in filter(None, (rule.starts_from, rule.served_by, rule.until)):
        if attribute not in _fields(model) and not hasattr(model, attribute):
            yield f"clock {rule.key} reads {attribute}, which the record lacks"
    histories = _shipped().get(rule.rule)
    if histories is None:
        yield f"clock {rule.key} follows the rule {rule.rule}, which the rulebook lacks"
        return
    for rows in histories:
        if rows[-1].effective_to is not None:
            yield f"clock {rule.key}: the rule {rule.rule} ends on {rows[-1].effective_to}"
        for row in rows:
            yield from _row_problems(model, rule, row)


def _row_problems(model: type[Case], rule: ClockRule, row: Policy) -> Iterator[str]:
    if not rule.until:
        try:
            terms.Term.parse(row.value)
        except (ValueError, TypeError, KeyError):
            yield f"clock {rule.key}: the rule {row} states no period"
    ladder = {rung.rung: rung for rung in terms.rungs(row.value)}
    for name, fired in rule.fires.items():
        rung = ladder.get(name)
        if rung is None:
            yield f"clock {rule.key} fires {fired} on {name}, which is no rung of {row}"
        else:
            yield from _firing_problems(model, rule, fired, is_warning=rung.before is not None)


def _firing_problems(model: type[Case], rule: ClockRule, fired: str, *, is_warning: bool) -> Iterator[str]:
    """A step that a rung fires must go without a person, and from every state that outlives the due date.

    Before the due date a state without the step is harmless: the later rungs still come.
    """
    moves = {str(each.source): each for each in steps_of(model) if each.name == fired}
    if not moves:
        yield f"clock {rule.key} fires {fired}, which is no step"
        return
    if not is_warning:
        for state in sorted(set(map(str, rule.runs_in)) - set(moves)):
            yield f"clock {rule.key} runs in {state}, from which {fired} cannot be taken when it is due"
    for state, declared in moves.items():
        if SYSTEM.capacity not in declared.permission.capacities:
            yield f"clock {rule.key} fires {fired} from {state}, which the system may not take"
        manner = manner_of(declared)
        if manner.needs_reason or manner.countersigned_by or _demanded(declared):
            yield f"clock {rule.key} fires {fired} from {state}, which needs a person's words or signature"


def _parameters(declared: Transition) -> Mapping[str, inspect.Parameter]:
    parameters = dict(inspect.signature(declared.method).parameters)
    return {name: each for name, each in parameters.items() if name not in ("self", "at")}


def _demanded(declared: Transition) -> set[str]:
    return {name for name, each in _parameters(declared).items() if each.default is each.empty}


def _step_problems(declared: Transition) -> Iterator[str]:
    manner, known = manner_of(declared), _parameters(declared)
    for name in (*manner.records, *manner.words):
        if name not in known:
            yield f"step {declared.name} records {name}, which it does not take"
    if manner.countersigned_by:
        for name in manner.words:
            yield f"step {declared.name} is proposed first, where {name} would not be sealed"
        for name in sorted(_demanded(declared) - set(manner.records)):
            yield f"step {declared.name} is proposed first and would forget {name}: it is not recorded"
    for fact in declared.conditions:
        if not isinstance(fact, Fact):
            yield f"step {declared.name} needs something that is not a fact"


def _fact_problems(model: type[Case]) -> Iterator[str]:
    bound = set(model.fact_expressions(by=SYSTEM, at=SOME_DAY)) | model.told_facts
    for fact in facts_of(model):
        if fact.name not in bound:
            yield f"fact {fact.name} is bound to nothing on the record"

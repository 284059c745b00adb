"""What must be true of every machine: checked at start-up and by ``check_machines``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core import checks
from django.utils import translation
from django.utils.translation import gettext

from .machine import Fact, steps_of, targets_of
from .models import Case


def machine_models() -> list[type[Case]]:
    """The record class of every machine, by kind."""
    found = [model for model in apps.get_models() if issubclass(model, Case) and model is not Case]
    return sorted(found, key=lambda model: str(model.machine.kind))


def _edges(model: type[Case]) -> list[tuple[str, str, str]]:
    return [
        (str(declared.source), declared.name, target)
        for declared in steps_of(model)
        for target in targets_of(declared)
    ]


def _graph_problems(model: type[Case]) -> Iterator[str]:
    machine = model.machine
    edges = _edges(model)
    reached, grown = {str(machine.initial)}, True
    while grown:
        more = {target for source, _, target in edges if source in reached} - reached
        reached |= more
        grown = bool(more)
    for state in map(str, machine.states):
        standing = machine.standings.get(state)
        if standing is None:
            yield f"{state} has no standing"
            continue
        exits = {target for source, _, target in edges if source == state and target != state}
        if state not in reached:
            yield f"{state} cannot be reached"
        if standing.final and exits:
            yield f"{state} is final and yet has an exit"
        if not standing.final and not exits:
            yield f"{state} is open and has no exit"
        if not standing.final and not standing.holder:
            yield f"{state} is open and it is nobody's turn"
        clocked = any(state in clock.runs_in | clock.paused_in for clock in machine.clocks)
        if not standing.final and not clocked and not standing.no_clock:
            yield f"{state} is open, has no deadline and states no reason for none"


def _step_problems(model: type[Case]) -> Iterator[str]:
    machine = model.machine
    names = {declared.name for declared in steps_of(model)}
    for clock in machine.clocks:
        for rung, fired in clock.fires.items():
            if fired not in names:
                yield f"clock {clock.key} fires {fired} on {rung}, which is no step"
            for state in clock.runs_in:
                if not any(d.name == fired and str(d.source) == state for d in steps_of(model)):
                    if rung == "due" or rung == "breach":
                        continue
        if clock.until and not _has(model, clock.until):
            yield f"clock {clock.key} reads {clock.until}, which the record lacks"
    for declared in steps_of(model):
        for fact in declared.conditions:
            if not isinstance(fact, Fact):
                yield f"step {declared.name} needs something that is not a fact"


def _has(model: type[Any], name: str) -> bool:
    return any(field.name == name for field in model._meta.get_fields()) or hasattr(model, name)


def _label_problems(model: type[Case]) -> Iterator[str]:
    machine = model.machine
    for state in machine.states:
        standing = machine.standings.get(str(state))
        if standing is None:
            continue
        for what, text in (("label", state.label), ("public label", standing.public), ("next", standing.then)):
            with translation.override("en"):
                english = str(text)
            with translation.override("es"):
                spanish = gettext(english)
            if not english.strip():
                yield f"{state} has no {what} in English"
            if spanish == english:
                yield f"{state} has no {what} in Spanish"


def problems() -> list[str]:
    """Every defect of every machine, one sentence each; empty when all is sound."""
    return [
        f"{model.machine.kind}: {problem}"
        for model in machine_models()
        for problem in (*_graph_problems(model), *_step_problems(model), *_label_problems(model))
    ]


def machines_are_sound(app_configs: Any, **_kwargs: Any) -> list[checks.CheckMessage]:
    """Django system check: an unsound machine must not start."""
    return [
        checks.Error(f"{model.machine.kind}: {problem}", id="workflows.E001")
        for model in machine_models()
        for problem in (*_graph_problems(model), *_step_problems(model))
    ]

"""Each machine as a Mermaid state diagram, drawn from what is declared.

Mermaid's ``stateDiagram-v2`` ends a label at a line break and a note or class at
a colon or semicolon, so labels are stripped of what it would read as syntax.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from django.utils import translation
from django_fsm import Transition

from .checks import machine_models
from .machine import steps_of, targets_of
from .models import Case
from .openness import manner_of

README = Path(__file__).parent / "README.md"
BEGIN = "<!-- diagrams: written by draw_machines -->"
END = "<!-- end of diagrams -->"


class NoPlaceForDiagrams(ValueError):
    """The document lacks the two markers between which the diagrams go."""


def escaped(text: object) -> str:
    """A label without the characters that Mermaid takes for syntax."""
    replaced = str(text).replace(":", " –").replace(";", ",").replace('"', "'")
    return " ".join(re.sub(r"[#{}\[\]<>%|`\\]", " ", replaced).split())


def diagram(model: type[Case]) -> str:
    """The machine of a record class: its states, and each step with the party that takes it."""
    with translation.override(None):
        return "\n".join(_lines(model))


def _lines(model: type[Case]) -> Iterator[str]:
    machine = model.machine
    yield "stateDiagram-v2"
    for state in machine.states:
        yield f"    {state} : {escaped(state.label)}"
    yield f"    [*] --> {machine.initial}"
    for source, target, words in sorted(_arrows(model), key=lambda each: _order(model, each)):
        yield f"    {source} --> {target} : {words}"
    for state in machine.states:
        if machine.standing(state).final:
            yield f"    {state} --> [*]"


def _order(model: type[Case], arrow: tuple[str, str, str]) -> tuple[int, int, str]:
    states = [str(state) for state in model.machine.states]
    source, target, words = arrow
    return states.index(source), states.index(target), words


def _arrows(model: type[Case]) -> set[tuple[str, str, str]]:
    """Every move that changes the state, or keeps it on purpose; edits of the content are left out."""
    return {
        (str(declared.source), target, _words(declared))
        for declared in steps_of(model)
        if declared.target is not None
        for target in targets_of(declared)
    }


def _words(declared: Transition) -> str:
    manner = manner_of(declared)
    words = f"{escaped(manner.label)} ({escaped(declared.permission.label)}"
    if manner.countersigned_by:
        words += f", countersigned by {escaped(manner.countersigned_by.label)}"
    return words + ")"


def chapter() -> str:
    """The diagrams of all machines, as they stand in the document."""
    with translation.override(None):
        parts = [
            f"### {model.machine.label}\n\n```mermaid\n{diagram(model)}\n```\n" for model in machine_models()
        ]
    return "\n".join(parts)


def redrawn(document: str) -> str:
    """The document with its diagrams replaced by those of today. Raises NoPlaceForDiagrams."""
    before, begin, rest = document.partition(BEGIN)
    _old, end, after = rest.partition(END)
    if not begin or not end:
        raise NoPlaceForDiagrams(f"The document lacks the lines “{BEGIN}” and “{END}”.")
    return f"{before}{BEGIN}\n\n{chapter()}\n{END}{after}"

"""Machines and steps for cases that live under another version than the code's.

What exists, and whose it is, comes from the frozen file; what a step asks for and does comes from the code of
today. A step that only one of the two knows is shown closed, with the reason and the remedy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, replace
from functools import lru_cache
from typing import Any

from django.db import models
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django_fsm import GET_STATE, Transition

from ..languages import in_active_language
from ..machine import REFUSED, UNDER, ClockRule, Fact, Machine, Manner, Standing, steps_of
from ..models import Case
from ..parties import EitherParty, Party
from ..refusals import Refusal
from . import Definition, definition, versions

_told = lazy(in_active_language, str)
_choices: Any = models.TextChoices


def _words(shown: Mapping[str, Any], name: str) -> Any:
    return _told(shown[name]) if shown.get(name) else ""


@lru_cache
def machine(kind: str, version: int) -> Machine:
    """The machine of a frozen version. Raises UnknownDefinition."""
    frozen = definition(kind, version)
    return Machine(
        kind=frozen.kind,
        label=_told(frozen.content["label"]),
        states=_choices(
            "State", [(name, (name, _words(each["shown"], "label"))) for name, each in frozen.states.items()]
        ),
        initial=frozen.initial,
        standings={name: _standing(each) for name, each in frozen.states.items()},
        path=tuple(frozen.content["path"]),
        clocks=tuple(_clock(each) for each in frozen.content["clocks"]),
        version=version,
    )


def machines(model: type[Case]) -> tuple[Machine, ...]:
    """Every version of a kind that cases may live under: that of the code, then the other frozen ones."""
    newest = model.machine
    kind = str(newest.kind)
    return (newest, *(machine(kind, each) for each in versions(kind) if each != newest.version))


def _standing(state: Mapping[str, Any]) -> Standing:
    shown = state["shown"]
    return Standing(
        public=_words(shown, "public"),
        then=_words(shown, "then"),
        no_clock=_words(shown, "no_clock"),
        station=_words(shown, "station"),
        holder=state["holder"],
        final=state["final"],
        tone=shown["tone"],
        beside=shown.get("beside", ""),
    )


def _clock(clock: Mapping[str, Any]) -> ClockRule:
    bound = {key: value for key, value in clock.items() if key != "shown"}
    for name in ("runs_in", "paused_in"):
        bound[name] = frozenset(bound[name])
    known = {field.name for field in fields(ClockRule)}
    bound = {name: value for name, value in bound.items() if name in known}
    bound["ordered_by"] = party(bound["ordered_by"]) if bound.get("ordered_by") else None
    shown = clock["shown"]
    return ClockRule(label=_words(shown, "label"), pause_reason=_words(shown, "pause_reason"), **bound)


def party(parties: list[Mapping[str, Any]]) -> Party | EitherParty:
    """The party of a step, as its file has it."""
    each = tuple(_party(one) for one in parties)
    return each[0] if len(each) == 1 else EitherParty(each)


def _party(one: Mapping[str, Any]) -> Party:
    known = {field.name for field in fields(Party)}
    bound = {name: value for name, value in one.items() if name in known}
    return Party(**bound | {"label": _told(one["label"]), "capacities": frozenset(one["capacities"])})


@lru_cache
def steps(model: type[Case], version: int) -> tuple[Transition, ...]:
    """The steps of a frozen version as the door takes them, by name then source."""
    return tuple(sorted(_steps(model, version), key=lambda each: (each.name, str(each.source))))


def _steps(model: type[Case], version: int) -> Iterator[Transition]:
    frozen = definition(str(model.machine.kind), version)
    today = {(each.name, str(each.source)): each for each in steps_of(model)}
    for (name, source), step in frozen.steps.items():
        yield _carried(model, frozen, name, source, step, today)
    for (name, source), declared in today.items():
        if (name, source) not in frozen.steps and source in frozen.states:
            yield _same(
                declared, custom=declared.custom | {REFUSED: _came_later(version, model.machine.version)}
            )


def _same(declared: Transition, **changed: Any) -> Transition:
    names = ("method", "source", "target", "on_error", "conditions", "permission", "custom")
    return Transition(**{name: getattr(declared, name) for name in names} | changed)


def _carried(
    model: type[Case],
    frozen: Definition,
    name: str,
    source: str,
    step: Mapping[str, Any],
    today: Mapping[tuple[str, str], Transition],
) -> Transition:
    """A step of the frozen version: its states and parties, with the method and the conditions of today."""
    namesakes = [each for (known, _source), each in today.items() if known == name]
    own = today.get((name, source))
    target = _target(step["to"], own)
    custom: dict[str, Any] = {UNDER: frozen.version}
    if not namesakes or target is _NOWHERE:
        custom[REFUSED] = _not_carried_out(frozen.version, model.machine.version)
    conditions = own.conditions if own else list({each.name: each for each in _facts(namesakes)}.values())
    manner: Manner = (own or namesakes[0]).custom["manner"] if namesakes else Manner(label="")
    shown = step["shown"]
    custom["manner"] = replace(
        manner,
        label=manner.label or _words(shown, "label"),
        quiet=manner.quiet if namesakes else bool(shown.get("quiet")),
        needs_reason=step["needs_reason"],
        not_by_those_who=tuple(step["not_by_those_who"]),
        countersigned_by=party(step["countersigned_by"]) if step["countersigned_by"] else None,
    )
    return Transition(
        method=(own or namesakes[0]).method if namesakes else _nothing(name),
        source=source,
        target=None if target is _NOWHERE else target,
        on_error=None,
        conditions=conditions,
        permission=party(step["by"]),
        custom=custom,
    )


_NOWHERE = object()


def _target(states: list[str] | None, own: Transition | None) -> Any:
    """Where a step leads: the frozen state; of several, the one that the code of today chooses."""
    if states is None:
        return None
    if len(states) == 1:
        return states[0]
    today: Any = own.target if own is not None else None
    if hasattr(today, "get_state"):
        return GET_STATE(today.func, states=states)
    return str(today) if today is not None and str(today) in states else _NOWHERE


def _facts(declared: list[Transition]) -> Iterator[Fact]:
    for each in declared:
        yield from each.conditions


def _nothing(name: str) -> Callable[..., None]:
    """The method of a step that the code no longer has; the door refuses it before it is called."""

    def gone(_record: Any, **_given: Any) -> None:
        raise LookupError(name)

    gone.__name__ = name
    return gone


def _not_carried_out(version: int, newest: int) -> Callable[[], Refusal]:
    return lambda: Refusal(
        "other_version",
        _("This case goes by version %(version)s of the procedure, and that step is no longer carried out.")
        % {"version": version},
        _remedy(newest),
    )


def _came_later(version: int, newest: int) -> Callable[[], Refusal]:
    return lambda: Refusal(
        "other_version",
        _("This case goes by version %(version)s of the procedure, which does not have this step here.")
        % {"version": version},
        _remedy(newest),
    )


def _remedy(newest: int) -> str:
    return _("Ask an administrator to move the case to version %(version)s.") % {"version": newest}


@lru_cache
def exclusions(kind: str, newest: int) -> frozenset[tuple[str, ...]]:
    """The lists of steps whose takers some step excludes, in every frozen version but the newest."""
    return frozenset[tuple[str, ...]]().union(
        *(definition(kind, version).exclusions for version in versions(kind) if version != newest)
    )


def forget() -> None:
    for kept in (machine, steps, exclusions):
        kept.cache_clear()

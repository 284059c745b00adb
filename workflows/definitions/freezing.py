"""From the code's machine to its frozen file, and what differs between two of them."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import override
from django_fsm import Transition

from ..machine import ClockRule, Machine, Manner, Standing, steps_of, targets_of
from ..models import Case
from ..parties import EitherParty, Party, Text
from . import FOLDERS, definition, versions

WORDS = frozenset({"shown", "label", "path"})
ENGLISH = str(settings.LANGUAGE_CODE)


def said(text: Text) -> dict[str, str]:
    """A text of the catalog in each language of the site that has words of its own for it."""
    told: dict[str, str] = {}
    for code, _name in settings.LANGUAGES:
        with override(code):
            words = str(text)
        if words and (code == ENGLISH or words != told.get(ENGLISH)):
            told[code] = words
    return told


def frozen(model: type[Case]) -> dict[str, Any]:
    """The machine of a record class as its file has it."""
    machine = model.machine
    return {
        "kind": str(machine.kind),
        "version": machine.version,
        "label": said(machine.label),
        "initial": str(machine.initial),
        "path": [str(state) for state in machine.path],
        "states": {str(state): _state(machine, str(state)) for state in machine.states},
        "steps": list(_steps(model)),
        "clocks": [_clock(rule) for rule in machine.clocks],
    }


def _state(machine: Machine, state: str) -> dict[str, Any]:
    standing: Standing = machine.standings[state]
    shown: dict[str, Any] = {"label": said(machine.states(state).label), "tone": standing.tone}
    for name in ("public", "then", "no_clock", "station"):
        if str(getattr(standing, name)):
            shown[name] = said(getattr(standing, name))
    if standing.beside:
        shown["beside"] = str(standing.beside)
    return {"holder": standing.holder, "final": standing.final, "shown": shown}


def _steps(model: type[Case]) -> Iterator[dict[str, Any]]:
    """The steps by name; the states from which one does the same stand together."""
    gathered: dict[str, dict[str, Any]] = {}
    for declared in steps_of(model):
        step = {"name": declared.name, "from": [], **_step(declared)}
        same = gathered.setdefault(json.dumps(step, sort_keys=True), step)
        same["from"].append(str(declared.source))
    yield from gathered.values()


def _step(declared: Transition) -> dict[str, Any]:
    manner: Manner = declared.custom["manner"]
    shown: dict[str, Any] = {"label": said(manner.label)}
    if str(manner.consequence):
        shown["consequence"] = said(manner.consequence)
    if manner.quiet:
        shown["quiet"] = True
    return {
        "to": None if declared.target is None else sorted(targets_of(declared)),
        "by": _parties(declared.permission),
        "needs_reason": manner.needs_reason,
        "not_by_those_who": sorted(manner.not_by_those_who),
        "countersigned_by": _parties(manner.countersigned_by) if manner.countersigned_by else None,
        "shown": shown,
    }


def _parties(party: Party | EitherParty) -> list[dict[str, Any]]:
    each = party.parties if isinstance(party, EitherParty) else (party,)
    return [_plain(one) for one in each]


def _clock(rule: ClockRule) -> dict[str, Any]:
    clock = _plain(rule)
    shown = {"label": clock.pop("label")}
    if str(clock.pop("pause_reason")):
        shown["pause_reason"] = said(rule.pause_reason)
    return {**clock, "policy": rule.rule, "shown": shown}


def _plain(declared: Party | ClockRule) -> dict[str, Any]:
    """The fields of a declaration; sets in order, labels in each language."""
    found: dict[str, Any] = {}
    for field in dataclasses.fields(declared):
        value = getattr(declared, field.name)
        if field.name == "label":
            found["label"] = said(value)
        elif isinstance(value, Party | EitherParty):
            found[field.name] = _parties(value)
        elif isinstance(value, frozenset):
            found[field.name] = sorted(str(each) for each in value)
        elif isinstance(value, Mapping):
            found[field.name] = {str(key): str(each) for key, each in value.items()}
        else:
            found[field.name] = value if isinstance(value, bool | None) else str(value)
    return found


def binding(content: Any) -> Any:
    """What of a file binds a case: all but the words."""
    if isinstance(content, Mapping):
        return {key: binding(value) for key, value in content.items() if key not in WORDS}
    return [binding(each) for each in content] if isinstance(content, list) else content


def differences(was: Any, now: Any, where: str = "") -> Iterator[str]:
    """Where two files bind differently, one line each: ``steps.grant: …``."""
    if isinstance(was, Mapping) and isinstance(now, Mapping):
        for key in sorted({*was, *now}):
            if key not in was or key not in now:
                yield f"{where}{key} {'is new' if key not in was else 'is gone'}"
            else:
                yield from differences(was[key], now[key], f"{where}{key}.")
    elif was != now:
        yield f"{where.rstrip('.')}: {_short(was)} became {_short(now)}"


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 120 else text[:117] + "…"


def _by_name(content: Mapping[str, Any]) -> dict[str, Any]:
    """The binding part with steps by name and source, and clocks by key, so that they compare one by one."""
    bound = dict(binding(content))
    steps = {
        f"{step['name']} from {state}": {
            key: value for key, value in step.items() if key not in ("name", "from")
        }
        for step in bound["steps"]
        for state in step["from"]
    }
    return bound | {"steps": steps, "clocks": {clock["key"]: clock for clock in bound["clocks"]}}


def unfrozen(model: type[Case]) -> list[str]:
    """Why the code's machine is not the one that is frozen for its version; nothing if it is."""
    machine = model.machine
    kind, known = str(machine.kind), versions(str(machine.kind))
    if machine.version not in known:
        return [f"version {machine.version} is not frozen; run freeze_machines"]
    was = definition(kind, machine.version).content
    return [
        f"differs from its frozen version {machine.version}: {difference}"
        for difference in differences(_by_name(was), _by_name(frozen(model)))
    ]


def write(model: type[Case], *, folder: Path | None = None) -> Path:
    """Write the file of the code's machine for its version; returns where."""
    content = frozen(model)
    path = (folder or FOLDERS[0]) / f"{content['kind']}.{content['version']}.json"
    path.write_text(spelled(content), encoding="utf-8")
    return path


def spelled(content: Mapping[str, Any]) -> str:
    """The JSON of a file: one line for each state, step and clock, so that a change reads as one."""

    def line(value: Any) -> str:
        return json.dumps(value, ensure_ascii=False)

    parts = []
    for key, value in content.items():
        if key == "states":
            rows = [f"    {line(name)}: {line(state)}" for name, state in value.items()]
            parts.append('  "states": {\n' + ",\n".join(rows) + "\n  }")
        elif key in ("steps", "clocks"):
            rows = [f"    {line(each)}" for each in value]
            parts.append(f'  "{key}": [\n' + ",\n".join(rows) + "\n  ]" if rows else f'  "{key}": []')
        else:
            parts.append(f"  {line(key)}: {line(value)}")
    return "{\n" + ",\n".join(parts) + "\n}\n"

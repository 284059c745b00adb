"""What becomes of a case that moves to another version: its state, its clocks. Read from a file and checked.

A map is JSON. It ships beside the definitions as ``<KIND>.<from>-<to>.json`` or is given to the command:

    {"kind": "STAY", "from": 1, "to": 2, "reason": {"en": "…", "es": "…"},
     "states": {"CHECKS": "UNDER_REVIEW"},
     "clocks": {"stay_review": "stay_decision", "stay_acceptance": null},
     "back": {"states": {"UNDER_REVIEW": "CHECKS"}}}

States and clocks that it does not name keep their names. A clock that maps to null stops; one that is new
starts, where the new version lets it run. ``back`` is needed only where two states became one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import definitions
from .definitions import Definition, definition
from .languages import in_active_language

FIELDS = frozenset({"kind", "from", "to", "reason", "states", "clocks", "back"})


class MapRefused(ValueError):
    """A map that cannot be used; ``problems`` names each reason."""

    def __init__(self, *problems: str) -> None:
        self.problems = problems
        super().__init__(" ".join(problems))


@dataclass(frozen=True)
class VersionMap:
    """From one version to another, forward or, turned round, back."""

    kind: str
    source: int
    target: int
    reason: str = ""
    states: Mapping[str, str] = field(default_factory=dict)
    clocks: Mapping[str, str | None] = field(default_factory=dict)
    back: Mapping[str, str] = field(default_factory=dict)
    turned: bool = False

    @property
    def old(self) -> Definition:
        return definition(self.kind, self.source)

    @property
    def new(self) -> Definition:
        return definition(self.kind, self.target)

    def state_for(self, state: str) -> str | None:
        """The state of the new version in which such a case goes on; None if none is named."""
        mapped = self.states.get(state, state)
        return mapped if mapped in self.new.states else None

    def clock_for(self, key: str) -> str | None:
        """The clock of the new version that goes on for this one; None if it stops."""
        mapped = self.clocks.get(key, key)
        return mapped if mapped in self.new.clocks else None

    def turned_round(self) -> VersionMap:
        """The way back: states by ``back``, else the only one that led here; clocks get their names again."""
        leading: dict[str, list[str]] = {}
        for state in self.old.states:
            target = self.state_for(state)
            if target is not None:
                leading.setdefault(target, []).append(state)
        states = {target: found[0] for target, found in leading.items() if len(found) == 1}
        lost = {state: "" for state in self.new.states if state not in states}
        return VersionMap(
            kind=self.kind,
            source=self.target,
            target=self.source,
            reason=self.reason,
            states={**lost, **states, **self.back},
            clocks={
                **{key: None for key in self.new.clocks if key not in self.old.clocks},
                **{new: old for old, new in self.clocks.items() if new is not None},
            },
            turned=True,
        )


def shipped(kind: str, source: int, target: int) -> VersionMap:
    """The map in the package; without one, that which leaves every name as it is. Raises MapRefused."""
    found = _shipped_file(kind, source, target)
    if found is not None:
        return read(found, kind=kind, source=source, target=target)
    return checked(VersionMap(kind, source, target))


def shipped_moves(kind: str, source: int, target: int) -> frozenset[tuple[str, str]]:
    """From which state to which other one the shipped maps lead between two versions, there and back.

    Raises MapRefused for a map that does not fit its versions.
    """
    there, back = _shipped_file(kind, source, target), _shipped_file(kind, target, source)
    pairs = set[tuple[str, str]]()
    if there is not None:
        pairs |= set(read(there, kind=kind, source=source, target=target).states.items())
    if back is not None:
        known = read(back, kind=kind, source=target, target=source)
        pairs |= {(becomes, was) for was, becomes in known.states.items()} | set(known.back.items())
    return frozenset((was, becomes) for was, becomes in pairs if was != becomes)


def _shipped_file(kind: str, source: int, target: int) -> Path | None:
    name = f"{kind}.{source}-{target}.json"
    return next((folder / name for folder in definitions.FOLDERS if (folder / name).exists()), None)


def read(path: Path, *, kind: str, source: int, target: int) -> VersionMap:
    """A map from a file, which must be of this kind and these versions. Raises MapRefused."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as lacking:
        raise MapRefused(f"{path} cannot be read: {lacking.strerror}.") from lacking
    except ValueError as broken:
        raise MapRefused(f"{path} is not JSON: {broken}.") from broken
    problems = list(_form_problems(content))
    if problems:
        raise MapRefused(*problems)
    told = (content["kind"], content["from"], content["to"])
    if told != (kind, source, target):
        raise MapRefused(
            f"{path} leads {told[0]} from version {told[1]} to {told[2]}, "
            f"and asked for is {kind} from {source} to {target}."
        )
    return checked(
        VersionMap(
            kind=kind,
            source=source,
            target=target,
            reason=in_active_language(content.get("reason", "")),
            states=content.get("states", {}),
            clocks=content.get("clocks", {}),
            back=content.get("back", {}).get("states", {}),
        )
    )


def _form_problems(content: Any) -> Iterator[str]:
    if not isinstance(content, dict):
        yield "A map is a JSON object."
        return
    for name in sorted(content.keys() - FIELDS):
        yield f"A map has no field “{name}”."
    for name in ("kind", "from", "to"):
        if name not in content:
            yield f"The map does not say “{name}”."
    back = content.get("back", {})
    if not isinstance(back, dict) or back.keys() - {"states"}:
        yield "“back” holds “states” and nothing else."
        back = {}
    for name, names in (("states", content.get("states", {})), ("back", back.get("states", {}))):
        if not _is_names(names):
            yield f"“{name}” leads from names to names."
    clocks = content.get("clocks", {})
    if not isinstance(clocks, dict) or not _is_names({k: v for k, v in clocks.items() if v is not None}):
        yield "“clocks” leads from names to names or to null."


def _is_names(found: Any) -> bool:
    return isinstance(found, dict) and all(isinstance(each, str) for each in found.values())


def checked(known: VersionMap) -> VersionMap:
    """The map, if both versions are frozen and it fits them. Raises MapRefused."""
    try:
        problems = list(_problems(known, known.old, known.new))
    except definitions.UnknownDefinition as unknown:
        raise MapRefused(str(unknown)) from unknown
    if problems:
        raise MapRefused(*problems)
    return known


def _problems(known: VersionMap, old: Definition, new: Definition) -> Iterator[str]:
    if known.source == known.target:
        yield "A case moves from one version to another one."
    for state, mapped in [*known.states.items(), *((after, before) for before, after in known.back.items())]:
        if state not in old.states:
            yield f"Version {old.version} has no state {state}."
        if mapped not in new.states:
            yield f"Version {new.version} has no state {mapped}."
    for state in old.states:
        target = known.state_for(state)
        if target is not None and (state in old.finals) != (target in new.finals):
            yield f"{state} and {target}: a change of version neither ends a case nor opens it again."
    yield from _clock_problems(known, old, new)


def _clock_problems(known: VersionMap, old: Definition, new: Definition) -> Iterator[str]:
    for key, mapped in known.clocks.items():
        if key not in old.clocks:
            yield f"Version {old.version} has no clock {key}."
        if mapped is not None and mapped not in new.clocks:
            yield f"Version {new.version} has no clock {mapped}."
    for key in old.clocks:
        if key not in known.clocks and key not in new.clocks:
            yield (
                f"Version {new.version} has no clock {key}: "
                "say under which name it goes on, or null if it stops."
            )
    going_on = [mapped for mapped in map(known.clock_for, old.clocks) if mapped is not None]
    for mapped in sorted({each for each in going_on if going_on.count(each) > 1}):
        yield f"Two clocks cannot both go on as {mapped}."

"""The machines as cases began under them: one frozen file for each kind and version.

A file holds states, steps, parties and clocks of a machine as data, so that a case of an older version can be
answered, and every stored history be judged, by what was in force when it was written. ``freeze_machines``
writes a file from the code; it is never changed once a case may have begun under it.

What people read (``shown``, ``label``) stands in each language of the site, because a message catalog forgets
words that the code no longer says. It binds nothing: only the rest of a file is compared.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

FOLDERS = [Path(__file__).parent]


class UnknownDefinition(LookupError):
    """There is no frozen file for this version of this kind."""

    def __init__(self, kind: str, version: int) -> None:
        self.kind, self.version = kind, version
        super().__init__(
            f"There is no definition {kind}.{version}.json. Write it with: python3 manage.py freeze_machines"
        )


@dataclass(frozen=True)
class Definition:
    """One version of one machine, as its file has it."""

    kind: str
    version: int
    content: Mapping[str, Any]

    @property
    def initial(self) -> str:
        return str(self.content["initial"])

    @property
    def states(self) -> Mapping[str, Mapping[str, Any]]:
        return dict(self.content["states"])

    @cached_property
    def finals(self) -> frozenset[str]:
        return frozenset(name for name, state in self.states.items() if state["final"])

    @cached_property
    def steps(self) -> Mapping[tuple[str, str], Mapping[str, Any]]:
        """Each step by its name and the state where it starts."""
        return {(step["name"], state): step for step in self.content["steps"] for state in step["from"]}

    @cached_property
    def guarded(self) -> frozenset[str]:
        """The states into which some step leads that a second person decides."""
        return frozenset(
            state
            for step in self.content["steps"]
            if step["countersigned_by"] or step["not_by_those_who"]
            for state in step["to"] or ()
        )

    @cached_property
    def step_names(self) -> frozenset[str]:
        return frozenset(name for name, _state in self.steps)

    @cached_property
    def clocks(self) -> Mapping[str, Mapping[str, Any]]:
        return {clock["key"]: clock for clock in self.content["clocks"]}

    @cached_property
    def exclusions(self) -> frozenset[tuple[str, ...]]:
        """The lists of steps whose takers some step excludes."""
        return frozenset(
            tuple(step["not_by_those_who"]) for step in self.content["steps"] if step["not_by_those_who"]
        )


def file_of(kind: str, version: int) -> Path | None:
    """The file of a version; the folder named last wins."""
    found = (folder / f"{kind}.{version}.json" for folder in reversed(FOLDERS))
    return next((path for path in found if path.exists()), None)


@lru_cache
def definition(kind: str, version: int) -> Definition:
    """The frozen definition. Raises UnknownDefinition."""
    path = file_of(str(kind), version)
    if path is None:
        raise UnknownDefinition(str(kind), version)
    return Definition(str(kind), version, json.loads(path.read_text(encoding="utf-8")))


@lru_cache
def versions(kind: str) -> tuple[int, ...]:
    """The versions of a kind that have a file, oldest first."""
    names = {path.name for folder in FOLDERS for path in folder.glob(f"{kind}.*.json")}
    numbers = (name.split(".")[1] for name in names)
    return tuple(sorted(int(number) for number in numbers if number.isdigit()))


def forget() -> None:
    """Read the files anew when they are asked for next; after one was written."""
    from .. import clock_dates, machine, openness, page_options, reading_statement
    from . import older

    definition.cache_clear()
    versions.cache_clear()
    older.forget()
    machine.steps_by_state.cache_clear()
    openness.asked_by.cache_clear()
    reading_statement.statement.cache_clear()
    clock_dates.clocks_at_agencies.cache_clear()
    page_options.page_of.cache_clear()

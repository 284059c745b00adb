"""A line that moves a case to another version is exempt from four eyes: what such a line may be, by trigger.

It says from which version to which and why, is by somebody who changes rules, and neither ends a case nor
opens it again. Into a state where a second person decides it leads only if the state keeps its name, or along
a map that ships with the frozen definitions. Both are drawn into the trigger, so a new version or map asks
for a migration. The replay asks the same of histories that came about elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import permutations
from typing import Any

import pgtrigger

from .second_person import machine_kinds

CHANGE = "change_version"
MOVERS = ("ADMINISTRATOR", "PROGRAMME_OFFICER", "SYSTEM")
"""Who changes rules for everybody, and the system: they move cases to another version."""


@lru_cache
def states() -> tuple[tuple[str, int, str, bool, bool], ...]:
    """Kind, version and name of each frozen state that ends a case, or into which a second person leads."""
    from ..definitions import definition, versions

    return tuple(
        (kind, version, state, state in found.finals, state in found.guarded)
        for kind in machine_kinds()
        for version in versions(kind)
        for found in (definition(kind, version),)
        for state in sorted(found.finals | found.guarded)
    )


@lru_cache
def moves() -> tuple[str, ...]:
    """Each change of a state's name that a shipped map declares: kind, versions, states."""
    return tuple(sorted(_moves()))


def _moves() -> Iterator[str]:
    from ..definitions import versions
    from ..version_maps import shipped_moves

    for kind in machine_kinds():
        for source, target in permutations(versions(kind), 2):
            for was, becomes in shipped_moves(kind, source, target):
                yield f"{kind} {source} {target} {was} {becomes}"


class VersionChange(pgtrigger.Trigger):
    """Refuses a change of version that is none, or that decides something."""

    name = "a_change_of_version_decides_nothing"
    operation = pgtrigger.Insert
    when = pgtrigger.After
    declare = [
        ("kind_of_case", "text"), ("came_from", "integer"), ("stood_in", "text"), ("ends", "boolean"),
        ("decided", "boolean"),
    ]  # fmt: skip
    condition = pgtrigger.Condition("NEW.nature = 'MIGRATED'")

    def get_func(self, model: Any) -> str:
        movers = ", ".join(f"'{each}'" for each in MOVERS)
        known = ", ".join(sorted({f"'{kind} {version}'" for kind, version, *_rest in states()}))
        rows = ",\n".join(
            f"('{kind}', {version}, '{state}', {str(final).lower()}, {str(guarded).lower()})"
            for kind, version, state, final, guarded in states()
        )
        declared = ", ".join(f"'{each}'" for each in moves())
        return f"""
            SELECT definition_version, to_state INTO came_from, stood_in
            FROM workflows_step WHERE case_id = NEW.case_id AND sequence = NEW.sequence - 1;
            IF NOT FOUND OR came_from = NEW.definition_version OR stood_in <> NEW.from_state
                OR NEW.name <> '{CHANGE}' OR NEW.reason = ''
                OR (NEW.data->>'from_version') IS DISTINCT FROM came_from::text
                OR (NEW.data->>'to_version') IS DISTINCT FROM NEW.definition_version::text
            THEN
                RAISE EXCEPTION 'a change of version says from which version to which, and why';
            END IF;
            IF NEW.capacity NOT IN ({movers}) OR (NEW.actor_id IS NULL) <> (NEW.capacity = 'SYSTEM') THEN
                RAISE EXCEPTION 'a version is changed by those who change rules';
            END IF;
            SELECT kind INTO kind_of_case FROM workflows_case WHERE id = NEW.case_id;
            SELECT bool_or(s.final), bool_or(s.guarded AND s.state = NEW.to_state) INTO ends, decided
            FROM (VALUES {rows}) AS s(kind, version, state, final, guarded)
            WHERE s.kind = kind_of_case AND (
                (s.state = NEW.from_state AND s.version = came_from)
                OR (s.state = NEW.to_state AND (s.version = NEW.definition_version OR
                    concat_ws(' ', kind_of_case, NEW.definition_version) <> ALL (ARRAY[{known}]::text[]))));
            IF ends THEN
                RAISE EXCEPTION 'a change of version neither ends a case nor opens it again';
            END IF;
            IF decided AND NEW.from_state <> NEW.to_state AND concat_ws(' ', kind_of_case, came_from,
                NEW.definition_version, NEW.from_state, NEW.to_state) <> ALL (ARRAY[{declared}]::text[])
            THEN
                RAISE EXCEPTION 'only a shipped map leads into a state where a second person decides';
            END IF;
            RETURN NULL;
        """  # noqa: S608 (names of states and kinds of the frozen files)

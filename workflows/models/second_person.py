"""Four eyes in the database: what the door refuses, a trigger refuses to everybody else too.

The triggers are drawn from what the machines declare, so a changed machine asks for a migration. They look at
the case's own history, at waiting proposals and at absences, and only for a line that enters a state to which
a second person leads.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import pgtrigger

FOR_ABSENT = "for_absent"
"""Under which name a line's data says for whom, who is absent, the step was taken."""


@dataclass(frozen=True)
class WayIn:
    """One declared way into a state; ``excluded`` and ``second`` say what four eyes ask of it."""

    kind: str
    version: int
    step: str
    source: str
    target: str
    excluded: tuple[str, ...]
    second: bool

    @property
    def guarded(self) -> bool:
        return self.second or bool(self.excluded)

    def as_row(self) -> str:
        excluded = ",".join(f"'{name}'" for name in self.excluded)
        texts = ", ".join(f"'{text}'" for text in (self.kind, self.step, self.source, self.target))
        return f"({self.version}, {texts}, ARRAY[{excluded}]::text[], {str(self.second).lower()})"


def _machines() -> Iterable[Any]:
    from ..machines import (
        grant,
        renewal,
        soi_request,
        statement,
        stay,
        stay_referral,
        work_permit,
        worker_request,
    )

    return (
        grant.GrantMachine, renewal.RenewalMachine, soi_request.SoiRequestMachine, statement.StatementMachine,
        stay.StayMachine, stay_referral.StayReferralMachine, work_permit.WorkPermitMachine,
        worker_request.WorkerRequestMachine,
    )  # fmt: skip


def machine_kinds() -> tuple[str, ...]:
    """The kind of each machine."""
    return tuple(str(each.machine.kind) for each in _machines())


@lru_cache
def ways_in() -> tuple[WayIn, ...]:
    """Every declared way into each state, of any kind and version, into which a second person leads."""
    from ..machine import steps_of, targets_of

    found = set[WayIn]()
    for machine in _machines():
        found |= _frozen_ways(str(machine.machine.kind), machine.machine.version)
        for declared in steps_of(machine):
            manner = declared.custom["manner"]
            for target in targets_of(declared):
                found.add(
                    WayIn(
                        str(machine.machine.kind),
                        machine.machine.version,
                        declared.name,
                        str(declared.source),
                        target,
                        tuple(sorted(manner.not_by_those_who)),
                        manner.countersigned_by is not None,
                    )
                )
    guarded = {(each.kind, each.version, each.target) for each in found if each.guarded}
    kept = [each for each in found if (each.kind, each.version, each.target) in guarded]
    return tuple(
        sorted(kept, key=lambda each: (each.kind, each.version, each.target, each.step, each.source))
    )


def _frozen_ways(kind: str, newest: int) -> set[WayIn]:
    """The ways of the versions under which older cases still live."""
    from ..definitions import definition, versions

    return {
        WayIn(
            kind,
            version,
            name,
            source,
            target,
            tuple(step["not_by_those_who"]),
            step["countersigned_by"] is not None,
        )
        for version in versions(kind)
        if version != newest
        for (name, source), step in definition(kind, version).steps.items()
        for target in step["to"] or [source]
    }


class SecondPerson(pgtrigger.Trigger):
    """Refuses a line of history that enters such a state without the second person that its step asks for."""

    name = "a_second_person_decides"
    operation = pgtrigger.Insert
    when = pgtrigger.After
    declare = [
        ("way", "record"),
        ("kind_of_case", "text"),
        ("lives_under", "integer"),
        ("people", "bigint[]"),
    ]

    def get_condition(self, model: Any) -> pgtrigger.Condition:
        targets = ", ".join(f"'{each}'" for each in sorted({way.target for way in ways_in()}))
        return pgtrigger.Condition(
            f"NEW.nature <> 'MIGRATED' AND NEW.to_state <> NEW.from_state AND NEW.to_state IN ({targets})"
        )

    def get_func(self, model: Any) -> str:
        rows = ",\n".join(way.as_row() for way in ways_in())
        return f"""
            SELECT kind, definition_version INTO kind_of_case, lives_under
            FROM workflows_case WHERE id = NEW.case_id;
            IF lives_under <> NEW.definition_version THEN
                RAISE EXCEPTION 'a case is judged by the version that it lives under';
            END IF;
            SELECT * INTO way FROM (VALUES {rows}) AS w(version, kind, step, source, target, excluded, second)
            WHERE w.kind = kind_of_case AND w.version = NEW.definition_version AND w.target = NEW.to_state
            ORDER BY w.step = NEW.name AND w.source = NEW.from_state DESC LIMIT 1;
            IF NOT FOUND THEN
                RETURN NULL;
            END IF;
            IF NEW.nature <> 'MOVED' OR way.step <> NEW.name OR way.source <> NEW.from_state THEN
                RAISE EXCEPTION 'no such step leads there';
            END IF;
            IF NOT way.second AND way.excluded = ARRAY[]::text[] THEN
                RETURN NULL;
            END IF;
            IF NEW.actor_id IS NULL THEN
                RAISE EXCEPTION 'the system is no second person';
            END IF;
            people := array_remove(ARRAY(
                SELECT NEW.actor_id UNION SELECT (NEW.data->>'{FOR_ABSENT}')::bigint
                UNION SELECT person_id FROM workflows_absence
                WHERE deputy_id = NEW.actor_id AND starts_at <= NEW.at AND ends_at > NEW.at), NULL);
            IF EXISTS (
                SELECT FROM workflows_step s
                WHERE s.case_id = NEW.case_id AND s.id <> NEW.id AND s.name = ANY(way.excluded)
                    AND (s.actor_id = ANY(people) OR (s.data->>'{FOR_ABSENT}')::bigint = ANY(people))
            ) THEN
                RAISE EXCEPTION 'whoever prepared it does not decide it';
            END IF;
            IF way.second AND NOT EXISTS (
                SELECT FROM workflows_proposal p JOIN workflows_step s ON s.id = p.line_id
                WHERE p.case_id = NEW.case_id AND p.step = NEW.name AND p.fate = 'WAITING'
                    AND s.sequence < NEW.sequence AND NEW.data @> p.payload
                    AND s.actor_id <> ALL(people)
                    AND coalesce((s.data->>'{FOR_ABSENT}')::bigint <> ALL(people), true)
            ) THEN
                RAISE EXCEPTION 'this step needs a proposal by somebody else';
            END IF;
            RETURN NULL;
        """


PROPOSED_BY_ITS_LINE = pgtrigger.Trigger(
    name="a_proposal_has_its_line",
    operation=pgtrigger.Insert,
    when=pgtrigger.After,
    func="""
        IF NEW.fate <> 'WAITING' OR NOT EXISTS (
            SELECT FROM workflows_step
            WHERE id = NEW.line_id AND case_id = NEW.case_id AND nature = 'PROPOSED' AND name = NEW.step
                AND actor_id = NEW.proposed_by_id AND at = NEW.proposed_at AND data @> NEW.payload
        ) THEN
            RAISE EXCEPTION 'a proposal begins with a line of the history';
        END IF;
        RETURN NULL;
    """,
)
SETTLED_BY_ITS_LINE = pgtrigger.Trigger(
    name="a_proposal_is_settled_once",
    operation=pgtrigger.Update,
    when=pgtrigger.After,
    func="""
        IF (OLD.case_id, OLD.step, OLD.payload, OLD.content_hash, OLD.proposed_by_id, OLD.proposed_at,
                OLD.line_id)
            IS DISTINCT FROM (NEW.case_id, NEW.step, NEW.payload, NEW.content_hash, NEW.proposed_by_id,
                NEW.proposed_at, NEW.line_id)
            OR (OLD.fate = 'WAITING' AND OLD.reason IS DISTINCT FROM NEW.reason)
            OR (OLD.fate <> 'WAITING' AND (OLD.fate, OLD.decided_by_id, OLD.decided_at)
                IS DISTINCT FROM (NEW.fate, NEW.decided_by_id, NEW.decided_at))
        THEN
            RAISE EXCEPTION 'what was proposed or decided is never rewritten';
        END IF;
        IF NEW.fate = 'COUNTERSIGNED' AND OLD.fate = 'WAITING' AND NOT EXISTS (
            SELECT FROM workflows_step
            WHERE case_id = NEW.case_id AND nature = 'MOVED' AND name = NEW.step
                AND actor_id = NEW.decided_by_id AND at = NEW.decided_at
        ) THEN
            RAISE EXCEPTION 'a countersignature is a line of the history';
        END IF;
        RETURN NULL;
    """,
)

"""What a step needs to know, in one statement: the record, its facts, its clocks, the stamp of the rules."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

import orjson

from recordsets import fetch, instance

from . import openness
from .machine import FACT_PREFIX
from .models import Case, Clock, Pause, Proposal
from .parties import Actor
from .reading_statement import Statement, statement
from .rules import Rules, as_of, held

NO_KEYS: Mapping[int, str] = MappingProxyType({})


@dataclasses.dataclass
class Reading:
    """One record as a single statement found it: nothing in it is older than anything else in it."""

    record: Case
    clocks: list[Clock]
    rules: Rules
    number: int | None = None
    """The key of the line that a step at this record will write."""
    proposal_id: int | None = None
    repeated_id: int | None = None
    zones: Mapping[str, str] = dataclasses.field(default_factory=dict)
    """The time zones of the desks between which the case goes, by the key of the desk."""

    def zone(self) -> str:
        """The time zone in which the record, as it is now, counts its days."""
        return self.zones.get(str(self.record.day_desk_id()), self.record.time_zone)

    def proposal(self) -> Proposal | None:
        return Proposal.objects.get(pk=self.proposal_id) if self.proposal_id else None


def read(
    model: type[Case],
    pks: Sequence[int],
    *,
    by: Actor,
    at: datetime,
    step: str | None = None,
    keys: Mapping[int, str] = NO_KEYS,
    clocks: bool = True,
    using: str = "default",
) -> dict[int, Reading]:
    """The records with these keys as they are now, with the facts that ``step`` asks for (None: no facts).

    One statement for any number of them. ``keys`` of idempotency are by the key of the record. What dated
    policy decides is asked of each record afterwards. Without ``clocks`` the readings have none: enough to
    say what is open, not to take a step.
    """
    facts = frozenset[str]() if step is None else openness.asked_by(model, step)
    compiled = statement(
        model, facts, len(pks) == 1, using, clocks=clocks, keyed=any(keys.get(pk) for pk in pks)
    )
    rows = fetch(using, compiled.sql, compiled.bound(by, at, keys, pks))
    found = {}
    for row in rows:
        reading = _reading(model, compiled, row, using)
        if facts is None:
            with held(reading.rules):
                openness.tell_policy_facts(reading.record, by=by, at=at)
        found[reading.record.pk] = reading
    return found


def _reading(model: type[Case], compiled: Statement, told: Sequence[Any], using: str) -> Reading:
    row = list(told)
    for place, convert in compiled.converters:
        row[place] = convert(row[place])
    record = instance(model, dict(zip(compiled.fields, row, strict=False)), using=using)
    read_with: dict[str, Any] = {}
    for name, column in compiled.annotations:
        (record.__dict__ if name.startswith((FACT_PREFIX, openness.TOOK_PART)) else read_with)[name] = row[
            column
        ]
    rules = as_of(read_with["read_stamp"])
    return Reading(
        record=record,
        clocks=[_clock(each, rules, using) for each in orjson.loads(read_with["read_clocks"] or "[]")],
        rules=rules,
        number=read_with["read_number"],
        proposal_id=read_with["read_proposal"],
        repeated_id=read_with["read_repeated"],
        zones=orjson.loads(read_with.get("read_zones") or "{}"),
    )


def _clock(told: dict[str, Any], rules: Rules, using: str) -> Clock:
    row = told["row"]
    for name in ("started_at", "until_at", "due_at"):
        row[name] = row[name] and datetime.fromisoformat(row[name])
    for name in ("counts_from", "due_on"):
        row[name] = row[name] and date.fromisoformat(row[name])
    clock = instance(Clock, row, using=using)
    policy = rules.rows.get(row["policy_id"])
    if policy is not None:
        clock.follow(policy)
    clock.held_pauses = [_pause(each, using) for each in told["pauses"] or ()]
    fired = told["fired"] or {}
    clock.fired_rungs = {rung: datetime.fromisoformat(due_at) for rung, due_at in fired.items()}
    return clock


def _pause(row: dict[str, Any], using: str) -> Pause:
    row["began_at"] = datetime.fromisoformat(row["began_at"])
    row["ended_at"] = row["ended_at"] and datetime.fromisoformat(row["ended_at"])
    return instance(Pause, row, using=using)


def lock(pks: Iterable[int]) -> None:
    """Wait for whoever holds these cases, and hold them until the transaction ends."""
    list(Case.objects.select_for_update().filter(pk__in=list(pks)).order_by("pk").values_list("pk"))

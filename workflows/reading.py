"""What a step needs to know, in one statement: the record, its facts, its clocks, the stamp of the rules.

The ORM compiles that statement once for each kind of record and set of facts; afterwards only its parameters
change. A fact may depend on the person's key, on the instant and on its day, and on nothing else of them.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from django.db import connections, models
from django.db.models.expressions import RawSQL

from recordsets import fetch

from . import openness
from .days import rule_day
from .machine import FACT_PREFIX, steps_of
from .models import Case, Clock, Desk, Pause, Proposal
from .parties import Actor
from .rules import Rules, as_of, held

ANYBODY = 4_060_708_091
SOMETIME = datetime(2077, 7, 7, 7, 7, 7, 70_707, tzinfo=UTC)

CLOCKS = """(
    SELECT json_agg(json_build_object(
        'row', to_json(k.*),
        'pauses', (
            SELECT json_agg(to_json(p.*) ORDER BY p.began_at) FROM workflows_pause p WHERE p.clock_id = k.id),
        'fired', (
            SELECT json_object_agg(f.rung, f.due_at) FROM (
                SELECT d.rung, max(d.due_at) AS due_at FROM workflows_deadline d
                WHERE d.clock_id = k.id AND d.state = 'FIRED' GROUP BY d.rung) f)
    ) ORDER BY k.id)
    FROM workflows_clock k WHERE k.case_id = workflows_case.id AND k.stopped_at IS NULL
)"""
NO_CLOCKS = "NULL"
ZONES = "(SELECT json_object_agg(d.id, d.time_zone) FROM workflows_desk d WHERE d.id IN ({desks}))"
STAMP = "(SELECT stamp FROM workflows_rulesstamp WHERE id = 1)"
WAITING = """(
    SELECT u.id FROM workflows_proposal u WHERE u.case_id = workflows_case.id AND u.fate = 'WAITING' LIMIT 1
)"""
REPEATED = """(
    SELECT s.id FROM workflows_step s
    WHERE s.case_id = workflows_case.id AND s.idempotency_key = %s LIMIT 1
)"""
REPEATED_EACH = REPEATED.replace("= %s", "= (%s::jsonb ->> workflows_case.id::text)")
NO_KEY = "no such key ever"
NO_KEYS: Mapping[int, str] = MappingProxyType({})


@dataclasses.dataclass(frozen=True)
class Anybody:
    """Stands for the person while a statement is compiled."""

    pk: int = ANYBODY
    capacity: str = ""
    organization_id: None = None
    office_id: None = None


@dataclasses.dataclass
class Reading:
    """One record as a single statement found it: nothing in it is older than anything else in it."""

    record: Case
    clocks: list[Clock]
    rules: Rules
    proposal_id: int | None = None
    repeated_id: int | None = None
    zones: Mapping[str, str] = dataclasses.field(default_factory=dict)
    """The time zones of the desks between which the case goes, by the key of the desk."""

    def zone(self) -> str:
        """The time zone in which the record, as it is now, counts its days."""
        return self.zones.get(str(self.record.day_desk_id()), self.record.time_zone)

    def proposal(self) -> Proposal | None:
        return Proposal.objects.get(pk=self.proposal_id) if self.proposal_id else None


@dataclasses.dataclass(frozen=True)
class Statement:
    """A compiled reading: its text, where its parameters come from, and how its rows become records."""

    sql: str
    sources: tuple[Callable[[int, datetime, str | None], Any] | None, ...]
    params: tuple[Any, ...]
    fields: tuple[str, ...]
    annotations: tuple[tuple[str, int], ...]
    convert: Callable[[Sequence[Any]], Sequence[Any]]

    def bound(self, by: Actor, at: datetime, keys: Mapping[int, str], pks: Sequence[int]) -> list[Any]:
        person = by.pk or 0
        key = (keys.get(pks[0]) or None) if len(pks) == 1 else json.dumps(dict(keys))
        given = [
            value if source is None else source(person, at, key)
            for source, value in zip(self.sources, self.params, strict=True)
        ]
        return [*given, pks[0] if len(pks) == 1 else list(pks)]


def _source(value: Any) -> Callable[[int, datetime, str | None], Any] | None:
    """Where a parameter comes from; None for one that is always the same."""
    if value == ANYBODY:
        return lambda person, _at, _key: person
    if isinstance(value, datetime) and value == SOMETIME:
        return lambda _person, at, _key: at
    if type(value) is date and value == SOMETIME.date():
        return lambda _person, at, _key: rule_day(at)
    if value == NO_KEY:
        return lambda _person, _at, key: key
    return None


def _facts_of(model: type[Case], step: str) -> frozenset[str] | None:
    """The facts that a step asks for; None for all of them."""
    if step in (openness.COUNTERSIGN, openness.SEND_BACK):
        return None
    asked = frozenset(
        fact.name for declared in steps_of(model) if declared.name == step for fact in declared.conditions
    )
    return None if asked & model.told_facts else asked


def _zones_of(model: type[Case]) -> str:
    table = model._meta.db_table
    desks = [each for each in model._meta.local_concrete_fields if each.related_model is Desk]
    return ZONES.format(desks=", ".join(f'"{table}"."{each.column}"' for each in desks))


@lru_cache(maxsize=512)
def statement(
    model: type[Case], facts: frozenset[str] | None, single: bool, using: str, *, clocks: bool = True
) -> Statement:
    """The one statement that reads records of a kind with these facts (None: all that it has).

    One record and many are two statements: a server that plans for an unknown number plans anew each time.
    """
    queryset: models.QuerySet[Any] = model._default_manager.using(using).order_by()
    queryset = openness.with_facts(queryset, by=Anybody(), at=SOMETIME, only=facts)
    queryset = queryset.annotate(
        read_clocks=RawSQL(CLOCKS if clocks else NO_CLOCKS, (), output_field=models.TextField()),
        read_stamp=RawSQL(STAMP, (), output_field=models.BigIntegerField()),
        read_proposal=RawSQL(WAITING, (), output_field=models.BigIntegerField()),
        read_repeated=RawSQL(
            REPEATED if single else REPEATED_EACH, (NO_KEY,), output_field=models.BigIntegerField()
        ),
    )
    if clocks and model.goes_from_zone_to_zone():
        zones = RawSQL(_zones_of(model), (), output_field=models.TextField())
        queryset = queryset.annotate(read_zones=zones)
    query = queryset.query
    if query.where:
        raise TypeError(
            f"{model.__name__}: the default manager must not filter; the engine reads every case."
        )
    connection = connections[using]
    compiler = query.get_compiler(connection=connection)
    sql, params = compiler.as_sql()
    select, known, named = compiler.select, compiler.klass_info, compiler.annotation_col_map
    converters = compiler.get_converters([column[0] for column in select])

    def convert(row: Sequence[Any]) -> Sequence[Any]:
        return next(iter(compiler.apply_converters((row,), converters)))

    return Statement(
        sql=f"{sql} WHERE workflows_case.id = " + ("%s" if single else "ANY(%s)"),
        sources=tuple(_source(value) for value in params),
        params=tuple(params),
        fields=tuple(select[index][0].target.attname for index in known["select_fields"]),
        annotations=tuple(named.items()),
        convert=convert,
    )


def read(
    model: type[Case],
    pks: Sequence[int],
    *,
    by: Actor,
    at: datetime,
    step: str | None = None,
    keys: Mapping[int, str] = NO_KEYS,
    decided: bool = True,
    clocks: bool = True,
    using: str = "default",
) -> dict[int, Reading]:
    """The records with these keys as they are now, with the facts that ``step`` asks for (None: no facts).

    One statement for any number of them. ``keys`` of idempotency are by the key of the record. What dated
    policy decides is asked of each record afterwards, or taken to hold where ``decided`` is false. Without
    ``clocks`` the readings have none: enough to say what is open, not to take a step.
    """
    facts = frozenset[str]() if step is None else _facts_of(model, step)
    compiled = statement(model, facts, len(pks) == 1, using, clocks=clocks)
    rows = fetch(using, compiled.sql, compiled.bound(by, at, keys, pks))
    found = {}
    for row in rows:
        reading = _reading(model, compiled, compiled.convert(row), using)
        if facts is None and decided:
            with held(reading.rules):
                openness.tell_policy_facts(reading.record, by=by, at=at)
        elif facts is None:
            openness.presume_policy_facts(reading.record)
        found[reading.record.pk] = reading
    return found


def _reading(model: type[Case], compiled: Statement, row: Sequence[Any], using: str) -> Reading:
    record = model.from_db(using, compiled.fields, row[: len(compiled.fields)])
    read_with: dict[str, Any] = {}
    for name, column in compiled.annotations:
        (record.__dict__ if name.startswith((FACT_PREFIX, openness.TOOK_PART)) else read_with)[name] = row[
            column
        ]
    rules = as_of(read_with["read_stamp"])
    return Reading(
        record=record,
        clocks=[_clock(each, rules) for each in read_with["read_clocks"] or ()],
        rules=rules,
        proposal_id=read_with["read_proposal"],
        repeated_id=read_with["read_repeated"],
        zones=read_with.get("read_zones") or {},
    )


def _clock(told: dict[str, Any], rules: Rules) -> Clock:
    row = told["row"]
    for name in ("started_at", "until_at", "due_at"):
        row[name] = row[name] and datetime.fromisoformat(row[name])
    for name in ("counts_from", "due_on"):
        row[name] = row[name] and date.fromisoformat(row[name])
    clock = Clock(**row)
    policy = rules.rows.get(row["policy_id"])
    if policy is not None:
        clock.policy = policy
    clock.held_pauses = [_pause(each) for each in told["pauses"] or ()]
    fired = told["fired"] or {}
    clock.fired_rungs = {rung: datetime.fromisoformat(due_at) for rung, due_at in fired.items()}
    return clock


def _pause(row: dict[str, Any]) -> Pause:
    row["began_at"] = datetime.fromisoformat(row["began_at"])
    row["ended_at"] = row["ended_at"] and datetime.fromisoformat(row["ended_at"])
    return Pause(**row)


def lock(pks: Iterable[int]) -> None:
    """Wait for whoever holds these cases, and hold them until the transaction ends."""
    list(Case.objects.select_for_update().filter(pk__in=list(pks)).order_by("pk").values_list("pk"))

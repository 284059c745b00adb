"""The text of the reading statement: compiled by the ORM once for each kind of record and set of facts.

Afterwards only its parameters change. A fact may depend on the person's key, on the instant and on its day,
and on nothing else of them.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache, partial
from typing import Any

from django.db import connections, models
from django.db.models.expressions import RawSQL
from psycopg.sql import Literal

from . import openness
from .days import rule_day
from .models import Case, Desk
from .parties import Actor

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
)::text"""
NO_CLOCKS = "NULL"
ZONES = "(SELECT json_object_agg(d.id, d.time_zone) FROM workflows_desk d WHERE d.id IN ({desks}))::text"
STAMP = "(SELECT stamp FROM workflows_rulesstamp WHERE id = 1)"
WAITING = """(
    SELECT u.id FROM workflows_proposal u WHERE u.case_id = workflows_case.id AND u.fate = 'WAITING' LIMIT 1
)"""
REPEATED = """(
    SELECT s.id FROM workflows_step s
    WHERE s.case_id = workflows_case.id AND s.idempotency_key = %s LIMIT 1
)"""
NUMBER = "nextval('workflows_step_id_seq')"
REPEATED_EACH = REPEATED.replace("= %s", "= (%s::jsonb ->> workflows_case.id::text)")
NO_KEY = "no such key ever"
THESE = object()
PERSON, INSTANT, DAY, KEY, CASES = "person", "instant", "day", "key", "cases"
TYPES = {PERSON: "bigint", INSTANT: "timestamptz", DAY: "date", KEY: "text", CASES: "bigint"}


@dataclasses.dataclass(frozen=True)
class Anybody:
    """Stands for the person while a statement is compiled."""

    pk: int = ANYBODY
    capacity: str = ""
    organization_id: None = None
    office_id: None = None


@dataclasses.dataclass(frozen=True)
class Statement:
    """A compiled reading: its text, with what it is given by number, and how its rows become records."""

    sql: str
    given: tuple[str, ...]
    fields: tuple[str, ...]
    annotations: tuple[tuple[str, int], ...]
    converters: tuple[tuple[int, Callable[[Any], Any]], ...]

    def bound(self, by: Actor, at: datetime, keys: Mapping[int, str], pks: Sequence[int]) -> list[str | None]:
        single = len(pks) == 1
        known = {
            PERSON: str(by.pk or 0),
            INSTANT: at.isoformat(),
            DAY: rule_day(at).isoformat(),
            KEY: (keys.get(pks[0]) or None) if single else json.dumps(dict(keys)),
            CASES: str(pks[0]) if single else f"{{{','.join(map(str, pks))}}}",
        }
        return [known[name] for name in self.given]


def _given(value: Any) -> str:
    """What the parameter stands for, of the things a statement is given; empty for what never changes."""
    if value is THESE:
        return CASES
    if value == ANYBODY:
        return PERSON
    if isinstance(value, datetime) and value == SOMETIME:
        return INSTANT
    if type(value) is date and value == SOMETIME.date():
        return DAY
    return KEY if value == NO_KEY else ""


def addressed(sql: str, params: Sequence[Any], *, single: bool, using: str) -> tuple[str, tuple[str, ...]]:
    """A compiled query of one case or of many, by their keys, and the names of what it is given, in order.

    Each thing that it is given is bound once; what never changes is written out.
    """
    connection = connections[using]
    connection.ensure_connection()
    where = " WHERE workflows_case.id = " + ("%s" if single else "ANY(%s)")
    types = TYPES if single else {**TYPES, CASES: "bigint[]"}
    return _numbered(sql + where, [*params, THESE], types, connection.connection)


def _numbered(
    sql: str, params: Sequence[Any], types: Mapping[str, str], raw: Any
) -> tuple[str, tuple[str, ...]]:
    numbers: dict[str, int] = {}
    values = iter(params)

    def said(found: re.Match[str]) -> str:
        if found[1] == "%":
            return "%"
        value = next(values)
        name = _given(value)
        if not name:
            return f"({Literal(value).as_string(raw)})"
        return f"${numbers.setdefault(name, len(numbers) + 1)}::{types[name]}"

    return re.sub("%([s%])", said, sql), tuple(numbers)


def _zones_of(model: type[Case]) -> str:
    table = model._meta.db_table
    desks = [each for each in model._meta.local_concrete_fields if each.related_model is Desk]
    return ZONES.format(desks=", ".join(f'"{table}"."{each.column}"' for each in desks))


@lru_cache(maxsize=512)
def statement(
    model: type[Case],
    facts: frozenset[str] | None,
    single: bool,
    using: str,
    *,
    clocks: bool = True,
    keyed: bool = True,
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
        read_number=RawSQL(NUMBER if clocks else "NULL", (), output_field=models.BigIntegerField()),
        read_repeated=RawSQL(
            (REPEATED if single else REPEATED_EACH) if keyed else "NULL",
            (NO_KEY,) if keyed else (),
            output_field=models.BigIntegerField(),
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
    sql, given = addressed(*compiler.as_sql(), single=single, using=using)
    select, known, named = compiler.select, compiler.klass_info, compiler.annotation_col_map
    return Statement(
        sql=sql,
        given=given,
        fields=tuple(select[index][0].target.attname for index in known["select_fields"]),
        annotations=tuple(named.items()),
        converters=tuple(
            (place, partial(_converted, converters, expression, connection))
            for place, (converters, expression) in compiler.get_converters(
                [column[0] for column in select]
            ).items()
        ),
    )


def _converted(converters: Sequence[Callable[..., Any]], expression: Any, connection: Any, value: Any) -> Any:
    """A value as Django makes it of what the database says."""
    for convert in converters:
        value = convert(value, expression, connection)
    return value

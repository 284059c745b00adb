"""Many rows in one statement: written as a JSON list, typed by PostgreSQL, prepared on the server.

The statements of the write path are few and each is sent very often, so preparing them saves the planning.
Behind a pooler that cannot keep prepared statements, set ``DATABASE_PREPARES`` to false.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from itertools import count
from typing import Any
from uuid import UUID

import psycopg
from django.db import connections, models
from django.db.backends.base.base import BaseDatabaseWrapper


def fetch(using: str, sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Every row of a statement with bound parameters.

    Errors are Django's; the statement is logged and counted like any other.
    """
    connection: BaseDatabaseWrapper = connections[using]
    connection.ensure_connection()
    raw: Any = psycopg.RawCursor(connection.connection)
    logged = connection.queries_logged
    with connection.make_debug_cursor(raw) if logged else connection.make_cursor(raw) as cursor:
        cursor.execute(_numbered(sql), params)
        return list(cursor.fetchall())


@lru_cache(maxsize=1024)
def _numbered(sql: str) -> str:
    """The statement with PostgreSQL's own placeholders: long ones are otherwise taken apart at each call."""
    numbers = count(1)
    return re.sub("%([s%])", lambda found: f"${next(numbers)}" if found[1] == "s" else "%", sql)


class _Encoder(json.JSONEncoder):
    def default(self, o: Any) -> Any:
        if isinstance(o, datetime | date | time):
            return o.isoformat()
        if isinstance(o, Decimal | UUID):
            return str(o)
        if hasattr(o, "obj"):  # psycopg's wrapper around a JSON value
            return o.obj
        return super().default(o)


_encode = _Encoder(separators=(",", ":")).encode


def dump(rows: Iterable[Mapping[str, Any]]) -> str:
    """The rows as the parameter of ``jsonb_to_recordset``."""
    return _encode(list(rows))


def columns(row: models.Model, names: Iterable[str]) -> dict[str, Any]:
    """The values of these attributes, by name."""
    return {name: row.__dict__[name] for name in names}


def record_type(model: type[models.Model], names: Iterable[str], *, using: str) -> str:
    """The columns of a record set, by attribute name, with the types of the model's table."""
    fields = {each.attname: each for each in model._meta.concrete_fields}
    connection = connections[using]
    return ", ".join(f'"{fields[name].column}" {_type_of(fields[name], connection)}' for name in names)


def _type_of(column: models.Field[Any, Any], connection: Any) -> str:
    return str(column.cast_db_type(connection) or column.db_type(connection)).split(" COLLATE ")[0]


def listed(names: Iterable[str], *, of: str = "") -> str:
    """Column names, quoted, for a statement; ``of`` is the alias of their table."""
    return ", ".join(f'{of}."{name}"' if of else f'"{name}"' for name in names)

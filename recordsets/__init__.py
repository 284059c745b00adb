"""Rows in few statements: one bound as it is, several as a JSON list, typed and prepared by PostgreSQL.

The statements of the write path are few and each is sent very often, so preparing them saves the planning.
Behind a pooler that cannot keep prepared statements, set ``DATABASE_PREPARES`` to false.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from itertools import count
from typing import Any, TypeVar
from uuid import UUID

import orjson
import psycopg
from django.db import connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.base import ModelState
from psycopg.types.datetime import TimestamptzLoader

Row = TypeVar("Row", bound=models.Model)


@dataclass(frozen=True)
class Rider:
    """Rows that one package writes in a statement of another: with what happened there, or not at all.

    ``sql`` is an inserting statement with placeholders for ``params`` that returns rows; ``then`` is told
    them, each as a mapping, in the transaction of the statement. Where ``then`` writes only if some condition
    fails, ``whole_if`` is that condition, with placeholders for ``whole_params``: while it holds, the
    statement needs no transaction around it.
    """

    sql: str
    params: Sequence[Any]
    then: Callable[[list[dict[str, Any]]], object]
    whole_if: str = ""
    whole_params: Sequence[Any] = ()


def fetch(using: str, sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Every row of a statement with bound parameters.

    Errors are Django's; the statement is logged and counted like any other.
    """
    connection: BaseDatabaseWrapper = connections[using]
    connection.ensure_connection()
    if connection.queries_logged or connection.execute_wrappers:
        watching = connection.make_debug_cursor if connection.queries_logged else connection.make_cursor
        connection.tell()  # type: ignore[attr-defined]
        raw: Any = _Watched(connection.connection)
        with watching(raw) as watched:
            watched.execute(sql, params)
            return list(watched.fetchall())
    connection.validate_no_broken_transaction()
    connection.tell()  # type: ignore[attr-defined]
    with connection.wrap_database_errors:
        return _cursor(connection).execute(_numbered(sql), params).fetchall()


class _Cursor(psycopg.RawCursor[Any]):
    """A cursor whose instants are read by the driver itself: in UTC, the zone of every connection here."""

    def __init__(self, connection: Any) -> None:
        super().__init__(connection)
        self.adapters.register_loader("timestamptz", TimestamptzLoader)


class _Watched(_Cursor):
    """One that numbers the placeholders itself: who logs the statement knows them as Django writes them."""

    def execute(self, query: Any, params: Any = None, **how: Any) -> Any:
        return super().execute(_numbered(query), params, **how)


def _cursor(connection: BaseDatabaseWrapper) -> _Cursor:
    """The connection's own cursor, made once: nobody reads from it while another statement is sent."""
    raw: Any = connection.connection
    found: _Cursor | None = getattr(raw, _KEPT, None)
    if found is None:
        found = _Cursor(raw)
        setattr(raw, _KEPT, found)
    return found


_KEPT = "recordsets_cursor"


@lru_cache(maxsize=1024)
def _numbered(sql: str) -> str:
    """The statement with PostgreSQL's own placeholders: long ones are otherwise taken apart at each call."""
    numbers = count(1)
    return re.sub("%([s%])", lambda found: f"${next(numbers)}" if found[1] == "s" else "%", sql)


def _encode(value: Any) -> str:
    return orjson.dumps(value, default=_plain).decode()


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    if hasattr(value, "obj"):  # psycopg's wrapper around a JSON value
        return value.obj
    raise TypeError(f"{type(value).__name__} cannot be stored")


def given(types: Mapping[str, str], *, alone: bool) -> str:
    """Rows that a statement is given, for its FROM, with placeholders for what ``bound`` makes of them.

    ``types`` are the columns with their types. A row that is ``alone`` is bound value by value, which saves
    the server a list to take apart; several come as one JSON list.
    """
    if not alone:
        listed_types = ", ".join(f'"{name}" {type_}' for name, type_ in types.items())
        return f"(SELECT * FROM jsonb_to_recordset(%s::jsonb) AS t({listed_types}))"
    # Without their length: a cast to a shorter text would cut it off, storing it refuses.
    values = (f'%s::{re.sub(r"[(].*?[)]", "", type_)} AS "{name}"' for name, type_ in types.items())
    return f"(SELECT {', '.join(values)})"


def bound(rows: Sequence[Mapping[str, Any]], types: Mapping[str, str], *, alone: bool) -> list[str | None]:
    """The parameters of ``given`` for these rows: texts, so that one prepared statement fits all values."""
    if not alone:
        return [_encode(rows)]
    row = rows[0]
    return [_text(row[name]) for name in types]


def _text(value: Any) -> str | None:
    if value is None or type(value) is str:
        return value
    return _TEXTS.get(type(value), _other)(value)


def _other(value: Any) -> str:
    """A subtype of what is known, else JSON."""
    for known, as_text in _TEXTS.items():
        if isinstance(value, known):
            return as_text(value)
    return _encode(value)


_TEXTS: dict[type[Any], Callable[[Any], str]] = {
    str: str.__str__,
    bool: lambda value: "true" if value else "false",
    int: str,
    datetime: datetime.isoformat,
    date: date.isoformat,
    time: time.isoformat,
    Decimal: str,
    UUID: str,
    dict: _encode,
    list: _encode,
}


def columns(row: models.Model, names: Iterable[str]) -> dict[str, Any]:
    """The values of these attributes, by name."""
    return {name: row.__dict__[name] for name in names}


def column_types(model: type[models.Model], names: Iterable[str], *, using: str) -> dict[str, str]:
    """These columns of a model's table, by attribute name, with their types."""
    fields = {each.attname: each for each in model._meta.concrete_fields}
    connection = connections[using]
    return {str(fields[name].column): _type_of(fields[name], connection) for name in names}


def _type_of(column: models.Field[Any, Any], connection: Any) -> str:
    return str(column.cast_db_type(connection) or column.db_type(connection)).split(" COLLATE ")[0]


def listed(names: Iterable[str], *, of: str = "") -> str:
    """Column names, quoted, for a statement; ``of`` is the alias of their table."""
    return ", ".join(f'{of}."{name}"' if of else f'"{name}"' for name in names)


def instance(model: type[Row], values: Mapping[str, Any], *, using: str = "") -> Row:
    """A record with these values by attribute name (``policy_id``, not ``policy``), else its defaults.

    What ``model(**values)`` makes, without asking every field in turn and without signals: for the rows of
    which every step makes several. With ``using`` it is stored there already. Names are not checked.
    """
    plain, called = _defaults(model)
    row = model.__new__(model)
    row._state = state = ModelState()
    if using:
        state.db, state.adding = using, False
    row.__dict__.update(plain)
    row.__dict__.update(values)
    for name, default in called:
        if name not in values:
            row.__dict__[name] = default()
    return row


@lru_cache(maxsize=64)
def _defaults(model: type[models.Model]) -> tuple[dict[str, Any], list[tuple[str, Callable[[], Any]]]]:
    """The values that never differ, and the makers of those that may."""
    fields = model._meta.concrete_fields
    called = [each for each in fields if each.has_default() and callable(each.default)]
    plain = {each.attname: each.get_default() for each in fields if each not in called}
    return plain, [(each.attname, each.get_default) for each in called]

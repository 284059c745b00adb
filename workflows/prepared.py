"""Runs the engine's own statements on Django's connection, prepared on the server.

The engine sends few statements, each very often; preparing them saves the planning. Behind a pooler that
cannot keep prepared statements, set ``DATABASE_PREPARES`` to false.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import psycopg
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper


def fetch(using: str, sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Every row of a statement with bound parameters.

    Errors are Django's; the statement is logged and counted like any other.
    """
    connection: BaseDatabaseWrapper = connections[using]
    connection.ensure_connection()
    raw: Any = psycopg.Cursor(connection.connection)
    logged = connection.queries_logged
    with connection.make_debug_cursor(raw) if logged else connection.make_cursor(raw) as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())

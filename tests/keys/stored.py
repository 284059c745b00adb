"""What the database holds of a row, past the models."""

from __future__ import annotations

from typing import Any

from django.db import connection


def stored(record: Any, *columns: str) -> list[Any]:
    """What the database holds of a row."""
    table, pk = record._meta.db_table, record._meta.pk.column
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(columns)} FROM {table} WHERE {pk} = %s", [record.pk])  # noqa: S608
        return list(cursor.fetchone())


def store(record: Any, column: str, value: Any) -> None:
    table, pk = record._meta.db_table, record._meta.pk.column
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {column} = %s WHERE {pk} = %s", [value, record.pk])  # noqa: S608

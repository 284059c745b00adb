"""Looking for workers in the database itself: every column of every table, and the server's own files."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.db import connection

from referrals.demo import workers
from referrals.models import Document, LookUp, Person, WorkerRequest
from tests.wall.world import ALL_WORKERS, CONFIDENCES, Secrets, World

WITHOUT_WORDS = {
    "bool", "date", "float8", "int2", "int4", "int8", "inet", "interval", "numeric", "oid", "time",
    "timestamp", "timestamptz", "uuid", "_int8",
}  # fmt: skip


def columns() -> list[tuple[str, str, str]]:
    """Every column of ours that could hold words, with its type."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, a.attname, t.typname FROM pg_class c "
            "JOIN pg_attribute a ON a.attrelid = c.oid JOIN pg_type t ON t.oid = a.atttypid "
            "WHERE c.relkind IN ('r', 'm', 'p') AND a.attnum > 0 AND NOT a.attisdropped "
            "AND c.relnamespace = 'public'::regnamespace ORDER BY 1, 2"
        )
        return [row for row in cursor.fetchall() if row[2] not in WITHOUT_WORDS]


def words_in(table: str, column: str, kind: str) -> str:
    """A whole column as text; bytes as the characters that they are."""
    shown = f"encode(\"{column}\", 'escape')" if kind == "bytea" else f'"{column}"::text'
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT string_agg({shown}, chr(10)) FROM "{table}"')  # noqa: S608
        return cursor.fetchone()[0] or ""


def hidden() -> Secrets:
    """Names, numbers, births, addresses, receipts, confidences, and what was decided in words."""
    receipts = {each.receipt_number for each in WorkerRequest.objects.all() if each.receipt_number}
    told = {
        str(getattr(each, name))
        for each in Person.objects.all()
        for name in ("name", "given_names", "family_names", "born_on", "a_number", "phone")
    }
    phrases = {"The papers do not show work in the period", "Rent and food for two."}
    return ALL_WORKERS | CONFIDENCES | Secrets(frozenset((receipts | told | phrases) - {"", "None"}))


def test_there_is_something_to_hide(world: World) -> None:
    assert len(Person.objects.all()) == len(workers.ALL)
    assert len(hidden().words) > 5 * len(workers.ALL)
    assert Document.objects.exists()
    assert LookUp.objects.count() == len(workers.ALL)


def test_every_kind_of_column_that_can_hold_words_is_looked_at(world: World) -> None:
    assert {"text", "varchar", "jsonb", "bytea"} <= {kind for _table, _column, kind in columns()}
    assert {"referrals_person", "referrals_document", "django_session", "notifications_message"} <= {
        table for table, _column, _kind in columns()
    }


def test_no_column_of_any_table_holds_a_worker_in_clear(world: World) -> None:
    words = hidden()
    found = {
        f"{table}.{column}": there
        for table, column, kind in columns()
        if (there := words.found_in(words_in(table, column, kind)))
    }
    assert found == {}


def test_no_paper_is_there_in_clear(world: World) -> None:
    assert "%PDF" not in words_in("referrals_document", "content", "bytea")
    assert all(
        each.content.startswith(b"%PDF") for each in Document.objects.filter(media_type="application/pdf")
    )


def test_no_file_of_the_server_holds_a_worker_in_clear(world: World) -> None:
    """The tables and indexes as they are on the disk, with what was deleted from them.

    Reasons that people typed stand in one table in clear and can be redacted; other tests name workers there.
    """
    with connection.cursor() as cursor:
        cursor.execute("SHOW data_directory")
        (directory,) = cursor.fetchone()
        cursor.execute("SELECT oid FROM pg_database WHERE datname = current_database()")
        (oid,) = cursor.fetchone()
        cursor.execute(
            "SELECT pg_relation_filenode(oid)::text FROM pg_class "
            "WHERE relname = 'workflows_wording' "
            "OR oid = (SELECT reltoastrelid FROM pg_class WHERE relname = 'workflows_wording')"
        )
        reasons = {name for (name,) in cursor.fetchall()}
    files = Path(directory) / "base" / str(oid)
    try:
        readable = sorted(each for each in files.iterdir() if each.is_file() and each.name not in reasons)
    except OSError:
        pytest.skip("the server's files lie elsewhere, or are not ours to read")
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
    long_ones = {word for word in hidden().words if len(word) > 8}
    pattern = re.compile(b"|".join(re.escape(word.encode()) for word in sorted(long_ones)))
    found = {each.name: set(pattern.findall(read(each))) for each in readable}
    assert {name: words for name, words in found.items() if words} == {}
    assert any(b"v1." in read(each) for each in readable)


def read(file: Path) -> bytes:
    """Nothing, where the server has removed the file of a table that was emptied."""
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return b""

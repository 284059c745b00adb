"""The migration that encrypts rows which were stored in clear, and takes it back."""

from __future__ import annotations

import importlib
from datetime import date
from types import SimpleNamespace
from typing import Any

from django.db import connection

from referrals import lookups
from referrals.demo.cast import Cast
from referrals.keys import ring
from referrals.models import DataKey, Document, LookUp, Person, WorkerRequest
from tests.cases import active_statement, routed_request
from tests.keys.stored import stored

migration = importlib.import_module("referrals.migrations.0008_encrypt")
EDITOR = SimpleNamespace(connection=connection)


def without_bounds() -> None:
    """As the tables are while the migration runs."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table, column in (
            ("person", "key_id"), ("organization", "key_id"), ("organization", "look_up_key_id"),
            ("document", "key_id"),
        ):  # fmt: skip
            cursor.execute(f"ALTER TABLE referrals_{table} ALTER COLUMN {column} DROP NOT NULL")


def read(request: WorkerRequest) -> Any:
    ring.begin()
    again = WorkerRequest.objects.get(pk=request.pk)
    return (
        again.person.name, again.person.a_number, again.person.born_on, again.receipt_number,
        again.evidence.get().note, again.screening.arrests,
        [bytes(each.content) for each in Document.objects.order_by("pk")],
    )  # fmt: skip


def test_there_and_back_everything_says_the_same(cast: Cast) -> None:
    request = routed_request(cast, active_statement(cast))
    person = request.person
    person.born_on, person.a_number = date(1990, 2, 3), "A012345678"
    person.save()
    request.screening.arrests = "Once, near Yonder"
    request.screening.save()
    before, number = read(request), Document.objects.count()
    assert number > 2
    without_bounds()

    migration.decrypt(None, EDITOR)
    assert stored(person, "given_names", "a_number", "born_on") == ["Prudencia", "A012345678", "1990-02-03"]
    assert stored(request.screening, "arrests") == ["Once, near Yonder"]
    assert all(
        bytes(content).startswith(b"%PDF") for pk in Document.objects.values_list("pk", flat=True)
        for content in stored(SimpleNamespace(_meta=Document._meta, pk=pk), "content")
    )  # fmt: skip
    assert not DataKey.objects.exists()
    assert not LookUp.objects.exists()

    migration.encrypt(None, EDITOR)
    assert stored(person, "given_names")[0].startswith("v1.")
    assert read(request) == before
    assert not Person.objects.filter(key=None).exists()
    assert lookups.found(cast.representative.hat.organization_id, "A012345678").exists()
    assert lookups.found(cast.representative.hat.organization_id, request.receipt_number).exists()


def test_an_empty_database_needs_nothing(db: None) -> None:
    migration.encrypt(None, EDITOR)
    assert not DataKey.objects.exists()

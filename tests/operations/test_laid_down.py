"""What is laid down again is what was made; where anything else was written, it is made anew."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone, translation

from referrals.demo.cast import Cast
from referrals.models import SoiRequest, Statement
from tests import laid_down, versions
from tests.cases import OPEN_WORLD, active_statement, as_a_test_has_it, everybody, request_draft
from workflows import history
from workflows.models import Step

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The tables that were read to be kept, each time a function was carried out; nothing was made before."""
    monkeypatch.setattr(laid_down, "_kept", {})
    monkeypatch.setattr(laid_down, "_place", None)
    read: list[str] = []
    keep = laid_down._read

    def noticed(table: str) -> bytes:
        read.append(table)
        return keep(table)

    monkeypatch.setattr(laid_down, "_read", noticed)
    return read


def everything() -> dict[str, list[str]]:
    """Every row of every table, as text."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        found = {}
        for table in tables:
            cursor.execute(f'SELECT each::text FROM "{table}" each ORDER BY 1')  # noqa: S608
            found[table] = [row[0] for row in cursor.fetchall()]
        return found


def told(after: Any = None) -> dict[str, list[str]]:
    """All rows, in a transaction that is taken back, after people, a statement and something else."""
    with as_a_test_has_it():
        cast = everybody()
        statement = active_statement(cast)
        if after:
            after(cast, statement)
        found = everything()
        transaction.set_rollback(True)
    return found


@pytest.mark.django_db(transaction=True)
class TestTheSame:
    def test_every_row_is_as_it_was_made(self, made: list[str]) -> None:
        first = told()
        assert {"referrals_user", "workflows_step", "referrals_document"} <= set(made)
        assert Statement.objects.count() == 0
        made.clear()
        assert told() == first
        assert made == []

    def test_a_chain_goes_on_from_where_it_came(self, made: list[str]) -> None:
        def asked(cast: Cast, _statement: Statement) -> None:
            request_draft(cast)

        first = told(asked)
        made.clear()
        assert told(asked) == first
        assert told() != first
        assert made == []

    def test_its_answer_is_the_record_and_goes_on_through_the_door(self) -> None:
        def closed(cast: Cast, statement: Statement) -> None:
            assert Statement.objects.get() == statement
            assert statement.matter.agency == cast.organizations["NLRB"]
            assert history.verify().broken is None
            with pytest.raises(DatabaseError), transaction.atomic():
                Step.objects.filter(case=statement).update(name="accept")

        told(closed)
        told(closed)


class TestAnythingElse:
    """A chain ends where anything but its own functions has written, or may come to something else."""

    def test_what_was_written_since_counts(self, cast: Cast, made: list[str]) -> None:
        made.clear()
        cast.river.name = "Rita Streams"
        cast.river.save()
        assert request_draft(cast).requester
        assert made == []
        assert laid_down._chain_until(laid_down._written()) is None

    def test_what_was_taken_back_counts(self, cast: Cast) -> None:
        with transaction.atomic():
            request_draft(cast)
            transaction.set_rollback(True)
        assert SoiRequest.objects.count() == 0
        request = request_draft(cast)
        assert SoiRequest.objects.get() == request

    def test_people_who_sign_in_do_not(self, cast: Cast, client: Any) -> None:
        client.force_login(cast.river)
        assert laid_down._chain_until(laid_down._written()) is not None

    def test_the_present_never_comes_again(self, cast: Cast, made: list[str]) -> None:
        made.clear()
        request_draft(cast, at=timezone.now().replace(microsecond=7))
        assert made == []

    def test_the_day_the_language_the_settings_and_the_machines_count(
        self, settings: Any, tmp_path: Path, time_machine: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        seen = [laid_down._surroundings()]
        with translation.override("es"):
            seen.append(laid_down._surroundings())
        with versions.known(versions.write(tmp_path / "definitions")):
            seen.append(laid_down._surroundings())
        with monkeypatch.context() as moment:
            moment.setattr(SoiRequest, "machine", dataclasses.replace(SoiRequest.machine, version=2))
            seen.append(laid_down._surroundings())
        settings.SITE_URL = "https://elsewhere.example"
        seen.append(laid_down._surroundings())
        time_machine.move_to(OPEN_WORLD + timedelta(days=400), tick=False)
        seen.append(laid_down._surroundings())
        assert len(set(seen)) == len(seen)
        assert laid_down._surroundings() == seen[-1]

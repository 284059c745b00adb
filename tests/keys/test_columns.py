"""Encrypted columns: what the database holds, what queries may ask, what a page costs."""

from __future__ import annotations

import ast
import pickle
from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import FieldError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from referrals.demo.cast import Cast
from referrals.keys import ring
from referrals.keys.cipher import Unreadable
from referrals.models import DataKey, Document, Person, Screening, WorkerRequest
from referrals.models.fields import InClear, is_sealed
from referrals.services.persons import add_person
from tests.architecture import sources
from tests.cases import OPEN_WORLD, active_statement, draft_request, signed_request
from tests.keys.stored import store, stored

NAMES = {"given_names": "Prudencia", "family_names": "Ejemplo"}


def person(cast: Cast, **more: Any) -> Person:
    return add_person(by=cast.representative, at=OPEN_WORLD, **{**NAMES, **more})


def test_the_database_holds_no_name_number_or_date(cast: Cast) -> None:
    worker = person(cast, a_number="A012345678", born_on=date(1990, 2, 3))
    row = stored(worker, "given_names", "family_names", "a_number", "born_on", "phone")
    assert all(each.startswith("v1.") for each in row[:4])
    assert row[4] == ""
    again = Person.objects.get(pk=worker.pk)
    assert (again.name, again.a_number, again.born_on) == (
        "Prudencia Ejemplo",
        "A012345678",
        date(1990, 2, 3),
    )


def test_every_worker_has_a_key_of_their_own_and_every_organization_two(cast: Cast) -> None:
    first, second = person(cast), person(cast)
    organization = cast.river.hat.organization
    keys = {first.key_id, second.key_id, organization.key_id, organization.look_up_key_id}
    assert len(keys) == 4
    assert DataKey.objects.filter(pk__in=keys).count() == 4


def test_rows_that_are_made_together_are_encrypted_too(cast: Cast) -> None:
    made = Person.objects.bulk_create(
        Person(token=f"W-BULK{n}", added_at=OPEN_WORLD, added_by=cast.representative, **NAMES)
        for n in range(3)
    )
    assert all(stored(each, "given_names")[0].startswith("v1.") for each in made)
    assert [each.name for each in Person.objects.filter(token__startswith="W-BULK")] == [
        "Prudencia Ejemplo"
    ] * 3


def test_what_did_not_change_is_stored_as_it_was(cast: Cast) -> None:
    worker = Person.objects.get(pk=person(cast).pk)
    before = stored(worker, "given_names", "family_names")
    worker.given_names = worker.given_names + ""
    worker.family_names = "Otra"
    worker.save()
    after = stored(worker, "given_names", "family_names")
    assert after[0] == before[0]
    assert after[1] != before[1]
    assert Person.objects.get(pk=worker.pk).name == "Prudencia Otra"


@pytest.mark.parametrize(
    "asked",
    [
        {"given_names": "Prudencia"}, {"given_names__icontains": "pru"}, {"given_names__in": ["x"]},
        {"born_on__year": 1990}, {"born_on": date(1990, 1, 1)}, {"phone__gt": ""},
    ],
)  # fmt: skip
def test_no_query_looks_into_an_encrypted_column(asked: dict[str, Any], db: None) -> None:
    with pytest.raises(FieldError, match=r"is encrypted, and no query can look into it.*referrals\.lookups"):
        list(Person.objects.filter(**asked))


def test_a_query_may_ask_whether_a_column_is_empty(cast: Cast) -> None:
    worker = person(cast)
    assert list(Person.objects.filter(phone="", born_on__isnull=True)) == [worker]
    assert not Person.objects.exclude(phone="").exists()


def test_writing_past_the_record_is_refused(cast: Cast) -> None:
    worker = person(cast)
    with pytest.raises(InClear, match="Nothing was written"):
        Person.objects.filter(pk=worker.pk).update(given_names="Otra")
    with pytest.raises(InClear):
        Person.objects.bulk_update([worker], ["given_names"])


def test_values_without_their_row_do_not_open(cast: Cast) -> None:
    person(cast)
    (value,) = Person.objects.values_list("given_names", flat=True)
    with pytest.raises(InClear, match="read it from its record"):
        str(value)
    assert "Prudencia" not in repr(value)


def test_a_value_from_another_worker_or_column_cannot_be_read(cast: Cast) -> None:
    one, other = person(cast), person(cast, given_names="Modesto")
    store(other, "given_names", stored(one, "given_names")[0])
    store(other, "family_names", stored(other, "mailing_address")[0] or stored(other, "phone")[0])
    store(one, "family_names", stored(one, "given_names")[0])
    with pytest.raises(Unreadable, match=r"referrals\.person\.given_names"):
        _ = Person.objects.get(pk=other.pk).given_names
    with pytest.raises(Unreadable, match=r"referrals\.person\.family_names"):
        _ = Person.objects.get(pk=one.pk).family_names


def test_what_somebody_put_there_in_clear_is_refused(cast: Cast) -> None:
    worker = person(cast)
    store(worker, "given_names", "Prudencia")
    with pytest.raises(Unreadable):
        _ = Person.objects.get(pk=worker.pk).given_names


def test_whether_anything_was_told_in_confidence_does_not_show(cast: Cast) -> None:
    request = draft_request(cast, active_statement(cast))
    row = stored(request.screening, "arrests", "entries", "notes")
    assert all(each.startswith("v1.") for each in row)
    told = Screening.objects.get(request=request)
    assert (told.arrests, told.entries, told.notes) == ("", "", "")
    told.arrests = "Once"
    told.save()
    assert len({len(each) for each in stored(told, "arrests", "entries")}) == 1


def test_three_hundred_workers_cost_one_query_more(cast: Cast) -> None:
    made = [
        Person(token=f"W-{n}", added_at=OPEN_WORLD, added_by=cast.representative, **NAMES) for n in range(300)
    ]
    Person.objects.bulk_create(made)
    del made
    ring.begin()
    with CaptureQueriesContext(connection) as captured:
        assert {each.name for each in Person.objects.all()} == {"Prudencia Ejemplo"}
    assert len(captured) == 2


def test_keys_go_with_what_was_read(cast: Cast) -> None:
    pk = person(cast).pk
    ring.begin()
    for _twice in range(2):
        with CaptureQueriesContext(connection) as captured:
            assert Person.objects.get(pk=pk).name
        assert len(captured) == 2


def test_a_value_whose_key_never_came_to_be_is_in_nobodys_way(cast: Cast) -> None:
    """Somebody still holds a row that was rolled back, or that was never encrypted."""
    worker = person(cast)
    ring.begin()
    held = ring.current()
    held.want("A" * 22)
    held.want("Prudencia")
    assert Person.objects.get(pk=worker.pk).name == "Prudencia Ejemplo"


def test_a_request_uses_no_key_of_the_one_before(cast: Cast, client: Any) -> None:
    held = person(cast)
    assert held.name
    client.force_login(cast.representative)
    with CaptureQueriesContext(connection) as captured:
        assert b"Prudencia" in client.get(f"/workers/{held.token}/").content
    assert any('FROM "referrals_datakey"' in each["sql"] for each in captured)


def test_what_is_pickled_holds_neither_names_nor_keys(cast: Cast) -> None:
    worker = person(cast)
    key = ring.current().key(worker.key_id)
    read = Person.objects.get(pk=worker.pk)
    assert read.name
    pickled = pickle.dumps(read)
    assert b"Prudencia" not in pickled
    assert key not in pickled
    assert pickle.loads(pickled).name == "Prudencia Ejemplo"  # noqa: S301 - our own


def test_a_row_that_is_copied_is_encrypted_for_its_new_place(cast: Cast) -> None:
    paper = signed_request(cast, active_statement(cast)).evidence.get()
    paper.note = "Blue folder"
    paper.save()
    copy = type(paper)(
        request=paper.request,
        kind=paper.kind,
        covers_from=paper.covers_from,
        covers_to=paper.covers_to,
        note=paper.note,
    )
    copy.save()
    assert stored(copy, "note") != stored(paper, "note")
    assert type(paper).objects.get(pk=copy.pk).note == "Blue folder"


class TestDocuments:
    def paper(self, request: WorkerRequest) -> Document:
        return Document.objects.create(
            case_id=request.pk, kind="x", title="x", sides=["WORKER"], sha256="0" * 64,
            content=b"%PDF Prudencia", made_at=OPEN_WORLD,
        )  # fmt: skip

    def test_a_workers_paper_is_under_the_workers_key(self, cast: Cast) -> None:
        request = draft_request(cast, active_statement(cast))
        paper = self.paper(request)
        assert paper.key_id == request.person.key_id
        assert b"Prudencia" not in bytes(stored(paper, "content")[0])
        assert Document.objects.get(pk=paper.pk).content == b"%PDF Prudencia"

    def test_a_letter_of_an_agency_is_under_the_agencys_key(self, cast: Cast) -> None:
        statement = active_statement(cast)
        letters = Document.objects.filter(case_id=statement.pk)
        assert {each.key_id for each in letters} == {statement.agency.key_id}
        assert all(b"%PDF" not in bytes(stored(each, "content")[0]) for each in letters)
        assert all(each.content.startswith(b"%PDF") for each in letters)

    def test_a_paper_in_the_place_of_another_cannot_be_read(self, cast: Cast) -> None:
        request = draft_request(cast, active_statement(cast))
        one, other = self.paper(request), self.paper(request)
        content = bytes(stored(one, "content")[0])
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute("UPDATE referrals_document SET content = %s WHERE id = %s", [content, other.pk])
            cursor.execute("SET LOCAL session_replication_role = origin")
        with pytest.raises(Unreadable, match="the stored file"):
            _ = Document.objects.get(pk=other.pk).content


def test_every_encrypted_column_says_whose_key_and_which_row_it_is() -> None:
    models = {model for model in apps.get_models() for field in model._meta.local_fields if is_sealed(field)}
    assert {model.__name__ for model in models} == {
        "Person", "WorkerRequest", "Stay", "AskedItem", "Screening", "Decision", "Evidence", "Grant",
        "WorkPermit", "Document", "Opening", "StatedPurpose",
    }  # fmt: skip
    for model in models:
        assert model.sealed_by.endswith("key_id")
        assert model.sealed_row in {"pk", *(field.attname for field in model._meta.fields)}


def test_nothing_is_put_in_the_order_of_an_encrypted_column() -> None:
    """The order of what is encrypted is that of its nonces; names are put in order once they are opened."""
    sealed = {
        field.name for model in apps.get_models() for field in model._meta.local_fields if is_sealed(field)
    }
    wrong = [
        sources.where(path, node)
        for path in sources.product()
        for node in ast.walk(sources.tree(path))
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in {"order_by", "distinct", "F"}
        for each in node.args
        if isinstance(each, ast.Constant) and str(each.value).lstrip("-").rpartition("__")[2] in sealed
    ]
    assert wrong == []

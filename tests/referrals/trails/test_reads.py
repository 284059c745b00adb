"""What was read is on the trail, whichever page it came from, and nothing is read without it."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, Error, OperationalError, connection, transaction
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from referrals import reads
from referrals.demo.cast import Cast
from referrals.models import Access, Document, Person, WorkerRequest
from referrals.services import reads as trail
from tests.referrals.trails.conftest import Browse

What = Access.What


def last() -> Access:
    found = Access.objects.first()
    assert found is not None
    return found


def test_opening_a_case_says_who_in_which_capacity_what_and_from_where(
    cast: Cast, reviewed: WorkerRequest, browse: Browse
) -> None:
    answer = browse(cast.adjudicator).get(reviewed.get_absolute_url())
    read, hat = last(), cast.adjudicator.memberships.get()
    assert (read.user, read.capacity) == (cast.adjudicator, hat.capacity)
    assert (read.organization_id, read.office_id) == (hat.organization_id, hat.office_id)
    assert read.owner_id == reviewed.representative_id
    assert (read.what, read.route, read.subject) == (What.RECORD, "case", reviewed.reference)
    assert (read.persons, read.number) == ([reviewed.person.token], 1)
    assert reviewed.reference in read.cases
    assert read.request_number == answer["X-Request-ID"]
    assert len(read.network) == len(read.session) == 64


def test_one_answer_costs_one_insert(cast: Cast, reviewed: WorkerRequest, browse: Browse) -> None:
    browser = browse(cast.adjudicator)
    with CaptureQueriesContext(connection) as asked:
        browser.get(reviewed.get_absolute_url())
    assert sum("INSERT INTO referrals_access" in query["sql"] for query in asked) == 1


def test_a_list_says_how_many_workers_it_named(cast: Cast, reviewed: WorkerRequest, browse: Browse) -> None:
    browse(cast.representative).get("/workers/")
    assert (last().what, last().subject, last().number) == (What.LIST, "", Person.objects.count())
    assert last().persons == [reviewed.person.token]


def test_a_list_at_dhs_belongs_to_the_owner_of_the_case_in_it(
    cast: Cast, reviewed: WorkerRequest, browse: Browse
) -> None:
    browse(cast.adjudicator).get("/?show=desk")
    assert (last().what, last().owner_id) == (What.LIST, reviewed.representative_id)
    assert reviewed.reference in last().cases


def test_a_search_a_letter_and_a_file_are_reads_of_their_own_kinds(
    cast: Cast, reviewed: WorkerRequest, browse: Browse
) -> None:
    browser = browse(cast.representative)
    browser.get("/search/?q=Ejemplo")
    assert last().what == What.SEARCH
    letter = Document.objects.filter(case=reviewed).first()
    assert letter is not None
    browser.get(f"/documents/{letter.public_id}/")
    assert (last().what, last().subject) == (What.DOCUMENT, f"paper/{letter.public_id.hex}")
    assert last().persons == [reviewed.person.token]
    for kind in ("", "?as=pdf"):
        browser.get(f"/cases/{reviewed.reference}/history/file/{kind}")
        assert (last().what, last().subject) == (What.EXPORT, reviewed.reference)


def test_the_statement_side_leaves_no_trace_and_asks_nothing_more(
    cast: Cast, reviewed: WorkerRequest, browse: Browse
) -> None:
    assert browse(cast.investigator).get(reviewed.statement.get_absolute_url()).status_code == 200
    assert not Access.objects.exists()


def test_a_redirect_shows_nothing(cast: Cast, reviewed: WorkerRequest, browse: Browse) -> None:
    browse(cast.representative).post(f"/workers/{reviewed.person.token}/withdraw-consent/")
    assert not Access.objects.exists()


def test_a_refusal_names_what_was_refused_and_keeps_no_guess(
    cast: Cast, reviewed: WorkerRequest, browse: Browse
) -> None:
    browser = browse(cast.river)
    browser.get(reviewed.get_absolute_url())
    assert (last().what, last().subject) == (What.REFUSED, reviewed.reference)
    assert last().owner_id == reviewed.representative_id
    browser.get(f"/workers/{reviewed.person.token}/")
    assert (last().subject, last().owner_id) == (reviewed.person.token, reviewed.representative_id)
    browser.get("/cases/Prudencia-Ejemplo/")
    assert (last().what, last().subject, last().owner_id) == (What.REFUSED, "", None)


def test_an_old_form_is_no_refusal(cast: Cast, reviewed: WorkerRequest) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(cast.representative)
    assert browser.post(f"/cases/{reviewed.reference}/steps/withdraw/", {}).status_code == 403
    assert not Access.objects.exists()


def test_a_read_that_cannot_be_put_on_the_trail_is_not_answered(
    cast: Cast, reviewed: WorkerRequest, browse: Browse, monkeypatch: Any, caplog: Any
) -> None:
    def full(*_all: Any) -> None:
        raise OperationalError("no room")

    browser = browse(cast.adjudicator)
    monkeypatch.setattr(trail, "write", full)
    answer = browser.get(reviewed.get_absolute_url())
    assert answer.status_code == 503
    assert "Prudencia" not in answer.content.decode()
    assert "could not be put on the trail" in caplog.text


@pytest.mark.parametrize("change", ["UPDATE referrals_access SET number = 0", "DELETE FROM referrals_access"])
def test_the_database_refuses_to_change_the_trail(
    cast: Cast, reviewed: WorkerRequest, browse: Browse, change: str
) -> None:
    browse(cast.adjudicator).get(reviewed.get_absolute_url())
    with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)


def test_the_trail_is_never_emptied(db: None) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE referrals_access CASCADE")


def test_the_trail_holds_no_name_and_no_address(cast: Cast, reviewed: WorkerRequest, browse: Browse) -> None:
    browser = browse(cast.adjudicator)
    browser.get(reviewed.get_absolute_url(), REMOTE_ADDR="203.0.113.77")
    with connection.cursor() as cursor:
        cursor.execute("SELECT referrals_access::text FROM referrals_access")
        rows = "\n".join(row[0] for row in cursor.fetchall())
    session = browser.session.session_key
    assert rows
    assert session
    for said in ("Prudencia", "Ejemplo", "203.0.113.77", session):
        assert said not in rows


def test_the_same_place_has_the_same_code_and_another_key_another(db: None) -> None:
    here = trail.keyed("network", "203.0.113.77")
    assert here == trail.keyed("network", "203.0.113.77") != trail.keyed("network", "203.0.113.78")
    with override_settings(SECRET_KEY="another"):
        assert trail.keyed("network", "203.0.113.77") != here


def test_outside_of_a_request_nothing_is_noted(reviewed: WorkerRequest) -> None:
    assert reviewed.person.name
    with reads.noting() as notes, reads.unnoted():
        assert Person.objects.get(pk=reviewed.person_id).name
    assert not notes.people


def test_a_value_that_was_left_unread_is_read_when_it_is_asked_for(reviewed: WorkerRequest) -> None:
    bare = Person.objects.only("token").get(pk=reviewed.person_id)
    with reads.noting() as notes:
        assert not notes.people
        assert bare.given_names == "Prudencia"
    assert notes.people == {bare.pk: bare.token}


def test_an_empty_value_tells_nothing(reviewed: WorkerRequest) -> None:
    request = WorkerRequest.objects.get(pk=reviewed.pk)
    with reads.noting() as notes:
        assert request.noid_answer == ""
        assert not notes.cases
        assert request.receipt_number
        assert notes.cases == {request.pk}

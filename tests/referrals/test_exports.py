"""Lists that leave the system as files: one's own, for a purpose, counted, above a limit by two people."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from django.urls import reverse

import present
from notifications.models import Channel, Message
from referrals import exported_lists
from referrals.demo.cast import Cast
from referrals.exported_lists import Wanted
from referrals.models import Access, Export, User, WorkerRequest
from referrals.models.people import ICE
from referrals.services import exports
from referrals.services.exports import ExportRefused
from referrals.spreadsheets import plain
from tests import signing_in
from tests.cases import active_statement, draft_request, routed_request
from tests.laid_down import laid_down
from workflows.models import Policy

WORKERS = Wanted("workers")
WHY = {"purpose": "MEETING", "format": "CSV"}


@pytest.fixture
@laid_down
def filed(cast: Cast) -> WorkerRequest:
    return routed_request(cast, active_statement(cast))


def browser(person: User) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(person)
    return client


def limit(**figures: int) -> None:
    """Other limits than those that are shipped, from the first day on."""
    row = Policy.objects.get(key="exports.limits", jurisdiction="US")
    Policy.objects.filter(pk=row.pk).update(value={**row.value, **figures})


def ask(person: User, wanted: Wanted = WORKERS, **more: Any) -> Export:
    return exports.ask(wanted, by=person, at=present.now(), **{**WHY, **more})


def lines(content: bytes) -> list[list[str]]:
    read = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    return [[plain(cell) for cell in row] for row in read]


def table(content: bytes) -> list[list[str]]:
    """The heading and the rows, without what stands above them."""
    read = lines(content)
    return read[read.index([]) + 1 :]


def test_a_representative_takes_the_list_of_workers_and_the_trail_says_why(
    cast: Cast, filed: WorkerRequest
) -> None:
    client = browser(cast.representative)
    asked = client.post(f"{reverse('export_new')}?of=workers", WHY)
    answer = client.post(f"{asked.url}file/")
    export = Export.objects.get()
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{export.reference}.csv"'
    heading, row = table(answer.content)
    assert heading == ["Worker", "Next date", "What is due", "What is open"]
    assert row[0] == filed.person.name
    assert (export.rows, export.fetched, export.rows_fetched) == (1, 1, 1)
    read = Access.objects.filter(what=Access.What.EXPORT).get()
    assert (read.subject, read.purpose, read.number) == (export.reference, "MEETING", 1)
    assert read.persons == [filed.person.token]
    assert "For a meeting or a clinic" in client.get(reverse("who_saw_what")).content.decode()


def test_the_file_says_whose_it_is(cast: Cast, filed: WorkerRequest) -> None:
    export = ask(cast.representative, text="For Monday.")
    marks = dict(
        row for row in lines(exports.fetch(export, by=cast.representative, at=present.now())) if len(row) == 2
    )
    assert marks["Export"] == export.reference
    assert cast.representative.name in marks["Made by"]
    assert "Representative" in marks["Made by"]
    assert marks["Purpose"] == "For a meeting or a clinic · For Monday."
    assert marks["Rows"] == "1 row"


def test_it_speaks_the_language_of_its_reader(cast: Cast, filed: WorkerRequest) -> None:
    client = browser(cast.representative)
    asked = client.post(f"{reverse('export_new')}?of=workers", {**WHY})
    client.cookies["django_language"] = "es"
    assert "Exportación" in client.post(f"{asked.url}file/").content.decode("utf-8-sig")


@pytest.mark.parametrize(
    "who", ["representative", "organizer", "investigator", "approver", "intake", "adjudicator"]
)
def test_a_desk_gives_what_its_page_shows_and_nothing_else(
    cast: Cast, filed: WorkerRequest, who: str
) -> None:
    person = getattr(cast, who)
    for part in ("desk", "waiting", "decided"):
        wanted = Wanted("desk", part)
        export = ask(person, wanted)
        found = {row[0] for row in table(exports.fetch(export, by=person, at=present.now()))[1:]}
        page = browser(person).get(f"{reverse('desk')}?show={part}").content.decode()
        assert len(found) == export.rows
        assert all(reference in page for reference in found)
        assert filed.person.family_names not in str(found) or person == cast.representative


def test_an_agency_takes_its_matters_and_no_worker(cast: Cast, filed: WorkerRequest) -> None:
    export = ask(cast.investigator, Wanted("matters"), format="XLSX")
    content = exports.fetch(export, by=cast.investigator, at=present.now())
    assert content.startswith(b"PK")
    assert export.rows >= 1
    client = browser(cast.investigator)
    assert client.post(reverse("export_file", args=[export.reference])).status_code == 200
    read = Access.objects.filter(what=Access.What.EXPORT).get()
    assert (read.owner_id, read.persons, read.subject) == (
        cast.investigator.organization_id,
        [],
        export.reference,
    )


def test_nobody_at_ice_exports_anything(cast: Cast, filed: WorkerRequest) -> None:
    for person in (cast.ice_reviewer, cast.ice_supervisor):
        assert person.capacity in ICE
        assert exported_lists.find_list(person, Wanted("desk", "desk")) is None
        client = browser(person)
        for address in (reverse("exports"), f"{reverse('export_new')}?of=desk&part=desk"):
            assert client.get(address).status_code == 404
        with pytest.raises(ExportRefused):
            ask(person, Wanted("desk", "desk"))


@pytest.mark.parametrize(
    "asked",
    [
        "", "?of=workers", "?of=matters&x=1", "?of=rule_change&about=1", "?of=desk&part=x",
        "?of=desk&part=desk&whose=x", "?of=rule_change&about=99999999999999999999",
    ],
)  # fmt: skip
def test_a_list_of_somebody_else_is_not_there(cast: Cast, asked: str) -> None:
    person = cast.river if asked.startswith("?of=matters") else cast.adjudicator
    assert browser(person).get(f"{reverse('export_new')}{asked}").status_code == 404


def test_what_is_typed_is_checked_and_stays(cast: Cast) -> None:
    client, address = browser(cast.representative), f"{reverse('export_new')}?of=workers"
    page = client.post(address, {"purpose": "OTHER", "format": "CSV", "text": " "})
    assert page.status_code == 400
    assert "Describe what you need this file for." in page.content.decode()
    page = client.post(address, {**WHY, "text": "For A123456789"})
    assert "A123456789" in page.content.decode()
    assert not Export.objects.exists()


def test_a_file_asks_for_a_fresh_proof(cast: Cast, filed: WorkerRequest) -> None:
    export = ask(cast.representative)
    client = browser(cast.representative)
    signing_in.remember(client, signing_in.proofs(cast.representative, "password", "mfa", at=1.0))
    for address in (f"{reverse('export_new')}?of=workers", reverse("export_file", args=[export.reference])):
        assert client.post(address, WHY).status_code == 403
    assert not Export.objects.get().fetched


class TestAboveTheLimit:
    @pytest.fixture(autouse=True)
    def _small(self, filed: WorkerRequest) -> None:
        limit(rows_alone=0)

    def test_a_second_person_in_charge_is_told_and_agrees(self, cast: Cast) -> None:
        export = ask(cast.investigator, Wanted("matters"))
        told = Message.objects.filter(event="export.asked", channel=Channel.INBOX)
        assert told.filter(recipient=cast.approver).count() == 1
        assert not told.filter(recipient=cast.privacy_officer).exists()
        with pytest.raises(ExportRefused):
            exports.fetch(export, by=cast.investigator, at=present.now())
        page = reverse("export", args=[export.reference])
        assert browser(cast.approver).post(page, {"fate": "AGREED"}).status_code == 302
        assert browser(cast.investigator).post(f"{page}file/").status_code == 200
        assert Message.objects.filter(event="export.decided", recipient=cast.investigator).exists()

    def test_where_nobody_is_in_charge_the_privacy_officer_agrees(self, cast: Cast) -> None:
        export = ask(cast.representative)
        assert exports.deciders(export) == [cast.privacy_officer]
        page = browser(cast.privacy_officer).get(reverse("export", args=[export.reference]))
        assert "Do you agree?" in page.content.decode()
        exports.decide(export, by=cast.privacy_officer, at=present.now(), approve=True)
        assert exports.fetch(export, by=cast.representative, at=present.now())

    def test_nobody_agrees_to_their_own(self, cast: Cast) -> None:
        export = ask(cast.approver, Wanted("matters"))
        assert cast.approver not in exports.deciders(export)
        with pytest.raises(ExportRefused):
            exports.decide(export, by=cast.approver, at=present.now(), approve=True)
        fate = {"fate": "AGREED", "decided_at": present.now()}
        with pytest.raises(IntegrityError, match="nobody_decides_on_their_own_export"), transaction.atomic():
            Export.objects.filter(pk=export.pk).update(**fate, decided_by=cast.approver)

    def test_the_database_takes_no_yes_of_another_house_and_no_file_without_one(self, cast: Cast) -> None:
        export = Export.objects.filter(pk=ask(cast.investigator, Wanted("matters")).pk)
        fate = {"fate": "AGREED", "decided_at": present.now()}
        for change in (
            {**fate, "decided_by": cast.ny_approver},
            {**fate, "decided_by": cast.signer},
            {"fetched": 1},
            {"needs_second": False},
            {"rows": 1},
            {"user": cast.signer},
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                export.update(**change)
        with pytest.raises(DatabaseError), transaction.atomic():
            export.delete()

    def test_a_decision_stands(self, cast: Cast) -> None:
        export = ask(cast.investigator, Wanted("matters"))
        exports.decide(export, by=cast.approver, at=present.now(), approve=False, note="Not needed.")
        with pytest.raises(ExportRefused):
            exports.decide(export, by=cast.second_approver, at=present.now(), approve=True)
        with pytest.raises(DatabaseError), transaction.atomic():
            Export.objects.filter(pk=export.pk).update(fate="AGREED", decided_by=cast.second_approver)
        with pytest.raises(ExportRefused):
            exports.fetch(export, by=cast.investigator, at=present.now())

    def test_somebody_of_another_agency_does_not_find_it(self, cast: Cast) -> None:
        export = ask(cast.investigator, Wanted("matters"))
        for person in (cast.ny_approver, cast.signer, cast.river):
            assert browser(person).get(reverse("export", args=[export.reference])).status_code == 404

    def test_a_refusal_needs_a_reason(self, cast: Cast) -> None:
        export = ask(cast.investigator, Wanted("matters"))
        page = browser(cast.approver).post(reverse("export", args=[export.reference]), {"fate": "REFUSED"})
        assert page.status_code == 400
        assert "Say why you refuse it." in page.content.decode()


def test_an_export_expires(cast: Cast, filed: WorkerRequest) -> None:
    export = ask(cast.representative)
    with pytest.raises(ExportRefused):
        exports.fetch(export, by=cast.representative, at=present.now() + timedelta(hours=73))


def test_there_are_limits_for_a_day_and_for_a_file(cast: Cast, filed: WorkerRequest) -> None:
    limit(exports_each_day=1)
    ask(cast.representative)
    with pytest.raises(ExportRefused, match="within 24 hours"):
        ask(cast.representative)
    limit(rows_most=0)
    with pytest.raises(ExportRefused, match="at most 0"):
        ask(cast.investigator, Wanted("matters"))


def test_the_file_is_made_with_the_rights_of_that_moment(cast: Cast, filed: WorkerRequest) -> None:
    export = ask(cast.representative)
    cast.representative.memberships.update(ended_on=present.today())
    person = User.objects.get(pk=cast.representative.pk)
    with pytest.raises(ExportRefused):
        exports.fetch(export, by=person, at=present.now())
    assert not Export.objects.get().fetched


def test_a_list_that_has_grown_is_asked_for_again(cast: Cast, filed: WorkerRequest) -> None:
    export = ask(cast.representative)
    draft_request(cast, active_statement(cast))
    limit(rows_alone=0)
    with pytest.raises(ExportRefused, match="more rows now"):
        exports.fetch(export, by=cast.representative, at=present.now())

"""A destroyed key: cases, histories and figures stay, and nobody reads who it was, not in a backup either."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test import Client

from referrals import lookups
from referrals.demo.cast import Cast
from referrals.keys import ring
from referrals.keys.keepers import OwnKeeper, keeper
from referrals.models import DataKey, Document, KeyDestruction, LookUp, Person, WorkerRequest
from referrals.personal_data import PersonalDataFound
from referrals.services import keys
from referrals.services.steps import take_step
from tests.cases import OPEN_WORLD, active_statement, draft_request
from workflows import history

LATER = OPEN_WORLD.replace(year=OPEN_WORLD.year + 1)
Committed = Callable[..., Any]


@pytest.fixture
def closed(keystore: Path, cast: Cast) -> WorkerRequest:
    """A request that was withdrawn, with a paper, of a worker with everything written down."""
    request = draft_request(cast, active_statement(cast))
    person = request.person
    person.mailing_address, person.a_number = "1 Marked Street", "A012345678"
    person.save()
    Document.objects.create(
        case_id=request.pk, kind="scan", title="Paystub", sides=["WORKER"], sha256="0" * 64,
        content=b"%PDF Prudencia", made_at=OPEN_WORLD,
    )  # fmt: skip
    take_step(request, "withdraw", by=cast.representative, at=OPEN_WORLD, reason="The worker asked for it.")
    return WorkerRequest.objects.get(pk=request.pk)


@pytest.fixture
def destroyed(closed: WorkerRequest, django_capture_on_commit_callbacks: Committed) -> Person:
    with django_capture_on_commit_callbacks(execute=True):
        keys.destroy(closed.person, because="The term ended.", at=LATER)
    ring.begin()
    return Person.objects.get(pk=closed.person_id)


def test_nobody_reads_who_it_was(destroyed: Person) -> None:
    assert destroyed.is_destroyed
    assert destroyed.name == destroyed.mailing_address == destroyed.a_number == "(destroyed)"
    assert destroyed.born_on is None
    key = DataKey.objects.get(pk=destroyed.key_id)
    assert (bytes(key.wrapped), key.destroyed_at, key.forgotten_at) == (b"", LATER, LATER)


def test_the_case_its_history_and_the_figures_stay(destroyed: Person, closed: WorkerRequest) -> None:
    again = WorkerRequest.objects.get(pk=closed.pk)
    assert (again.state, again.employer_on_stub, again.closed_at) == (
        closed.state, closed.employer_on_stub, closed.closed_at,
    )  # fmt: skip
    assert again.steps.last().name == keys.NOTE
    assert history.verify().broken is None


def test_every_page_of_it_opens(destroyed: Person, closed: WorkerRequest, cast: Cast, client: Client) -> None:
    client.force_login(cast.representative)
    for address in (
        "/", "/workers/", f"/workers/{destroyed.token}/", closed.get_absolute_url(),
        f"{closed.get_absolute_url()}history/", f"/search/?q={closed.reference[:6]}", "/worker-requests/new/",
    ):  # fmt: skip
        answer = client.get(address, follow=True)
        assert answer.status_code == 200, address
        assert b"Prudencia" not in answer.content
    assert b"(destroyed)" in client.get(f"/workers/{destroyed.token}/").content


def test_in_spanish_it_says_so_in_spanish(destroyed: Person, cast: Cast, client: Client) -> None:
    client.force_login(cast.representative)
    page = client.get(f"/workers/{destroyed.token}/", headers={"accept-language": "es"})
    assert "(destruido)" in page.content.decode()


def test_its_papers_are_gone_in_a_sentence(
    destroyed: Person, closed: WorkerRequest, cast: Cast, client: Client
) -> None:
    client.force_login(cast.representative)
    paper = Document.objects.get(case_id=closed.pk)
    assert paper.content is None
    answer = client.get(f"/documents/{paper.public_id}/")
    assert answer.status_code == 410
    assert "cannot be read any more" in answer.content.decode()


def test_nothing_is_changed_or_begun_for_them(destroyed: Person, cast: Cast, client: Client) -> None:
    client.force_login(cast.representative)
    answer = client.post(f"/workers/{destroyed.token}/edit/", {"given_names": "Otra", "family_names": "Otra"})
    assert answer.status_code == 302
    assert client.get(f"/worker-requests/new/?worker={destroyed.token}").status_code == 404
    assert client.get(f"/stays/new/?worker={destroyed.token}").status_code == 404
    destroyed.given_names = "Otra"
    with pytest.raises(ring.KeyDestroyed):
        destroyed.save()


def test_saving_them_for_another_reason_changes_nothing(destroyed: Person) -> None:
    destroyed.language = "mam"
    destroyed.save()
    assert Person.objects.get(pk=destroyed.pk).is_destroyed


def test_nobody_finds_them_any_more(destroyed: Person, cast: Cast) -> None:
    office = cast.representative.hat.organization_id
    assert not lookups.found(office, "Prudencia").exists()
    assert not LookUp.objects.filter(person=destroyed).exists()


def test_a_backup_of_the_database_does_not_bring_them_back(
    closed: WorkerRequest, django_capture_on_commit_callbacks: Committed
) -> None:
    tables = ("referrals_datakey", "referrals_person")
    with connection.cursor() as cursor:  # every row as it was, wrapped key and all
        for table in tables:
            cursor.execute(f"CREATE TEMPORARY TABLE backup_{table} AS SELECT * FROM {table}")  # noqa: S608
    with django_capture_on_commit_callbacks(execute=True):
        keys.destroy(closed.person, because="The term ended.", at=LATER)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for table in tables:
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608
            cursor.execute(f"INSERT INTO {table} SELECT * FROM backup_{table}")  # noqa: S608
        cursor.execute("SET LOCAL session_replication_role = origin")
    ring.begin()
    restored = Person.objects.get(pk=closed.person_id)
    key = DataKey.objects.get(pk=restored.key_id)
    assert key.destroyed_at is None
    assert bytes(key.wrapped)
    assert restored.name == "(destroyed)"


def test_a_backup_made_before_reads_as_long_as_nothing_is_destroyed(closed: WorkerRequest) -> None:
    """Otherwise the test above would prove nothing."""
    ring.begin()
    assert Person.objects.get(pk=closed.person_id).name.startswith("Prudencia")


def test_until_it_is_committed_the_keeper_forgets_nothing(closed: WorkerRequest) -> None:
    with transaction.atomic():
        keys.destroy(closed.person, because="The term ended.", at=LATER)
        transaction.set_rollback(True)
    ring.begin()
    assert not Person.objects.get(pk=closed.person_id).is_destroyed


def test_a_keeper_that_was_away_forgets_at_the_next_rotation(
    closed: WorkerRequest, django_capture_on_commit_callbacks: Committed, monkeypatch: pytest.MonkeyPatch
) -> None:
    with django_capture_on_commit_callbacks(execute=False):
        keys.destroy(closed.person, because="The term ended.", at=LATER)
    assert DataKey.objects.get(pk=closed.person.key_id).forgotten_at is None
    said = StringIO()
    call_command("rotate_keys", stdout=said)
    assert "Destroyed keys that were forgotten now: 1." in said.getvalue()
    own = keeper()
    assert isinstance(own, OwnKeeper)
    assert own._shard(closed.person.key_id) is None


class TestWhatIsRefused:
    def test_an_open_case(self, keystore: Path, cast: Cast) -> None:
        request = draft_request(cast, active_statement(cast))
        with pytest.raises(keys.KeyRefused, match=f"still open: .*{request.reference}"):
            keys.destroy(request.person, because="The term ended.", at=LATER)

    def test_a_reason_that_is_missing_or_says_who_it_is(self, worker: Person) -> None:
        with pytest.raises(keys.KeyRefused, match="A reason is needed"):
            keys.destroy(worker, because=" ", at=LATER)
        with pytest.raises(PersonalDataFound):
            keys.destroy(worker, because="A012345678 asked for it", at=LATER)

    def test_a_second_time(self, destroyed: Person) -> None:
        with pytest.raises(keys.KeyRefused, match="destroyed before"):
            keys.destroy(destroyed, because="Again.", at=LATER)

    def test_taking_the_record_of_it_back(self, destroyed: Person) -> None:
        with pytest.raises(ProgrammingError), transaction.atomic():
            KeyDestruction.objects.filter(person=destroyed).delete()
        with pytest.raises(IntegrityError), transaction.atomic():
            DataKey.objects.filter(pk=destroyed.key_id).update(destroyed_at=None, forgotten_at=None)


class TestTheCommand:
    def test_it_destroys_and_records(self, worker: Person) -> None:
        said = StringIO()
        call_command("destroy_key", person=worker.token.lower(), reason="The term ended.", stdout=said)
        assert worker.token in said.getvalue()
        assert KeyDestruction.objects.get(person=worker).because == "The term ended."

    @pytest.mark.parametrize(
        ("token", "reason", "said"),
        [("W-0", "x", "no worker with the token"), ("", "", "A reason is needed")],
    )
    def test_it_says_what_it_refuses(self, worker: Person, token: str, reason: str, said: str) -> None:
        with pytest.raises(CommandError, match=said):
            call_command("destroy_key", person=token or worker.token, reason=reason)

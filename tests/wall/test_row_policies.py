"""PostgreSQL's own wall: with the first one torn down, nobody sees more, and pages cannot write a case."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, models, transaction
from django.test import Client

from recordsets import asking, fetch
from referrals import middleware, readings, row_policies, row_security, tasks, trail_pages
from referrals.models import Export, Grant, Person, Screening, StayReferral, User, WorkPermit
from referrals.models.people import AGENCY, USCIS
from referrals.models.visibility import record_models
from referrals.services import policy_changes, statements
from tests.wall import people
from tests.wall.test_visibility_matrix import MAY_SEE
from tests.wall.world import NOW, OF_RIVER, World, all_but, names_of
from workflows import policies, policy_drafts
from workflows.models import Kind

ANYTHING = "SELECT count(*) FROM {}"


def tables() -> set[str]:
    with connection.cursor() as cursor:
        return set(connection.introspection.table_names(cursor))


def as_a_page(who: str, world: World) -> asking.Asking:
    if who == people.ANONYMOUS:
        return asking.NOBODY
    return middleware.asking_for(User.objects.get(pk=world.cast.people[who].pk))


def keys(model: type[models.Model]) -> set[int]:
    """Every row of a table that is shown, asked without any filter."""
    found = fetch("default", f'SELECT "{model._meta.pk.column}" FROM {model._meta.db_table}', [])  # noqa: S608
    return {row[0] for row in found}


def test_every_table_has_a_line(db: None) -> None:
    lists = [set(row_policies.WALLED), row_policies.OF_SOMEBODY, row_policies.OPEN]
    assert tables() == set().union(*lists)
    assert sum(map(len, lists)) == len(tables()), "a table stands in two lists"
    assert row_policies.WRITTEN_BY_PAGES.isdisjoint(row_policies.WALLED)


def test_every_policy_is_installed(db: None) -> None:
    assert row_security.missing(connection) == []


def test_a_missing_policy_is_found(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP POLICY pages ON referrals_person")
        cursor.execute("ALTER TABLE referrals_stay DISABLE ROW LEVEL SECURITY")
    assert row_security.missing(connection) == ["referrals_person", "referrals_stay"]


def test_nobody_reads_anything(world: World) -> None:
    closed = [*row_policies.WALLED, *row_policies.OF_SOMEBODY]
    there = {table: fetch("default", ANYTHING.format(table), [])[0][0] for table in closed}
    with asking.acting(asking.NOBODY):
        shown = {table: fetch("default", ANYTHING.format(table), [])[0][0] for table in closed}
    assert len([table for table, number in there.items() if number]) > 30, (
        "an empty world shows nothing anyway"
    )
    assert not {table: number for table, number in shown.items() if number}


@pytest.mark.parametrize("who", sorted(people.EVERYBODY))
def test_rows_of_cases_are_those_that_visible_to_gives(world: World, who: str) -> None:
    """Except where a page goes on from a visible record to one beside it, which is named."""
    acting = as_a_page(who, world)
    user = world.cast.people.get(who) and User.objects.get(pk=world.cast.people[who].pk)
    for kind, model in record_models().items():
        allowed = set(model.objects.visible_to(user).values_list("pk", flat=True)) if user else set()
        with asking.acting(acting):
            shown = keys(model)
        assert shown == allowed | beside(kind, user), kind


def _requests_beside_grants_and_permits(_user: Any) -> set[int]:
    """USCIS sees every grant, and every permit that was filed, whoever decides the request itself."""
    grants = Grant.objects.values_list("worker_request_id", flat=True)
    return {
        *grants,
        *WorkPermit.objects.filter(filed_at__isnull=False).values_list("worker_request_id", flat=True),
    }


def _stays_to_support(user: Any) -> set[int]:
    return set(StayReferral.objects.visible_to(user).values_list("stay_id", flat=True))


BESIDE: dict[tuple[str, str], Callable[[Any], set[int]]] = {
    **{(Kind.WORKER_REQUEST, each): _requests_beside_grants_and_permits for each in USCIS},
    **{(Kind.STAY, each): _stays_to_support for each in AGENCY},
}


def beside(kind: str, user: User | None) -> set[int]:
    asked = BESIDE.get((kind, user.capacity)) if user else None
    return asked(user) if asked else set()


@pytest.mark.parametrize("who", sorted(people.SIGNED_IN - people.OWN - people.OTHER_ORGANIZATION))
def test_screenings_are_for_representatives_alone(world: World, who: str) -> None:
    with asking.acting(as_a_page(who, world)):
        assert keys(Screening) == set()


def test_a_representative_reads_the_workers_of_the_organization(world: World) -> None:
    own = set(Person.objects.visible_to(world.cast.representative).values_list("pk", flat=True))
    with asking.acting(as_a_page("representative", world)):
        assert keys(Person) == own


@pytest.mark.parametrize("who", sorted(people.AGENCY | people.OTHER_AGENCY | people.THIRD_AGENCY))
def test_an_agency_reads_no_worker_but_who_asked_for_its_letter(world: World, who: str) -> None:
    referral = world.record("agency's stay referral")
    with asking.acting(as_a_page(who, world)):
        assert keys(Person) == ({referral.stay.person_id} if who in people.AGENCY else set())


@pytest.fixture
def _first_wall_down(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every filter by person is forgotten at once."""
    for model in apps.get_models():
        queryset = type(model._default_manager.none())
        if hasattr(queryset, "visible_to"):
            monkeypatch.setattr(queryset, "visible_to", lambda self, _user: self)


@pytest.mark.usefixtures("_first_wall_down")
@pytest.mark.parametrize("who", sorted(people.SIGNED_IN))
def test_without_the_first_wall_nobody_opens_what_is_not_theirs(
    world: World, signed_in: Callable[[str], Client], who: str
) -> None:
    """Except what lies beside something that is: a stay that an agency supports, a request with a permit."""
    browser, user = signed_in(who), User.objects.get(pk=world.cast.people[who].pk)
    opened = {
        data
        for data, may in MAY_SEE.items()
        if who not in may
        and world.keys[data][1] not in beside(world.model(data).machine.kind, user)
        and browser.get(f"/cases/{world.record(data).reference}/").status_code == 200
    }
    assert opened == set()


@pytest.mark.usefixtures("_first_wall_down")
def test_without_the_first_wall_lists_show_only_ones_own(
    world: World, signed_in: Callable[[str], Client]
) -> None:
    shown = (
        signed_in("river").get("/desk/").content.decode()
        + signed_in("river").get("/workers/").content.decode()
    )
    assert all_but(*OF_RIVER).found_in(shown) == set()


@pytest.mark.usefixtures("_first_wall_down")
def test_without_the_first_wall_an_export_holds_only_ones_own(
    world: World, signed_in: Callable[[str], Client]
) -> None:
    browser = signed_in("river")
    why = {"format": "CSV", "purpose": "MEETING", "text": "Tuesday's meeting."}
    asked = browser.post("/exports/new/?of=workers", why)
    export = Export.objects.get()
    assert asked.status_code == 302
    file = browser.post(f"/exports/{export.reference}/file/").content.decode("utf-8-sig")
    assert names_of(*OF_RIVER).found_in(file)
    assert all_but(*OF_RIVER).found_in(file) == set()


def reopening(world: World) -> Any:
    change = policy_drafts.draft_rule(
        key=policies.PROGRAMME, first_day=NOW.date(), value="open", source="Memorandum",
        reason="Ordered.", by=world.cast.officer, at=NOW,
    )  # fmt: skip
    return policy_changes.foresee(change, at=NOW).fingerprint


FIGURES: dict[str, tuple[str, Callable[[World], Any]]] = {
    "files": ("administrator", lambda _world: readings.read(at=NOW).files),
    "what a reopening would do": ("officer", reopening),
    "requests under a statement": (
        "signer", lambda world: statements.dependants(world.record("statement in force"), on=NOW.date())
    ),
}  # fmt: skip


def test_a_privacy_officer_can_say_that_a_token_is_to_be_watched(world: World) -> None:
    token = Person.objects.latest("pk").token
    with asking.acting(as_a_page("privacy_officer", world)):
        assert trail_pages.exists(token)


@pytest.mark.parametrize("what", FIGURES)
def test_a_figure_over_everything_is_the_same_on_a_page(world: World, what: str) -> None:
    who, count = FIGURES[what]
    counted = count(world)
    with asking.acting(as_a_page(who, world)):
        assert count(world) == counted


@pytest.mark.parametrize("table", sorted({*row_policies.WALLED, "workflows_case", "workflows_step"}))
@pytest.mark.parametrize("how", ["DELETE FROM {0}", "UPDATE {0} SET {1} = {1}", "TRUNCATE {0}"])
def test_a_page_writes_nothing_of_a_case(world: World, table: str, how: str) -> None:
    statement = how.format(table, columns()[table])
    refused = pytest.raises(DatabaseError, match="permission denied")
    with asking.acting(as_a_page("representative", world)), refused, transaction.atomic():
        fetch("default", statement, [])


def columns() -> dict[str, str]:
    """The column of the key of each table."""
    found = apps.get_models(include_auto_created=True)
    return {model._meta.db_table: model._meta.pk.column for model in found}


@pytest.mark.parametrize("role", [asking.THE_DOOR, asking.A_COMMAND])
@pytest.mark.parametrize(
    "how",
    [
        "TRUNCATE workflows_step",
        "ALTER TABLE workflows_step DISABLE TRIGGER ALL",
        "UPDATE workflows_step SET name = name",
        "DELETE FROM referrals_access",
        "DROP TABLE referrals_access",
    ],
)
def test_nobody_but_the_owner_changes_a_table_or_what_it_keeps(
    db: None, role: asking.Asking, how: str
) -> None:
    refused = pytest.raises(DatabaseError, match=r"permission denied|must be owner")
    with asking.acting(role), refused, transaction.atomic():
        fetch("default", how, [])


TASKS = [name for name, each in vars(tasks).items() if hasattr(each, "delay")]
COMMANDS = ["verify_history", "sign_heads", "dispose", "look_after_access", "sweep_stuck", "replay_history"]
COMMANDS += ["rotate_keys", "load_policies"]


@pytest.fixture
def _checked_in_the_end(world: World) -> None:
    """Keys of rows that refer to each other, as outside of tests."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


@pytest.mark.usefixtures("_checked_in_the_end")
@pytest.mark.parametrize("name", TASKS)
def test_every_task_of_a_worker_has_the_rights_that_it_needs(
    world: World, name: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(tasks, "kick", lambda: None)
    with asking.acting(asking.THE_DOOR):
        getattr(tasks, name)()
    assert "permission denied" not in caplog.text


@pytest.mark.usefixtures("_checked_in_the_end")
@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_the_rights_that_it_needs(world: World, command: str) -> None:
    found_something = suppress(CommandError)  # such as histories of a seeded world that nobody signed
    with asking.acting(asking.A_COMMAND), found_something:
        call_command(command, stdout=StringIO(), stderr=StringIO())


def test_only_pages_are_led_through_the_door(db: None) -> None:
    with asking.acting(asking.A_COMMAND), asking.through_the_door():
        assert asking.now() == asking.A_COMMAND
    with asking.acting(asking.NOBODY), asking.through_the_door():
        assert asking.now() == asking.THE_DOOR

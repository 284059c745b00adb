"""Whom a hold covers, who opens and lifts it, and that it goes before everything that destroys."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import IntegrityError, InternalError, ProgrammingError, transaction

from referrals.demo.cast import Cast
from referrals.models import LegalHold, Person, User, WorkerRequest
from referrals.personal_data import PersonalDataFound
from referrals.services import holds, keys
from referrals.services.holds import HoldRefused
from tests.cases import OPEN_WORLD
from tests.retention.conftest import MUCH_LATER, Add

REFUSED = (IntegrityError, InternalError, ProgrammingError)


def hold(on: Any, by: User) -> LegalHold:
    return holds.open_hold(on=on, reason="A lawsuit.", authority="Court order", by=by, at=OPEN_WORLD)


def covered(*people: Person) -> set[int]:
    return set(holds.covering(person.pk for person in people))


@pytest.mark.parametrize(
    ("thing", "covers"),
    [
        (lambda request, cast: request.person, True),
        (lambda request, cast: request, True),
        (lambda request, cast: request.statement, True),
        (lambda request, cast: request.statement.soi_request, True),
        (lambda request, cast: request.statement.matter, True),
        (lambda request, cast: cast.organizations["NLRB"], True),
        (lambda request, cast: cast.organizations["desert-legal-aid"], True),
        (lambda request, cast: cast.organizations["platform"], True),
        (lambda request, cast: cast.organizations["DHS"], False),  # nothing was filed
        (lambda request, cast: cast.organizations["NYSDOL"], False),
        (lambda request, cast: cast.organizations["river-workers-center"], False),
    ],
)
def test_a_hold_covers_the_workers_behind_what_it_names(
    withdrawn: WorkerRequest, cast: Cast, officer: User, thing: Any, covers: bool
) -> None:
    opened = hold(thing(withdrawn, cast), officer)
    assert covered(withdrawn.person) == ({withdrawn.person_id} if covers else set())
    assert holds.how_many(opened) == int(covers)


def test_a_hold_on_one_worker_covers_nobody_else(add: Add, officer: User) -> None:
    one, other = add(), add("Modesto")
    hold(one, officer)
    assert covered(one, other) == {one.pk}


def test_somebody_else_lifts_it_once(add: Add, officer: User, second: User) -> None:
    person = add()
    opened = hold(person, officer)
    with pytest.raises(HoldRefused, match="Another person must lift it"):
        holds.lift(opened, because="Settled.", by=officer, at=MUCH_LATER)
    with pytest.raises(HoldRefused, match="A reason is needed"):
        holds.lift(opened, because=" ", by=second, at=MUCH_LATER)
    assert covered(person)
    holds.lift(opened, because="Settled.", by=second, at=MUCH_LATER)
    assert not covered(person)
    with pytest.raises(HoldRefused, match="lifted before"):
        holds.lift(opened, because="Settled.", by=second, at=MUCH_LATER)


def test_only_the_privacy_officer_opens_one(add: Add, cast: Cast) -> None:
    person = add()
    for who in (cast.administrator, cast.representative, cast.officer):
        with pytest.raises(PermissionDenied):
            hold(person, who)


def test_a_hold_says_why_and_on_whose_authority_and_not_who_it_is(add: Add, officer: User) -> None:
    person = add()
    with pytest.raises(HoldRefused):
        holds.open_hold(on=person, reason="A lawsuit.", authority=" ", by=officer, at=OPEN_WORLD)
    with pytest.raises(PersonalDataFound):
        holds.open_hold(on=person, reason="A012345678 sues.", authority="Court", by=officer, at=OPEN_WORLD)


def test_the_database_keeps_a_hold_as_it_was(add: Add, officer: User, second: User) -> None:
    opened = hold(add(), officer)
    rows = LegalHold.objects.filter(pk=opened.pk)
    for wrong in (
        lambda: rows.delete(),
        lambda: rows.update(reason="Another one."),
        lambda: rows.update(lifted_by=officer, lifted_at=MUCH_LATER),
        lambda: rows.update(lifted_at=MUCH_LATER),
    ):
        with pytest.raises(REFUSED), transaction.atomic():
            wrong()
    holds.lift(opened, because="Settled.", by=second, at=MUCH_LATER)
    with pytest.raises(REFUSED), transaction.atomic():
        rows.update(lifted_at=None, lifted_by=None)


def test_no_command_destroys_what_is_held(add: Add, officer: User) -> None:
    person = add()
    hold(person, officer)
    with pytest.raises(keys.KeyRefused, match="A legal hold covers this worker"):
        keys.destroy(person, because="The term ended.", at=MUCH_LATER)
    with pytest.raises(CommandError, match="A legal hold covers this worker"):
        call_command("destroy_key", person=person.token, reason="The term ended.")


def test_a_worker_who_comes_later_is_covered_too(add: Add, cast: Cast, officer: User) -> None:
    hold(cast.organizations["desert-legal-aid"], officer)
    assert covered(add())

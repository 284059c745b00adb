"""What every test may rely on. The database comes from ``config.local.pytest_plugin``."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pgtrigger
import pytest
from django.db import connection
from django.test import Client, TransactionTestCase

from config.local.pytest_plugin import PLACE
from referrals.demo.cast import Cast
from referrals.services import purposes
from tests import signing_in
from tests.cases import LONG_AGO, everybody
from tests.tables import Turn
from workflows import policies


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings: None,
    django_db_keepdb: bool,
    django_db_blocker: Any,
    pytestconfig: pytest.Config,
) -> Iterator[Turn | None]:
    """Of the processes that test side by side, one migrates; the tables of the others are copied from it."""
    if django_db_keepdb or not hasattr(pytestconfig, "workerinput"):
        yield None
        return
    turn = Turn(
        Path(os.environ[PLACE]),
        run=pytestconfig.workerinput["testrunuid"],
        copy=f"{connection.settings_dict['TEST']['NAME']}_template",
    )
    turn.begin()
    yield turn
    with django_db_blocker.unblock():
        turn.leave_nothing()


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_modify_db_settings: Turn | None, django_db_setup: None, django_db_blocker: Any
) -> None:
    """Every test starts with the shipped rules; they are reference data."""
    with django_db_blocker.unblock():
        policies.load(LONG_AGO)
        if django_db_modify_db_settings:
            django_db_modify_db_settings.end()


@pytest.fixture(autouse=True, scope="session")
def _emptied_tables_despite_triggers() -> Iterator[None]:
    """Transactional tests empty all tables, which triggers refuse elsewhere; then the rules come back."""
    empty = TransactionTestCase._fixture_teardown

    def teardown(case: Any) -> None:
        with pgtrigger.ignore():
            empty(case)
        policies.load(LONG_AGO)

    patched = pytest.MonkeyPatch()
    patched.setattr(TransactionTestCase, "_fixture_teardown", teardown)
    yield
    patched.undo()


@pytest.fixture(autouse=True, scope="session")
def stated_purposes() -> Iterator[pytest.MonkeyPatch]:
    """People at ICE have said why they open a case, except in the tests of that question itself."""
    patched = pytest.MonkeyPatch()
    patched.setattr(purposes, "asked_of", lambda *_about, **_how: purposes.Asked())
    yield patched
    patched.undo()


@pytest.fixture
def purposes_are_asked(stated_purposes: pytest.MonkeyPatch) -> Iterator[None]:
    """As in production: nothing of a worker is shown at ICE before somebody has said why."""
    pretended = purposes.asked_of
    stated_purposes.undo()
    yield
    stated_purposes.setattr(purposes, "asked_of", pretended)


@pytest.fixture(autouse=True, scope="session")
def _a_forced_sign_in_has_shown_a_factor() -> Iterator[None]:
    """``force_login`` stands for a whole sign-in, with password and app, and with a proof that stays fresh.

    The wall itself stands as it does in production. Tests about it sign in through the pages, or by
    ``tests.signing_in.by_password_alone``.
    """
    patched = pytest.MonkeyPatch()
    patched.setattr(Client, "force_login", signing_in.forced)
    yield
    patched.undo()


@pytest.fixture
def cast(db: None) -> Cast:
    """The demo's people and offices, with the shipped rules in force since ``django_db_setup``."""
    return everybody()

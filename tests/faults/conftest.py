"""A stack of processes for the faults, and this process connected to its database."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.db.models import F

from notifications.models import Message, State
from notifications.models.message import WAITING
from recordsets import collisions
from referrals.demo.cast import Cast, gather
from referrals.models import SoiRequest
from referrals.services.steps import take_step
from tests import cases
from tests.faults.figures import Figures
from tests.faults.stack import Stack, address_of
from workflows import rules
from workflows.models import Deadline


@pytest.fixture(scope="session")
def _servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    stack = Stack(tmp_path_factory.mktemp("faults"))
    try:
        stack.start()
        yield stack
    finally:
        stack.stop()
        if stack.postgres.home != stack.base:
            shutil.rmtree(stack.postgres.home, ignore_errors=True)


@pytest.fixture
def stack(_servers: Stack, django_db_blocker: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stack]:
    """The servers, with this process connected to them instead of to the other tests' database."""
    before = dict(connection.settings_dict)
    monkeypatch.setattr(rules, "_kept", None)
    for name, value in {
        "NOTIFICATIONS_EMAIL": "smtp",
        "NOTIFICATIONS_KICK": None,
        "SITE_URL": _servers.environment()["SITE_URL"],
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": _servers.mail.port,
        "EMAIL_TIMEOUT": 5,
    }.items():
        monkeypatch.setattr(settings, name, value)
    with django_db_blocker.unblock():
        connection.close()
        connection.settings_dict.update(address_of(_servers.postgres.url()))
        _leave_nothing_to_do()
        try:
            yield _servers
        finally:
            for name in [each for each in _servers.programs if each != "web"]:
                _servers.kill(name)
            connection.close()
            connection.settings_dict.clear()
            connection.settings_dict.update(before)


def _leave_nothing_to_do() -> None:
    """What earlier tests left waiting and armed is nobody's business any more."""
    waiting = Message.objects.filter(state__in=WAITING)
    waiting.update(state=State.SENT, leased_by="", sent_at=F("created_at"))
    Deadline.objects.filter(state=Deadline.State.ARMED).update(state=Deadline.State.CANCELLED)


@pytest.fixture(autouse=True)
def _what_is_begun_again(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    caplog.set_level(logging.INFO, collisions.log.name)
    monkeypatch.setattr(logging.getLogger("recordsets"), "propagate", True)


@pytest.fixture
def web(stack: Stack) -> Stack:
    """The stack with web processes, which stay for the next test."""
    if "web" not in stack.programs:
        stack.serve_pages()
    return stack


@pytest.fixture
def people(stack: Stack) -> Cast:
    return gather(password="a password for tests")


@pytest.fixture
def figures(request: pytest.FixtureRequest) -> Figures:
    return Figures(request)


@pytest.fixture
def submitted(people: Cast) -> Callable[..., list[SoiRequest]]:
    """So many requests that were submitted at a moment and wait for their agency's acknowledgement."""

    def make(number: int, *, at: datetime) -> list[SoiRequest]:
        made = []
        for _each in range(number):
            request = cases.request_draft(people, at=at - timedelta(minutes=1))
            take_step(request, "submit", by=people.representative, at=at)
            made.append(request)
        return made

    return make

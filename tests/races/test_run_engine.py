"""The engine by hand: due deadlines and messages, with neither Celery nor Redis."""

from __future__ import annotations

import io
import os
import re
import signal
import subprocess
import sys
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.utils import timezone

from notifications.models import Message
from notifications.models import State as MessageState
from referrals import deadline_announcements
from referrals.management.commands import run_engine
from referrals.models import SoiRequest
from referrals.services.steps import take_step
from tests import cases
from tests.races.conftest import ROOT
from workflows.machines.soi_request_states import State
from workflows.models import Deadline

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def forgotten(cast: Any) -> SoiRequest:
    """A request that its agency left alone for a hundred days, until now."""
    then = timezone.now() - timedelta(days=100)
    request = cases.request_draft(cast, at=then)
    take_step(request, "submit", by=cast.representative, at=then)
    return request


def due() -> int:
    return Deadline.objects.filter(state=Deadline.State.ARMED, due_at__lte=timezone.now()).count()


def waiting() -> int:
    return Message.objects.filter(state=MessageState.PENDING, next_try_at__lte=timezone.now()).count()


def test_once_fires_all_that_is_due_delivers_all_that_waits_and_says_so(
    forgotten: SoiRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    fired = due()
    call_command("run_engine", "--once")
    printed = capsys.readouterr().out
    assert f"Deadlines fired: {fired} " in printed
    assert "Steps taken: 1. Cases that failed: 0." in printed
    assert re.search(r"Messages sent: [1-9]\d*\. To be tried again: 0\. Given up: 0\.", printed)
    assert (due(), waiting()) == (0, 0)
    assert SoiRequest.objects.get(pk=forgotten.pk).state == State.LAPSED


def test_once_again_does_nothing(forgotten: SoiRequest, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("run_engine", "--once")
    capsys.readouterr()
    call_command("run_engine", "--once")
    printed = capsys.readouterr().out
    assert "Deadlines fired: 0 " in printed
    assert "Messages sent: 0." in printed


def test_a_case_that_fails_is_counted_once_and_does_not_keep_the_engine_from_stopping(
    forgotten: SoiRequest, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def damaged(_record: Any, _fired: Any, *, at: datetime) -> None:
        raise RuntimeError("no words")

    monkeypatch.setattr(deadline_announcements, "deadline_passed", damaged)
    call_command("run_engine", "--once")
    assert "Cases that failed: 1." in capsys.readouterr().out


def test_it_wants_to_know_once_or_on_and_on() -> None:
    with pytest.raises(CommandError, match="one of the arguments --once --loop is required"):
        call_command("run_engine")


def test_an_outage_of_the_database_does_not_end_the_loop() -> None:
    def gone(*, quiet: bool) -> None:
        raise OperationalError("the server is restarting")

    told = io.StringIO()
    run_engine.Command(stderr=told)._despite_trouble(gone)
    assert "trying again. the server is restarting" in told.getvalue()


def test_whatever_else_goes_wrong_is_logged_and_does_not_end_the_loop(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken(*, quiet: bool) -> None:
        raise RuntimeError("a rule nobody wrote")

    run_engine.Command()._despite_trouble(broken)
    assert "a rule nobody wrote" in caplog.text


def elsewhere() -> str:
    """The address of the test's database."""
    address = urlsplit(os.environ["DATABASE_URL"])
    return urlunsplit(address._replace(path=f"/{connection.settings_dict['NAME']}"))


@pytest.mark.parametrize("told_to_stop", [signal.SIGTERM, signal.SIGINT])
def test_the_loop_works_without_redis_until_it_is_told_to_stop(
    forgotten: SoiRequest, told_to_stop: signal.Signals
) -> None:
    environment = {**os.environ, "DATABASE_URL": elsewhere(), "REFERRAL_MANAGED": "1", "TESTING": "1"}
    environment.pop("REDIS_URL", None)
    environment.pop("CACHE_URL", None)
    engine = subprocess.Popen(
        [sys.executable, "manage.py", "run_engine", "--loop", "--seconds", "0.2"],
        cwd=ROOT,
        env={**environment, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert engine.stdout is not None
    assert engine.stdout.readline() == "The engine runs.\n"
    assert "Deadlines fired: " in engine.stdout.readline()
    assert "Messages sent: " in engine.stdout.readline()
    engine.send_signal(told_to_stop)
    printed, trouble = engine.communicate(timeout=60)
    assert (engine.returncode, trouble) == (0, "")
    assert printed.endswith("The engine stops.\n")
    assert (due(), waiting()) == (0, 0)

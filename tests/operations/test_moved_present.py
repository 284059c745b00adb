"""The present can be moved in demonstrations and in tests; pages, tasks and commands live in it."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client, override_settings

import present
from config.local import lint, places
from notifications.models import KeptMail, Message
from referrals import tasks
from referrals.demo import passing
from referrals.demo.cast import Cast
from referrals.demo.world import build
from referrals.models import Heartbeat, SignIn
from referrals.services.steps import take_step
from tests.cases import demo_world, kept_for_many_tests, request_draft
from tests.operations.conftest import Browse
from tests.operations.simulated import checked_at_the_end
from workflows import history, stuck
from workflows.models import Case, DailyHead, Deadline, Step

pytestmark = pytest.mark.django_db

REAL = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
AHEAD = timedelta(days=556)
MOVED = REAL + AHEAD
NOT_IN_PRODUCTION = {"DEMO", "DEBUG", "TESTING", "DJANGO_ALLOW_ASYNC_UNSAFE"}


@pytest.fixture
def moved() -> Iterator[None]:
    with time_machine.travel(REAL, tick=False), override_settings(CLOCK_AHEAD=AHEAD):
        yield


class TestWhatMoves:
    def test_the_instant_and_the_day(self, moved: None) -> None:
        assert present.now() == MOVED
        assert present.today() == MOVED.date()

    def test_a_sweep_fires_what_is_due_by_then(self, cast: Cast, moved: None) -> None:
        request = request_draft(cast, at=REAL)
        take_step(request, "submit", by=cast.representative, at=REAL)
        tasks.fire_due_deadlines()
        assert set(Deadline.objects.values_list("state", flat=True)) == {Deadline.State.FIRED}
        assert Heartbeat.objects.get(name=Heartbeat.Part.SWEEP).at == MOVED

    @pytest.mark.parametrize(
        ("language", "words"),
        [("en", "This demonstration lives on"), ("es", "Esta demostración vive en el día")],
    )
    def test_every_page_says_so_in_the_readers_language(
        self, cast: Cast, browse: Browse, moved: None, language: str, words: str
    ) -> None:
        browsers = [browse(cast.representative), Client()]
        for browser in browsers:
            for address in ("/", "/accounts/login/", "/deadlines/", "/nowhere/"):
                page = browser.get(address, headers={"accept-language": language}, follow=True)
                text = page.content.decode()
                assert text.count(words) == 1, address
                assert 'datetime="2028-06-01"' in text

    def test_pages_compute_with_it(self, cast: Cast, browse: Browse, moved: None) -> None:
        """The rules page shows the rules of its own day unless another is asked for."""
        page = browse(cast.administrator).get("/rules/")
        assert 'value="2028-06-01"' in page.content.decode()


class TestWhatStays:
    def test_sessions_end_by_the_real_clock(self, cast: Cast, browse: Browse, moved: None) -> None:
        browse(cast.representative)
        assert REAL < SignIn.objects.get().expire_date < REAL + timedelta(days=30)

    def test_the_real_present_has_no_banner(self, client: Client, db: None) -> None:
        assert present.ahead() == timedelta(0)
        assert "app-moved" not in client.get("/accounts/login/").content.decode()


class TestInProduction:
    def run(self, **more: str) -> subprocess.CompletedProcess[str]:
        kept = {name: value for name, value in os.environ.items() if name not in NOT_IN_PRODUCTION}
        return subprocess.run(
            [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
            cwd=places.ROOT, env={**kept, **lint.PRODUCTION, "REFERRAL_MANAGED": "1", **more},
            capture_output=True, text=True,
        )  # fmt: skip

    def test_it_is_refused_with_a_sentence(self) -> None:
        done = self.run(CLOCK_AHEAD_SECONDS="86400")
        assert done.returncode != 0
        assert "Only a demonstration or a test can move the present." in done.stderr

    def test_without_it_the_check_is_silent(self) -> None:
        done = self.run()
        assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker: Any) -> Iterator[Cast]:
    with kept_for_many_tests(django_db_blocker) as cast:
        demo_world(cast, now=REAL)
        yield cast


class TestMovingOn:
    @pytest.fixture(autouse=True)
    def _mail_is_kept(self, db: None) -> Iterator[None]:
        with override_settings(NOTIFICATIONS_EMAIL="keep"), checked_at_the_end():
            yield

    def test_every_date_and_every_mail_comes_at_its_own_instant(self, built: Cast) -> None:
        known = Step.objects.order_by("-pk").values_list("pk", flat=True)[0]
        build(built, now=REAL + timedelta(days=40))
        fired = Deadline.objects.filter(state=Deadline.State.FIRED, settled_at__gt=REAL)
        assert fired.count() > 10
        assert [each for each in fired if each.settled_at != each.due_at] == []
        new = list(Step.objects.filter(pk__gt=known).order_by("pk").values_list("at", flat=True))
        assert len(new) > 1
        assert new == sorted(new)
        mails = KeptMail.objects.filter(message__created_at__gt=REAL).select_related("message")
        assert [each for each in mails if each.at != each.message.send_after] == []
        assert mails.exists()
        assert DailyHead.objects.filter(taken_at__gt=REAL).count() == 40

    def test_it_leaves_nothing_due_nothing_stuck_and_every_history_whole(self, built: Cast) -> None:
        until = REAL + timedelta(days=40)
        build(built, now=until)
        assert passing.next_instant(until) is None
        assert stuck.find(at=until) == []
        assert history.verify().broken is None
        assert passing.lived_until() == until

    def test_one_long_way_and_two_short_ones_lead_to_the_same(self, built: Cast) -> None:
        build(built, now=REAL + timedelta(days=13))
        build(built, now=REAL + timedelta(days=30))
        short = self.states()
        steps, messages = Step.objects.count(), Message.objects.count()
        build(built, now=REAL + timedelta(days=30))
        assert self.states() == short
        assert (Step.objects.count(), Message.objects.count()) == (steps, messages)

    def test_no_day_begins_with_a_warning_that_its_histories_were_not_looked_at(self, built: Cast) -> None:
        with time_machine.travel(REAL, tick=False):
            call_command("seed_demo", stdout=io.StringIO())
        walks = Heartbeat.objects.filter(name__in=[Heartbeat.Part.VERIFY, Heartbeat.Part.REPLAY])
        assert [(each.at, each.detail["wrong"]) for each in walks] == [(REAL, "")] * 2

    def states(self) -> list[tuple[str, str, Any]]:
        return list(Case.objects.order_by("reference").values_list("reference", "state", "next_due_at"))

    @pytest.mark.parametrize("text", ["2025-06-30", "2026-11-20"])
    def test_the_past_is_refused_with_a_sentence_and_nothing_is_done(self, built: Cast, text: str) -> None:
        steps, messages = Step.objects.count(), Message.objects.count()
        with (
            time_machine.travel(datetime.fromisoformat(f"{text}T12:00+00:00"), tick=False),
            pytest.raises(CommandError, match=r"begins on 2025-07-01|time does not go back"),
        ):
            call_command("seed_demo", stdout=io.StringIO())
        assert (Step.objects.count(), Message.objects.count()) == (steps, messages)

"""PostgreSQL and Valkey killed, emptied and stopped while people and clocks are at work."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from referrals.models import SoiRequest
from tests.faults.effects import (
    an_hour_ago,
    due,
    fired,
    in_doubt,
    long_ago,
    mails_about,
    rungs,
    taken,
    the_dead_lose_their_leases,
    undelivered,
)
from tests.faults.figures import Figures
from tests.faults.stack import Stack, wait_for
from tests.faults.visitors import UNHEARD, Crowd, Visitor
from workflows import history

Submitted = Callable[..., list[SoiRequest]]


def references(requests: list[SoiRequest]) -> list[str]:
    return [each.reference for each in requests]


@pytest.fixture
def slow_mail(stack: Stack) -> Iterator[None]:
    """A hundred mails a second at most, so that delivery lasts as long as the other work."""
    stack.mail.slow = 0.01
    yield
    stack.mail.slow = 0.0


@pytest.mark.usefixtures("slow_mail")
def test_postgresql_killed_under_load_loses_and_doubles_nothing(
    web: Stack, submitted: Submitted, people: Any, figures: Figures
) -> None:
    """No program is started again: all of them find their way back by themselves."""
    pressed, forgotten = submitted(30, at=an_hour_ago()), submitted(16, at=long_ago())
    arrived, sweeps = len(web.mail.mails), rungs(forgotten)
    web.work()
    web.tick()
    programs = {name: child.process.pid for name, child in web.programs.items()}
    with Crowd([Visitor(web, people.investigator) for _ in range(3)], pressed, "acknowledge") as crowd:
        for steps in (5, 15):
            wait_for(lambda least=steps: crowd.outcomes.total() >= least, "steps")  # type: ignore[misc]
            wait_for(lambda: len(web.mail.mails) > arrived + 5, "mail on its way")
            web.kill_postgres()
            killed_at = timezone.now()
            web.start_postgres()
            connection.close()
            the_dead_lose_their_leases(dead_since=killed_at)
    wait_for(lambda: due() == 0, "all deadlines")
    wait_for(lambda: undelivered() == 0, "all mail")
    assert {name: child.process.pid for name, child in web.programs.items()} == programs
    assert all(child.alive for child in web.programs.values())
    assert crowd.outcomes == {302: len(pressed)}
    mails = mails_about([*pressed, *forgotten])
    marked = in_doubt(mails)
    what = "PostgreSQL killed twice under load"
    figures.hold(f"{what}: steps", expected=references(pressed), done=taken(pressed, "acknowledge"))
    figures.hold(f"{what}: rungs", expected=sweeps, done=fired(forgotten))
    figures.hold(f"{what}: clock's steps", expected=references(forgotten), done=taken(forgotten, "lapse"))
    figures.hold(
        f"{what}: mails",
        expected=mails,
        done=web.mail.message_ids[arrived:],
        marked=marked,
    )
    assert len(marked) <= 4, "at most one for each relay that lost its database"
    assert history.verify().broken is None


@pytest.mark.usefixtures("slow_mail")
def test_with_valkey_emptied_frozen_and_then_killed_pages_answer_and_the_tick_catches_up(
    web: Stack, submitted: Submitted, people: Any, figures: Figures
) -> None:
    pressed, forgotten = submitted(20, at=an_hour_ago()), submitted(10, at=long_ago())
    arrived, sweeps = len(web.mail.mails), rungs(forgotten)
    web.work()
    web.tick()
    reader = Visitor(web, people.investigator)
    with Crowd([Visitor(web, people.investigator) for _ in range(3)], pressed, "acknowledge") as crowd:
        for steps in (4, 8, 12):
            wait_for(lambda least=steps: crowd.outcomes.total() >= least, "steps")  # type: ignore[misc]
            web.flush_valkey()
        with web.frozen_valkey():
            began = time.monotonic()
            assert reader.get("/") == 200, "with a Valkey that says nothing"
            assert time.monotonic() - began < 30, "nobody waits for it for ever"
        web.kill_valkey()
        assert reader.get("/") == reader.get("/inbox/") == 200, "without Valkey"
    assert crowd.answers == {302: len(pressed)}, "nobody noticed anything"
    late = submitted(3, at=long_ago())
    sweeps += rungs(late)
    web.valkey.start()
    requests = [*forgotten, *late]
    wait_for(lambda: due() == 0, "the tick to catch up")
    wait_for(lambda: undelivered() == 0, "all mail")
    what = "Valkey emptied, frozen, killed under load"
    figures.hold(f"{what}: steps", expected=references(pressed), done=taken(pressed, "acknowledge"))
    figures.hold(f"{what}: rungs", expected=sweeps, done=fired(requests))
    figures.hold(f"{what}: clock's steps", expected=references(requests), done=taken(requests, "lapse"))
    figures.hold(
        f"{what}: mails",
        expected=mails_about([*pressed, *requests]),
        done=web.mail.message_ids[arrived:],
    )
    assert reader.answers[UNHEARD] == 0
    assert history.verify().broken is None

"""A clock that jumps by an hour and by a year, ahead and back, as sweeps and relays see it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from notifications import relay
from notifications.channels import TemporaryFailure
from notifications.channels import smtp as smtp_channel
from notifications.models import Message, State
from referrals import tasks
from referrals.models import SoiRequest
from referrals.services.steps import take_step
from tests.faults.effects import in_doubt, mails_about, taken
from tests.faults.figures import Figures
from tests.faults.stack import Stack
from workflows import history
from workflows.models import Deadline

Submitted = Callable[..., list[SoiRequest]]

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
HOUR, YEAR = timedelta(hours=1), timedelta(days=365)
JUMPS = [timedelta(), HOUR, timedelta(), -HOUR, YEAR, timedelta(), YEAR, -YEAR, HOUR, YEAR + HOUR]
"""Where the clock stands at one tick after the other, seen from where it ought to stand."""


def test_each_rung_fires_once_however_the_clock_jumps_and_nobody_is_told_twice(
    stack: Stack, submitted: Submitted, figures: Figures
) -> None:
    requests = submitted(6, at=NOW - timedelta(days=3))
    ours = Deadline.objects.filter(case__in=[each.pk for each in requests])
    arrived = len(stack.mail.mails)
    fired: list[int] = []
    for jump in JUMPS:
        before = set(ours.filter(state=Deadline.State.FIRED).values_list("pk", flat=True))
        tasks.fire(at=NOW + jump)
        fired += set(ours.filter(state=Deadline.State.FIRED).values_list("pk", flat=True)) - before
        tasks.deliver(at=NOW + jump)
    tasks.deliver(at=NOW + YEAR + HOUR)
    assert not ours.filter(state=Deadline.State.ARMED, due_at__lte=NOW + YEAR).exists()
    reached = ours.filter(state=Deadline.State.FIRED).values_list("pk", flat=True)
    figures.hold("clock jumps of an hour and a year: rungs", expected=reached, done=fired)
    lapsed = [each.reference for each in requests]
    figures.hold("clock jumps of an hour and a year: steps", expected=lapsed, done=taken(requests, "lapse"))
    figures.hold(
        "clock jumps of an hour and a year: mails",
        expected=mails_about(requests),
        done=stack.mail.message_ids[arrived:],
    )
    assert history.verify().broken is None


def test_a_year_that_is_missed_at_once_makes_no_storm(stack: Stack, submitted: Submitted) -> None:
    """Of the rungs of one clock that passed together only the last one speaks."""
    requests = submitted(5, at=NOW - timedelta(days=3))
    tasks.fire(at=NOW + YEAR)
    fired = Deadline.objects.filter(case__in=[each.pk for each in requests], state=Deadline.State.FIRED)
    loud = Counter(fired.filter(collapsed=False).values_list("clock_id", flat=True))
    assert set(loud.values()) == {1}
    assert fired.filter(collapsed=True).count() > 0
    rows = Message.objects.filter(about__in=[each.reference for each in requests], created_at=NOW + YEAR)
    told = Counter(rows.values_list("about", "event", "channel", "recipient_id"))
    assert set(told.values()) == {1}


def test_a_case_goes_on_after_the_clock_was_set_back(stack: Stack, submitted: Submitted, people: Any) -> None:
    (request,) = submitted(1, at=NOW + HOUR)
    take_step(request, "acknowledge", by=people.investigator, at=NOW)
    assert request.state == SoiRequest.objects.get(pk=request.pk).state
    assert history.verify().broken is None


@pytest.mark.parametrize("ahead", [2 * timedelta(days=1), YEAR])
def test_a_mail_leased_by_a_relay_whose_clock_was_ahead_goes_when_the_clock_is_right_again(
    stack: Stack, submitted: Submitted, ahead: timedelta
) -> None:
    requests = submitted(1, at=NOW)
    wanted = mails_about(requests)
    relay.claim(at=NOW + ahead, size=100, lease="killed/ahead")
    arrived = len(stack.mail.mails)
    relay.deliver_pending(at=NOW + timedelta(minutes=1), worker="right")
    assert sorted(stack.mail.message_ids[arrived:]) == sorted(wanted)
    assert len(in_doubt(wanted)) == 1, "the first of them may have been sent, and is marked so"


def test_a_mail_that_was_put_back_or_written_by_a_clock_ahead_is_not_put_off_for_a_year(
    stack: Stack, submitted: Submitted, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_back, written = submitted(1, at=NOW), submitted(1, at=NOW + YEAR)
    with monkeypatch.context() as down:

        def refuse(*_arguments: Any) -> None:
            raise TemporaryFailure("451 later")

        down.setattr(smtp_channel, "hand_over", refuse)
        relay.deliver_pending(at=NOW + YEAR, worker="ahead")
    wanted, arrived = mails_about([*put_back, *written]), len(stack.mail.mails)
    relay.deliver_pending(at=NOW + timedelta(minutes=1), worker="right")
    assert sorted(stack.mail.message_ids[arrived:]) == sorted(wanted)


def test_what_was_meant_for_later_still_waits(stack: Stack, submitted: Submitted) -> None:
    (request,) = submitted(1, at=NOW)
    Message.objects.filter(about=request.reference).exclude(state=State.SENT).update(
        put_off_until=NOW + YEAR, next_try_at=NOW + YEAR
    )
    with transaction.atomic():
        assert relay.bring_back(at=NOW) == 0

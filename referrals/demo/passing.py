"""Lets the demo's world live through days that nobody plays: each date and each mail at its own instant.

What the beat and the workers of a real system would have done is done here in the same order: every deadline
fires at its instant, mail leaves when it is due, rules and the programme change on their first day, and each
night's head of the histories is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from django.db.models import Max, Min

from notifications.models import Message
from workflows import days_in_words, heads
from workflows.models import Deadline, Step

from .. import tasks
from ..models import Heartbeat
from ..services import access_alerts, access_chain

NIGHT = time(7, 15, tzinfo=UTC)
"""When the head of a day is taken, as the timetable of beat has it."""
A_DAY = timedelta(days=1)


class TimeStandsStill(RuntimeError):
    """Something due can be neither done nor put off, so that time could not pass it."""


@dataclass
class Passed:
    """What the time that passed has brought: nights, deadlines fired, steps of the system, mails sent."""

    nights: int = 0
    fired: int = 0
    steps: int = 0
    sent: int = 0


def lived_until() -> datetime | None:
    """The last instant that the world tells of: a step, a message or a sign of life; None without a world."""
    last = Step.objects.aggregate(at=Max("at"))["at"]
    if last is None:
        return None
    others = (
        Message.objects.aggregate(at=Max("created_at"))["at"],
        Heartbeat.objects.aggregate(at=Max("at"))["at"],
    )
    return max([last, *(at for at in others if at)])


def live_on(*, since: datetime, until: datetime, month_passed: Callable[[str], None] | None = None) -> Passed:
    """Let everything happen that is due after ``since`` and up to ``until``, in the order of time.

    What was overdue before comes first, as of ``since``. ``month_passed`` hears the name of each month that
    has begun. Raises TimeStandsStill; what happened before that stays.
    """
    passed = Passed()
    at = since
    for night in nights(since, until):
        at = _live_until(night, passed, at=at)
        heads.take(at=night)
        access_alerts.follow(at=night, everything=True)
        access_chain.take_head(at=night)
        passed.nights += 1
        if month_passed and night.day == 1:
            month_passed(days_in_words.month(night.date()))
    _live_until(until, passed, at=at)
    return passed


def nights(since: datetime, until: datetime) -> Iterator[datetime]:
    """The nightly instants after one moment and up to another."""
    night = datetime.combine(since.astimezone(UTC).date(), NIGHT)
    while night <= until:
        if night > since:
            yield night
        night += A_DAY


def _live_until(instant: datetime, passed: Passed, *, at: datetime) -> datetime:
    """What is due until an instant, then the instant itself, at which rules may begin and people be told."""
    _everything_due(instant, passed, at=at)
    _fire(instant, passed)
    _everything_due(instant, passed, at=instant)
    return instant


def _everything_due(until: datetime, passed: Passed, *, at: datetime) -> None:
    tried = None
    while (due := next_instant(until)) is not None:
        if due == tried:
            raise TimeStandsStill(f"Something that was due on {due} can be neither done nor put off.")
        at = max(at, due)
        tried = None if _fire(at, passed) + _deliver(at, passed) else due


def next_instant(until: datetime) -> datetime | None:
    """The earliest instant up to ``until`` at which a deadline fires, a mail leaves or a summary is due."""
    armed = Deadline.objects.filter(state=Deadline.State.ARMED, due_at__lte=until)
    waiting = Message.objects.due(until) | Message.objects.to_summarize(until)
    found = (armed.aggregate(at=Min("due_at"))["at"], waiting.aggregate(at=Min("next_try_at"))["at"])
    return min((at for at in found if at is not None), default=None)


def _fire(at: datetime, passed: Passed) -> int:
    swept = tasks.fire(at=at)
    passed.fired += swept.fired
    passed.steps += swept.steps
    return swept.fired


def _deliver(at: datetime, passed: Passed) -> int:
    delivered = tasks.deliver(at=at)
    passed.sent += delivered.sent
    return delivered.sent + delivered.retried + delivered.failed

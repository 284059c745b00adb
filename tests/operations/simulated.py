"""Lives through days of the demo's world, with people who go on working, and looks at everything each day.

The checks are sets, asked of the database once a tick: what was due before it, what came of that, what is
left. Each writes down what it finds under the name of its claim, so that one life answers many tests.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, Exists, F, Min, OuterRef, Q, Subquery

from notifications.models import Channel, Incident, KeptMail, Message, State
from referrals import tasks
from workflows import heads, history, stuck
from workflows.machine import Machine
from workflows.models import Case, Clock, Deadline, Pause, Step

ARMED, FIRED = Deadline.State.ARMED, Deadline.State.FIRED
A_WEEK = timedelta(days=7)
OURS = ("workflows", "referrals", "notifications")


@dataclass
class Life:
    """What happened in all those days, and what should not have."""

    ticks: int = 0
    days: int = 0
    fired: int = 0
    collapsed: int = 0
    steps_of_the_system: int = 0
    sent: int = 0
    steps: int = 0
    cases: int = 0
    wrong: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    logged: list[str] = field(default_factory=list)

    def note(self, claim: str, found: Any, at: datetime) -> None:
        self.wrong[claim] += [f"{at:%Y-%m-%d %H:%M} {each}" for each in found]

    def __str__(self) -> str:
        return (
            f"{self.days} days, {self.ticks} ticks: {self.fired} deadlines fired ({self.collapsed} of them "
            f"silently), {self.steps_of_the_system} steps of the system, {self.steps} steps in all, "
            f"{self.cases} cases, {self.sent} mails"
        )


class Watch:
    """Ticks as beat does, and compares what is there with what should be."""

    def __init__(self, machines: dict[str, Machine]) -> None:
        self.life = Life()
        self.machines = machines

    def tick(self, at: datetime) -> None:
        """One turn of the sweep and of the relay, then every check."""
        due = dict(Deadline.objects.filter(state=ARMED, due_at__lte=at).values_list("pk", "case_id"))
        over = Case.objects.closed().filter(pk__in=due.values()).values_list("pk", flat=True)
        ended = set(over) if due else set()
        settled = self._settled(at)
        swept = tasks.fire(at=at)
        delivered = tasks.deliver(at=at)
        life = self.life
        life.ticks += 1
        life.fired += swept.fired
        life.collapsed += swept.collapsed
        life.steps_of_the_system += swept.steps
        life.sent += delivered.sent
        life.note("no case fails", [f"{swept.failed} cases"] if swept.failed else [], at)
        self._dates(at, due, ended, fired=swept.fired)
        life.note("a date that fired stays as it was", self._settled(at) ^ settled, at)
        self._messages(at)

    def day(self, at: datetime) -> None:
        """What is true at the end of a day, whatever people did on it."""
        self.life.days += 1
        self._clocks(at)
        self._cases(at)
        self.life.note(
            "nothing is stuck",
            [f"{each.trouble} {each.kind} {each.state} {each.about}" for each in stuck.find(at=at)],
            at,
        )

    def verify(self, at: datetime) -> None:
        """Take a head of the histories and walk all of them."""
        with checked_at_the_end():
            heads.take(at=at)
        broken = history.verify().broken
        self.life.note("every history holds", [str(broken)] if broken else [], at)

    def _settled(self, at: datetime) -> set[tuple[int, datetime | None, bool]]:
        """What fired in the week before this tick, with when."""
        rows = Deadline.objects.filter(state=FIRED, settled_at__lt=at, settled_at__gt=at - A_WEEK)
        return set(rows.values_list("pk", "settled_at", "collapsed"))

    def _dates(self, at: datetime, due: dict[int, int], ended: set[int], *, fired: int) -> None:
        after = list(Deadline.objects.filter(pk__in=due).values_list("pk", "case_id", "state", "settled_at"))
        lost = [pk for pk, _case, state, when in after if state == ARMED or when != at]
        self.life.note("what is due fires in the next tick", lost, at)
        now = list(
            Deadline.objects.filter(state=FIRED, settled_at=at).values_list(
                "pk", "case_id", "case__kind", "case__state", "clock_key", "rung", "due_at"
            )
        )
        self.life.note("nothing fires twice", [f"{fired} and {len(now)}"] if fired != len(now) else [], at)
        early = [f"{row[2]} {row[4]}/{row[5]}" for row in now if row[6] > at]
        self.life.note("nothing fires before its time", early, at)
        over = [
            f"{kind} {state} {clock}/{rung}"
            for _pk, case, kind, state, clock, rung, _due in now
            if case in ended and not self._runs_on(kind, state, clock)
        ]
        self.life.note("no date of a case that is over fires", over, at)

    def _runs_on(self, kind: str, state: str, clock: str) -> bool:
        """Whether a machine lets a clock run on after the end."""
        return any(rule.key == clock and state in rule.runs_in for rule in self.machines[kind].clocks)

    def _clocks(self, at: datetime) -> None:
        rungs = Deadline.objects.filter(clock=OuterRef("pk"), state__in=(ARMED, FIRED))
        standing_still = Pause.objects.filter(clock=OuterRef("pk"), ended_at__isnull=True)
        silent = (
            Clock.objects.filter(stopped_at__isnull=True, case__closed_at__isnull=True)
            .exclude(Exists(rungs))
            .exclude(Exists(standing_still))
        )
        self.life.note("every clock has a rung", silent.values_list("case__kind", "case__state", "key"), at)
        stale = Deadline.objects.filter(state=ARMED).exclude(generation=F("clock__generation"))
        self.life.note("only the newest dates are armed", stale.values_list("case__kind", "clock_key"), at)
        twice = (
            Deadline.objects.filter(state=FIRED)
            .values("clock_id", "rung", "due_at")
            .annotate(times=Count("pk"))
            .filter(times__gt=1)
        )
        repeated = twice.values_list("clock__key", "rung", "times")
        self.life.note("a rung speaks once for one date", repeated, at)

    def _cases(self, at: datetime) -> None:
        running = (
            Clock.objects.filter(case=OuterRef("pk"), stopped_at__isnull=True, due_at__isnull=False)
            .exclude(Exists(Pause.objects.filter(clock=OuterRef("pk"), ended_at__isnull=True)))
            .values("case")
            .annotate(first=Min("due_at"))
            .values("first")
        )
        differs = Case.objects.annotate(first=Subquery(running)).filter(
            Q(next_due_at__isnull=True, first__isnull=False)
            | Q(next_due_at__isnull=False, first__isnull=True)
            | ~Q(next_due_at=F("first")) & Q(next_due_at__isnull=False, first__isnull=False)
        )
        self.life.note(
            "the next date of a case is that of its clocks", differs.values_list("kind", "state"), at
        )
        last = Step.objects.filter(case=OuterRef("pk")).order_by("-sequence")
        broken = Case.objects.annotate(
            lines=Subquery(last.values("sequence")[:1]), last=Subquery(last.values("hash")[:1])
        ).exclude(version=F("lines"), head_hash=F("last"))
        self.life.note("each case stands where its history ends", broken.values_list("reference"), at)
        nobody = [
            f"{kind} {state}"
            for kind, state in Case.objects.open()
            .filter(desk__isnull=True, assignee__isnull=True)
            .values_list("kind", "state")
            if self.machines[kind].standing(state).holder
        ]
        self.life.note("every open case is somebody's", nobody, at)

    def _messages(self, at: datetime) -> None:
        waiting = Message.objects.due(at) | Message.objects.to_summarize(at)
        self.life.note("mail that is due has left", waiting.values_list("event", "state"), at)
        failed = Message.objects.filter(state=State.FAILED).exclude(
            pk__in=Incident.objects.values("message_id")
        )
        self.life.note("what cannot be delivered is somebody's incident", failed.values_list("event"), at)


def mail_without_a_letter() -> list[str]:
    """Mails that count as sent, and of which none was kept."""
    sent = Message.objects.filter(state=State.SENT, channel=Channel.EMAIL, digest__isnull=True)
    return [
        str(each) for each in sent.exclude(pk__in=KeptMail.objects.values("message_id")).values_list("event")
    ]


@contextmanager
def checked_at_the_end() -> Iterator[None]:
    """What refers to a row that comes later, as a line to its daily head, is checked when that is there."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        yield
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@contextmanager
def listening(life: Life) -> Iterator[None]:
    """Everything that our packages warn of."""

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            life.logged.append(f"{record.levelname} {record.name} {record.getMessage()}")

    ear = Ear(logging.WARNING)
    for name in OURS:
        logging.getLogger(name).addHandler(ear)
    try:
        yield
    finally:
        for name in OURS:
            logging.getLogger(name).removeHandler(ear)


def lived(
    *, start: datetime, days: int, machines: dict[str, Machine], work: Callable[[int, datetime], None]
) -> Life:
    """Tick each day, every eighth day at night too; ``work`` is what people do on a day, after its tick."""
    watch = Watch(machines)
    with listening(watch.life):
        for number in range(1, days + 1):
            at = start + timedelta(days=number)
            watch.tick(at)
            work(number, at + timedelta(minutes=30))
            if number % 8 == 7:
                watch.tick(at + timedelta(hours=7, minutes=30))
                watch.tick(at + timedelta(hours=14, minutes=10))
            watch.day(at + timedelta(hours=1))
            if number % 50 == 0:
                watch.verify(at + timedelta(hours=2))
    watch.life.steps, watch.life.cases = Step.objects.count(), Case.objects.count()
    return watch.life

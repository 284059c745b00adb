"""The system at one moment, in numbers: what the operations page shows and Prometheus collects.

References, kinds, codes and host names; no person and no employer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min, Q, Sum

from notifications import health
from recordsets.asking import through_the_door
from workflows import stuck
from workflows.days import rule_day
from workflows.models import Case, Deadline
from workflows.stuck import Trouble

from . import broker, heartbeats, small_numbers
from .broker import Broker
from .models import Document, Heartbeat, Tally

SEEN = timedelta(minutes=10)
"""A worker of which nothing was seen for longer does not count as one."""
Part = Heartbeat.Part


@dataclass(frozen=True)
class Files:
    """Attached files: how many wait for clamd and since when, hold malware, or were never looked at."""

    waiting: int
    oldest: timedelta
    infected: int
    unchecked: int


@dataclass(frozen=True)
class Reading:
    """Everything measured at ``at``; ages are never negative, and None means never seen."""

    at: datetime
    alive: Sequence[Heartbeat]
    armed: int
    overdue: int
    deadline_lag: timedelta
    outbox: health.Lag
    stuck: Mapping[Trouble, int]
    broker: Broker
    open_cases: Mapping[str, int]
    steps: Mapping[str, int]
    refused: Sequence[tuple[str, str, int]]
    files: Files = Files(0, timedelta(0), 0, 0)

    def last(self, part: Part) -> Heartbeat | None:
        """The latest sign of life of a part, on any host."""
        return next((beat for beat in self.alive if beat.name == part), None)

    def age_of(self, part: Part) -> timedelta | None:
        """How long ago a part was last seen at work, on any host."""
        beat = self.last(part)
        return max(self.at - beat.at, timedelta(0)) if beat else None

    @property
    def workers(self) -> list[Heartbeat]:
        """Workers of which something was seen in the last ten minutes."""
        return [beat for beat in self.alive if beat.name == Part.WORKER and beat.at > self.at - SEEN]

    @property
    def failed_cases(self) -> int:
        """Cases that something unforeseen kept from firing in the last sweep."""
        beat = self.last(Part.SWEEP)
        return int(beat.detail.get("failed", 0)) if beat else 0

    def shown_by_kind(self) -> Iterator[tuple[str, small_numbers.Number, small_numbers.Number]]:
        """Each kind of case with its open ones and its lines of history, as far as they may be shown."""
        least = small_numbers.smallest(rule_day(self.at))
        for kind, lines in self.steps.items():
            cases = small_numbers.of(self.open_cases[kind], least=least)
            yield kind, cases, small_numbers.of(lines, least=least)

    def wrong_in(self, part: Part) -> int | None:
        """In how many places the last nightly walk found histories wrong; None if there was none."""
        beat = self.last(part)
        return int(beat.detail.get("number", 0)) if beat else None


def read(*, at: datetime) -> Reading:
    """Measure everything. Raises DatabaseError when the database is away; Redis may be."""
    armed = Deadline.objects.filter(state=Deadline.State.ARMED).aggregate(
        number=Count("pk"),
        overdue=Count("pk", filter=Q(due_at__lte=at)),
        oldest=Min("due_at", filter=Q(due_at__lte=at)),
    )
    kinds = list(
        Case.objects.values_list("kind")
        .annotate(number=Count("pk", filter=Q(closed_at__isnull=True)), lines=Sum("version"))
        .order_by("kind")
    )
    return Reading(
        at=at,
        alive=heartbeats.alive(at=at),
        armed=armed["number"],
        overdue=armed["overdue"],
        deadline_lag=at - armed["oldest"] if armed["oldest"] else timedelta(0),
        outbox=health.lag(at),
        stuck=stuck.counts(at=at),
        files=_files(at),
        broker=broker.look(),
        open_cases={kind: number for kind, number, _lines in kinds},
        steps={kind: lines for kind, _number, lines in kinds},
        refused=list(Tally.objects.filter(what=Tally.What.REFUSED).values_list("kind", "code", "number")),
    )


def _files(at: datetime) -> Files:
    Malware = Document.Malware  # noqa: N806 (a class)
    with through_the_door():
        found = _counted(Malware)
    oldest = max(at - found["oldest"], timedelta(0)) if found["oldest"] else timedelta(0)
    return Files(found["waiting"], oldest, found["infected"], found["unchecked"])


def _counted(Malware: type[Document.Malware]) -> dict[str, Any]:  # noqa: N803 (a class)
    return Document.objects.aggregate(
        waiting=Count("pk", filter=Q(malware=Malware.WAITING)),
        oldest=Min("made_at", filter=Q(malware=Malware.WAITING)),
        infected=Count("pk", filter=Q(malware=Malware.INFECTED)),
        unchecked=Count("pk", filter=Q(malware=Malware.UNCHECKED)),
    )

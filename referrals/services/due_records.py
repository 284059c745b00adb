"""Finds what is due to be destroyed and puts it into batches. It may be stopped and begun again."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from recordsets.asking import through_the_door
from recordsets.collisions import in_one_piece
from workflows import policies
from workflows.days import rule_day
from workflows.policies import PolicyBook

from ..models import Disposition, DispositionItem, Person, RetentionSurvey, WorkerRequest
from ..retention import (
    CaseFacts,
    Verdict,
    WorkerFacts,
    judge_screening,
    judge_worker,
    kinds_said,
)
from . import holds, retained

BATCH = 200
"""As many items a batch holds at most: what two people can look through."""
CHUNK = 500
What, Stage = DispositionItem.What, Disposition.Stage


@dataclass(frozen=True)
class Found:
    """Something that is due, with the verdict that says so."""

    stage: int
    what: str
    person: int
    verdict: Verdict
    cases: tuple[CaseFacts, ...]
    case: int | None = None

    def item(self, disposition: Disposition) -> DispositionItem:
        verdict = self.verdict
        if verdict.rule is None or verdict.due is None or verdict.starts_on is None:
            raise ValueError("Nothing is due without a rule.")
        return DispositionItem(
            disposition=disposition, what=self.what, person_id=self.person, case_id=self.case,
            rule=verdict.rule, starts_on=verdict.starts_on, due_on=verdict.due.on,
            cases=kinds_said(self.cases),
        )  # fmt: skip


def find(*, at: datetime, batch: int = BATCH) -> RetentionSurvey:
    """Walk over everything, screening notes first; what is due and in no open batch goes into one.

    Each five hundred are done in a transaction of their own, so a walk that was stopped is begun again
    without harm. Returns the figures of the walk, which are stored.
    """
    on, book = rule_day(at), policies.book()
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    walked = 0
    for walk in (_screenings, _people):
        after = 0
        while chunk := _chunk(walk, after=after, on=on, book=book, at=at, batch=batch):
            after, verdicts = chunk
            walked += len(verdicts)
            for verdict in verdicts:
                counts[verdict.key][verdict.standing] += 1
    plain = {key: dict(each) for key, each in counts.items()}
    return RetentionSurvey.objects.create(day=on, moment=at, counts=plain, walked=walked)


@dataclass(frozen=True)
class Foreseen:
    """How much would be due on a day under the rules on record, and under rules that somebody proposes."""

    on: date
    before: int
    after: int


def foresee(proposed: PolicyBook, *, on: date) -> Foreseen:
    """What another rule of keeping would do to what is due on a day: destroyed and held are not counted."""
    with through_the_door():
        return Foreseen(on, _number_due(policies.book(), on=on), _number_due(proposed, on=on))


def _number_due(book: PolicyBook, *, on: date) -> int:
    number = 0
    for walk in (_screenings, _people):
        last: int | None = 0
        while last is not None:
            last, judged = walk(after=last, on=on, book=book)
            number += sum(each.verdict.is_due for each in judged)
    return number


def find_daily(*, at: datetime) -> None:
    """The same, unless it was done since midnight in Washington."""
    if not RetentionSurvey.objects.filter(day=rule_day(at)).exists():
        find(at=at)


@in_one_piece
def _chunk(
    walk: Any, *, after: int, on: date, book: PolicyBook, at: datetime, batch: int
) -> tuple[int, list[Verdict]] | None:
    last, judged = walk(after=after, on=on, book=book)
    if last is None:
        return None
    due = [each for each in judged if each.verdict.is_due]
    if due:
        with connection.cursor() as cursor:  # two walks at once do not put the same into two batches
            cursor.execute("LOCK TABLE referrals_disposition IN SHARE ROW EXCLUSIVE MODE")
        _put(_not_listed(due, on=on), at=at, batch=batch)
    return last, [each.verdict for each in judged]


def _screenings(*, after: int, on: date, book: PolicyBook) -> tuple[int | None, list[Found]]:
    """The next requests that ended without being filed and whose notes are still there."""
    requests: QuerySet[Any] = WorkerRequest.objects.filter(
        pk__gt=after, closed_at__isnull=False, filed_at__isnull=True, screening__isnull=False,
        person__key__destroyed_at__isnull=True,
    )  # fmt: skip
    done = DispositionItem.objects.filter(what=What.SCREENING, outcome=DispositionItem.Outcome.DESTROYED)
    requests = requests.exclude(pk__in=done.values("case")).order_by("pk")
    columns = ("pk", "kind", "reference", "closed_at", "person", "jurisdiction")
    rows = list(requests.values_list(*columns)[:CHUNK])
    held = holds.covering({row[4] for row in rows})
    found = []
    for pk, kind, reference, closed_at, person, place in rows:
        case = CaseFacts(pk, kind, reference, rule_day(closed_at), filed=False, jurisdiction=place)
        verdict = judge_screening(case, book, held=person in held, on=on)
        found.append(Found(Stage.SCREENING, What.SCREENING, person, verdict, (case,), case=pk))
    return (rows[-1][0] if rows else None), found


def _people(*, after: int, on: date, book: PolicyBook) -> tuple[int | None, list[Found]]:
    """The next workers whose key was not destroyed."""
    people = list(Person.objects.readable().filter(pk__gt=after).order_by("pk")[:CHUNK])
    found = [_worker(facts, judge_worker(facts, book, on=on)) for facts in retained.of(people)]
    return (people[-1].pk if people else None), found


def _worker(facts: WorkerFacts, verdict: Verdict) -> Found:
    stage = Stage.CLOSED if facts.filed else Stage.NEVER_FILED
    return Found(stage, What.WORKER, facts.pk, verdict, facts.cases)


def _not_listed(due: Iterable[Found], *, on: date) -> Iterator[Found]:
    """What is in no open batch, and was not taken out of one until a later day."""
    due = list(due)
    kept = DispositionItem.objects.filter(Q(settled_at__isnull=True) | Q(not_before__gt=on))
    people = kept.filter(what=What.WORKER, person__in=[each.person for each in due])
    cases = kept.filter(what=What.SCREENING, case__in=[each.case for each in due if each.case])
    listed = {(What.WORKER, pk) for pk in people.values_list("person_id", flat=True)}
    listed |= {(What.SCREENING, pk) for pk in cases.values_list("case_id", flat=True)}
    return (each for each in due if (each.what, each.case or each.person) not in listed)


def _put(found: Iterable[Found], *, at: datetime, batch: int) -> None:
    """Into the batch of its stage that is still to be reviewed while there is room, then into a new one."""
    room: dict[int, tuple[Disposition, int]] = {}
    items = []
    for each in found:
        disposition, left = room.get(each.stage) or _with_room(each.stage, batch)
        if left <= 0:
            disposition, left = Disposition.objects.create(stage=each.stage, found_at=at), batch
        room[each.stage] = (disposition, left - 1)
        items.append(each.item(disposition))
    DispositionItem.objects.bulk_create(items)


def _with_room(stage: int, batch: int) -> tuple[Any, int]:
    last = Disposition.objects.filter(stage=stage, fate=Disposition.Fate.REVIEW).last()
    return last, (batch - last.items.count() if last else 0)

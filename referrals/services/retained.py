"""Reads what retention knows of workers: their cases, the last activity, wishes and holds, many at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from django.db.models import Max, QuerySet

from workflows import redaction
from workflows.days import rule_day
from workflows.models import Kind, Step

from ..models import Person, WishToBeForgotten, record_models
from ..models.visibility import PERSON
from ..retention import CaseFacts, WorkerFacts
from . import holds

FILED = {
    Kind.WORKER_REQUEST: "filed_at",
    Kind.WORK_PERMIT: "worker_request__filed_at",
    Kind.STAY: "filed_at",
    Kind.STAY_REFERRAL: "opened_at",
    Kind.GRANT: "opened_at",
    Kind.RENEWAL: "opened_at",
}
"""The moment at which somebody outside the own office received a case of a kind, or made it."""


ERASED = "erase_screening"
OF_FORGETTING = (ERASED, redaction.NOTE)
"""Lines that are no activity: what takes something away must not keep the rest for longer."""


def _day(moment: datetime | None) -> date | None:
    return rule_day(moment) if moment else None


def cases_of(people: Iterable[int]) -> dict[int, list[CaseFacts]]:
    """The cases of some workers by the worker's key: one query for each kind."""
    wanted, found = list(people), defaultdict(list)
    models = record_models()
    for kind, path in PERSON.items():
        rows: QuerySet[Any] = models[kind].objects.filter(**{f"{path}__in": wanted}).order_by("pk")
        for person, pk, reference, closed_at, filed_at, place in rows.values_list(
            path, "pk", "reference", "closed_at", FILED[kind], "jurisdiction"
        ):
            filed = filed_at is not None
            found[person].append(CaseFacts(pk, str(kind), reference, _day(closed_at), filed, place))
    return found


def of(people: Iterable[Person]) -> Iterator[WorkerFacts]:
    """What retention knows of some workers, in a fixed number of queries however many they are."""
    listed = list(people)
    keys = [person.pk for person in listed]
    cases = cases_of(keys)
    last = _last_steps(case.pk for some in cases.values() for case in some)
    wishes = dict(
        WishToBeForgotten.objects.filter(person__in=keys, taken_back_at__isnull=True).values_list(
            "person_id", "asked_on"
        )
    )
    held = holds.covering(keys)
    for person in listed:
        own = tuple(cases.get(person.pk, ()))
        done = [rule_day(person.added_at), *(last[case.pk] for case in own if case.pk in last)]
        yield WorkerFacts(
            pk=person.pk, token=person.token, last_on=max(done), cases=own,
            asked_on=wishes.get(person.pk), held=person.pk in held,
        )  # fmt: skip


def _last_steps(cases: Iterable[int]) -> dict[int, date]:
    """The day of the last line in the history of each of these cases, without those of forgetting itself."""
    steps = Step.objects.filter(case_id__in=list(cases)).exclude(name__in=OF_FORGETTING).order_by()
    rows = steps.values("case_id").annotate(last=Max("at"))
    return {row["case_id"]: rule_day(row["last"]) for row in rows}


def record(case: CaseFacts) -> Any:
    """The record of a case, as the engine takes it."""
    return record_models()[case.kind].objects.get(pk=case.pk)

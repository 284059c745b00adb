"""Workers and what happens for them next, for the lists of a representative's office."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import F, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Least
from django.urls import reverse
from django.utils.translation import gettext as _

from workflows.models import Case, Clock, Kind

from . import listing, lookups
from .models import Person, User, record_models
from .models.visibility import PERSON
from .subjects import opened

PAGE = 25
MOST = 500


def next_date(user: User) -> Any:
    """The earliest date of a worker's open cases, as an expression; null where no clock runs."""
    models = record_models()
    found = []
    for kind, path in PERSON.items():
        cases = models[kind].objects.visible_to(user).open().filter(**{path: OuterRef("pk")})
        earliest = cases.order_by().values(path).annotate(earliest=Min("next_due_at"))
        found.append(Subquery(earliest.values("earliest")))
    return Least(*found)


def by_pressure(user: User) -> QuerySet[Any]:
    """The office's workers, the most pressing first; those without a date follow, the newest first."""
    workers = Person.objects.visible_to(user).annotate(next_due_at=next_date(user))
    return workers.order_by(F("next_due_at").asc(nulls_last=True), "-pk")


def named(workers: QuerySet[Any], typed: str, user: User) -> QuerySet[Any]:
    """The office's workers one of whose names begins with each typed word."""
    return workers.filter(pk__in=lookups.named(user.organization_id, typed))


def in_order(workers: QuerySet[Person]) -> list[Person]:
    """The newest workers, by their names, as people look for them in a list. Only the names are read."""
    newest = workers.only("token", "given_names", "family_names").order_by("-pk")[:MOST]
    return sorted(newest, key=lambda each: (*_sorted_as(each.family_names, each.given_names), each.pk))


def by_name(requests: QuerySet[Any]) -> list[int]:
    """The keys of workers' requests by the names of their workers."""
    columns = ("person__token", "person__family_names", "person__given_names")
    rows = list(requests.values_list("pk", *columns))
    named = [(*_sorted_as(*opened(token, *names)), pk) for pk, token, *names in rows]
    return [key for *_names, key in sorted(named)]


def _sorted_as(*names: str) -> tuple[list[str], ...]:
    return tuple(lookups.words(name) for name in names)


def after(workers: QuerySet[Any], mark: str) -> QuerySet[Any]:
    """The workers that follow a mark made by ``mark_of``; an unreadable mark means the beginning."""
    when, _dash, pk = mark.rpartition("~")
    try:
        key = int(pk)
        moment = datetime.fromisoformat(when) if when else None
    except ValueError:
        return workers
    if moment is None or moment.tzinfo is None:
        return workers.filter(next_due_at__isnull=True, pk__lt=key)
    return workers.filter(
        Q(next_due_at__gt=moment) | Q(next_due_at=moment, pk__lt=key) | Q(next_due_at__isnull=True)
    )


def mark_of(worker: Any) -> str:
    """Where a page ended: the worker's next date and key, nothing personal."""
    return f"{worker.next_due_at.isoformat() if worker.next_due_at else ''}~{worker.pk}"


def open_cases(workers: Iterable[Person], user: User) -> dict[int, list[Any]]:
    """The open cases of some workers, by worker, the most pressing first: one query for each kind."""
    models = record_models()
    keys = [worker.pk for worker in workers]
    found: dict[int, list[Any]] = defaultdict(list)
    for kind, path in PERSON.items():
        cases = models[kind].objects.visible_to(user).open().filter(**{f"{path}__in": keys})
        for case in cases.annotate(worker=F(f"{path}_id")):
            found[case.worker].append(case)
    for mine in found.values():
        mine.sort(key=lambda case: (case.next_due_at is None, case.next_due_at or case.opened_at, case.pk))
    return found


def cases_of(worker: Person, user: User) -> list[Case]:
    """Every case of one worker that the reader may see, open ones first, then the newest."""
    found: list[Case] = []
    for kind, path in PERSON.items():
        mine = record_models()[kind].objects.visible_to(user).filter(**{path: worker.pk})
        found.extend(mine.select_related("desk"))
    return sorted(found, key=lambda case: (case.closed_at is not None, -case.opened_at.timestamp(), case.pk))


def columns() -> list[dict[str, str]]:
    return [{"label": label} for label in (_("Worker"), _("Next date"), _("What is open"))]


def rows(workers: Sequence[Person], user: User, *, at: datetime) -> list[dict[str, Any]]:
    """The rows of the list of workers, with a fixed number of queries."""
    cases = open_cases(workers, user)
    running: dict[int, list[Clock]] = defaultdict(list)
    keys = [case.pk for mine in cases.values() for case in mine]
    for clock in Clock.objects.filter(case_id__in=keys, stopped_at__isnull=True):
        running[clock.case_id].append(clock)
    return [_row(worker, cases.get(worker.pk, []), running, at=at) for worker in workers]


def _row(
    worker: Person, cases: list[Any], running: dict[int, list[Clock]], *, at: datetime
) -> dict[str, Any]:
    first = cases[0] if cases else None
    deadline = listing.due_of(first, running[first.pk], at=at) if first else None
    pressing = any(clock.key == "removal_date" for case in cases for clock in running[case.pk])
    return {
        "urgent": pressing,
        "late": bool(deadline and deadline["late"]),
        "cells": [
            {"text": worker.name, "url": reverse("worker", kwargs={"token": worker.token})},
            {"deadline": deadline, "note": deadline["what"]} if deadline else {"text": _("no date")},
            {"text": "; ".join(_in_words(case) for case in cases) or _("nothing open")},
        ],
    }


def _in_words(case: Any) -> str:
    return _("%(kind)s: %(state)s") % {"kind": Kind(case.kind).label, "state": case.state_label}

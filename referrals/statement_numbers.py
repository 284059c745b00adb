"""What became of the requests under statements, in numbers that point at nobody."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from recordsets.asking import through_the_door
from workflows.machines.worker_request import State

from . import small_numbers
from .models import Statement, User
from .small_numbers import in_words

MOST = 50
OUTCOMES = {
    "open_ones": Q(worker_requests__closed_at__isnull=True),
    "granted": Q(worker_requests__closed_at__isnull=False, worker_requests__state=State.GRANTED),
    "denied": Q(worker_requests__state__in=[State.DENIED, State.ABANDONED]),
}


def table(user: User, *, on: date) -> dict[str, Any]:
    """The reader's statements with how many requests under each are open, granted, denied or ended otherwise.

    At most the newest ``MOST`` statements. Rows, columns and totals are left out together as
    ``small_numbers`` says. Those who see the workers themselves have their own lists.
    """
    counted = (
        Statement.objects.visible_to(user)
        .filter(version_in_force__isnull=False)
        .annotate(
            every=Count("worker_requests"),
            **{name: Count("worker_requests", filter=which) for name, which in OUTCOMES.items()},
        )
        .order_by("-opened_at", "-pk")[:MOST]
    )
    with through_the_door():
        found = list(counted)
    open_ones = [(row, 0) for row in range(len(found))]  # which stand on the pages of the statements too
    shown = small_numbers.table(
        [_counts(each) for each in found], least=small_numbers.smallest(on), known=open_ones
    )
    labels = (_("Open"), _("Granted"), _("Denied"), _("Ended otherwise"), _("All"))
    rows = [
        _row({"text": each.reference, "url": each.get_absolute_url()}, [*cells, total])
        for each, cells, total in zip(found, shown.cells, shown.row_totals, strict=True)
    ]
    last = [_row({"text": _("All")}, [*shown.column_totals, shown.total])] if found else []
    return {
        "caption": _("Workers' requests under these statements"),
        "columns": [{"label": _("Statement")}, *({"label": each, "numeric": True} for each in labels)],
        "rows": [*rows, *last],
    }


def _counts(statement: Any) -> list[int]:
    told = [getattr(statement, name) for name in OUTCOMES]
    return [*told, statement.every - sum(told)]


def _row(first: dict[str, Any], numbers: list[int | None]) -> dict[str, Any]:
    return {"cells": [first, *({"text": in_words(number)} for number in numbers)]}

"""The first page of everybody: what needs me now, what is mine, late, next."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

import present
from workflows import absences

from .. import case_page, first_steps, listing, operations, queues
from .. import together as several
from .signed_in import SignedIn


@login_required
@require_safe
def desk(request: SignedIn) -> HttpResponse:
    user, at = request.user, present.now()
    if case_page.is_administrator(user):
        return render(request, "pages/operations.html", operations.figures(at=at))
    asked = request.GET.get("show", "")
    stands_in = absences.stood_in_for(user, at=at)
    user.desks_stood_in_for = [each.desk_id for each in stands_in]
    counts = queues.counts(user, at=at)
    show = asked if asked in queues.Show.values else _first_part(counts)
    page = queues.page(
        user, show, at=at, after=request.GET.get("after", ""), before=request.GET.get("before", "")
    )
    urgent = queues.urgent(user, at=at)
    rows = listing.rows([*urgent, *page.cases], user, at=at, with_steps=True)
    choosing = show != queues.Show.DECIDED and several.may(user)
    if choosing:
        for case, row in zip(page.cases, rows[len(urgent) :], strict=True):
            row["cells"][0]["choose"] = case.reference
    return render(
        request,
        "pages/desk.html",
        {
            "choosing": choosing,
            "stands_in": stands_in,
            "urgent": rows[: len(urgent)],
            "columns": listing.columns(),
            "parts": _parts(counts, show),
            "show": queues.Show(show),
            "table": {
                "caption": queues.Show(show).label,
                "columns": listing.columns(),
                "rows": rows[len(urgent) :],
                "next_url": _link(show, after=page.after) if page.after else "",
                "previous_url": _link(show, before=page.before) if page.before else "",
            },
            "first_step": first_steps.first_step(user, show),
            "nothing_at_all": not any(counts.values()),
        },
    )


def _first_part(counts: dict[str, int]) -> str:
    """What waits for me, if anything does; else what lies on our desk."""
    return queues.Show.MINE if counts[queues.Show.MINE] or not counts[queues.Show.DESK] else queues.Show.DESK


def _link(show: str, **keys: str) -> str:
    return f"{reverse('desk')}?{urlencode({'show': show, **keys})}"


def _parts(counts: dict[str, int], show: str) -> list[dict[str, Any]]:
    return [
        {
            "label": part.label,
            "count": counts[part],
            "url": _link(part),
            "current": part == show,
            "late": part == queues.Show.LATE and counts[part] > 0,
        }
        for part in queues.Show
    ]

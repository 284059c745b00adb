"""The first page of everybody: what needs me now, what is mine, late, next."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

import present
from workflows import absences

from .. import case_page, exported_lists, first_steps, listing, operations, queues
from .. import together as several
from ..models.people import ICE
from ..services import openings
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
    user.people_stood_in_for = [each.person_id for each in stands_in]
    counts = queues.counts(user, at=at)
    show = asked if asked in queues.Show.values else _first_part(counts)
    whose = _whose(request, show)
    by_hand = queues.counts_by_hand(user, show, at=at)
    page = queues.page(
        user, show, at=at, whose=whose,
        after=request.GET.get("after", ""), before=request.GET.get("before", ""),
    )  # fmt: skip
    urgent = queues.urgent(user, at=at)
    rows = listing.rows([*urgent, *page.cases], user, at=at, with_steps=True)
    choosing = show != queues.Show.DECIDED and several.may(user)
    if choosing:
        for case, row in zip(page.cases, rows[len(urgent) :], strict=True):
            row["cells"][0]["choose"] = case.reference
    may_export = user.acting is not None and user.capacity not in ICE
    wanted = exported_lists.Wanted("desk", show, whose)
    return render(
        request,
        "pages/desk.html",
        {
            "may_export": may_export,
            "export_url": _export(wanted) if page.cases and exported_lists.find_list(user, wanted) else "",
            "choosing": choosing,
            "stands_in": stands_in,
            "opened_now": openings.of_owner(user, at=at),
            "urgent": rows[: len(urgent)],
            "columns": listing.columns(),
            "parts": _parts(counts, show, whose),
            "hands": _hands(by_hand, counts, show, whose),
            "show": queues.Show(show),
            "table": {
                "caption": _caption(show, whose),
                "columns": listing.columns(),
                "rows": rows[len(urgent) :],
                "next_url": _link(show, whose, after=page.after) if page.after else "",
                "previous_url": _link(show, whose, before=page.before) if page.before else "",
            },
            "first_step": first_steps.nothing_in_hand(show) if whose else first_steps.first_step(user, show),
            "nothing_at_all": not any(counts.values()),
        },
    )


def _first_part(counts: dict[str, int]) -> str:
    """What waits for me, if anything does; else what lies on our desk."""
    return queues.Show.MINE if counts[queues.Show.MINE] or not counts[queues.Show.DESK] else queues.Show.DESK


def _whose(request: SignedIn, show: str) -> str:
    """In whose hands the cases are that were asked for; empty for all, and in parts that are not ours."""
    asked = request.GET.get("whose", "")
    return asked if asked in queues.Whose.values and show in queues.OURS else ""


def _caption(show: str, whose: str) -> str:
    part = str(queues.Show(show).label)
    return f"{part} · {queues.Whose(whose).label}" if whose else part


def _link(show: str, whose: str = "", **keys: str) -> str:
    asked = {"show": show, **({"whose": whose} if whose else {}), **keys}
    return f"{reverse('desk')}?{urlencode(asked)}"


def _export(wanted: exported_lists.Wanted) -> str:
    asked = {"of": wanted.what, "part": wanted.part, **({"whose": wanted.whose} if wanted.whose else {})}
    return f"{reverse('export_new')}?{urlencode(asked)}"


def _hands(by_hand: dict[str, int], counts: dict[str, int], show: str, whose: str) -> list[dict[str, Any]]:
    """The same part by who has its cases in hand, as links with their counts; nothing if it is not ours."""
    if not by_hand:
        return []
    everybody = {"label": _("Everybody's"), "count": counts[show], "url": _link(show), "current": not whose}
    return [
        everybody,
        *(
            {
                "label": each.label,
                "count": by_hand[each],
                "url": _link(show, each),
                "current": each == whose,
            }
            for each in queues.Whose
        ),
    ]


def _parts(counts: dict[str, int], show: str, whose: str) -> list[dict[str, Any]]:
    return [
        {
            "label": part.label,
            "count": counts[part],
            "url": _link(part, whose if part in queues.OURS else ""),
            "current": part == show,
            "late": part == queues.Show.LATE and counts[part] > 0,
        }
        for part in queues.Show
    ]

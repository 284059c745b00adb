"""The plain-language view that a representative shows to the worker."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

import present

from .. import presenting
from .signed_in import SignedIn, record_or_404


@login_required
@require_safe
def timeline(request: SignedIn, reference: str) -> HttpResponse:
    """Where the worker's case stands; no names, no employer. Only for the worker's representative."""
    record = record_or_404(request, reference)
    if not request.user.is_representative or not hasattr(record, "person"):
        raise Http404
    at = present.now()
    clocks = [clock for clock in presenting.shown_clocks(record, at=at) if not clock.paused]
    return render(
        request,
        "pages/timeline.html",
        {
            "record": record,
            "deadline": clocks[0] if clocks else None,
            "waiting_for": presenting.whose_turn(record) if record.closed_at is None else "",
            "turn_is_ours": record.desk_id is not None and record.desk_id == presenting.own_desk(record),
            "does_not_stop_removal": getattr(record, "does_not_stop_removal", False),
            "stations": presenting.stations(record),
        },
    )

"""The whole history of a case, as far as its reader may know it."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from .. import diary
from ..models.people import ICE
from .signed_in import SignedIn, record_or_404


@login_required
@require_safe
def case_history(request: SignedIn, reference: str) -> HttpResponse:
    record = record_or_404(request, reference)
    own_only = request.GET.get("who") == "own"
    everything = diary.entries(record, request.user, own_only=own_only)
    names = diary.steps_taken(everything)
    asked = request.GET.get("what", "")
    chosen = asked if asked in dict(names) else ""
    entries = [entry for entry in everything if not chosen or entry.name == chosen]
    return render(
        request,
        "pages/history.html",
        {
            "record": record,
            "entries": entries,
            "names": names,
            "chosen": chosen,
            "own_only": own_only,
            "may_export": request.user.capacity not in ICE,
        },
    )

"""A case as it stood at the end of a past day."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

import present

from .. import past
from ..forms.as_of import AsOfForm
from .signed_in import SignedIn, record_or_404


@login_required
@require_safe
def case_as_of(request: SignedIn, reference: str) -> HttpResponse:
    """State, whose turn, clocks and lines of a past day; a sentence where there is nothing to show."""
    record, now = record_or_404(request, reference), present.now()
    since = past.first_day(record, request.user)
    asked = AsOfForm(request.GET if "on" in request.GET else None, record=record, first=since, now=now)
    then = past.case_on(record, request.user, asked.day, now=now) if asked.is_valid() else None
    context = {"record": record, "form": asked, "then": then, "since": since}
    return render(request, "pages/as_of.html", context)

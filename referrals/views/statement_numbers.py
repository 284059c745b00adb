"""What became of the requests under an agency's statements, in numbers."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

import present
from workflows.parties import Capacity

from .. import small_numbers
from .. import statement_numbers as numbers
from .signed_in import SignedIn


@login_required
@require_safe
def statement_numbers(request: SignedIn) -> HttpResponse:
    """For labor agencies, about their own statements, and the programme officer, about those sent to DHS."""
    user, on = request.user, present.today()
    if not (user.is_agency or user.capacity == Capacity.PROGRAMME_OFFICER):
        raise Http404
    context = {"table": numbers.table(user, on=on), "least": small_numbers.smallest(on), "most": numbers.MOST}
    return render(request, "statement_side/statement_numbers.html", context)

"""Finding a case by its reference; for representatives also by their worker's name."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

import present

from .. import finding, listing
from ..forms.search import SearchForm
from .signed_in import SignedIn


@login_required
@require_safe
def search(request: SignedIn) -> HttpResponse:
    form = SearchForm(request.GET or None, user=request.user)
    found = finding.Found([], [])
    if form.is_valid():
        found = finding.search(request.user, form.cleaned_data["q"])
        if len(found.cases) == 1 and not found.matters:
            return redirect("case", reference=found.cases[0].reference)
    rows = listing.rows(found.cases, request.user, at=present.now())
    table = {"caption": "", "columns": listing.columns(), "rows": rows}
    context = {"form": form, "found": found, "table": table, "asked": form.is_bound and form.is_valid()}
    return render(request, "pages/search.html", context)

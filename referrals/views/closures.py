"""Closures that stop the clocks: declared for everybody or for one agency, extended, ended early."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

import present
from workflows.models import TollingWindow
from workflows.models.policy import FEDERAL

from .. import policy_people, rule_pages, rule_words
from ..forms.rules import ClosureForm
from ..services import policy_changes
from .rule_changes import effects, propose
from .signed_in import SignedIn


def _own_jurisdictions(request: SignedIn, names: dict[str, str]) -> list[tuple[str, str]]:
    return [
        (code, rule_words.jurisdiction_in_words(code, names))
        for code in policy_people.may_change_of(request.user, (FEDERAL, *names))
    ]


@login_required
@require_safe
def closures(request: SignedIn) -> HttpResponse:
    """Every closure on record; everybody signed in may read them."""
    names = rule_words.agency_names()
    own = dict(_own_jurisdictions(request, names))
    context = {
        "windows": [
            {
                "window": window,
                "whose": rule_words.jurisdiction_in_words(window.jurisdiction, names),
                "may_change": window.jurisdiction in own,
                "changes": [each for each in window.changes.all() if each.row_id is None],
            }
            for window in rule_pages.windows_on_record()
        ],
        "may_declare": bool(own),
        "takes_part": policy_people.takes_part(request.user),
        "today": present.today(),
    }
    return render(request, "policy/closures.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def closure_new(request: SignedIn) -> HttpResponse:
    """Propose a closure."""
    return _page(request, None)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def closure_change(request: SignedIn, pk: int) -> HttpResponse:
    """Propose another last day for a closure: longer, or ended early."""
    window = rule_pages.window_by_number(pk)
    if window is None or not policy_people.may_change(request.user, window.jurisdiction):
        raise Http404
    return _page(request, window)


def _page(request: SignedIn, window: TollingWindow | None) -> HttpResponse:
    names = rule_words.agency_names()
    own = _own_jurisdictions(request, names)
    if not own:
        raise Http404
    form = ClosureForm(request.POST or None, jurisdictions=own, window=window)
    foreseen, change = None, None
    if form.is_valid():
        change = form.draft(by=request.user, at=present.now())
        if change is not None and "propose" in request.POST:
            stored = propose(request, form, change)
            if stored is not None:
                return stored
        elif change is not None:
            foreseen = policy_changes.foresee(change, at=present.now())
    context: dict[str, Any] = {
        "form": form,
        "window": window,
        "whose": rule_words.jurisdiction_in_words(window.jurisdiction, names) if window else "",
        **effects(request, foreseen),
    }
    return render(request, "policy/closure.html", context)

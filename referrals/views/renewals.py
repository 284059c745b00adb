"""Preparing the renewal of a grant."""

from __future__ import annotations

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

import present

from ..models import Grant, Renewal
from ..services import renewals
from .representatives import for_representatives, stored
from .signed_in import SignedIn


@for_representatives
@require_http_methods(["GET", "HEAD", "POST"])
def renewal_new(request: SignedIn, reference: str) -> HttpResponse:
    own = Grant.objects.visible_to(request.user).select_related(
        "worker_request__person", "worker_request__statement__agency"
    )
    grant, at = get_object_or_404(own, reference=reference), present.now()
    form, begun = forms.Form(request.POST if request.method == "POST" else None), list[Renewal]()
    if form.is_valid() and not stored(
        form, grant, lambda: begun.append(renewals.prepare(grant, by=request.user, at=at))
    ):
        return redirect("case", reference=begun[0].reference)
    context = {
        "grant": grant,
        "form": form,
        "outlook": renewals.outlook(grant, at=at),
        "posted": form.is_bound,
    }
    return render(request, "worker_side/renewal_new.html", context, status=409 if form.errors else 200)

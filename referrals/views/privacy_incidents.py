"""Incidents of reading: those there are, a new one from rows of the trail, one of them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

import present

from .. import trail_pages
from ..forms.trails import PrivacyIncidentForm, PrivacyStepForm
from ..models import PrivacyIncident
from ..services import privacy_incidents as service
from ..services.invitations import PeopleRefused
from .signed_in import SignedIn

CONFLICT = 409
PAGE = 50


def _only_privacy(request: SignedIn) -> None:
    if not service.may_handle(request.user):
        raise Http404


@login_required
@require_safe
def privacy_incidents(request: SignedIn) -> HttpResponse:
    """The latest of them, and how one is opened."""
    _only_privacy(request)
    seen = PrivacyIncident.objects.visible_to(request.user)[:PAGE]
    return render(request, "trails/incidents.html", {"incidents": seen})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def privacy_incident_new(request: SignedIn) -> HttpResponse:
    """Open one with the rows of the trail that were ticked there."""
    _only_privacy(request)
    asked: Any = request.POST if request.method == "POST" else request.GET
    reads = service.chosen_of(request.user, asked.getlist("case"))
    form = PrivacyIncidentForm(request.POST or None)
    if form.is_valid():
        try:
            made = service.begin(**form.cleaned_data, reads=reads, by=request.user, at=present.now())
        except PeopleRefused as refused:
            form.add_error(refused.field or None, refused.sentence)
        else:
            messages.success(request, _("The incident is open."))
            return redirect("privacy_incident", pk=made.pk)
    context = {"form": form, "reads": reads, "table": trail_pages.table(reads, request.user)}
    return render(request, "trails/incident_new.html", context, status=400 if form.is_bound else 200)


DOES = {"note": service.note, "notice": service.send_notice, "close": service.close}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def privacy_incident(request: SignedIn, pk: int) -> HttpResponse:
    """One of them: what was read, what was done; a POST notes, sends the notice, or closes it."""
    found = get_object_or_404(PrivacyIncident.objects.visible_to(request.user), pk=pk)
    form, status = PrivacyStepForm(request.POST or None), 400 if request.method == "POST" else 200
    if form.is_valid():
        try:
            DOES[form.cleaned_data["do"]](
                found, text=form.cleaned_data["text"], by=request.user, at=present.now()
            )
        except PeopleRefused as refused:
            form.add_error(refused.field or None, refused.sentence)
            status = CONFLICT
        else:
            messages.success(request, _("It is on record."))
            return redirect("privacy_incident", pk=pk)
    reads = found.reads.select_related("user", "organization", "office")
    context = {
        "incident": found,
        "steps": found.steps.select_related("by"),
        "owners": service.owners_of(found),
        "table": trail_pages.table(reads, request.user),
        "form": form,
    }
    return render(request, "trails/incident.html", context, status=status)

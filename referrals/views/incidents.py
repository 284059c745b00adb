"""Pages of operators for messages that did not arrive."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

import present
from notifications import incidents as service
from notifications.models import Incident

from .. import delivery
from ..forms.incidents import OwnerForm, SeenToForm
from .signed_in import SignedIn

PAGE = 50
ENDS = {"resolve": service.resolve, "again": service.send_again, "skip": service.skip}


@login_required
@require_safe
def incidents(request: SignedIn) -> HttpResponse:
    """What waits for somebody, or what was seen to."""
    if not delivery.is_operator(request.user):
        raise Http404
    resolved = request.GET.get("show") == "resolved"
    page = Paginator(delivery.incidents_seen(request.user, resolved=resolved), PAGE).get_page(
        request.GET.get("page")
    )
    more = "show=resolved&" if resolved else ""
    table = {
        "caption": _("Messages that did not arrive"),
        "columns": [
            {"label": _("What happened")},
            {"label": _("Which news")},
            {"label": _("For whom")},
            {"label": _("Since")},
            {"label": _("Who sees to it")},
        ],
        "rows": [_row(each) for each in page],
        "next_url": f"?{more}page={page.next_page_number()}" if page.has_next() else "",
        "previous_url": f"?{more}page={page.previous_page_number()}" if page.has_previous() else "",
    }
    return render(
        request, "pages/incidents.html", {"table": table, "any": bool(page.object_list), "resolved": resolved}
    )


def _row(incident: Incident) -> dict[str, Any]:
    message = incident.message
    return {
        "cells": [
            {
                "text": _("Incident %(number)d") % {"number": incident.pk},
                "url": reverse("incident", args=[incident.pk]),
                "note": incident.get_kind_display(),
            },
            {"text": delivery.kind_of_news(message.event) if message else ""},
            {"text": str(message.recipient) if message else ""},
            {"at": incident.opened_at},
            {
                "text": str(incident.owner) if incident.owner else _("nobody yet"),
                "note": incident.get_ending_display(),
            },
        ]
    }


def _incident_or_404(request: SignedIn, pk: int) -> Incident:
    incident = delivery.incident_seen(request.user, pk)
    if incident is None:
        raise Http404
    return incident


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def incident(request: SignedIn, pk: int) -> HttpResponse:
    """One incident with every try; a POST adds a note or ends it, always with words."""
    found = _incident_or_404(request, pk)
    form = SeenToForm(request.POST or None)
    if form.is_valid():
        try:
            _act(request, found, form.cleaned_data["words"])
        except service.AlreadyResolved:
            messages.warning(request, _("Somebody has seen to this before you. Look below."))
        return redirect("incident", pk=pk)
    message = found.message
    return render(
        request,
        "pages/incident.html",
        {
            "incident": found,
            "news": delivery.kind_of_news(message.event) if message else "",
            "reader": delivery.reader_of(message) if message else None,
            "tries": message.tries.order_by("at", "pk") if message else [],
            "bounces": message.bounces.order_by("at", "pk") if message else [],
            "again": message.sent_again.order_by("pk") if message else [],
            "notes": found.notes.select_related("by"),
            "form": form,
            "owner_form": OwnerForm(initial={"owner": found.owner_id}),
        },
        status=400 if form.is_bound else 200,
    )


def _act(request: SignedIn, found: Incident, words: str) -> None:
    action, by, at = request.POST.get("action", ""), request.user, present.now()
    if action in ENDS:
        ENDS[action](incident=found, by=by, at=at, resolution=words)
        messages.success(request, _("This is seen to. It stays on record."))
    else:
        service.add_note(incident=found, by=by, at=at, text=words)
        messages.success(request, _("The note is stored."))


@login_required
@require_POST
def incident_owner(request: SignedIn, pk: int) -> HttpResponse:
    """Give an incident to an operator."""
    found, form = _incident_or_404(request, pk), OwnerForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose somebody from the list."))
        return redirect("incident", pk=pk)
    try:
        service.assign(incident=found, owner=form.cleaned_data["owner"])
    except service.AlreadyResolved:
        messages.warning(request, _("Somebody has seen to this before you. Look below."))
    else:
        messages.success(request, _("It has a new owner."))
    return redirect("incident", pk=pk)

"""Alerts about reading, and the records that are watched."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

import present
from workflows.parties import Capacity

from .. import trail_pages
from ..forms.trails import AcknowledgeForm, WatchForm
from ..models import AccessAlert
from ..services import access_alerts as service
from .signed_in import SignedIn

PAGE = 50


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def access_alerts(request: SignedIn) -> HttpResponse:
    """What waits for somebody, or was seen to; by a POST a record is watched from now on, or no longer."""
    watches = request.user.capacity == Capacity.PRIVACY_OFFICER
    if not trail_pages.may_read(request.user) or (request.method == "POST" and not watches):
        raise Http404
    form = WatchForm(request.POST if request.method == "POST" and "stop" not in request.POST else None)
    if request.method == "POST" and _watched(request, form):
        return redirect("access_alerts")
    return _list(request, form, status=400 if form.is_bound else 200)


def _watched(request: SignedIn, form: WatchForm) -> bool:
    """Whether a record is watched from now on, or no longer."""
    at = present.now()
    if not form.is_bound:
        service.watch_no_longer(request.POST["stop"], at=at)
        messages.success(request, _("It is watched no longer."))
    elif form.is_valid():
        service.watch(form.cleaned_data["mark"], by=request.user, at=at)
        messages.success(request, _("It is watched. Whoever opens it sets off an alert."))
    return not form.is_bound or form.is_valid()


def _list(request: SignedIn, form: WatchForm, *, status: int) -> HttpResponse:
    seen_to = request.GET.get("show") == "seen"
    alerts = AccessAlert.objects.visible_to(request.user).select_related("user", "organization", "office")
    chosen = alerts.filter(acknowledged_at__isnull=not seen_to)
    page = Paginator(chosen, PAGE).get_page(request.GET.get("page"))
    more = "show=seen&" if seen_to else ""
    labels = (_("What was found"), _("Who"), _("How many"), _("When"))
    watches = request.user.capacity == Capacity.PRIVACY_OFFICER
    context = {
        "table": {
            "caption": _("Alerts about reading"),
            "columns": [{"label": label} for label in labels],
            "rows": [_row(each, request.user) for each in page],
            "next_url": f"?{more}page={page.next_page_number()}" if page.has_next() else "",
            "previous_url": f"?{more}page={page.previous_page_number()}" if page.has_previous() else "",
        },
        "any": bool(page.object_list),
        "seen_to": seen_to,
        "watches": watches,
        "watched": service.watched() if watches else [],
        "form": form,
    }
    return render(request, "trails/alerts.html", context, status=status)


def _row(alert: AccessAlert, user: Any) -> dict[str, Any]:
    return {
        "urgent": alert.acknowledged_at is None,
        "cells": [
            {
                "text": alert.get_rule_display(),
                "url": reverse("access_alert", args=[alert.pk]),
                "note": alert.subject if trail_pages.knows_whose(user) else "",
            },
            {
                "text": trail_pages.reader_of(alert, user),
                "note": trail_pages.standing_of(alert),
            },
            {"text": alert.number},
            {"at": alert.last_at},
        ],
    }


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def access_alert(request: SignedIn, pk: int) -> HttpResponse:
    """One alert; a POST says what became of it."""
    user = request.user
    own = AccessAlert.objects.visible_to(user).select_related(
        "user", "organization", "office", "acknowledged_by"
    )
    alert = get_object_or_404(own, pk=pk)
    form = AcknowledgeForm(request.POST or None)
    if form.is_valid():
        try:
            service.acknowledge(alert, by=user, note=form.cleaned_data["note"], at=present.now())
        except service.AlreadySeenTo:
            messages.warning(request, _("Somebody has seen to this before you. Look below."))
        else:
            messages.success(request, _("This is seen to. It stays on record."))
        return redirect("access_alert", pk=pk)
    context = {
        "alert": alert,
        "who": trail_pages.reader_of(alert, user),
        "standing": trail_pages.standing_of(alert),
        "subject": alert.subject if trail_pages.knows_whose(user) else "",
        "by": trail_pages.acknowledged_by(alert, user),
        "reads": trail_pages.behind(alert, user),
        "form": form,
    }
    return render(request, "trails/alert.html", context, status=400 if form.is_bound else 200)

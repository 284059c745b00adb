"""Pages of the programme officer: who is let in while the programme is closed."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, Prefetch, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

import present
from recordsets.asking import through_the_door
from workflows import days_in_words, policies
from workflows.parties import Capacity
from workflows.refusals import StalePage

from .. import case_page, small_numbers
from ..forms.overrides import OverrideForm
from ..models import ProgrammeOverride, Statement
from ..personal_data import PersonalDataFound
from ..services import statements
from ..services.overrides import record_override
from .reviews import CONFLICT, keep_typed
from .signed_in import SignedIn

PAGE = 50


def _only_programme_officers(request: SignedIn) -> None:
    if request.user.capacity != Capacity.PROGRAMME_OFFICER:
        raise Http404


@login_required
@require_safe
def overrides(request: SignedIn) -> HttpResponse:
    """Every transmitted statement with its overrides; of workers only a number, if it is not small."""
    _only_programme_officers(request)
    today = present.today()
    found = (
        Statement.objects.visible_to(request.user)
        .select_related("agency")
        .prefetch_related(
            Prefetch("overrides", ProgrammeOverride.objects.visible_to(request.user).order_by("-ends_on"))
        )
        .annotate(depending=Count("worker_requests", filter=Q(worker_requests__closed_at__isnull=True)))
        .order_by("-transmitted_at", "reference")
    )
    least = small_numbers.smallest(today)
    with through_the_door():
        page = Paginator(found, PAGE).get_page(request.GET.get("page"))
        page.object_list = list(page.object_list)
    table = {
        "caption": _("Statements that were sent to DHS"),
        "columns": [
            {"label": _("Statement")},
            {"label": _("Labor agency")},
            {"label": _("State")},
            {"label": _("Open requests"), "numeric": True},
            {"label": _("Override")},
            {"label": _("What to do")},
        ],
        "rows": [_row(each, today, least=least) for each in page],
        "next_url": f"?page={page.next_page_number()}" if page.has_next() else "",
        "previous_url": f"?page={page.previous_page_number()}" if page.has_previous() else "",
    }
    context = {"table": table, "any": bool(page.object_list), "programme_status": _status(today)}
    return render(request, "dhs/overrides.html", context)


def _status(on: date) -> policies.ProgrammeStatus | None:
    try:
        return policies.programme(on)
    except policies.NoPolicy:
        return None


def _row(statement: Any, today: date, *, least: int) -> dict[str, Any]:
    lasting = [each for each in statement.overrides.all() if each.ends_on >= today]
    words = ", ".join(
        _("%(first)s to %(last)s")
        % {"first": days_in_words.day(each.starts_on), "last": days_in_words.day(each.ends_on)}
        for each in lasting
    )
    return {
        "cells": [
            {"text": statement.reference, "url": statement.get_absolute_url()},
            {"text": statement.agency.name},
            {"standing": case_page.standing_of(statement)},
            {"text": small_numbers.of(statement.depending, least=least).text},
            {"text": words or _("none")},
            {
                "text": _("Record an override"),
                "url": reverse("override_new", kwargs={"reference": statement.reference}),
                "note": statement.reference,
            },
        ]
    }


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def override_new(request: SignedIn, reference: str) -> HttpResponse:
    """Let new requests under one statement in between two days."""
    _only_programme_officers(request)
    statement: Statement = get_object_or_404(
        Statement.objects.visible_to(request.user).select_related("agency"), reference=reference
    )
    status, today = 200, present.today()
    form = OverrideForm(request.POST or None, record=statement, today=today)
    if form.is_valid():
        try:
            record_override(statement, by=request.user, at=present.now(), **form.cleaned_data)
        except StalePage as refusal:
            form, status = keep_typed(form, refusal, statement), CONFLICT
        except PersonalDataFound as found:
            form.add_error("reason", found.messages)
        else:
            messages.success(request, _("The override is recorded. Those who depend on it are told."))
            return redirect("case", reference=reference)
    context = {
        "record": statement,
        "form": form,
        "programme_status": _status(today),
        "depending": statements.dependants_in_words(statement, on=today),
        "earlier": ProgrammeOverride.objects.visible_to(request.user).filter(statement=statement),
    }
    return render(request, "dhs/override_new.html", context, status=status)

"""Preparing a stay of removal, and asking a labor agency to support it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

import present
from workflows import policies
from workflows.days import rule_day
from workflows.machines.stay import PREPARING

from .. import caseload
from ..forms.stays import SituationForm, StayForm, SupportForm
from ..models import Person, Stay
from ..services import stays
from .representatives import for_representatives, stored
from .signed_in import SignedIn

PAGE_METHODS = ["GET", "HEAD", "POST"]


def own_stay(request: SignedIn, reference: str) -> Stay:
    """A stay that the reader's organization carries, or 404."""
    own = Stay.objects.visible_to(request.user).select_related("person", "ice_office", "statement")
    found: Stay = get_object_or_404(own, reference=reference)
    return found


@for_representatives
@require_http_methods(PAGE_METHODS)
def stay_new(request: SignedIn) -> HttpResponse:
    at = present.now()
    token = request.GET.get("worker", "")
    own = Person.objects.visible_to(request.user).readable()
    if not token:
        return render(
            request,
            "worker_side/choose_worker.html",
            {"workers": caseload.in_order(own), "for_stay": True},
        )
    person = get_object_or_404(own, token=token)
    form = SituationForm(request.POST or None, user=request.user, today=timezone.localdate(at))
    if form.is_valid():
        try:
            begun = stays.open_stay(person, by=request.user, at=at, **form.situation)
        except ValidationError as invalid:
            form.add_error(None, list(invalid.messages))
        else:
            return redirect("stay_edit", reference=begun.reference)
    return render(request, "worker_side/stay_new.html", {"form": form, "worker": person})


@for_representatives
@require_http_methods(PAGE_METHODS)
def stay_edit(request: SignedIn, reference: str) -> HttpResponse:
    record, at = own_stay(request, reference), present.now()
    on = rule_day(at)
    form = StayForm(
        request.POST or None,
        user=request.user,
        today=timezone.localdate(at),
        stay=record,
        most_months=int(policies.value("stay.max_months", on=on, default=12)),
        fee=policies.value("fee.I-246", on=on, default=None),
    )
    status = 200
    if form.is_valid():
        status = stored(
            form,
            record,
            lambda: stays.revise(
                record,
                by=request.user,
                at=at,
                expected_version=form.cleaned_data["expected_version"],
                values=form.prepared,
            ),
        )
        if not status:
            messages.success(request, _("Saved."))
            return redirect("case", reference=reference)
    context: dict[str, Any] = {
        "record": record,
        "form": form,
        "open_to_change": record.state in PREPARING,
        "passport_months": policies.value("stay.passport_months", on=on, default=6),
    }
    return render(request, "worker_side/stay_edit.html", context, status=status or 200)


@for_representatives
@require_http_methods(PAGE_METHODS)
def stay_support_new(request: SignedIn, reference: str) -> HttpResponse:
    """The one page from which a name crosses to a labor agency."""
    record, at = own_stay(request, reference), present.now()
    form = SupportForm(request.POST or None, stay=record, today=timezone.localdate(at))
    status = 200
    if form.is_valid():
        chosen = form.cleaned_data
        status = stored(
            form,
            record,
            lambda: stays.ask_support(
                record,
                agency=chosen["agency"],
                consent_signed_on=chosen["consent_signed_on"],
                by=request.user,
                at=at,
            ),
        )
        if not status:
            messages.success(request, _("The agency was asked. Phone its office too: hours matter."))
            return redirect("case", reference=reference)
    return render(
        request, "worker_side/stay_support_new.html", {"record": record, "form": form}, status=status or 200
    )

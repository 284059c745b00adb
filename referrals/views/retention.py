"""What is due to be forgotten: rules with figures, batches, keys, and a worker's wish to be forgotten."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

import present
from recordsets.asking import through_the_door
from workflows.days import rule_day

from .. import retention_pages
from ..forms.retention import WishForm
from ..services import dispositions, due_records, holds, wishes
from .representatives import for_representatives
from .signed_in import SignedIn
from .workers import own_worker


def for_record_keepers(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For those who see what is kept, held and destroyed; to everybody else there is no such page."""

    @wraps(view)
    @login_required
    def guarded(request: SignedIn, *args: Any, **kwargs: Any) -> HttpResponse:
        if not holds.may_keep(request.user):
            raise Http404
        with through_the_door():  # tokens, references and dates of everybody, and no name
            return view(request, *args, **kwargs)

    return guarded


@for_record_keepers
@require_http_methods(["GET", "HEAD", "POST"])
def retention(request: SignedIn) -> HttpResponse:
    """What is due and what comes, and the batches; a POST walks over everything now."""
    at = present.now()
    if request.method == "POST":
        if not dispositions.may_propose(request.user):
            raise Http404
        survey = due_records.find(at=at)
        messages.success(request, _("Looked at: %(number)d.") % {"number": survey.walked})
        return redirect("retention")
    found, over = retention_pages.survey(), request.GET.get("show") == "over"
    context = {
        "survey": found,
        "rules": retention_pages.rules(found, on=rule_day(at)),
        "batches": retention_pages.batches(request.user, finished=over),
        "over": over,
        "may_look": dispositions.may_propose(request.user),
    }
    return render(request, "retention/retention.html", context)


@for_record_keepers
@require_safe
def data_keys(request: SignedIn) -> HttpResponse:
    """How many data keys live and are destroyed, by what wraps them, and the last rotation. No key."""
    return render(request, "retention/keys.html", retention_pages.keys())


@for_representatives
@require_http_methods(["GET", "HEAD", "POST"])
def worker_wish(request: SignedIn, token: str) -> HttpResponse:
    """A worker asks to be forgotten, or takes that back."""
    worker, at = own_worker(request, token), present.now()
    if "take_back" in request.POST:
        wishes.take_back(worker, by=request.user, at=at)
        messages.success(request, _("The wish is taken back. The usual times count again."))
        return redirect("worker", token=token)
    form = WishForm(request.POST or None, today=timezone.localdate(at))
    if form.is_valid():
        wishes.record(worker, asked_on=form.cleaned_data["asked_on"], by=request.user, at=at)
        messages.success(request, _("The wish is recorded."))
        return redirect("worker", token=token)
    context = {"worker": worker, "form": form, "wish": wishes.of(worker)}
    return render(request, "worker_side/wish.html", context, status=400 if form.is_bound else 200)

"""Legal holds: the list, opening one, and lifting one by somebody else."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

import present

from .. import retention_pages
from ..forms.retention import HoldForm, LiftForm
from ..models import LegalHold
from ..services import holds as service
from .retention import for_record_keepers
from .signed_in import SignedIn

PAGE_METHODS = ["GET", "HEAD", "POST"]
CONFLICT = 409


@for_record_keepers
@require_http_methods(PAGE_METHODS)
def holds(request: SignedIn) -> HttpResponse:
    """The holds in force, or all there ever were; a POST opens one."""
    if request.method == "POST" and not service.may_open(request.user):
        raise Http404
    form = HoldForm(request.POST or None)
    if form.is_valid():
        said = form.cleaned_data
        opened = service.open_hold(
            on=said["on"], reason=said["reason"], authority=said["authority"], by=request.user,
            at=present.now(),
        )  # fmt: skip
        messages.success(request, _("It is held from now on. Nothing that it covers is destroyed."))
        return redirect("hold", pk=opened.pk)
    every = request.GET.get("show") == "all"
    found = LegalHold.objects.visible_to(request.user)
    found = retention_pages.holds_with_targets(found if every else found.in_force())
    page = Paginator(found, retention_pages.PAGE).get_page(request.GET.get("page"))
    table, more = retention_pages.holds(page.object_list), "show=all&" if every else ""
    table["next_url"] = f"?{more}page={page.next_page_number()}" if page.has_next() else ""
    table["previous_url"] = f"?{more}page={page.previous_page_number()}" if page.has_previous() else ""
    context = {"table": table, "every": every, "form": form, "may_open": service.may_open(request.user)}
    return render(request, "retention/holds.html", context, status=400 if form.is_bound else 200)


@for_record_keepers
@require_http_methods(PAGE_METHODS)
def hold(request: SignedIn, pk: int) -> HttpResponse:
    """One hold, how many workers it covers, and its end."""
    found = retention_pages.holds_with_targets(LegalHold.objects.visible_to(request.user))
    shown = get_object_or_404(found, pk=pk)
    form = LiftForm(request.POST or None)
    status = 400 if form.is_bound else 200
    if form.is_valid():
        try:
            service.lift(shown, because=form.cleaned_data["because"], by=request.user, at=present.now())
        except service.HoldRefused as refused:
            form.add_error(None, str(refused))
            status = CONFLICT
        except PermissionDenied:
            raise Http404 from None
        else:
            messages.success(request, _("The hold is lifted. What it covered follows its rules again."))
            return redirect("hold", pk=pk)
    context = {
        "hold": shown,
        "name": retention_pages.name_of_hold(shown),
        "target": retention_pages.target_of(shown),
        "covers": service.how_many(shown),
        "form": form,
        "mine": shown.opened_by_id == request.user.pk,
    }
    return render(request, "retention/hold.html", context, status=status)

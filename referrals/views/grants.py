"""The grounds on which deferred action may be ended."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

import present
from workflows.refusals import StalePage

from ..forms.decisions import GroundsForm
from ..models import Grant
from ..services import grants
from .reviews import CONFLICT, keep_typed
from .signed_in import SignedIn


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def grant_grounds(request: SignedIn, reference: str) -> HttpResponse:
    """Authority, reason, and on whose request: before any step that ends a grant."""
    found = Grant.objects.visible_to(request.user).select_related("worker_request__person")
    record: Grant = get_object_or_404(found, reference=reference)
    if not grants.may_write_grounds(record, request.user):
        raise Http404
    status = 200
    written = {
        "authority": record.termination_authority,
        "requested_by": record.termination_requested_by,
        "termination_reason": record.termination_reason,
    }
    form = GroundsForm(request.POST or None, record=record, initial=written)
    if form.is_valid():
        try:
            grants.write_grounds(
                record,
                by=request.user,
                at=present.now(),
                authority=form.cleaned_data["authority"],
                reason=form.cleaned_data["termination_reason"],
                requested_by=form.cleaned_data["requested_by"],
                expected_version=form.cleaned_data["expected_version"],
            )
        except StalePage as refusal:
            form, status = keep_typed(form, refusal, record), CONFLICT
        else:
            messages.success(request, _("The grounds are kept. The grant goes on until a step ends it."))
            return redirect("case", reference=reference)
    return render(request, "dhs/grant_grounds.html", {"record": record, "form": form}, status=status)

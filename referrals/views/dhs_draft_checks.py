"""Recording what DHS answers to a draft, where the agency signs only after DHS has seen it."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

import present
from workflows.refusals import StalePage

from .. import agency_rules
from ..forms.dhs_draft_checks import DraftCheckForm
from ..models import Statement
from ..personal_data import PersonalDataFound
from ..services.dhs_draft_checks import record_check
from .reviews import CONFLICT, keep_typed
from .signed_in import SignedIn


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def dhs_draft_check(request: SignedIn, reference: str) -> HttpResponse:
    """The answer of DHS to the draft as it stands."""
    if not request.user.is_agency:
        raise Http404
    statement: Statement = get_object_or_404(
        Statement.objects.visible_to(request.user).select_related("agency"), reference=reference
    )
    today, status = present.today(), 200
    if not agency_rules.sees_drafts(statement.jurisdiction, on=today):
        raise Http404
    form = DraftCheckForm(request.POST or None, record=statement, today=today)
    if form.is_valid():
        try:
            record_check(statement, by=request.user, at=present.now(), **form.cleaned_data)
        except StalePage as refusal:
            form, status = keep_typed(form, refusal, statement), CONFLICT
        except PersonalDataFound as found:
            form.add_error("reason", found.messages)
        else:
            messages.success(request, _("The answer of DHS is recorded."))
            return redirect("case", reference=reference)
    context = {"record": statement, "form": form, "last": agency_rules.last_check(statement)}
    return render(request, "policy/dhs_draft_check.html", context, status=status)

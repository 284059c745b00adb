"""Pages of DHS intake: the completeness check and the routing questions."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

import present
from workflows.refusals import StalePage

from ..forms.intake import CompletenessForm, RoutingForm
from ..panels import worker_request_dhs
from ..services import intake
from .reviews import CONFLICT, filed_request, keep_typed
from .signed_in import SignedIn


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def completeness(request: SignedIn, reference: str) -> HttpResponse:
    """Every line of the packet: present, absent or defective."""
    record, at, status = filed_request(request, reference), present.now(), 200
    if not intake.may_check_packet(record, request.user):
        raise Http404
    form = CompletenessForm(request.POST or None, record=record)
    if form.is_valid():
        try:
            intake.check_packet(
                record,
                by=request.user,
                at=at,
                found=form.found(),
                expected_version=form.cleaned_data["expected_version"],
            )
        except StalePage as refusal:
            form, status = keep_typed(form, refusal, record), CONFLICT
        else:
            left = len(intake.undecided(record))
            messages.success(
                request,
                _("The check is complete.")
                if not left
                else _("Kept. Still to look at: %(count)s.") % {"count": left},
            )
            return redirect("case" if not left else "completeness", reference=reference)
    facts = worker_request_dhs.statement_facts(record)
    return render(
        request,
        "dhs/completeness.html",
        {"record": record, "form": form, "statement_facts": facts},
        status=status,
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def routing(request: SignedIn, reference: str) -> HttpResponse:
    """The questions that decide between USCIS and ICE."""
    record, at, status = filed_request(request, reference), present.now(), 200
    if not intake.may_route(record, request.user):
        raise Http404
    form = RoutingForm(request.POST or None, record=record, user=request.user, at=at)
    if form.is_valid():
        try:
            intake.answer_routing(
                record,
                by=request.user,
                at=at,
                answers=form.answers(),
                expected_version=form.cleaned_data["expected_version"],
            )
        except StalePage as refusal:
            form, status = keep_typed(form, refusal, record), CONFLICT
        else:
            messages.success(request, _track_sentence(bool(record.needs_ice)))
            return redirect("case", reference=reference)
    return render(request, "dhs/routing.html", {"record": record, "form": form}, status=status)


def _track_sentence(needs_ice: bool) -> str:
    if needs_ice:
        return _("The answers are kept. They lead to ICE, which decides; USCIS decides the work permit.")
    return _("The answers are kept. They lead to USCIS.")

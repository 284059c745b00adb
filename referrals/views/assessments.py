"""The agency weighs a request: the matter it belongs to, five factors, an outcome."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

import present
from workflows import engine, parties
from workflows.machines.soi_request import OPEN, State

from .. import choices
from ..forms.assessments import AssessmentForm, NewMatterForm
from ..models import Assessment, Matter, SoiRequest
from ..services import matter_search, matters, soi_requests, suggestions
from .signed_in import SignedIn

CONFLICT = 409
OUTCOMES = ("accept", "request_information", "monitor", "decline", "refer")
FIRST_STEPS = ("acknowledge", "begin_review")


def _received(request: SignedIn, reference: str) -> SoiRequest:
    if not request.user.is_agency:
        raise Http404
    own = SoiRequest.objects.visible_to(request.user).select_related("agency", "requester", "matter")
    return get_object_or_404(own, reference=reference)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def soi_request_assess(request: SignedIn, reference: str) -> HttpResponse:
    record, at = _received(request, reference), present.now()
    assessment = Assessment.objects.visible_to(request.user).filter(request=record).first()
    initial = {**AssessmentForm.initial_of(assessment), "expected_version": record.version}
    form = AssessmentForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            soi_requests.assess(
                record, by=request.user, at=at, values=form.values(),
                expected_version=form.cleaned_data.get("expected_version"),
            )  # fmt: skip
        except engine.StalePage as stale:
            data = request.POST.copy()
            data["expected_version"] = str(_received(request, reference).version)
            form = AssessmentForm(data)
            form.add_error(None, str(stale))
        except engine.StepRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The assessment is kept. It stays in your agency."))
            return redirect("soi_request_assess", reference=record.reference)
        return _page(request, record, form, at=at, status=CONFLICT)
    return _page(request, record, form, at=at)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def soi_request_matter(request: SignedIn, reference: str) -> HttpResponse:
    """Link the request to one of the agency's matters, or open a new one from it."""
    record, at = _received(request, reference), present.now()
    if request.method != "POST":
        return redirect(f"{reverse('soi_request_assess', args=[record.reference])}#matter")
    if not parties.agency_staff(record, request.user) or record.state not in OPEN:
        raise PermissionDenied(_("Staff of the agency link a request to a matter while it is open."))
    if "matter" in request.POST:
        chosen = request.POST["matter"]
        own = Matter.objects.visible_to(request.user)
        matter = get_object_or_404(own, pk=int(chosen) if chosen.isdecimal() and len(chosen) < 18 else 0)
        return _linked(request, record, matter, at=at)
    form = NewMatterForm(request.POST)
    if form.is_valid():
        opened = _opened(record, form)
        if opened is not None:
            return _linked(request, record, opened, at=at)
    assessed = Assessment.objects.visible_to(request.user).filter(request=record).first()
    initial = {**AssessmentForm.initial_of(assessed), "expected_version": record.version}
    return _page(request, record, AssessmentForm(initial=initial), at=at, new_matter=form)


def _opened(record: SoiRequest, form: NewMatterForm) -> Matter | None:
    try:
        return matters.open_from_request(record, values=form.cleaned_data)
    except (ValidationError, IntegrityError):
        form.add_error("case_number", _("Your agency has a matter with this number already. Search for it."))
    return None


def _linked(request: SignedIn, record: SoiRequest, matter: Matter, *, at: datetime) -> HttpResponse:
    soi_requests.link_matter(record, matter, by=request.user, at=at)
    messages.success(request, _("Linked to matter %(number)s.") % {"number": matter.case_number})
    return redirect(f"{reverse('soi_request_assess', args=[record.reference])}#matter")


def _page(
    request: SignedIn,
    record: SoiRequest,
    form: AssessmentForm,
    *,
    at: datetime,
    new_matter: NewMatterForm | None = None,
    status: int = 200,
) -> HttpResponse:
    asked = request.GET.get("q", "").strip()[:200]
    prefetch_related_objects([record], "names", "sites")
    options = engine.options_for(record, by=request.user, at=at)
    wanted = OUTCOMES if record.state == State.UNDER_REVIEW else FIRST_STEPS
    outcomes = choices.buttons(record, [each for each in options if each.name in wanted])
    context: dict[str, Any] = {
        "record": record,
        "request_section": {"names": list(record.names.all()), "sites": list(record.sites.all())},
        "form": form,
        "can_assess": record.state == State.UNDER_REVIEW and parties.agency_staff(record, request.user),
        "may_link": record.state in OPEN and parties.agency_staff(record, request.user),
        "suggested": [each for each in suggestions.matters_for(record) if each.record.pk != record.matter_id],
        "asked": asked,
        "found": matter_search.find(Matter.objects.visible_to(request.user), asked)[:10] if asked else [],
        "new_matter": new_matter or NewMatterForm(initial={"case_number": record.case_number}),
        "outcomes": [*outcomes.mine, *outcomes.others],
        "same_place": {
            "requests": suggestions.requests_like(record, request.user),
            "statements": suggestions.statements_near(record, request.user),
        },
    }
    return render(request, "statement_side/assess.html", context, status=status)

"""Organizations: those that are here, those that are proposed, and the decision about one."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

import present

from ..forms.people import AdmissionForm, RefusalForm
from ..models import Admission, Organization
from ..models.onboarding import ADMIT
from ..services import admissions as service
from ..services.invitations import PeopleRefused
from .signed_in import SignedIn

CONFLICT = 409


@login_required
@require_safe
def organizations(request: SignedIn) -> HttpResponse:
    """For those who keep the system: every organization, and what waits for a second person."""
    if request.user.capacity not in ADMIT:
        raise Http404
    held = Q(memberships__ended_on=None, memberships__isnull=False)
    here = Organization.objects.visible_to(request.user).annotate(
        people=Count("memberships__user", filter=held, distinct=True)
    )
    proposed = Admission.objects.visible_to(request.user).select_related("proposed_by", "decided_by")
    context = {
        "organizations": here,
        "waiting": proposed.open(),
        "refused": proposed.filter(outcome=Admission.Outcome.REFUSED),
        "may_propose": service.may_propose(request.user),
    }
    return render(request, "people/organizations.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def organization_propose(request: SignedIn) -> HttpResponse:
    """Propose an organization with the proof that was looked up."""
    if not service.may_propose(request.user):
        raise Http404
    form = AdmissionForm(request.POST or None)
    if form.is_valid():
        try:
            made = service.propose(form.cleaned_data, by=request.user, at=present.now())
        except PeopleRefused as refused:
            form.add_error(refused.field or None, refused.sentence)
        else:
            messages.success(request, _("It is proposed. A second person decides."))
            return redirect("admission", pk=made.pk)
    return render(request, "people/propose.html", {"form": form}, status=400 if form.is_bound else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def admission(request: SignedIn, pk: int) -> HttpResponse:
    """One proposal: approve it, or refuse it with a reason."""
    proposed = Admission.objects.visible_to(request.user)
    found = get_object_or_404(proposed.select_related("proposed_by", "decided_by", "organization"), pk=pk)
    form = RefusalForm(request.POST if "refuse" in request.POST else None)
    status = 400 if form.is_bound else 200
    try:
        if "approve" in request.POST:
            organization = service.approve(found, by=request.user, at=present.now())
            messages.success(request, _("It is approved, and its first person is invited by mail."))
            return redirect("organization", code=organization.code)
        if form.is_valid():
            service.refuse(found, **form.cleaned_data, by=request.user, at=present.now())
            messages.success(request, _("It is refused. Who proposed it is told why."))
            return redirect("admission", pk=pk)
    except PeopleRefused as refused:
        messages.error(request, refused.sentence)
        status = CONFLICT
    context = {"admission": found, "why_not": service.refusal_to_decide(found, request.user), "form": form}
    return render(request, "people/admission.html", context, status=status)

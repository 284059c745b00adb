"""Pages for making a text of a history unreadable: the list, a request, a decision by somebody else."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

import present
from workflows.models import Case
from workflows.refusals import StepRefused

from ..forms.redactions import RedactionDecisionForm, RedactionRequestForm
from ..personal_data import PersonalDataFound
from ..reasons import LABELS
from ..services import redactions as service
from .signed_in import SignedIn

DONE = 30
CONFLICT = 409


def _only_redactors(request: SignedIn) -> None:
    if not service.may_redact(request.user):
        raise Http404


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def redactions(request: SignedIn) -> HttpResponse:
    """What waits, what was decided, and a form to ask for a redaction."""
    _only_redactors(request)
    form = RedactionRequestForm(request.POST or None)
    if form.is_valid():
        try:
            service.ask(**form.cleaned_data, by=request.user, at=present.now())
        except Case.DoesNotExist:
            form.add_error("reference", _("There is no case with this reference."))
        except StepRefused as refusal:
            form.add_error("line", [str(each.reason) for each in refusal.refusals])
        except PersonalDataFound as found:
            form.add_error("because", found.messages)
        else:
            messages.success(request, _("The request is recorded. A second person must grant it."))
            return redirect("redactions")
    context = {"form": form, "waiting": service.waiting(), "decided": service.decided(DONE)}
    return render(request, "pages/redactions.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def redaction(request: SignedIn, pk: int) -> HttpResponse:
    """One request: grant it or turn it down."""
    _only_redactors(request)
    asked = get_object_or_404(service.requests(), pk=pk)
    if hasattr(asked, "decision"):
        messages.info(request, _("This was decided already."))
        return redirect("redactions")
    form, status = RedactionDecisionForm(request.POST or None), 200
    if form.is_valid():
        try:
            service.decide(
                asked,
                granted=form.granted,
                note=form.cleaned_data["note"],
                by=request.user,
                at=present.now(),
            )
        except StepRefused as refusal:
            form.add_error(None, str(refusal))
            status = CONFLICT
        except PersonalDataFound as found:
            form.add_error("note", found.messages)
        else:
            messages.success(
                request,
                _("The text is gone for good. The history says so.")
                if form.granted
                else _("The text stays. The request is closed."),
            )
            return redirect("redactions")
    context = {
        "asked": asked,
        "which": LABELS.get(asked.field, asked.field),
        "form": form,
        "mine": asked.asked_by_id == request.user.pk,
    }
    return render(request, "pages/redaction.html", context, status=status)

"""The page on which a decision on deferred action is written."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

import present
from workflows import policies
from workflows.openness import manner_of, step_here
from workflows.refusals import StalePage

from .. import choices
from ..forms.decisions import DecisionForm
from ..models import Decision, WorkerRequest
from ..panels import worker_request_dhs
from ..services import decisions
from .reviews import CONFLICT, filed_request, keep_typed
from .signed_in import SignedIn

STEPS = {
    "USCIS": {Decision.Outcome.GRANT: "grant", Decision.Outcome.DENY: "deny"},
    "ICE": {Decision.Outcome.GRANT: "grant_at_ice", Decision.Outcome.DENY: "deny_at_ice"},
}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def decision(request: SignedIn, reference: str) -> HttpResponse:
    """Outcome and grounds; then the step that carries it out, and who must countersign."""
    record, at, status = filed_request(request, reference), present.now(), 200
    if not decisions.may_decide(record, request.user):
        raise Http404
    written = decisions.last_decision(record)
    form = DecisionForm(request.POST or None, record=record, initial=_as_written(written))
    if form.is_valid():
        given = dict(form.cleaned_data)
        expected = given.pop("expected_version")
        try:
            decisions.write(record, by=request.user, at=at, expected_version=expected, **given)
        except StalePage as refusal:
            form, status = keep_typed(form, refusal, record), CONFLICT
        else:
            messages.success(request, _("The grounds are kept. Nothing is decided until you take the step."))
            return redirect("decision", reference=reference)
    on = timezone.localtime(at).date()
    context = {
        "record": record,
        "form": form,
        "written": written,
        "carried_out_by": _step_of(record, written, request, at=at),
        "countersigning": countersigning(record),
        "standard": policies.value("discretion.standard", on=on, default=""),
        "scope": worker_request_dhs.scope_context(record, on),
    }
    return render(request, "dhs/decision.html", context, status=status)


def _as_written(written: Decision | None) -> dict[str, Any]:
    if written is None:
        return {}
    return {
        "outcome": written.outcome,
        "favorable": written.favorable,
        "adverse": written.adverse,
        "rationale": written.rationale,
    }


def _step_of(
    record: WorkerRequest, written: Decision | None, request: SignedIn, *, at: datetime
) -> choices.Button | None:
    """The button that carries the written decision out."""
    if written is None:
        return None
    name = STEPS[record.track][Decision.Outcome(written.outcome)]
    options = choices.options_seen(record, by=request.user, at=at)
    steps = choices.buttons(record, options)
    return next((each for each in [*steps.mine, *steps.others] if each.name == name), None)


def countersigning(record: WorkerRequest) -> list[tuple[str, str]]:
    """Which outcomes need a second official here, and who that is."""
    found = []
    for outcome, name in STEPS[record.track].items():
        declared = step_here(record, name)
        second = manner_of(declared).countersigned_by if declared is not None else None
        who = str(second.label) if second else _("nobody else")
        found.append((str(outcome.label), who))
    return found

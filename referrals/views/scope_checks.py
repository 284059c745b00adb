"""Is this worker covered by the statement? The answer in words, part by part."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

import present
from workflows.days import rule_day
from workflows.machines.worker_request import PREPARING

from ..forms.worker_requests import ScopeAnswerForm
from ..scope import Result
from ..services import worker_requests
from .representatives import for_representatives, stored
from .signed_in import SignedIn
from .worker_requests import own_request


@for_representatives
@require_http_methods(["GET", "HEAD", "POST"])
def request_scope(request: SignedIn, reference: str) -> HttpResponse:
    record, at = own_request(request, reference), present.now()
    verdict = worker_requests.verdict(record, on=rule_day(at))
    unclear = verdict is not None and verdict.result in (Result.OUT, Result.ASK)
    form = ScopeAnswerForm(
        request.POST or None,
        initial={"scope_answer": record.scope_answer, "expected_version": record.version},
    )
    status = 200
    if form.is_valid():
        status = stored(
            form,
            record,
            lambda: worker_requests.revise(record, by=request.user, at=at, **form.cleaned_data),
        )
        if not status:
            messages.success(request, _("The agency's answer is kept with the request."))
            return redirect("request_scope", reference=reference)
    context = {
        "record": record,
        "version": record.statement.signed,
        "verdict": verdict,
        "unclear": unclear or bool(record.scope_answer),
        "form": form,
        "open_to_change": record.state in PREPARING,
    }
    return render(request, "worker_side/request_scope.html", context, status=status or 200)

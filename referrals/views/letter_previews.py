"""The letter that a step would issue, before it is taken."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

import present
from workflows.openness import COUNTERSIGN, Option

from .. import choices
from ..forms.steps import StepForm, form_for
from ..services import letters
from .signed_in import SignedIn, record_or_404


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def letter_preview(request: SignedIn, reference: str, name: str) -> HttpResponse:
    """A draft of the letter, from what was typed into the step's form; nothing is stored."""
    record, at = record_or_404(request, reference), present.now()
    option = choices.option_named(record, name, by=request.user, at=at)
    if option is None or not option.open or not request.user.is_dhs:
        raise Http404
    if name == COUNTERSIGN:
        return _shown(letters.preview_pdf(record, name, by=request.user, at=at))
    form = _form(request, record, option, at=at)
    if not form.is_valid():
        for message in [error for errors in form.errors.values() for error in errors]:
            messages.error(request, str(message))
        if not form.errors:
            messages.error(request, _("Fill in the form first, then look at the letter."))
        return redirect("case_step", reference=reference, name=name)
    shown = letters.preview_pdf(
        record,
        name,
        by=request.user,
        at=at,
        data={**form.step_data(), **form.letter_data()},
        reason=form.cleaned_data.get("reason", ""),
    )
    return _shown(shown)


def _form(request: SignedIn, record: Any, option: Option, *, at: datetime) -> StepForm:
    kind = form_for(record.machine.kind, option.name)
    return kind(request.POST or None, record=record, user=request.user, option=option, at=at)


def _shown(content: bytes | None) -> HttpResponse:
    if content is None:
        raise Http404
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = 'inline; filename="draft.pdf"'
    return answer

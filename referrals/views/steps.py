"""Before a step: what it does, who will be told, what it needs. Then the step itself, or why not."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import Error as DatabaseTrouble
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

import present
from workflows.openness import Option
from workflows.refusals import Refusal, StalePage, StepRefused

from .. import announcements, case_page, choices, diary
from ..forms.steps import StepForm, form_for
from ..outages import outage_in
from ..personal_data import PersonalDataFound
from ..services import submissions
from .signed_in import SignedIn, record_or_404

CONFLICT = 409
UNAVAILABLE = 503


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def case_step(request: SignedIn, reference: str, name: str) -> HttpResponse:
    record, at = record_or_404(request, reference), present.now()
    option = choices.option_named(record, name, by=request.user, at=at)
    if option is None:
        raise Http404
    if request.method == "POST":
        return _take(request, record, option, at=at)
    form = _form(record, option, request, at=at) if option.open else None
    return _page(request, record, option, form, at=at)


def _form(record: Any, option: Option, request: SignedIn, *, at: datetime, **bound: Any) -> StepForm:
    kind = form_for(record.machine.kind, option.name)
    return kind(record=record, user=request.user, option=option, at=at, **bound)


def _take(request: SignedIn, record: Any, option: Option, *, at: datetime) -> HttpResponse:
    form = _form(record, option, request, at=at, data=request.POST, files=request.FILES)
    if not form.is_valid():
        if not option.open:
            return _refused(request, record, option, form, option.refusals, at=at)
        return _page(request, record, option, form, at=at)
    try:
        step = submissions.submit(form, option.name, by=request.user, at=at)
    except StalePage as refusal:
        return _stale(request, reference=record.reference, option=option, refusal=refusal, at=at)
    except StepRefused as refusal:
        return _refused(request, record, option, form, refusal.refusals, at=at)
    except PersonalDataFound as found:
        form.add_error(_field_with_fault(form), found.messages)
        return _page(request, record, option, form, at=at)
    except ValidationError as invalid:
        form.add_error(None, invalid)
        return _page(request, record, option, form, at=at)
    except DatabaseTrouble as trouble:
        outage = outage_in(trouble)
        if outage is None:
            raise
        form.add_error(None, str(outage))
        return _page(request, record, option, form, at=at, status=UNAVAILABLE)
    messages.success(request, choices.done_sentence(record, step, option))
    return redirect("case", reference=record.reference)


def _field_with_fault(form: StepForm) -> str | None:
    """The text field to which a refusal of personal data belongs, if there is only one it can be."""
    texts = [name for name, value in form.cleaned_data.items() if isinstance(value, str) and " " in value]
    return texts[0] if len(texts) == 1 else None


def _refused(
    request: SignedIn,
    record: Any,
    option: Option,
    form: StepForm,
    refusals: tuple[Refusal, ...],
    *,
    at: datetime,
) -> HttpResponse:
    return _page(request, record, option, form, at=at, refusals=refusals, status=CONFLICT)


def _stale(
    request: SignedIn, *, reference: str, option: Option, refusal: StalePage, at: datetime
) -> HttpResponse:
    """The page again for the case as it is now, with what was typed and what changed meanwhile."""
    record = record_or_404(request, reference)
    option = choices.option_named(record, option.name, by=request.user, at=at) or option
    data = request.POST.copy()
    seen = int(str(data["expected_version"]))
    data["expected_version"] = str(record.version)
    form = _form(record, option, request, at=at, data=data, files=request.FILES)
    form.is_valid()
    changes = [entry for entry in diary.entries(record, request.user) if entry.sequence > seen]
    return _page(
        request,
        record,
        option,
        form,
        at=at,
        refusals=(*refusal.refusals, *option.refusals),
        changes=changes,
        status=CONFLICT,
    )


def _page(
    request: SignedIn,
    record: Any,
    option: Option,
    form: StepForm | None,
    *,
    at: datetime,
    refusals: tuple[Refusal, ...] = (),
    changes: list[Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    proposal = option.proposal
    return render(
        request,
        "pages/step.html",
        {
            "record": record,
            "option": option,
            "form": form,
            "refusals": refusals or option.refusals,
            "changes": changes,
            "effects": choices.effects_of(record, option, at=at),
            "told": announcements.preview(record, option.name) if option.open else [],
            "proposal": case_page.proposal_shown(record, proposal) if proposal else None,
            "does_not_stop_removal": getattr(record, "does_not_stop_removal", False),
        },
        status=status,
    )

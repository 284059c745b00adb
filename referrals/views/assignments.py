"""Saying who works on a case: taking it, giving it to a colleague of the desk, putting it back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import Error as DatabaseTrouble
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

import present
from workflows.assigning import ASSIGNEE, GIVE, TAKE
from workflows.models import Step
from workflows.refusals import Refusal, StalePage, StepRefused

from .. import assignees, diary
from ..forms.assignments import AssignmentForm
from ..outages import outage_in
from ..personal_data import PersonalDataFound
from ..services import assignments
from .signed_in import SignedIn, record_or_404
from .steps import CONFLICT, UNAVAILABLE


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def case_assignment(request: SignedIn, reference: str) -> HttpResponse:
    """Who works on one case; the page of a case sends “take” here without showing this page."""
    record, at = record_or_404(request, reference), present.now()
    closed = assignments.why_not(record, request.user)
    if request.method != "POST":
        form = None if closed else _form(request, record, at=at)
        return _page(request, record, form, refusals=closed)
    if closed:
        return _page(request, record, None, refusals=closed, status=CONFLICT)
    form = _form(request, record, at=at, data=request.POST)
    if not form.is_valid():
        return _page(request, record, form)
    return _assign(request, record, form, at=at)


def _form(request: SignedIn, record: Any, *, at: datetime, **bound: Any) -> AssignmentForm:
    """With those people of the desk to choose from who may open the case."""
    people = assignees.colleagues(record.desk_id, at=at)
    opens = assignees.openers(people.values(), [record])
    known = [each for pk, each in people.items() if record.pk in opens.get(pk, ())]
    return AssignmentForm(record=record, people=known, me=request.user, **bound)


def _assign(request: SignedIn, record: Any, form: AssignmentForm, *, at: datetime) -> HttpResponse:
    given = form.cleaned_data
    try:
        step = assignments.assign(
            record, form.whom, by=request.user, at=at, seen=given["seen"],
            expected_version=given["expected_version"], idempotency_key=given["idempotency_key"], **form.how,
        )  # fmt: skip
    except StepRefused as refused:
        return _refused(request, record.reference, refused, at=at)
    except PersonalDataFound as found:
        form.add_error("reason", found.messages)
        return _page(request, record, form)
    except DatabaseTrouble as trouble:
        outage = outage_in(trouble)
        if outage is None:
            raise
        form.add_error(None, str(outage))
        return _page(request, record, form, status=UNAVAILABLE)
    messages.success(request, done_sentence(step))
    return redirect("case", reference=record.reference)


def done_sentence(step: Step) -> str:
    """What came of it, to whoever said it."""
    if step.name == TAKE:
        return _("You have this case in hand now.")
    if step.name == GIVE:
        who = assignees.names_in([step])[step.data[ASSIGNEE]]
        return _("%(who)s has this case in hand now.") % {"who": who}
    return _("Nobody has this case in hand now.")


def _refused(request: SignedIn, reference: str, refused: StepRefused, *, at: datetime) -> HttpResponse:
    """The page again for the case as it is now, with what was chosen and what changed meanwhile."""
    record = record_or_404(request, reference)
    closed = assignments.why_not(record, request.user)
    if closed:
        return _page(request, record, None, refusals=closed, status=CONFLICT)
    data = request.POST.copy()
    seen = data.get("expected_version", "")
    data["expected_version"], data["seen"] = str(record.version), assignees.seen_of(record)
    form = _form(request, record, at=at, data=data)
    form.is_valid()
    changes = (
        [entry for entry in diary.entries(record, request.user) if entry.sequence > int(seen)]
        if isinstance(refused, StalePage)
        else []
    )
    return _page(request, record, form, refusals=list(refused.refusals), changes=changes, status=CONFLICT)


def _page(
    request: SignedIn,
    record: Any,
    form: AssignmentForm | None,
    *,
    refusals: list[Refusal] | None = None,
    changes: list[diary.Entry] | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "record": record,
        "held": assignees.held(record, request.user),
        "form": form,
        "refusals": refusals or [],
        "changes": changes or [],
    }
    return render(request, "pages/assignment.html", context, status=status)

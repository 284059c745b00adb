"""Saying for several cases of the desk who works on them: choose, confirm, see what came of each."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.db import Error as DatabaseTrouble
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

import present
from workflows.models import Case, Step
from workflows.refusals import StepRefused

from .. import assignees, listing, queues, turns
from .. import together as several
from ..forms.assignments import AssignTogetherForm
from ..models import find_all_visible
from ..outages import outage_in
from ..personal_data import PersonalDataFound
from ..services import assignments
from .signed_in import SignedIn
from .steps import CONFLICT, UNAVAILABLE

DUE = 3  # the last column of the list that is shown here


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def together_assign(request: SignedIn) -> HttpResponse:
    """``case`` names each case, ``show`` the part of the desk."""
    if not several.may(request.user):
        raise Http404
    given, at = request.POST if request.method == "POST" else request.GET, present.now()
    try:
        records = find_all_visible(request.user, given.getlist("case"))
    except Case.DoesNotExist:
        raise Http404 from None
    if not records or len(records) > several.MOST:
        return _page(request, records, None, at=at)
    if request.method != "POST":
        return _page(request, records, _form(request, records, at=at), at=at)
    form = _form(request, records, at=at, data=request.POST)
    return _assign(request, records, form, at=at) if form.is_valid() else _page(request, records, form, at=at)


def _form(request: SignedIn, records: list[Any], *, at: datetime, **bound: Any) -> AssignTogetherForm:
    people = assignees.colleagues(turns.my_desk(request.user), at=at).values()
    return AssignTogetherForm(records=records, people=people, me=request.user, **bound)


def _ways(request: SignedIn, records: list[Any]) -> dict[str, Any]:
    """The desk from which somebody came, and the page on which these cases can be chosen again."""
    show = request.POST.get("show", "") or request.GET.get("show", "")
    show = show if show in queues.Show.values else ""
    chosen = [("case", record.reference) for record in records] + ([("show", show)] if show else [])
    return {
        "show": show,
        "desk_url": f"{reverse('desk')}?{urlencode({'show': show})}" if show else reverse("desk"),
        "choice_url": f"{reverse('together_assign')}?{urlencode(chosen)}",
    }


def _page(
    request: SignedIn, records: list[Any], form: AssignTogetherForm | None, *, at: datetime, status: int = 200
) -> HttpResponse:
    """The chosen cases with who has each, and the form."""
    rows = listing.rows(records[: several.MOST], request.user, at=at)
    for row in rows:
        row["cells"] = row["cells"][: DUE + 1]
    context = {
        **_ways(request, records),
        "form": form,
        "records": records,
        "number": len(records),
        "most": several.MOST,
        "too_many": len(records) > several.MOST,
        "table": {
            "caption": _("The chosen cases"),
            "columns": listing.columns()[: DUE + 1],
            "rows": rows,
        },
    }
    return render(request, "pages/assign_together.html", context, status=status)


def _assign(request: SignedIn, records: list[Any], form: AssignTogetherForm, *, at: datetime) -> HttpResponse:
    try:
        verdicts = assignments.assign_all(
            records, form.whom, by=request.user, at=at, seen=form.had, expected_versions=form.versions,
            keys=form.keys, **form.how,
        )  # fmt: skip
    except PersonalDataFound as found:
        form.add_error("reason", found.messages)
        return _page(request, records, form, at=at)
    except DatabaseTrouble as trouble:
        outage = outage_in(trouble)
        if outage is None:
            raise
        form.add_error(None, str(outage))
        return _page(request, records, form, at=at, status=UNAVAILABLE)
    return _done(request, records, form, verdicts)


def _done(
    request: SignedIn,
    records: list[Any],
    form: AssignTogetherForm,
    verdicts: dict[int, Step | StepRefused],
) -> HttpResponse:
    """What came of it in each case. Sent once more, it shows the same."""
    done = [record for record in records if isinstance(verdicts[record.pk], Step)]
    names = assignees.names_in(each for each in verdicts.values() if isinstance(each, Step))
    taken, refused = [], []
    for record in records:
        verdict = verdicts[record.pk]
        if isinstance(verdict, Step):
            taken.append(several.Outcome(record, assignees.in_words(verdict, names)))
        else:
            refused.append(several.Outcome(record, refusals=verdict.refusals))
    return render(
        request,
        "pages/together_done.html",
        {
            **_ways(request, [each.record for each in refused]),
            "label": _("Who works on these cases"),
            "number": len(records),
            "taken": taken,
            "refused": refused,
            "reason": form.cleaned_data["reason"],
            "again": _("Decide again for those that were not done"),
        },
        status=200 if done else CONFLICT,
    )

"""One step for several cases of the desk: choose it, read what it does, confirm, see what came of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import Error as DatabaseTrouble
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

import present
from workflows.models import Case

from .. import announcements, listing, queues
from .. import together as several
from ..forms.together import TogetherForm
from ..models import find_all_visible
from ..outages import outage_in
from ..personal_data import PersonalDataFound
from ..services.steps import take_steps
from .signed_in import SignedIn
from .steps import CONFLICT, UNAVAILABLE

DUE = 3  # the last column of the list that is shown here


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def together(request: SignedIn) -> HttpResponse:
    """``case`` names each case, ``step`` its kind and name with a dot, ``show`` the part of the desk."""
    if not several.may(request.user):
        raise Http404
    given, at = request.POST if request.method == "POST" else request.GET, present.now()
    kind, _dot, name = given.get("step", "").partition(".")
    records = _chosen(request, given.getlist("case"), whole=bool(name) and request.method != "POST")
    if name and not several.declared(kind, name):
        raise Http404
    if not name or not records or len(records) > several.MOST:
        return _choose(request, records, at=at)
    if alone := several.why_alone(kind, name):
        return _choose(request, records, alone=alone, at=at, status=CONFLICT)
    if request.method == "POST":
        return _take(request, records, kind, name, at=at)
    return _confirm(request, records, kind, name, at=at)


def _chosen(request: SignedIn, references: list[str], *, whole: bool) -> list[Any]:
    try:
        return find_all_visible(request.user, references, whole=whole)
    except Case.DoesNotExist:
        raise Http404 from None


def _page(
    request: SignedIn, template: str, records: list[Any], *, status: int = 200, **shown: Any
) -> HttpResponse:
    show = request.POST.get("show", "") or request.GET.get("show", "")
    show = show if show in queues.Show.values else ""
    chosen = [("case", record.reference) for record in records] + ([("show", show)] if show else [])
    return render(
        request,
        template,
        {
            "show": show,
            "desk_url": f"{reverse('desk')}?{urlencode({'show': show})}" if show else reverse("desk"),
            "choice_url": f"{reverse('together')}?{urlencode(chosen)}",
            **shown,
        },
        status=status,
    )


def _choose(
    request: SignedIn, records: list[Any], *, at: datetime, alone: str = "", status: int = 200
) -> HttpResponse:
    """The chosen cases, and the steps that can be taken on them."""
    too_many = len(records) > several.MOST
    found = [] if too_many else several.steps_open(records, request.user, at=at)
    return _page(
        request,
        "pages/together.html",
        records,
        status=status,
        number=len(records),
        most=several.MOST,
        too_many=too_many,
        alone=alone,
        steps=[each for each in found if each.open and not each.alone],
        one_by_one=[each for each in found if each.open and each.alone],
        closed=[each for each in found if each.theirs and not each.open],
        kinds=len({record.kind for record in records}),
        table={
            "caption": _("The chosen cases"),
            "columns": listing.columns()[: DUE + 1],
            "rows": _rows(records, request, at=at),
        },
    )


def _rows(records: list[Any], request: SignedIn, *, at: datetime) -> list[dict[str, Any]]:
    rows = listing.rows(records, request.user, at=at)
    for number, (record, row) in enumerate(zip(records, rows, strict=True)):
        row["cells"] = row["cells"][: DUE + 1]
        row["cells"][0]["choose"] = record.reference
        row["cells"][0]["chosen"] = number < several.MOST
    return rows


def _confirm(
    request: SignedIn,
    records: list[Any],
    kind: str,
    name: str,
    *,
    at: datetime,
    form: TogetherForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """What the step would do to those for which it is open, who is told, and the form."""
    choice = several.step_named(records, kind, name, request.user, at=at)
    going = choice.records
    if form is None:
        form = TogetherForm(records=going, needs_reason=choice.manner.needs_reason)
    return _page(
        request,
        "pages/together_step.html",
        records,
        status=status,
        choice=choice,
        number=len(form.records),
        going=form.records,
        left_out=[] if form.is_bound else several.left_out(records, choice),
        staying=len(records) - len(form.records),
        effects=several.effects_of(choice, at=at),
        told=announcements.preview_all(going, name),
        does_not_stop_removal=any(getattr(each, "does_not_stop_removal", False) for each in going),
        form=form,
    )


def _take(request: SignedIn, records: list[Any], kind: str, name: str, *, at: datetime) -> HttpResponse:
    if any(record.kind != kind for record in records):
        raise Http404
    options = several.asked_for(records, name)
    needs_reason = any(option.manner.needs_reason for option in options.values())
    form = TogetherForm(request.POST, records=records, needs_reason=needs_reason)
    if not form.is_valid():
        return _confirm(request, records, kind, name, at=at, form=form)
    try:
        verdicts = take_steps(
            records,
            name,
            by=request.user,
            at=at,
            expected_versions=form.seen,
            reason=form.cleaned_data["reason"],
            keys=form.keys,
        )
    except PersonalDataFound as found:
        form.add_error("reason", found.messages)
    except ValidationError as invalid:
        form.add_error(None, invalid)
    except DatabaseTrouble as trouble:
        outage = outage_in(trouble)
        if outage is None:
            raise
        form.add_error(None, str(outage))
        return _confirm(request, records, kind, name, at=at, form=form, status=UNAVAILABLE)
    else:
        came = several.outcomes(records, verdicts, options, seen=form.seen, user=request.user)
        return _done(request, came, form, label=str(next(iter(options.values())).label))
    return _confirm(request, records, kind, name, at=at, form=form)


def _done(request: SignedIn, came: list[several.Outcome], form: TogetherForm, *, label: str) -> HttpResponse:
    """What came of it. Sent once more, it shows the same: what was taken is taken once."""
    refused = [each for each in came if each.refusals]
    return _page(
        request,
        "pages/together_done.html",
        [each.record for each in refused],
        status=CONFLICT if len(refused) == len(came) else 200,
        label=label,
        number=len(came),
        taken=[each for each in came if not each.refusals and not each.waits],
        waiting=[each for each in came if each.waits],
        refused=refused,
        reason=form.cleaned_data["reason"],
    )

"""Opening one record of somebody else in an emergency, reading it, and shutting it."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

import present
from recordsets.asking import through_the_door
from workflows.parties import Capacity

from .. import opened_record
from ..forms.openings import OpeningForm
from ..middleware import OWNER, STATED, session_of
from ..models import Opening, User
from ..services import openings as service
from ..services.invitations import PeopleRefused
from ..subjects import PERSON
from .signed_in import SignedIn, record_or_404

CONFLICT = 409
PAGE = 50


def _takes_part(user: User) -> bool:
    """Those who may open, those whose records can be opened, and privacy officers."""
    others = (Capacity.PRIVACY_OFFICER, Capacity.REPRESENTATIVE, Capacity.AGENCY_APPROVER)
    return service.may_open(user) or user.capacity in others


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def openings(request: SignedIn) -> HttpResponse:
    """What was opened that concerns me; a POST opens one record for this session."""
    user, at = request.user, present.now()
    if not _takes_part(user) or (request.method == "POST" and not service.may_open(user)):
        raise Http404
    form = OpeningForm(request.POST or None)
    if form.is_valid():
        try:
            made = service.begin(**form.cleaned_data, session=session_of(request), by=user, at=at)
        except PeopleRefused as refused:
            form.add_error(refused.field or None, refused.sentence)
        else:
            messages.warning(request, _("It is open. Its owner and the privacy officer have been told."))
            return redirect("case_opened", reference=made.case.reference)
    seen = Opening.objects.visible_to(user).defer("text").select_related("user", "owner", "case", "ended_by")
    context = {
        "form": form if service.may_open(user) else None,
        "rows": [(each, each.ended_at is None and each.expires_at > at) for each in seen[:PAGE]],
    }
    return render(request, "people/openings.html", context, status=400 if form.is_bound else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def opening(request: SignedIn, pk: int) -> HttpResponse:
    """One of them: who, why, until when; a POST shuts it."""
    seen = Opening.objects.visible_to(request.user).select_related(
        "membership__user", "membership__office", "owner", "case", "ended_by"
    )
    found, at, status = get_object_or_404(seen, pk=pk), present.now(), 200
    if request.method == "POST":
        try:
            service.end(found, by=request.user, at=at)
        except PeopleRefused as refused:
            messages.error(request, refused.sentence)
            status = CONFLICT
        else:
            messages.success(request, _("It is shut. Nobody reads the record under it any more."))
            return redirect("opening", pk=pk)
    context = {
        "opening": found,
        "going": found.ended_at is None and found.expires_at > at,
        "mine": service.going_on(found, request.user, session=session_of(request), at=at),
    }
    return render(request, "people/opening.html", context, status=status)


@login_required
@require_safe
def case_opened(request: SignedIn, reference: str) -> HttpResponse:
    """The record itself, to read, in the session in which it was opened and for as long as that holds.

    It is read through ``visible_to`` like any other; what a worker told in confidence is never on it.
    """
    user, at = request.user, present.now()
    seen = Opening.objects.visible_to(user).going_on(at).defer("text")
    session = session_of(request)
    mine = seen.filter(user_id=user.pk, case__reference=reference)
    found = next((each for each in mine if service.going_on(each, user, session=session, at=at)), None)
    if found is None:
        raise Http404
    user.opened_case = found.case_id
    with through_the_door():  # this one record, although it is not theirs
        record = record_or_404(request, reference, whole=True)
        shown = opened_record.shown(record)
    request.META[STATED] = found.ground
    if record.kind not in PERSON:
        request.META[OWNER] = found.owner_id
    context = {"opening": found, "record": record, **shown}
    return render(request, "people/case_opened.html", context)

"""Absences and their deputies: who is away, a new absence, coming back, acting for somebody."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

import present
from workflows import absences as lasting

from ..forms.authority import AbsenceForm
from ..middleware import ACTING_FOR
from ..services import absences as service
from ..services.absences import AbsenceRefused
from .signed_in import SignedIn

MOST = 50


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def absences(request: SignedIn) -> HttpResponse:
    """Absences that concern the reader, and a form to mark one."""
    at = present.now()
    away = service.may_mark_for(request.user)
    form = AbsenceForm(request.POST or None, away=away, deputies=service.possible_deputies(away))
    if form.is_valid():
        try:
            service.mark(**form.marked(), by=request.user, at=at)
        except AbsenceRefused as refused:
            form.add_error(refused.field or None, refused.sentence)
        else:
            messages.success(
                request, _("The absence is marked. The deputy is told what the person would be.")
            )
            return redirect("absences")
    known = [
        {
            "absence": each,
            "now": each.starts_at <= at < each.ends_at,
            "over": each.ends_at <= at,
            "may_end": each.ends_at > at and service.ends_what_is_seen(each, request.user),
        }
        for each in service.visible_to(request.user)[:MOST]
    ]
    context = {"form": form if away else None, "known": known}
    return render(request, "authority/absences.html", context)


@login_required
@require_POST
def absence_end(request: SignedIn, pk: int) -> HttpResponse:
    """Somebody is back."""
    absence = get_object_or_404(service.visible_to(request.user), pk=pk)
    try:
        service.end(absence, by=request.user, at=present.now())
    except AbsenceRefused as refused:
        messages.error(request, refused.sentence)
    else:
        messages.success(request, _("The absence is over."))
    return redirect("absences")


@login_required
@require_POST
def act_for(request: SignedIn) -> HttpResponse:
    """From now on act for an absent person, in one's own name; or for nobody any more."""
    asked = request.POST.get("person", "")
    stood_in_for = lasting.stood_in_for(request.user, at=present.now())
    chosen = next((each for each in stood_in_for if str(each.person_id) == asked), None)
    if chosen is not None:
        request.session[ACTING_FOR] = chosen.person_id
        messages.success(
            request, _("You now act for %(person)s. The history says so.") % {"person": chosen.person}
        )
    elif asked:
        messages.error(request, _("You do not stand in for this person now."))
    else:
        request.session.pop(ACTING_FOR, None)
        messages.success(request, _("You act for yourself again."))
    return redirect("desk")

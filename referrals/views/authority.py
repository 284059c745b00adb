"""Who may sign for an agency: its delegations, a new one, one of them."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

import present

from .. import rule_words
from ..forms.authority import DelegationForm, RevocationForm
from ..models import Delegation
from ..models.delegations import DelegationQuerySet
from ..services import delegations as service
from ..services.delegations import DelegationRefused
from .signed_in import SignedIn

CONFLICT = 409


def _own(request: SignedIn) -> DelegationQuerySet:
    if not request.user.is_agency:
        raise Http404
    own: DelegationQuerySet = Delegation.objects.visible_to(request.user)
    return own.select_related("official", "office", "given_by", "recorded_by", "confirmed_by", "revoked_by")


@login_required
@require_safe
def signatures(request: SignedIn) -> HttpResponse:
    """The delegations of one's own agency: in force, to come, waiting, over."""
    today = present.today()
    held = list(_own(request))
    hat = request.user.hat
    context = {
        "agency": hat.organization,
        "settings_code": hat.organization.code if hat.organization.code in rule_words.agency_names() else "",
        "may_record": service.keeps(request.user),
        "parts": [
            (_("In force today"), [each for each in held if _stands(each) and _lasts(each, today)]),
            (_("Waiting to be confirmed"), [each for each in held if _waits(each)]),
            (_("To come"), [each for each in held if _stands(each) and each.starts_on > today]),
            (_("Over or revoked"), [each for each in held if _is_over(each, today)]),
        ],
    }
    return render(request, "authority/signatures.html", context)


def _stands(each: Delegation) -> bool:
    return each.confirmed_at is not None and each.revoked_at is None


def _waits(each: Delegation) -> bool:
    return each.confirmed_at is None and each.revoked_at is None


def _lasts(each: Delegation, today: object) -> bool:
    return each.starts_on <= today and (each.ends_on is None or each.ends_on >= today)  # type: ignore[operator]


def _is_over(each: Delegation, today: object) -> bool:
    ended = _stands(each) and each.ends_on is not None and each.ends_on < today  # type: ignore[operator]
    return each.revoked_at is not None or ended


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def signature_new(request: SignedIn) -> HttpResponse:
    """Record a delegation."""
    if not service.keeps(request.user):
        raise Http404
    form = DelegationForm(
        request.POST or None,
        officials=service.candidates(request.user),
        offices=request.user.hat.organization.offices.all(),
    )
    if form.is_valid():
        try:
            made = service.record(**form.recorded(), by=request.user, at=present.now())
        except DelegationRefused as refused:
            form.add_error(refused.field or None, refused.sentence)
        else:
            said = _("The delegation holds from its first day on.")
            if made.confirmed_at is None:
                said = _("The delegation is recorded. A second person has to confirm it.")
            messages.success(request, said)
            return redirect("signature", pk=made.pk)
    return render(request, "authority/signature_new.html", {"form": form})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def signature(request: SignedIn, pk: int) -> HttpResponse:
    """One delegation: confirm it, or revoke it."""
    delegation = get_object_or_404(_own(request), pk=pk)
    may_revoke = service.keeps(request.user) and delegation.revoked_at is None
    form = RevocationForm(request.POST if "revoke" in request.POST else None)
    status = 200
    try:
        if "confirm" in request.POST:
            service.confirm(delegation, by=request.user, at=present.now())
            messages.success(request, _("The delegation is confirmed."))
            return redirect("signature", pk=pk)
        if form.is_valid():
            service.revoke(delegation, **form.cleaned_data, by=request.user, at=present.now())
            messages.success(request, _("The delegation is revoked. What was signed under it stays signed."))
            return redirect("signature", pk=pk)
    except DelegationRefused as refused:
        messages.error(request, refused.sentence)
        status = CONFLICT
    context = {
        "delegation": delegation,
        "why_not": service.refusal_to_confirm(delegation, request.user),
        "waits": _waits(delegation),
        "form": form if may_revoke else None,
    }
    return render(request, "authority/signature.html", context, status=status)

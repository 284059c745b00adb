"""The people of one organization: who holds what, who is invited, ending a capacity, unlocking an account."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

import present

from ..forms.people import EndingForm, InvitationForm, UnlockForm
from ..models import AccessReview, Invitation, Membership, Organization, User
from ..services import admissions, capacities
from ..services import invitations as service
from ..services.invitations import PeopleRefused
from .signed_in import SignedIn

CONFLICT = 409


def _seen(user: User, code: str) -> Organization:
    """An organization whose people somebody may see: their own where they manage them; overseers any."""
    return get_object_or_404(Organization.objects.visible_to(user), code=code)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def organization(request: SignedIn, code: str) -> HttpResponse:
    """The people of an organization; a POST lets an invitation go or takes it back."""
    user, found = request.user, _seen(request.user, code)
    status = 200
    if request.method == "POST":
        try:
            messages.success(request, _changed(request, found))
        except PeopleRefused as refused:
            messages.error(request, refused.sentence)
            status = CONFLICT
        else:
            return redirect("organization", code=code)
    held = (
        Membership.objects.visible_to(user)
        .filter(organization=found)
        .select_related("user", "office", "ended_by")
    )
    offered = admissions.open_invitations(found, at=present.now())
    context = {
        "organization": found,
        "held": held.current(),
        "stopped": held.filter(suspended_at__isnull=False),
        "ended": held.filter(ended_on__isnull=False, suspended_at=None).order_by("-ended_on", "-pk")[:50],
        "offered": [(each, service.refusal_to_let_go(each, user)) for each in offered],
        "may_invite": service.may_invite(user, found),
        "may_manage": capacities.may_manage(user, found.pk),
        "review": AccessReview.objects.visible_to(user).open().filter(organization=found).first(),
        "may_hold": capacities_in_words(found),
    }
    return render(request, "people/organization.html", context, status=status)


def capacities_in_words(found: Organization) -> list[str]:
    labels: dict[str, Any] = dict(Membership._meta.get_field("capacity").flatchoices)
    return [str(labels[each]) for each in service.capacities_of(found, at=present.now())]


def _changed(request: SignedIn, found: Organization) -> str:
    """What became of the invitation that was named."""
    asked = request.POST.get("let_go") or request.POST.get("withdraw") or ""
    mine = Invitation.objects.visible_to(request.user).filter(organization=found)
    invitation = get_object_or_404(mine, pk=int(asked) if asked.isascii() and asked.isdigit() else 0)
    if "let_go" in request.POST:
        service.let_go(invitation, by=request.user, at=present.now())
        return _("The invitation has gone.")
    service.withdraw(invitation, by=request.user, at=present.now())
    return _("The invitation is taken back. Its link no longer works.")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def organization_invite(request: SignedIn, code: str) -> HttpResponse:
    """Invite somebody; the answer is the same whether or not there is an account of that address."""
    found = _seen(request.user, code)
    if not service.may_invite(request.user, found):
        raise Http404
    allowed = service.capacities_of(found, at=present.now())
    form = InvitationForm(request.POST or None, capacities=allowed, offices=found.offices.all())
    if form.is_valid():
        try:
            made = service.offer(organization=found, **form.offered(), by=request.user, at=present.now())
        except PeopleRefused as refused:
            form.add_error(refused.field or None, refused.sentence)
        else:
            said = _("The invitation goes by mail.")
            if made.waits_for_second:
                said = _("A second person has to let this invitation go.")
            messages.success(request, said)
            return redirect("organization", code=code)
    context = {"form": form, "organization": found}
    return render(request, "people/invite.html", context, status=400 if form.is_bound else 200)


def _membership(request: SignedIn, pk: int) -> Membership:
    """A capacity in an organization whose people this person manages."""
    seen = Membership.objects.visible_to(request.user).select_related("user", "organization", "office")
    found = get_object_or_404(seen, pk=pk)
    if not capacities.may_manage(request.user, found.organization_id):
        raise Http404
    return found


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def capacity_end(request: SignedIn, pk: int) -> HttpResponse:
    """End one capacity at once, with a reason."""
    held, form, status = _membership(request, pk), EndingForm(request.POST or None), 200
    if form.is_valid():
        try:
            capacities.end(held, **form.cleaned_data, by=request.user, at=present.now())
        except PeopleRefused as refused:
            form.add_error(refused.field or None, refused.sentence)
            status = CONFLICT
        else:
            messages.success(request, _("The capacity has ended, and so have the sign-ins in it."))
            return redirect("organization", code=held.organization.code)
    return render(request, "people/end.html", {"held": held, "form": form}, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def account_unlock(request: SignedIn, pk: int) -> HttpResponse:
    """Let the locked account of somebody with this capacity be used again, with a reason."""
    held, form, status = _membership(request, pk), UnlockForm(request.POST or None), 200
    if form.is_valid():
        try:
            capacities.unlock(
                held.user, organization=held.organization, **form.cleaned_data,
                by=request.user, at=present.on_this_machine(),
            )  # fmt: skip
        except PeopleRefused as refused:
            form.add_error(refused.field or None, refused.sentence)
            status = CONFLICT
        else:
            messages.success(request, _("The account is unlocked. Its owner is told by mail."))
            return redirect("organization", code=held.organization.code)
    return render(request, "people/unlock.html", {"held": held, "form": form}, status=status)

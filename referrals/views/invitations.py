"""Taking up an invitation by the link in a mail."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

import present

from ..forms.people import TakingUpForm
from ..models import Invitation
from ..services import invitations as service
from ..services.invitations import PeopleRefused

GONE = 410


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, public_id: UUID, secret: str) -> HttpResponse:
    """Choose a password and take it up; who has an account already signs in to it first.

    A link that is too old, used, taken back or made up gets one and the same answer.
    """
    offered = service.found(str(public_id), secret, at=present.now())
    if offered is None:
        return render(request, "people/invitation_over.html", status=GONE)
    if offered.user.has_usable_password():
        return _for_known(request, offered)
    form = TakingUpForm(request.POST or None)
    if form.is_valid():
        try:
            service.accept(offered, at=present.now(), password=form.cleaned_data["password1"])
        except ValidationError as weak:
            form.add_error("password1", weak)
        except PeopleRefused as refused:
            form.add_error(None, refused.sentence)
        else:
            messages.success(request, _("Your account is ready. Sign in; then set up a second factor."))
            return redirect("account_login")
    context = {"form": form, "offered": offered}
    return render(request, "people/take_up.html", context, status=400 if form.is_bound else 200)


def _for_known(request: HttpRequest, offered: Invitation) -> HttpResponse:
    """The same for somebody with an account: signed in to that very one, a click takes it up."""
    mine = request.user.is_authenticated and request.user.pk == offered.user_id
    if mine and request.method == "POST":
        try:
            service.accept(offered, at=present.now())
        except PeopleRefused as refused:
            messages.error(request, refused.sentence)
        else:
            messages.success(request, _("You hold this capacity now. Choose it at the top of the page."))
            return redirect("desk")
    return render(request, "people/take_up.html", {"form": None, "offered": offered, "mine": mine})

"""Where I am signed in, and ending it there."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

import present

from .. import sessions
from ..models import SignIn
from .signed_in import SignedIn


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def sign_ins(request: SignedIn) -> HttpResponse:
    """My sign-ins that go on; a POST ends the one that ``end`` names, or every other one with ``others``."""
    if request.method == "POST":
        return _end(request)
    going_on = SignIn.objects.visible_to(request.user).going_on(present.on_this_machine())
    rows = [(each, each.session_key == request.session.session_key) for each in going_on]
    return render(request, "account/sign_ins.html", {"rows": rows, "others": len(rows) > 1})


def _end(request: SignedIn) -> HttpResponse:
    if "others" in request.POST:
        sessions.end_others(request)
        messages.success(request, _("Every other sign-in of yours was ended."))
    elif sessions.end(request.user, request.POST.get("end", "")):
        messages.success(request, _("That sign-in was ended."))
    else:
        messages.error(request, _("That sign-in had ended already."))
    return redirect("sign_ins")

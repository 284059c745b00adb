"""Changing the capacity in which one acts."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ..middleware import ACTING_FOR
from ..session_store import CHOSEN
from .signed_in import SignedIn


@login_required
@require_POST
def switch_capacity(request: SignedIn) -> HttpResponse:
    """Act in another of one's own capacities from now on; then the desk, for the page may be closed to it."""
    asked = request.POST.get("capacity", "")
    chosen = next((held for held in request.user.capacities if str(held.pk) == asked), None)
    if chosen is None:
        messages.error(request, _("You do not hold that capacity."))
    else:
        request.session[CHOSEN] = chosen.pk
        request.session.pop(ACTING_FOR, None)
        messages.success(request, _("You now act as: %(capacity)s.") % {"capacity": chosen.label})
    return redirect("desk")

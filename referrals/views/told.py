"""Who was told what about a case, when, and whether it arrived."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

import present
from notifications import outbox
from recordsets.collisions import whole_again

from .. import told
from .signed_in import SignedIn, record_or_404


@login_required
@require_safe
def case_told(request: SignedIn, reference: str) -> HttpResponse:
    record = record_or_404(request, reference)
    return render(request, "pages/told.html", {"record": record, "told": told.about(record, request.user)})


@login_required
@require_POST
def tell_again(request: SignedIn, reference: str, public_id: UUID) -> HttpResponse:
    """Send a mail to a colleague again; the first one and what became of it stay on record."""
    record = record_or_404(request, reference)
    message = told.message_of(record, request.user, public_id)
    if message is None:
        raise Http404
    try:
        at = present.now()
        whole_again(lambda: outbox.send_again(message=message, at=at))
    except ValueError:
        messages.warning(request, _("It is still on its way. Wait for what becomes of it."))
    else:
        messages.success(request, _("The mail is sent again. The first one stays on record."))
    return redirect("case_told", reference=reference)

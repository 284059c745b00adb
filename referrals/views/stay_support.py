"""The draft of an agency's letter in support of a stay, as ICE would get it."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

import present
from workflows.machines.stay_referral import State

from ..models import StayReferral
from ..services.letters import preview_pdf
from .signed_in import SignedIn
from .statements import pdf


@login_required
@require_safe
def stay_support_preview(request: SignedIn, reference: str) -> HttpResponse:
    if not request.user.is_agency:
        raise Http404
    own = StayReferral.objects.visible_to(request.user).filter(
        state__in=(State.ASKED, State.DRAFTED), consent_withdrawn_at__isnull=True
    )
    record = get_object_or_404(own.exclude(ground=""), reference=reference)
    content = preview_pdf(record, "approve", by=request.user, at=present.now())
    if content is None:
        raise Http404
    return pdf(content, "draft.pdf")

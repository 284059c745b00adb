"""The page of a case, the same skeleton for every kind."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

import present

from .. import case_page
from .signed_in import SignedIn, record_or_404


@login_required
@require_safe
def case(request: SignedIn, reference: str) -> HttpResponse:
    record = record_or_404(request, reference, whole=True)
    return render(request, "pages/case.html", case_page.context(record, request.user, at=present.now()))

"""The public copy of a statement: what it would hold, reviewed on a page before it is made."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods

import present
from workflows.days import rule_day

from .. import public_records
from ..exemptions import EXEMPTIONS
from ..forms.public_copies import PublicCopyForm
from ..middleware import STATED
from ..models import Export, Statement
from ..services import public_copies
from .downloads import download
from .signed_in import SignedIn


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def public_copy(request: SignedIn, reference: str) -> HttpResponse:
    """Item by item what is disclosed and what is not; a POST makes the PDF."""
    user, at = request.user, present.now()
    if not public_copies.may(user):
        raise Http404
    own = Statement.objects.visible_to(user).select_related("agency", "office", "matter", "soi_request")
    statement = get_object_or_404(own, reference=reference)
    version = statement.signed
    if version is None:
        raise Http404
    lines = public_records.review(version, on=rule_day(at))
    form = PublicCopyForm(request.POST or None, lines=lines)
    if form.is_valid():
        export, content = public_copies.make(statement, by=user, at=at, **form.cleaned_data)
        request.META[STATED] = Export.Purpose.RECORDS
        return download(content, media_type="application/pdf", name=f"{export.reference}.pdf")
    context = {
        "record": statement,
        "version": version,
        "lines": lines,
        "exemptions": EXEMPTIONS.values(),
        "form": form,
    }
    status = 400 if form.is_bound else 200
    return render(request, "statement_side/public_copy.html", context, status=status)

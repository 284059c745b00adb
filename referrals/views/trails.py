"""Who saw what, and the accounting of disclosures of one worker."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, override
from django.views.decorators.http import require_safe

import present

from .. import disclosure_paper, trail_pages
from ..forms.trails import ReadsForm
from ..letters import render as render_letter
from ..models.trails import OVERSEERS
from ..services import privacy_incidents
from .signed_in import SignedIn

LANGUAGES = ("en", "es")


@login_required
@require_safe
def who_saw_what(request: SignedIn) -> HttpResponse:
    """The reads that this person may know of: by worker, case, reader, day; fifty a page."""
    if not trail_pages.may_read(request.user):
        raise Http404
    form = ReadsForm({**request.GET.dict()})
    asked: dict[str, Any] = form.cleaned_data if form.is_valid() else {}
    reads = trail_pages.found(request.user, **asked)
    before = request.GET.get("before", "")
    if before.isascii() and before.isdigit() and len(before) < 19:
        reads = reads.filter(pk__lt=int(before))
    page = list(reads[: trail_pages.PAGE + 1]) if form.is_valid() else []
    more, page = len(page) > trail_pages.PAGE, page[: trail_pages.PAGE]
    kept = {name: request.GET[name] for name in form.fields if request.GET.get(name)}
    after = f"?{urlencode({**kept, 'before': page[-1].pk})}" if more else ""
    handles = privacy_incidents.may_handle(request.user)
    context = {
        "form": form,
        "table": trail_pages.table(page, request.user, next_url=after, to_choose=handles),
        "handles": handles,
        "overseer": request.user.capacity in OVERSEERS,
        "narrowed": bool(kept),
    }
    return render(request, "trails/who_saw_what.html", context)


@login_required
@require_safe
def disclosures(request: SignedIn, token: str) -> HttpResponse:
    """To whom a worker's record was shown outside the own house; on paper with ``?as=pdf``."""
    user = request.user
    person = trail_pages.represents(user, token)
    if person is None and not (user.capacity in OVERSEERS and trail_pages.on_record(token)):
        raise Http404
    asked = request.GET.get("in", "")
    language = asked if asked in LANGUAGES else get_language()
    name = person.name if person else ""
    reads = trail_pages.disclosures(user, token)
    if request.GET.get("as") == "pdf":
        with override(language):
            rows = trail_pages.disclosure_rows(reads)
            letter = disclosure_paper.paper(token, name, user, rows, at=present.now())
        response = HttpResponse(render_letter(letter).content, content_type="application/pdf")
        response["Content-Disposition"] = f'attachment; filename="disclosures-{token}.pdf"'
        return response
    context = {
        "worker": person,
        "token": token,
        "rows": trail_pages.disclosure_rows(reads),
        "what_it_is": disclosure_paper.what_it_is(),
    }
    return render(request, "trails/disclosures.html", context)

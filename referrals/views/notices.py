"""A pile of envelopes: what DHS sent on paper, entered in one go, row by row."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

import present

from .. import caseload
from ..forms.notices import NoticeForm
from ..models import WorkerRequest
from ..services import notices as service
from .representatives import for_representatives
from .signed_in import SignedIn

ROWS = 50


@for_representatives
@require_http_methods(["GET", "HEAD", "POST"])
def notices(request: SignedIn) -> HttpResponse:
    at = present.now()
    filed = WorkerRequest.objects.visible_to(request.user).open().filter(filed_at__isnull=False)
    pages = Paginator(caseload.by_name(filed), ROWS)
    page = pages.get_page(request.GET.get("page"))
    shown = filed.select_related("person").in_bulk(list(page))
    rows = [_row(request, shown[pk], at=at) for pk in page if pk in shown]
    return render(
        request,
        "worker_side/notices.html",
        {
            "rows": rows,
            "saved": sum(1 for row in rows if row["saved"]),
            "failed": sum(1 for row in rows if row["form"].errors),
            "posted": request.method == "POST",
            "next_url": f"?page={page.next_page_number()}" if page.has_next() else "",
            "previous_url": f"?page={page.previous_page_number()}" if page.has_previous() else "",
        },
    )


def _row(request: SignedIn, record: WorkerRequest, *, at: Any) -> dict[str, Any]:
    """One request with its form; a row that was sent is stored whole or says why not."""
    prefix = record.reference
    data = request.POST if request.method == "POST" and f"{prefix}-receipt_number" in request.POST else None
    form = NoticeForm(data, prefix=prefix, today=timezone.localdate(at))
    saved, told = False, []
    if data is not None and form.is_valid() and not form.is_empty:
        try:
            told = service.enter(record, by=request.user, at=at, **form.cleaned_data)
        except service.NoticeRefused as refused:
            form.add_error(None, str(refused))
        else:
            saved = True
            form = NoticeForm(prefix=prefix, today=timezone.localdate(at))
    return {"record": record, "form": form, "saved": saved, "told": told, "word": _("Saved") if saved else ""}

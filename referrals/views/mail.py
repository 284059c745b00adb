"""The mails that a demonstration shows instead of sending them."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from .. import correspondence
from .signed_in import SignedIn


@login_required
@require_safe
def kept_mail(request: SignedIn) -> HttpResponse:
    if not settings.DEMO:
        raise Http404
    page = Paginator(correspondence.kept_mails(), 25).get_page(request.GET.get("page"))
    return render(
        request,
        "pages/mail.html",
        {
            "mails": page.object_list,
            "next_url": f"?page={page.next_page_number()}" if page.has_next() else "",
            "previous_url": f"?page={page.previous_page_number()}" if page.has_previous() else "",
        },
    )

"""Handing out a letter or a paper to those who may read it."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from ..models import Document
from .signed_in import SignedIn

SHOWN_IN_THE_BROWSER = {"application/pdf": "pdf"}


@login_required
@require_safe
def document(request: SignedIn, pk: int) -> HttpResponse:
    """A PDF is shown, anything else is saved; 404 for documents on the other side of the wall."""
    found = Document.objects.visible_to(request.user).filter(pk=pk).first()
    if found is None:
        raise Http404
    ending = SHOWN_IN_THE_BROWSER.get(found.media_type)
    name = slugify(found.title) or "document"
    response = HttpResponse(bytes(found.content), content_type=found.media_type)
    response["Content-Disposition"] = (
        f'inline; filename="{name}.{ending}"' if ending else f'attachment; filename="{name}"'
    )
    return response

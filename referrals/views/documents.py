"""Handing out a letter or a paper to those who may read it."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from ..models import Document
from ..scans import ENDINGS, PDF
from .signed_in import SignedIn


@login_required
@require_safe
def document(request: SignedIn, pk: int) -> HttpResponse:
    """A letter is shown; what somebody attached is only ever saved. 404 on the other side of the wall."""
    found = Document.objects.visible_to(request.user).filter(pk=pk).first()
    if found is None:
        raise Http404
    shown = found.media_type == PDF and not found.was_attached
    name = f"{slugify(found.title) or 'document'}.{ENDINGS.get(found.media_type, 'bin')}"
    response = HttpResponse(bytes(found.content), content_type=found.media_type)
    response["Content-Disposition"] = f'{"inline" if shown else "attachment"}; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response

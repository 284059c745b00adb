"""Handing out a letter or a paper to those who may read it."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ..models import Document
from ..scans import ENDINGS, PDF
from .downloads import download
from .signed_in import SignedIn

GONE = 410


@login_required
@require_safe
def document(request: SignedIn, public_id: UUID) -> HttpResponse:
    """A letter is shown; what somebody attached is only ever saved.

    404 on the other side of the wall, and for everybody while a file waits to be checked for malware.
    """
    found = Document.objects.visible_to(request.user).released().filter(public_id=public_id).first()
    if found is None:
        raise Http404
    content = found.content
    if content is None:
        gone = _("This paper cannot be read any more: the worker's key was destroyed.")
        return HttpResponse(gone, status=GONE, content_type="text/plain; charset=utf-8")
    shown = found.media_type == PDF and not found.was_attached
    name = f"{slugify(found.title) or 'document'}.{ENDINGS.get(found.media_type, 'bin')}"
    if not shown:
        return download(content, media_type=found.media_type, name=name)
    response = HttpResponse(content, content_type=found.media_type)
    response["Content-Disposition"] = f'inline; filename="{name}"'
    return response

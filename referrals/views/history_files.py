"""The history of a case to take away, and what outsiders need to check it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, override
from django.views.decorators.http import require_safe

import present
from workflows import exports, heads, signing, verify_export

from .. import disclosure, history_paper
from ..letters import render as render_letter
from ..models.people import ICE
from .downloads import download
from .signed_in import SignedIn, record_or_404

PAPER = "pdf"
NEWEST = 30


@login_required
@require_safe
def case_history_file(request: SignedIn, reference: str) -> HttpResponse:
    """The history as a file that can be checked, or on paper with ``?as=pdf``: what its reader may see."""
    if request.user.capacity in ICE:  # nothing of a case leaves a field office as a file
        raise Http404
    record, at = record_or_404(request, reference), present.now()
    file = exports.export(
        record,
        sight=disclosure.sight(record, request.user),
        reader=disclosure.reader(request.user),
        at=at,
    )
    if request.GET.get("as") == PAPER:
        return download(
            _paper(request, record, file), name=f"history-{reference}.pdf", media_type="application/pdf"
        )
    text = json.dumps(file, indent=1, ensure_ascii=False)
    return download(text, name=f"history-{reference}.json", media_type="application/json")


def _paper(request: SignedIn, record: Any, file: dict[str, Any]) -> bytes:
    from django.urls import reverse

    address = request.build_absolute_uri(reverse("daily_heads"))
    with override(get_language()):
        letter = history_paper.paper(record, request.user, file=file, at=present.now(), check_at=address)
    return render_letter(letter).content


@require_safe
def verifier(request: HttpRequest) -> HttpResponse:
    """The program that checks a history's file: one file, for everybody."""
    content = Path(verify_export.__file__).read_bytes()
    return download(content, name="verify_export.py", media_type="text/x-python; charset=utf-8")


@require_safe
def daily_heads(request: HttpRequest) -> HttpResponse:
    """The newest daily heads and the keys that sign them, for everybody: what a file is compared with."""
    keys = [(name, public.hex()) for name, public in signing.known_keys().items()]
    return render(request, "pages/daily_heads.html", {"heads": heads.newest(NEWEST), "keys": keys})

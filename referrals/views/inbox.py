"""What the system told a person."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

import present

from .. import correspondence
from .signed_in import SignedIn


@login_required
@require_safe
def inbox(request: SignedIn) -> HttpResponse:
    before = None
    if asked := request.GET.get("before", ""):
        before = _message(request, asked)
    found = correspondence.messages_of(request.user, before=before)
    shown = found[: correspondence.PAGE]
    more = len(found) > len(shown)
    return render(
        request,
        "pages/inbox.html",
        {
            "inbox_messages": shown,
            "next_url": f"?before={shown[-1].public_id}" if more else "",
            "previous_url": "?" if before else "",
        },
    )


@login_required
@require_safe
def inbox_message(request: SignedIn, public_id: UUID) -> HttpResponse:
    """The message behind a link; opening it is reading it."""
    message = _message(request, str(public_id))
    if message.subject and message.read_at is None:
        correspondence.read(message, by=request.user, at=present.now())
    reachable = correspondence.is_open_to(message, request.user)
    return render(request, "pages/inbox_message.html", {"message": message, "reachable": reachable})


def _message(request: SignedIn, public_id: str) -> correspondence.Message:
    try:
        message = correspondence.message_behind(UUID(public_id), of=request.user)
    except ValueError:
        message = None
    if message is None:
        raise Http404
    return message

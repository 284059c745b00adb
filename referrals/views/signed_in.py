"""What views of signed-in people share: the type of their requests, and the way to a record."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest

from workflows.models import Case

from ..models import User, find_visible


class SignedIn(HttpRequest):
    """A request of somebody who has signed in."""

    user: User


def record_or_404(request: SignedIn, reference: str, *, whole: bool = False) -> Any:
    """The record with this reference; 404 if there is none or it is somebody else's.

    ``whole`` is for pages that only show it: see ``find_visible``.
    """
    try:
        return find_visible(request.user, reference, whole=whole)
    except Case.DoesNotExist:
        raise Http404 from None

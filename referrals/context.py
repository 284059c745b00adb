"""What every page shows around itself: the name, the programme, the ways to go."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from workflows import policies
from workflows.parties import Capacity

from . import correspondence


def programme(on: date) -> dict[str, Any] | None:
    """Whether new requests are taken on a day, since when, and what that means."""
    try:
        status = policies.programme(on)
    except policies.NoPolicy:
        return None
    if status.takes_new_requests:
        text = _("Workers covered by a statement of interest can file new requests.")
    else:
        text = _(
            "New requests for deferred action are not taken. What is already filed, granted, renewable or "
            "stayable goes on, and labor agencies go on issuing statements of interest. "
            "A DHS programme officer can record an override for one statement."
        )
    return {"open": status.takes_new_requests, "since": status.since, "text": text}


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """The main pages of the capacity in which somebody acts; pages that are not there are left out."""
    user: Any = request.user
    places: list[tuple[str, str, int]] = [("desk", _("My desk"), 0)]
    if user.is_advocate:
        places.append(("soi_request_new", _("Ask for a statement"), 0))
    if user.is_representative:
        places.append(("workers", _("Workers"), 0))
    if user.is_agency:
        places.append(("matters", _("Matters"), 0))
    if user.capacity == Capacity.PROGRAMME_OFFICER:
        places.append(("overrides", _("Programme overrides"), 0))
    places.append(("inbox", _("Inbox"), correspondence.unread(user)))
    if settings.DEMO:
        places.append(("kept_mail", _("Mail (demonstration)"), 0))
    shown = []
    for name, label, count in places:
        try:
            url = reverse(name)
        except NoReverseMatch:
            continue
        shown.append({"label": label, "url": url, "current": request.path == url, "count": count})
    return shown


def sign_ins() -> list[Any]:
    """The sign-ins that the demonstration shows beside the form; none elsewhere."""
    if not settings.DEMO:
        return []
    from .demo import SIGN_INS

    return list(SIGN_INS)

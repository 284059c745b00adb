"""What every page shows around itself: the name, the programme, the ways to go."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from workflows import policies
from workflows.parties import Capacity

from . import correspondence, policy_people, trail_pages
from .models import RECORD_KEEPERS
from .models.onboarding import ADMIT
from .models.openings import MAY_OPEN
from .services.redactions import REDACTORS


def programme(on: date) -> dict[str, Any] | None:
    """Whether new requests are taken on a day, since when, and what that means."""
    try:
        status, following = policies.programme_and_next(on)
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
    shown: dict[str, Any] = {"open": status.takes_new_requests, "since": status.since, "text": text}
    if following is not None and following.takes_new_requests != status.takes_new_requests:
        shown["coming"] = {"on": following.since, "open": following.takes_new_requests}
    return shown


def _places_of(user: Any) -> list[tuple[str, str, bool]]:
    """The pages that belong to some capacities only: their name, their label, whether they are this one's."""
    return [
        ("soi_request_new", _("Ask for a statement"), user.is_advocate),
        ("workers", _("Workers"), user.is_representative),
        ("matters", _("Matters"), user.is_agency),
        ("overrides", _("Programme overrides"), user.capacity == Capacity.PROGRAMME_OFFICER),
        ("operations", _("Operations"), user.capacity == Capacity.ADMINISTRATOR),
        ("who_saw_what", _("Who saw what"), trail_pages.may_read(user)),
        ("access_alerts", _("Alerts"), trail_pages.may_read(user)),
        ("privacy_incidents", _("Incidents"), user.capacity == Capacity.PRIVACY_OFFICER),
        ("organizations", _("Organizations"), user.capacity in ADMIT),
        ("access_reviews", _("Reviews of people"), user.capacity in ADMIT or user.answers_for_people),
        ("openings", _("Emergencies"), user.capacity in MAY_OPEN | {Capacity.PRIVACY_OFFICER}),
        ("retention", _("Retention"), user.capacity in RECORD_KEEPERS),
        ("redactions", _("Redactions"), user.capacity in REDACTORS),
        ("rules", _("Rules"), policy_people.takes_part(user)),
    ]


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """The main pages of the capacity in which somebody acts; pages that are not there are left out."""
    user: Any = request.user
    places = [("desk", _("My desk"), 0)]
    places += [(name, label, 0) for name, label, theirs in _places_of(user) if theirs]
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


def demo_code(user: Any, at: datetime) -> str:
    """The code that an invented person's app shows at an instant of the real clock; empty elsewhere."""
    if not settings.DEMO:
        return ""
    from .demo.factors import code_at

    return code_at(user, at)

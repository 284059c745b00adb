"""What an empty list says: what will appear here, and the one thing to do now, for each capacity."""

from __future__ import annotations

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from workflows.parties import Capacity

from .models import User
from .queues import Show


def first_step(user: User, show: str) -> dict[str, str]:
    """Title, text, and a link with its label (both empty where there is nothing to start)."""
    title, text = _words(user)[show]
    route, action = _start(user) if show in (Show.MINE, Show.DESK) else ("", "")
    url = _url(route)
    return {"title": title, "text": text, "url": url, "action": action if url else ""}


def nothing_in_hand(show: str) -> dict[str, str]:
    """The same where a part of the desk was asked for by who has its cases in hand."""
    return {
        "title": _("There is no such case in this part of the desk"),
        "text": _("On the page of a case its desk says who works on it: take it, give it or put it back."),
        "url": f"{reverse('desk')}?show={show}",
        "action": _("Show everybody's"),
    }


def _words(user: User) -> dict[str, tuple[str, str]]:
    return {
        Show.MINE: (_("Nothing waits for you"), what_comes(user)),
        Show.DESK: (_("Your desk is empty"), what_comes(user)),
        Show.LATE: (_("Nothing is late"), _("A case appears here when its date has passed.")),
        Show.WEEK: (_("Nothing is due in the next 7 days"), _("Cases appear here as their dates come near.")),
        Show.OTHERS: (
            _("You wait for nobody"),
            _("Cases that you may see appear here while it is somebody else's turn."),
        ),
        Show.DECIDED: (
            _("Nothing was decided lately"),
            _("Cases that ended in the last 90 days appear here."),
        ),
    }


def what_comes(user: User) -> str:
    """What will appear on the desk of somebody in this capacity."""
    if user.is_representative:
        return _(
            "Your requests for statements, your workers' requests, permits, stays and renewals "
            "appear here when it is your turn."
        )
    if user.is_advocate:
        return _("Your requests for statements appear here when an agency asks you something.")
    if user.is_agency:
        return _("Requests for statements and your agency's statements appear here when it is your turn.")
    texts = {
        Capacity.DHS_INTAKE: _("Statements and workers' requests appear here when they are sent to DHS."),
        Capacity.PRIVACY_OFFICER: _(
            "You see no casework, so no case will ever appear here. Alerts about reading come to your inbox."
        ),
        Capacity.PROGRAMME_OFFICER: _("Cases appear here when they need a decision of the programme office."),
    }
    return texts.get(
        Capacity(user.capacity) if user.capacity else Capacity.SYSTEM,
        _("Requests that were routed to your office appear here."),
    )


def _start(user: User) -> tuple[str, str]:
    """The page where a person in this capacity begins something."""
    if user.is_representative:
        return "workers", _("Go to your workers")
    if user.is_advocate:
        return "soi_request_new", _("Ask for a statement")
    if user.is_agency:
        return "matters", _("Go to the matters")
    if user.capacity == Capacity.PROGRAMME_OFFICER:
        return "overrides", _("Go to the programme overrides")
    if user.capacity == Capacity.PRIVACY_OFFICER:
        return "access_alerts", _("Go to the alerts")
    return "", ""


def _url(route: str) -> str:
    try:
        return reverse(route) if route else ""
    except NoReverseMatch:
        return ""

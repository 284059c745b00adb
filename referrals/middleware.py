"""Puts the chosen capacity and the office's time zone on each request; keeps private pages out of caches."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from allauth.account.adapter import get_adapter
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.db import Error
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.defaults import page_not_found

import present
from recordsets import asking

from . import in_hand, reads, second_factors, sessions, typed
from .keys import ring
from .models import Access
from .models.people import ICE, User
from .outages import away, outage_in
from .services import purposes
from .services import reads as trail
from .session_store import CHOSEN
from .views import outages

log = logging.getLogger(__name__)

ACTING_FOR = "acting_for"
NUL = "\x00"
PAPER = "document"
PURPOSE = "case_purpose"
STATED = "referrals.purpose"
OWNER = "referrals.owner"
"""Whose case was shown that belongs to no worker, where it was opened in an emergency."""
SEARCHES = frozenset({"search"})
TRAILS = frozenset({"who_saw_what", "access_alerts", "access_alert"})
"""Pages that show the trail itself; to read them is on the trail too."""
FORBIDDEN = 403


class NoSuchAddress:
    """Answers 404 to an address that holds a NUL character: no text column can hold one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if NUL in request.path_info:
            return page_not_found(request, Http404())
        return self.get_response(request)


class KeysOfOneRequest:
    """Lets each request fetch the data keys that it reads with; afterwards none of them is left."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        ring.begin()
        try:
            return self.get_response(request)
        finally:
            ring.begin()


class BehindTheWall:
    """Asks the database as a page does, for nobody; ``ActingCapacity`` says for whom."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with asking.acting(asking.NOBODY):
            return self.get_response(request)


class ActingCapacity:
    """Lets a signed-in person act in the capacity they chose; the first one until they choose."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if not user.is_authenticated:
            return self.get_response(request)
        chosen = request.session.get(CHOSEN)
        if chosen:
            user.act_as(next((held for held in user.capacities if held.pk == chosen), None) or user.acting)
        user.acting_for = request.session.get(ACTING_FOR)
        zone = user.acting.office.desk.time_zone if user.acting else "UTC"
        with timezone.override(ZoneInfo(zone)), asking.acting(asking_for(user)):
            response = self.get_response(request)
        patch_cache_control(response, no_store=True, private=True)
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response


def asking_for(user: User) -> asking.Asking:
    """What the row policies are told of a person."""
    return asking.Asking(
        asking.PAGES,
        person=str(user.pk),
        capacity=user.capacity,
        organization=str(user.organization_id or ""),
        office=str(user.office_id or ""),
    )


class ReadTrail:
    """Puts every read of a worker's record on the trail before the answer leaves: no read without its line.

    What was read is noted where the values are handed out (``referrals.reads``), so that no page has to
    remember it. An answer whose line cannot be written is not given (503). A redirect shows nothing. People
    at an ICE field office are asked why before a worker's case is shown to them.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return self.get_response(request)
        with reads.noting() as notes:
            response = self.get_response(request)
        try:
            with asking.through_the_door():
                self.keep(request, response, notes)
        except Error as failure:
            log.exception("A read could not be put on the trail; the answer was not given.")
            return outages.unavailable(request, outage_in(failure) or away())
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], arguments: list[Any], named: dict[str, Any]
    ) -> HttpResponse | None:
        """Ask for a purpose first, where one is needed."""
        user, match = request.user, request.resolver_match
        if not user.is_authenticated or user.capacity not in ICE or match is None:
            return None
        reference = str(named.get("reference", ""))
        if match.url_name == PAPER:
            reference = purposes.case_of_paper(user, named["public_id"])
        if not reference or match.url_name == PURPOSE:
            return None
        sends = request.method not in ("GET", "HEAD")
        session = session_of(request)
        asked = purposes.asked_of(user, reference, session=session, at=present.now(), sends=sends)
        if not asked.missing:
            request.META[STATED] = asked.code
            return None
        there = reverse(PURPOSE, kwargs={"reference": reference})
        if sends:
            context = {"there": there, **typed.to_send_again(request)}
            return render(request, "trails/purpose_first.html", context, status=403)
        return redirect(f"{there}?{urlencode({'next': request.get_full_path()})}")

    def keep(self, request: HttpRequest, response: HttpResponse, notes: reads.Notes) -> None:
        """The lines of one answer."""
        match, status = request.resolver_match, response.status_code
        if match is None or 300 <= status < 400 or status == 401 or status >= 500:
            return
        named = match.kwargs
        subject = str(named.get("reference") or named.get("token") or "")
        if match.url_name == PAPER:
            subject = trail.paper(named["public_id"])
        answer = trail.Answer(
            user=request.user,  # type: ignore[arg-type]
            what=_what(match.url_name or "", response, notes),
            route=":".join(filter(None, [match.url_name, str(named.get("name", ""))])),
            at=present.now(),
            subject=subject[:40],
            purpose=request.META.get(STATED, ""),
            network=trail.keyed("network", get_adapter().get_client_ip(request)),
            session=session_of(request),
            request_number=in_hand.request_id.get()[:64],
        )
        if status in (403, 404):
            if subject and getattr(request, "csrf_processing_done", False):  # an old form is no attempt
                trail.refuse(answer)
        elif match.url_name in TRAILS and status == 200:
            trail.trail_read(answer)
        elif OWNER in request.META:
            trail.opened(answer, owner_id=request.META[OWNER])
        else:
            trail.write(answer, notes)


def session_of(request: HttpRequest) -> str:
    """The session as the trail knows it."""
    return trail.keyed("session", request.session.session_key or "")


def _what(page: str, response: HttpResponse, notes: reads.Notes) -> str:
    if page == PAPER:
        return Access.What.DOCUMENT
    if not response.headers.get("Content-Type", "").startswith("text/html"):
        return Access.What.EXPORT
    return Access.What.SEARCH if page in SEARCHES else Access.What.RECORD


class SecondFactor:
    """Leads whoever needs a second factor, and has shown none in this session, to set one up or to show it.

    Everything else is closed to them until then: a new address is closed too, unless it is named in
    ``second_factors``.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        if not request.user.is_authenticated:
            return None
        there = second_factors.closed_to(request, _view_of(request))
        if not there:
            return None
        if request.method in ("GET", "HEAD"):
            return redirect(f"{there}?{urlencode({REDIRECT_FIELD_NAME: request.get_full_path()})}")
        return render(
            request, "403_factor.html", {**typed.to_send_again(request), "there": there}, status=FORBIDDEN
        )


class InUse:
    """Notes that a sign-in is in use; a page that only asks how long it lasts yet does not prolong it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> None:
        asks = _view_of(request) == "session" and request.method != "POST"
        if request.user.is_authenticated and not asks:
            sessions.note_use(request, at=present.on_this_machine())


def _view_of(request: HttpRequest) -> str:
    """The name of the view that answers; empty while none is found."""
    return request.resolver_match.view_name if request.resolver_match else ""

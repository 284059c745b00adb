"""Puts the chosen capacity and the office's time zone on each request; keeps private pages out of caches."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.defaults import page_not_found

CHOSEN = "acting_as"
ACTING_FOR = "acting_for"
NUL = "\x00"


class NoSuchAddress:
    """Answers 404 to an address that holds a NUL character: no text column can hold one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if NUL in request.path_info:
            return page_not_found(request, Http404())
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
        with timezone.override(ZoneInfo(zone)):
            response = self.get_response(request)
        patch_cache_control(response, no_store=True, private=True)
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response

"""The end of a session: how long one lasts yet, staying signed in, and what was sent after it had ended."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from .. import typed
from ..sessions import seconds_left

SIGNED_OUT = 401
REFUSED = 403


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def session(request: HttpRequest) -> HttpResponse:
    """The seconds that this session lasts yet, and a token for forms that were shown before a sign-in.

    To ask does not prolong it; a POST does. 401 when nobody is signed in.
    """
    token = get_token(request)
    if not request.user.is_authenticated:
        return JsonResponse({"seconds": 0, "token": token}, status=SIGNED_OUT)
    if request.method == "POST":
        request.session.modified = True
        return JsonResponse({"seconds": request.session.get_expiry_age(), "token": token})
    return JsonResponse({"seconds": seconds_left(request.session), "token": token})


class SignedOut:
    """Answers what was sent after its session had ended with a page that holds it, instead of losing it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not _asks_to_sign_in(response) or request.user.is_authenticated:
            return response
        if request.method == "POST":
            return _held(request, "401.html", status=SIGNED_OUT)
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.session.is_empty():
            messages.info(request, _why_it_ended())
        return response


def _why_it_ended() -> str:
    """That a session ended, and why one does; it is gone, so which of the reasons it was is not known."""
    return _(
        "You were signed out. A sign-in ends after %(idle)d minutes without a page, after %(whole)d hours in "
        "any case, and when you end it elsewhere or change your password."
    ) % {"idle": settings.SESSION_COOKIE_AGE // 60, "whole": settings.SESSION_SECONDS // 3600}


def _asks_to_sign_in(response: HttpResponse) -> bool:
    """Whether a view that is only for signed-in people sent this one away."""
    there, _question, asked = response.headers.get("Location", "").partition("?")
    return there == resolve_url(settings.LOGIN_URL) and asked.startswith("next=")


def waited_too_long(request: HttpRequest, reason: str = "") -> HttpResponse:
    """What Django calls for a form whose token does not hold, most often because of a sign-in elsewhere.

    What another site may have sent is not offered to be sent again.
    """
    return _held(request, "403_csrf.html", status=REFUSED, mine=typed.comes_from_this_site(request))


def _held(request: HttpRequest, template: str, *, status: int, mine: bool = True) -> HttpResponse:
    context = typed.to_send_again(request) if mine else {}
    page = render(request, template, context, status=status)
    page.headers["Cache-Control"] = "no-store, private"
    return page

"""The page for what nobody expected, and the one for an outage: with what was typed, to be sent again."""

from __future__ import annotations

import logging
import sys

from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.request import RawPostDataException, UnreadablePostError
from django.shortcuts import render
from django.views.defaults import server_error

from ..outages import outage_in

log = logging.getLogger(__name__)

UNAVAILABLE = 503
SECONDS_TO_WAIT = 30
SECRET = ("password",)


def went_wrong(request: HttpRequest) -> HttpResponse:
    """What Django calls while it handles an exception that no view has dealt with."""
    outage = outage_in(sys.exc_info()[1])
    if outage is None:
        return server_error(request)
    typed = _typed(request)
    context = {
        "outage": outage,
        "typed": [(name, value) for name, values in typed.lists() for value in values],
        "address": request.get_full_path(),
    }
    page = render(None, "503.html", context, status=UNAVAILABLE)
    page.headers["Retry-After"] = str(SECONDS_TO_WAIT)
    page.headers["Cache-Control"] = "no-store, private"
    return page


def _typed(request: HttpRequest) -> QueryDict:
    """What the request brought in fields, to be sent once more; nothing if it brings along a password."""
    nothing = QueryDict()
    if request.method != "POST":
        return nothing
    try:
        fields = request.POST
    except (OSError, RawPostDataException, UnreadablePostError):  # it broke off while it was read
        return nothing
    return nothing if any(part in name for name in fields for part in SECRET) else fields

"""The page for what nobody expected, and the one for an outage: with what was typed, to be sent again."""

from __future__ import annotations

import logging
import sys

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.defaults import server_error

from ..outages import Outage, outage_in
from ..typed import fields_of

log = logging.getLogger(__name__)

UNAVAILABLE = 503
SECONDS_TO_WAIT = 30


def went_wrong(request: HttpRequest) -> HttpResponse:
    """What Django calls while it handles an exception that no view has dealt with."""
    outage = outage_in(sys.exc_info()[1])
    if outage is None:
        return server_error(request)
    return unavailable(request, outage)


def unavailable(request: HttpRequest, outage: Outage) -> HttpResponse:
    """The page for an outage, with what was typed."""
    context = {
        "outage": outage,
        "typed": [(name, value) for name, values in fields_of(request).lists() for value in values],
        "address": request.get_full_path(),
    }
    page = render(None, "503.html", context, status=UNAVAILABLE)
    page.headers["Retry-After"] = str(SECONDS_TO_WAIT)
    page.headers["Cache-Control"] = "no-store, private"
    return page

"""The first and last thing about a request: its number, and one line in the log when it is answered."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse

from referrals import in_hand, tallies

SANE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{15,63}")
"""A number from the proxy in front of us: long enough to be one, and nothing that could forge a line."""
REFERENCE = re.compile(r"(?=.*\d)[A-Z0-9][A-Z0-9-]{7,39}")
"""What a case's reference looks like; anything else was typed by somebody and is not written down."""

LETTERS = str.maketrans("0123456789", "ghijklmnop")
"""Digits in a row look like a worker's number, and the log would mask them."""

log = logging.getLogger(__name__)


class Trail:
    """Gives each request a number, or keeps the proxy's, and says it in the response as X-Request-ID.

    The line names the route and not the address: an address holds what somebody typed.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        number = given if SANE.fullmatch(given) else uuid4().hex.translate(LETTERS)
        began = time.monotonic()
        with in_hand.a_request(number):
            response = self.get_response(request)
            self.write(request, response, milliseconds=round(1000 * (time.monotonic() - began)))
            tallies.store()
        response.headers["X-Request-ID"] = number
        return response

    def write(self, request: HttpRequest, response: HttpResponse, *, milliseconds: int) -> None:
        """One line for a page; none for a file that is served as it lies there."""
        match, status = request.resolver_match, response.status_code
        if match or status >= 400:
            route = f"/{match.route}" if match else "(no such page)"
            figures = {"status": status, "milliseconds": milliseconds}
            log.info("%s %s answered %d", request.method, route, status, extra=figures)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], arguments: list[Any], named: dict[str, Any]
    ) -> None:
        """Note the case that the address names, and the account: after the session is known."""
        reference = str(named.get("reference", ""))
        in_hand.case.set(reference if REFERENCE.fullmatch(reference) else "")
        in_hand.account.set(getattr(request, "user", None) and request.user.pk)

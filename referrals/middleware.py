"""Puts the chosen capacity, the language and the programme's state on each request."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

CHOSEN = "acting_as"


class ActingCapacity:
    """Lets a signed-in person act in the capacity they chose; the first one until they choose."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        chosen = request.session.get(CHOSEN) if user.is_authenticated else None
        if user.is_authenticated and chosen:
            user.act_as(next((held for held in user.capacities if held.pk == chosen), None) or user.acting)
        return self.get_response(request)

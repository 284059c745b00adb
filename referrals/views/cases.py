"""The page of a case."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse


def case(request: HttpRequest, reference: str) -> HttpResponse:
    return HttpResponse(reference)

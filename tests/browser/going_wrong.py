"""The site with a few addresses more, where something goes wrong as soon as they are opened."""

from __future__ import annotations

from django.core.exceptions import BadRequest, PermissionDenied
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from config import urls

FORM = """<!DOCTYPE html><html lang="en"><title>A form</title><h1>A form</h1>
<form method="post" action="/wrong/503/"><textarea name="words" aria-label="Words"></textarea>
<button type="submit">Send</button></form></html>"""


@csrf_exempt
def wrong(request: HttpRequest, status: int) -> HttpResponse:
    match status:
        case 400:
            raise BadRequest
        case 403:
            raise PermissionDenied
        case 429:
            return render(request, "429.html", status=429)
        case 503:
            raise OperationalError("the server closed the connection")
    raise RuntimeError("nobody expected this")


def form(request: HttpRequest) -> HttpResponse:
    return HttpResponse(FORM)


handler500 = urls.handler500
urlpatterns = [path("wrong/<int:status>/", wrong), path("wrong/form/", form), *urls.urlpatterns]

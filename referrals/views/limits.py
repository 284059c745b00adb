"""The page for a request that brings too much, with what was typed where that could be read."""

from __future__ import annotations

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.defaults import bad_request

from .. import typed

TOO_MUCH = 413


def too_much(request: HttpRequest, *, most: int, with_words: bool) -> HttpResponse:
    """413: more than ``most`` megabytes. ``with_words`` reads the fields, and offers to send them again.

    What another site may have sent is not offered. What is not read here, the web server throws away for some
    seconds, and then it closes the connection.
    """
    held: dict[str, object] = {}
    if with_words and typed.comes_from_this_site(request):
        fields = [(name, value) for name, values in typed.fields_of(request).lists() for value in values]
        held = {"typed": fields, "address": request.get_full_path()}
    return _page(
        _("What you sent has more than %(most)s megabytes, and was not taken.") % {"most": most},
        _("Choose a smaller file: scan in black and white at 300 dots an inch, or send it in parts."),
        held,
    )


def not_understood(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What Django calls for a request that it will not read: 413 when there is too much of it, else 400."""
    if isinstance(exception, RequestDataTooBig):
        return _page(
            _("There is more text in this form than can be taken at once."),
            _("Nothing was stored. Go back: what you typed is still there. Shorten it, and send it again."),
        )
    if isinstance(exception, TooManyFieldsSent | TooManyFilesSent):
        return _page(
            _("There are more rows or files in this form than can be taken at once."),
            _("Nothing was stored. Go back: what you typed is still there. Send some of it first."),
        )
    return bad_request(request, exception)


def _page(what: str, do: str, held: dict[str, object] | None = None) -> HttpResponse:
    context = {"what": what, "do": do, **(held or {})}
    return render(None, "413.html", context, status=TOO_MUCH)

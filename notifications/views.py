"""Two addresses that work without sign-in: reports of returned mail, and turning mail off."""

import hmac
from datetime import UTC, datetime, timedelta

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

import present
from notifications import bounces, one_click, reports
from notifications.models import BounceReport

TIMESTAMP, SIGNATURE = "X-Bounce-Timestamp", "X-Bounce-Signature"
TOLERANCE = timedelta(minutes=5)
MOST_BYTES = 1_000_000


@csrf_exempt
@require_POST
@never_cache
def take_bounces(request: HttpRequest) -> HttpResponse:
    """A provider's report. 202 taken, 400 unreadable, 401 not signed or not fresh, 409 the same once more.

    The answer says nothing about whether a mail of that number exists.
    """
    at = present.now()
    if len(request.body) > MOST_BYTES:
        return JsonResponse({"error": "The report is too long."}, status=400)
    if not _is_signed(request, at=at):
        return JsonResponse({"error": "The signature does not hold."}, status=401)
    try:
        entries = reports.from_json(request.body)
        bounces.take(
            source=BounceReport.Source.WEBHOOK,
            content=f"{request.headers[TIMESTAMP]}.".encode() + request.body,
            entries=entries,
            at=at,
        )
    except reports.NotAReport as problem:
        return JsonResponse({"error": str(problem)}, status=400)
    except bounces.AlreadyTaken:
        return JsonResponse({"error": "This report was taken before."}, status=409)
    return JsonResponse({"events": len(entries)}, status=202)


def _is_signed(request: HttpRequest, *, at: datetime) -> bool:
    """Whether the request carries a fresh timestamp and the HMAC of it and the body under our key."""
    timestamp, given = request.headers.get(TIMESTAMP, ""), request.headers.get(SIGNATURE, "")
    try:
        expected = bounces.signature(timestamp=timestamp, body=request.body)
        age = at - datetime.fromtimestamp(int(timestamp), UTC)
    except (LookupError, ValueError, OverflowError, OSError):
        return False
    same = hmac.compare_digest(expected.encode(), given.removeprefix("sha256=").encode())
    return same and abs(age) <= TOLERANCE


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def turn_mail_off(request: HttpRequest, token: str) -> HttpResponse:
    """One click (RFC 8058): a POST turns mail off; opening the page only asks, as programs open links too."""
    done = False
    try:
        if request.method == "POST":
            one_click.turn_off(token=token, at=present.now())
            done = True
        else:
            one_click.check(token)
    except one_click.Tampered:
        return render(request, "notifications/mail_off.html", {"unknown": True}, status=404)
    return render(request, "notifications/mail_off.html", {"done": done})

"""Whom to tell about a weakness of this site: ``/.well-known/security.txt`` (RFC 9116)."""

from __future__ import annotations

from datetime import UTC, timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

import present

GOOD_FOR = timedelta(days=180)
"""RFC 9116, section 2.5.5, asks for less than a year."""


@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """The contact that ``SECURITY_CONTACT`` names; 404 where nobody is named, for the RFC requires one."""
    if not settings.SECURITY_CONTACT:
        raise Http404
    until = (present.now() + GOOD_FOR).astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    fields = [
        *(("Contact", each) for each in settings.SECURITY_CONTACT),
        ("Expires", until.strftime("%Y-%m-%dT%H:%M:%SZ")),
        ("Preferred-Languages", "en, es"),
        ("Canonical", settings.SITE_URL + reverse("security_txt")),
        *([("Policy", settings.SECURITY_POLICY_URL)] if settings.SECURITY_POLICY_URL else []),
    ]
    text = "".join(f"{name}: {value}\n" for name, value in fields)
    return HttpResponse(text, content_type="text/plain; charset=utf-8")

"""How often a password or a code may be tried, without locking its owner out while somebody else guesses.

Three measures: a device on which the person has signed in before has tries of its own; every other address
has few tries at one account; and all other addresses together have some more. So who guesses from one address
uses up their own tries, and who guesses from very many slows down strangers, but not the owner at their own
device. The device is known by a signed cookie that says nothing about the person. (OWASP: device cookies.)
"""

from __future__ import annotations

import secrets
from typing import Any

from allauth.core.internal import ratelimit
from allauth.core.internal.ratelimit import RateLimitUsage
from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy as _

APP = "allauth.account"
COOKIE = "known_device"
SALT = "referrals.known_device"
NOT_ACCEPTED = _(
    "This was not accepted. Either the e-mail address and the password do not fit together, or there were "
    "too many tries: then wait five minutes."
)
"""The one sentence of every refusal: it does not say whether there is such an account."""
CODE_NOT_ACCEPTED = _(
    "This was not accepted. A code of an app changes every 30 seconds and works once: wait for the next one. "
    "After too many tries wait five minutes."
)
KNOWN_FOR = 90 * 24 * 60 * 60  # seconds


def take(request: HttpRequest, account: str, *, what: str) -> RateLimitUsage | None:
    """Use up one try at an account (its address in small letters); None when there is none left.

    ``what`` is ``login`` or ``factor``, as in ``settings.ACCOUNT_RATE_LIMITS``. Nobody learns from the answer
    whether there is such an account: an address that is none has the same limits.
    """
    if device := known_device(request, account):
        return _consume(request, f"{what}_known", f"{account} {device}")
    here = _consume(request, f"{what}_here", f"{account} {ratelimit.get_ip(request)}")
    anywhere = _consume(request, f"{what}_anywhere", account) if here else None
    if here is None or anywhere is None:
        return None
    return RateLimitUsage(usage=[*here.usage, *anywhere.usage])


def known_device(request: HttpRequest, account: str) -> str:
    """What the browser is called if this account has signed in on it before; empty otherwise."""
    try:
        whose, device = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=KNOWN_FOR)
    except (signing.BadSignature, ValueError, TypeError):
        return ""
    return str(device) if constant_time_compare(whose, _mark_of(account)) else ""


def remember_device(request: HttpRequest, response: HttpResponse, account: str) -> None:
    """Let a browser in which somebody has just signed in be known the next time."""
    device = known_device(request, account) or secrets.token_urlsafe(16)
    response.set_cookie(
        COOKIE,
        signing.dumps([_mark_of(account), device], salt=SALT),
        max_age=KNOWN_FOR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _mark_of(account: str) -> str:
    return salted_hmac(SALT, account, algorithm="sha256").hexdigest()


def _consume(request: HttpRequest, action: str, key: str) -> Any:
    return ratelimit.consume(request, app=APP, action=action, key=key)

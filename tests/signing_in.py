"""Signing in without the pages, and what an invented person's app shows."""

from __future__ import annotations

import threading
import time
from typing import Any

from allauth.account.internal.flows.login import (
    _AUTHENTICATION_METHODS_USER_SESSION_KEY,
    AUTHENTICATION_METHODS_SESSION_KEY,
)
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client

from referrals.demo.factors import secret_of
from referrals.models import User

ALWAYS_FRESH = 4_102_444_800.0
"""A proof that is given in 2100: tests live in many years, and most of them are not about its age."""
LONGEST_WAIT = 30_000  # milliseconds; the first page that a server shows takes its time
_force_login = Client.force_login


def proofs(user: User, *methods: str, at: float = ALWAYS_FRESH) -> dict[str, Any]:
    """What a session holds after its owner gave these proofs: ``password``, ``mfa``."""
    return {
        AUTHENTICATION_METHODS_SESSION_KEY: [{"method": method, "at": at} for method in methods],
        _AUTHENTICATION_METHODS_USER_SESSION_KEY: str(user.pk),
    }


def forced(client: Client, user: User, backend: str | None = None) -> None:
    """A whole sign-in: password and second factor."""
    _force_login(client, user, backend)
    remember(client, proofs(user, "password", "mfa"))


def by_password_alone(user: User, *, at: float | None = None) -> Client:
    """A browser whose session was begun before its owner had a second factor."""
    client = Client()
    _force_login(client, user)
    remember(client, proofs(user, "password", at=time.time() if at is None else at))
    return client


def remember(client: Client, facts: dict[str, Any]) -> None:
    """Write into the session of a signed-in browser."""
    session = client.session
    session.update(facts)
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key


def code_of(user: User, *, at: float | None = None) -> str:
    """The code that an invented person's app shows at an instant, now by default."""
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

    instant = time.time() if at is None else at
    return format_hotp_value(hotp_value(secret_of(user.email), int(instant) // 30))


def next_code_of(email: str) -> str:
    """The code that is shown now, as if it had not been used."""
    user = User.objects.get(email=email)
    code = code_of(user)
    forget = threading.Thread(target=_forget_use, args=(user.pk, code))
    forget.start()
    forget.join()
    return code


def _forget_use(user: int, code: str) -> None:
    """On a connection of its own: a test in a transaction must not hold the row for the server."""
    from allauth.mfa.models import Authenticator
    from allauth.mfa.totp.internal.auth import TOTP

    try:
        for app in Authenticator.objects.filter(user_id=user, type=Authenticator.Type.TOTP):
            cache.delete(TOTP(app)._get_used_cache_key(code))
            Authenticator.objects.filter(pk=app.pk).update(last_used_at=None)
    finally:
        connection.close()


def give_code(page: Any, email: str) -> None:
    """Fill the page that asks for a second factor and send it; once more if the half minute just ended."""
    for _try in range(2):
        if not page.locator("input[name=code]").count():
            return
        page.locator("input[name=code]").fill(next_code_of(email))
        with page.expect_navigation(timeout=LONGEST_WAIT):
            page.locator("main form button[type=submit]").first.click(no_wait_after=True)

"""Cookies that only this very host can have set, and that no script reads.

The prefix ``__Host-`` (RFC 6265bis, section 4.1.3.2) is refused by browsers over plain HTTP, so only a
production process uses it.
"""

from __future__ import annotations

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage


class MessagesCookie(CookieStorage):
    """The sentence about what was just done, until the next page shows it."""

    cookie_name = settings.MESSAGES_COOKIE_NAME


class Messages(FallbackStorage):
    """As Django keeps messages: in a cookie, and in the session when there are too many."""

    storage_classes = (MessagesCookie, SessionStorage)

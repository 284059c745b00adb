"""Refuses a password that was in a breach, where somebody who knows them can be asked.

Asked by k-anonymity: only five hexadecimal digits of the SHA-1 leave this machine. That is the range protocol
of Pwned Passwords, which can be served from a copy of one's own. NIST SP 800-63B, 5.1.1.2. Django's list of
common passwords is asked in any case, without a network.
"""

from __future__ import annotations

import hashlib
import logging
import urllib.request
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

SHOWN = 5
PATIENCE = 3  # seconds
LONGEST = 2_000_000  # bytes of an answer
logger = logging.getLogger(__name__)


class NotBreached:
    """A validator of passwords; says nothing while no address is set or nobody answers there."""

    def validate(self, password: str, user: Any = None) -> None:
        if settings.BREACHED_PASSWORDS_URL and _was_breached(password):
            raise ValidationError(
                _("This password is on a list of passwords that were stolen elsewhere. Choose another one."),
                code="password_breached",
            )

    def get_help_text(self) -> str:
        return _("Your password must not be one that was stolen elsewhere.")


def _was_breached(password: str) -> bool:
    digest = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()
    address = f"{settings.BREACHED_PASSWORDS_URL.rstrip('/')}/{digest[:SHOWN]}"
    asked = urllib.request.Request(address, headers={"Add-Padding": "true"})  # noqa: S310 (a setting)
    try:
        with urllib.request.urlopen(asked, timeout=PATIENCE) as answer:  # noqa: S310
            lines = answer.read(LONGEST).decode("ascii", "replace").splitlines()
    except OSError as trouble:
        logger.warning("Nobody says which passwords were in a breach: %s", type(trouble).__name__)
        return False
    counts = dict(line.strip().split(":", 1) for line in lines if ":" in line)
    return counts.get(digest[SHOWN:], "").strip() not in {"", "0"}

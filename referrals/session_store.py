"""Sessions in the database that know whose they are, and that end for two reasons.

A session ends when nothing was done for ``settings.SESSION_COOKIE_AGE`` seconds, and in any case
``settings.SESSION_SECONDS`` after the sign-in (OWASP ASVS 5.0, 7.3). Both are in the stored end, so that no
reader can forget one of them.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

BEGUN, SEEN, DEVICE = "sign_in_begun", "sign_in_seen", "sign_in_device"
CHOSEN = "acting_as"
"""Under which a session keeps the key of the membership acted in, once one was chosen."""


class SessionStore(DatabaseStore):
    @classmethod
    def get_model_class(cls) -> Any:
        from .models import SignIn

        return SignIn

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        row: Any = super().create_model_instance(data)
        row.user_id = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        row.begun_at, row.seen_at = _instant(data.get(BEGUN)), _instant(data.get(SEEN))
        row.device = data.get(DEVICE, "")
        return row

    def get_expiry_date(self, **given: Any) -> datetime:
        idle: datetime = super().get_expiry_date(**given)
        begun = _instant(self.get(BEGUN))
        return min(idle, begun + timedelta(seconds=settings.SESSION_SECONDS)) if begun else idle

    def get_expiry_age(self, **given: Any) -> int:
        given.setdefault("expiry", self.get_expiry_date(**given))
        return max(0, int(super().get_expiry_age(**given)))


def _instant(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, tz=UTC)

"""How long a sign-in lasts yet."""

from __future__ import annotations

from typing import Any


def seconds_left(session: Any) -> int:
    """Whole seconds until a stored session ends, by the clock that ends it; 0 if it has."""
    stored = session.model.objects.filter(session_key=session.session_key)
    ends = stored.values_list("expire_date", flat=True).first()
    return max(0, int(session.get_expiry_age(expiry=ends))) if ends else 0

"""The second factors of the demo's people: app codes from secrets that anybody can read off here."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from .cast import ROLES, email_of

if TYPE_CHECKING:
    from ..models import User

SECONDS = 30


def secret_of(email: str) -> str:
    """The demonstration's secret for an invented address, in base 32; worth nothing anywhere else."""
    return base64.b32encode(hashlib.sha256(f"demonstration only {email}".encode()).digest()[:20]).decode()


def give(people: Iterable[User]) -> None:
    """An app for everybody who has none yet."""
    from allauth.mfa.models import Authenticator

    from ..factor_secrets import encrypted

    people = list(people)
    having = set(
        Authenticator.objects.filter(user__in=people, type=Authenticator.Type.TOTP).values_list(
            "user_id", flat=True
        )
    )
    Authenticator.objects.bulk_create(
        Authenticator(
            user_id=person.pk,
            type=Authenticator.Type.TOTP,
            data={"secret": encrypted(secret_of(person.email))},
        )
        for person in people
        if person.pk not in having
    )


def code_at(user: User, at: datetime) -> str:
    """The code that an invented person's app shows at an instant; empty for anybody else."""
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

    if user.email not in {email_of(role) for role in ROLES}:
        return ""
    return format_hotp_value(hotp_value(secret_of(user.email), int(at.timestamp()) // SECONDS))

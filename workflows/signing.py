"""The key that signs daily heads and exports: Ed25519 (RFC 8032), from the environment.

Checking stands in ``verify_export``, which outsiders run; here is only what needs the secret. Signing is rare
(once a night, once an export); the secret numbers are blinded by a random multiple of the group's order, so
that how long a signature takes says nothing of them.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from functools import cached_property

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from .verify_export import BASE, ORDER, P, Point, hashed_number, key_id, point_times


def _encoded(point: Point) -> bytes:
    inverse = pow(point[2], -1, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def _times_base(secret: int) -> bytes:
    return _encoded(point_times(secret + ORDER * secrets.randbits(128), BASE))


@dataclass(frozen=True)
class SigningKey:
    """A secret of 32 bytes and what follows from it."""

    secret: bytes = field(repr=False)

    @cached_property
    def _halves(self) -> tuple[int, bytes]:
        stretched = hashlib.sha512(self.secret).digest()
        number = int.from_bytes(stretched[:32], "little")
        return number & ((1 << 254) - 8) | (1 << 254), stretched[32:]

    @cached_property
    def public(self) -> bytes:
        return _times_base(self._halves[0])

    @cached_property
    def id(self) -> str:
        return key_id(self.public)

    def sign(self, message: str) -> str:
        """The signature in hexadecimal, 128 digits."""
        number, prefix = self._halves
        once = hashed_number(prefix, message.encode()) % ORDER
        first = _times_base(once)
        challenge = hashed_number(first, self.public, message.encode()) % ORDER
        return (first + ((once + challenge * number) % ORDER).to_bytes(32, "little")).hex()


def own_key() -> SigningKey | None:
    """The key in ``HISTORY_SIGNING_KEY`` (64 hexadecimal digits); None where none is set."""
    text = str(getattr(settings, "HISTORY_SIGNING_KEY", "")).strip()
    return SigningKey(_bytes(text, "HISTORY_SIGNING_KEY")) if text else None


def known_keys() -> dict[str, bytes]:
    """Public keys that are trusted, by their short names: our own, and earlier ones that were set aside."""
    earlier = getattr(settings, "HISTORY_PUBLIC_KEYS", [])
    public = [_bytes(each.strip(), "HISTORY_PUBLIC_KEYS") for each in earlier if each.strip()]
    own = own_key()
    return {key_id(each): each for each in ([own.public] if own else []) + public}


def _bytes(text: str, setting: str) -> bytes:
    try:
        found = bytes.fromhex(text)
    except ValueError:
        found = b""
    if len(found) != 32:
        raise ImproperlyConfigured(
            f"{setting} needs 64 hexadecimal digits. `manage.py new_history_key` draws a key."
        )
    return found

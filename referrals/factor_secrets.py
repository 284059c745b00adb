"""The secrets of second factors as they are stored: encrypted and authenticated (Fernet, AES-CBC and HMAC).

Keys are derived from ``settings.FACTOR_KEYS`` (HKDF, SHA-256), or else from ``SECRET_KEY``. The first
encrypts, all of them decrypt, so that a new key can be put before the old one.
"""

from __future__ import annotations

import base64
from functools import lru_cache

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

BOUND_TO = b"secrets of second factors"


def encrypted(text: str) -> str:
    """What is stored instead of a secret; twice the same secret is stored differently."""
    return _keys(_given()).encrypt(text.encode()).decode("ascii")


def decrypted(stored: str) -> str:
    """The secret; raises ``cryptography.fernet.InvalidToken`` if it was tampered with or no key fits."""
    return _keys(_given()).decrypt(stored.encode("ascii")).decode()


def _given() -> tuple[str, ...]:
    return tuple(settings.FACTOR_KEYS or [settings.SECRET_KEY])


@lru_cache(maxsize=2)
def _keys(given: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(base64.urlsafe_b64encode(_derived(key))) for key in given])


def _derived(key: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=BOUND_TO).derive(key.encode())

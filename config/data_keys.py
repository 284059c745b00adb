"""Who wraps data keys, as the environment says: a key management service, or this system by itself.

By itself it needs a ring of keys, and a directory that no backup of the database holds.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from django.core.exceptions import ImproperlyConfigured

KEY_BYTES = 32
# Known to everybody who reads this: for machines where every record is invented.
OPEN_TO_ALL = "open-to-all:" + base64.b64encode(b"only invented records, 32 bytes!").decode()
OF_THIS_COPY = Path(__file__).resolve().parent.parent / "var" / "keystore"
_NAME = re.compile(r"[A-Za-z0-9._-]{1,40}")


class Keys(NamedTuple):
    """What the settings say about keys; ``service`` is empty where there is none."""

    ring: dict[str, bytes]
    directory: Path
    service: str
    token: str


def chosen(env: Any, required: Callable[[str, str], str], production: bool) -> Keys:
    """What the environment says; production refuses what is missing and what everybody knows.

    Raises ImproperlyConfigured.
    """
    service = str(env.str("KEY_SERVICE_URL", default="")).rstrip("/")
    if service:
        if production and not service.startswith("https://"):
            raise ImproperlyConfigured(
                "KEY_SERVICE_URL begins with https://, because the service hands out keys."
            )
        token = required("KEY_SERVICE_TOKEN", "The key service knows this system by it.")
        return Keys({}, OF_THIS_COPY, service, token)
    if not production:
        text = env.str("DATA_KEYS", default=OPEN_TO_ALL)
        return Keys(ring(text), Path(env.str("KEYSTORE", default=str(OF_THIS_COPY))), "", "")
    text = required(
        "DATA_KEYS", 'For example "2026a:$(openssl rand -base64 32)"; older keys follow after commas.'
    )
    hint = "It is a directory that all processes share and that no backup of the database holds."
    return Keys(ring(text, production=True), Path(required("KEYSTORE", hint)), "", "")


def ring(text: str, *, production: bool = False) -> dict[str, bytes]:
    """``name:base64`` of 32 bytes each, by commas; the first one wraps new data keys.

    Raises ImproperlyConfigured, which names the key and never shows it.
    """
    keys: dict[str, bytes] = {}
    for number, entry in enumerate(filter(None, map(str.strip, text.split(","))), start=1):
        name, _colon, encoded = entry.partition(":")
        if not _NAME.fullmatch(name) or name in keys:
            raise ImproperlyConfigured(
                f"DATA_KEYS: give key {number} a name of its own, of letters, digits, “.”, “_” and “-”."
            )
        keys[name] = _key(name, encoded)
    if not keys:
        raise ImproperlyConfigured("DATA_KEYS names no key.")
    if production and not set(ring(OPEN_TO_ALL).values()).isdisjoint(keys.values()):
        raise ImproperlyConfigured(
            "DATA_KEYS holds the key that demonstrations use, which everybody knows. "
            "Make one: openssl rand -base64 32"
        )
    return keys


def _key(name: str, encoded: str) -> bytes:
    try:
        key = base64.b64decode(encoded, validate=True)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES or len(set(key)) < 8:  # zeros, or a word repeated, are no key
        raise ImproperlyConfigured(
            f"DATA_KEYS: “{name}” is no random key of 32 bytes in base64. Make one: openssl rand -base64 32"
        )
    return key

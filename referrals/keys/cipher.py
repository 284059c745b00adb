"""AES-256-GCM over texts and files, bound to the place where they are stored (NIST SP 800-38D).

A stored text is ``v1.<key>.<nonce and ciphertext>`` in base64url; a stored file is the same in bytes. The
model, the column and the row are authenticated with it, so what is moved elsewhere cannot be read. Texts are
padded to whole blocks, because the length of a number or a name tells something too.
"""

from __future__ import annotations

import base64
import os
import uuid
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
NONCE_BYTES = 12
BLOCK = 32  # bytes to which a text is padded
MARK = "v1"
FILE_MARK = b"v1\0"
KEY_ID_BYTES = 16
NAME_LETTERS = 22  # those bytes in base64url


class Unreadable(Exception):
    """A stored value is not what was stored there: changed, moved, or of another key."""


class Place(NamedTuple):
    """Where a value is stored: model label, column and row."""

    model: str
    column: str
    row: str

    def __str__(self) -> str:
        return f"{self.model}.{self.column}"

    @property
    def bound(self) -> bytes:
        """What is authenticated: names of models and columns hold no separator, so nothing runs together."""
        return f"{MARK}\x1f{self.model}\x1f{self.column}\x1f{self.row}".encode()


def new_key() -> bytes:
    return os.urandom(KEY_BYTES)


def encrypt(key: bytes, plain: bytes, bound: bytes) -> bytes:
    """A fresh nonce, and the ciphertext with its tag."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, bound)


def decrypt(key: bytes, stored: bytes, bound: bytes) -> bytes:
    """What ``encrypt`` was given. Raises ``Unreadable``."""
    try:
        return AESGCM(key).decrypt(stored[:NONCE_BYTES], stored[NONCE_BYTES:], bound)
    except (InvalidTag, ValueError):
        raise Unreadable from None


def seal_text(text: str, *, key_id: uuid.UUID, key: bytes, place: Place) -> str:
    stored = encrypt(key, _padded(text.encode()), place.bound)
    return f"{MARK}.{_encoded(key_id.bytes)}.{_encoded(stored)}"


def name_in(stored: str) -> str:
    """Where the name of a key stands in a sealed text; what is no sealed text has something else there."""
    return stored[len(MARK) + 1 : len(MARK) + 1 + NAME_LETTERS]


def key_named(name: str) -> uuid.UUID:
    """The key of that name. Raises ``Unreadable``."""
    return _id(_decoded(name))


def key_of(stored: str) -> uuid.UUID:
    """The key under which a stored text is. Raises ``Unreadable`` for what is no sealed text."""
    mark, _dot, rest = stored.partition(".")
    name, _dot, value = rest.partition(".")
    if mark != MARK or not value:
        raise Unreadable
    return key_named(name)


def open_text(stored: str, *, key: bytes, place: Place) -> str:
    """The text. Raises ``Unreadable``, which names the place and never the value."""
    try:
        return _unpadded(decrypt(key, _decoded(stored.rpartition(".")[2]), place.bound)).decode()
    except Unreadable:
        raise Unreadable(f"{place}: the stored value is not what was stored there") from None


def seal_file(content: bytes, *, key_id: uuid.UUID, key: bytes, place: Place) -> bytes:
    return FILE_MARK + key_id.bytes + encrypt(key, content, place.bound)


def key_of_file(stored: bytes) -> uuid.UUID:
    """The key under which a stored file is. Raises ``Unreadable``."""
    if not stored.startswith(FILE_MARK):
        raise Unreadable
    return _id(stored[len(FILE_MARK) :][:KEY_ID_BYTES])


def open_file(stored: bytes, *, key: bytes, place: Place) -> bytes:
    """The file's bytes. Raises ``Unreadable``."""
    try:
        return decrypt(key, stored[len(FILE_MARK) + KEY_ID_BYTES :], place.bound)
    except Unreadable:
        raise Unreadable(f"{place}: the stored file is not what was stored there") from None


def _padded(plain: bytes) -> bytes:
    """ISO/IEC 7816-4: one bit, then zeros until the block is full."""
    return plain + b"\x80" + b"\0" * (-(len(plain) + 1) % BLOCK)


def _unpadded(padded: bytes) -> bytes:
    return padded.rstrip(b"\0")[:-1]


def _id(plain: bytes) -> uuid.UUID:
    if len(plain) != KEY_ID_BYTES:
        raise Unreadable
    return uuid.UUID(bytes=plain)


def _encoded(plain: bytes) -> str:
    return base64.urlsafe_b64encode(plain).decode().rstrip("=")


def _decoded(text: str) -> bytes:
    """Strictly: each value has one spelling, so that no changed character goes unnoticed."""
    try:
        plain = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError:
        raise Unreadable from None
    if _encoded(plain) != text:
        raise Unreadable
    return plain

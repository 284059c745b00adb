"""Who wraps data keys. A wrapped key is stored in the database; without its keeper it is worthless.

``OwnKeeper`` needs two things that no backup of the database holds: a key from the environment
(``DATA_KEYS``), and a file of its own for each data key (``KEYSTORE``). Destroying a data key destroys its
file, and leaves a mark that says so: a backup made before cannot be read either. ``ServiceKeeper`` asks a
service instead.
"""

from __future__ import annotations

import base64
import hmac
import json
import os
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from django.conf import settings

from . import cipher

SHARD_BYTES = 32
SECONDS = 5  # how long a page waits for a key service


class KeeperAway(Exception):
    """The keeper cannot be asked, or lacks a key that it should have: nothing can be read for now."""


class Wrapped(NamedTuple):
    """A wrapped data key, and the name of the key that wraps it."""

    by: str
    content: bytes


class Keeper(Protocol):
    """Wraps and unwraps data keys by their identifiers, any number at once."""

    @property
    def current(self) -> str:
        """The name of the wrapping key that new keys get."""

    def wrap(self, keys: Mapping[uuid.UUID, bytes]) -> dict[uuid.UUID, Wrapped]: ...

    def unwrap(self, wrapped: Mapping[uuid.UUID, Wrapped]) -> dict[uuid.UUID, bytes]:
        """The keys. One that was forgotten is missing. Raises ``KeeperAway`` and ``cipher.Unreadable``."""

    def forget(self, ids: Iterable[uuid.UUID]) -> None:
        """See to it that these can never be unwrapped again, from whatever copy of the database."""


@dataclass(frozen=True)
class OwnKeeper:
    """Wraps each key under the current key of the ring and a random file of its own."""

    keys: Mapping[str, bytes]
    directory: Path
    durable: bool = True

    @property
    def current(self) -> str:
        return next(iter(self.keys))

    def wrap(self, keys: Mapping[uuid.UUID, bytes]) -> dict[uuid.UUID, Wrapped]:
        made = {}
        for name, key in keys.items():
            shard = self._shard(name) or self._new_shard(name)
            wrapped = cipher.encrypt(self._wrapping(self.current, shard), key, name.bytes)
            made[name] = Wrapped(self.current, wrapped)
        return made

    def unwrap(self, wrapped: Mapping[uuid.UUID, Wrapped]) -> dict[uuid.UUID, bytes]:
        found = {}
        for name, each in wrapped.items():
            if each.by not in self.keys:
                raise KeeperAway(f"A data key is wrapped under “{each.by}”, which DATA_KEYS does not name.")
            shard = self._shard(name)
            if shard is not None:
                found[name] = cipher.decrypt(self._wrapping(each.by, shard), each.content, name.bytes)
            elif not self._mark(name).exists():
                raise KeeperAway(f"The file of data key {name} is not in KEYSTORE.")
        return found

    def forget(self, ids: Iterable[uuid.UUID]) -> None:
        for name in ids:
            mark = self._mark(name)
            mark.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            mark.touch(mode=0o600)
            path = self._file(name)
            if path.exists():
                with path.open("r+b") as file:  # on plain file systems the old bytes go at once
                    file.write(os.urandom(SHARD_BYTES))
                    os.fsync(file.fileno())
                path.unlink()
            self._settle(mark.parent)

    def _wrapping(self, name: str, shard: bytes) -> bytes:
        """HMAC-SHA256 as the one step of a key derivation (NIST SP 800-56C): both halves are random."""
        return hmac.digest(self.keys[name], b"wrapping a data key" + shard, "sha256")

    def _file(self, name: uuid.UUID) -> Path:
        return self.directory / name.hex[:2] / name.hex

    def _mark(self, name: uuid.UUID) -> Path:
        return self.directory / name.hex[:2] / f"{name.hex}.destroyed"

    def _shard(self, name: uuid.UUID) -> bytes | None:
        try:
            with open(f"{self.directory}/{name.hex[:2]}/{name.hex}", "rb", buffering=0) as file:
                shard = file.read()
        except FileNotFoundError:
            return None
        except OSError as failure:
            raise KeeperAway("KEYSTORE cannot be read.") from failure
        return shard if len(shard) == SHARD_BYTES else None

    def _new_shard(self, name: uuid.UUID) -> bytes:
        """A file is there, whole and on the disk, before anything is encrypted under its key."""
        if self._mark(name).exists():
            raise KeeperAway(f"Data key {name} was destroyed.")
        path, shard = self._file(name), os.urandom(SHARD_BYTES)
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            unfinished = path.with_suffix(f".{uuid.uuid4().hex}")
            descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(shard)
                file.flush()
                if self.durable:
                    os.fsync(file.fileno())
            unfinished.rename(path)
            self._settle(path.parent)
        except OSError as failure:
            raise KeeperAway("KEYSTORE cannot be written.") from failure
        return shard

    def _settle(self, directory: Path) -> None:
        if not self.durable:
            return
        descriptor = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@dataclass(frozen=True)
class ServiceKeeper:
    """Asks a key management service over HTTP; the keys that wrap never leave it.

    ``POST <address>/wrap``, ``/unwrap`` and ``/forget`` with JSON and a bearer token. Keys are given by
    identifier in base64: ``{"keys": {id: …}}`` is answered by ``{"current": name, "wrapped": {id: …}}``;
    ``{"wrapped": {id: {"by": name, "content": …}}}`` by ``{"keys": {id: …}}`` without those it has forgotten;
    ``{"ids": […]}`` by ``{}`` once they are gone for good, from the service's own backups too.
    """

    address: str
    token: str

    @property
    def current(self) -> str:
        return str(self._ask("wrap", {"keys": {}})["current"])

    def wrap(self, keys: Mapping[uuid.UUID, bytes]) -> dict[uuid.UUID, Wrapped]:
        said = self._ask("wrap", {"keys": {str(name): _text(key) for name, key in keys.items()}})
        return {name: Wrapped(said["current"], _bytes(said["wrapped"][str(name)])) for name in keys}

    def unwrap(self, wrapped: Mapping[uuid.UUID, Wrapped]) -> dict[uuid.UUID, bytes]:
        asked = {str(name): {"by": each.by, "content": _text(each.content)} for name, each in wrapped.items()}
        said = self._ask("unwrap", {"wrapped": asked})["keys"]
        return {name: _bytes(said[str(name)]) for name in wrapped if str(name) in said}

    def forget(self, ids: Iterable[uuid.UUID]) -> None:
        self._ask("forget", {"ids": [str(name) for name in ids]})

    def _ask(self, what: str, body: Mapping[str, Any]) -> dict[str, Any]:
        request = urllib.request.Request(  # noqa: S310 - the address is a setting that begins with http
            f"{self.address}/{what}",
            data=json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310 - as above
                said: dict[str, Any] = json.load(answer)
        except (OSError, ValueError, urllib.error.URLError) as failure:
            raise KeeperAway(f"The key service does not answer “{what}”.") from failure
        return said


def keeper() -> Keeper:
    """The keeper that the settings name."""
    if settings.KEY_SERVICE_URL:
        return ServiceKeeper(settings.KEY_SERVICE_URL, settings.KEY_SERVICE_TOKEN)
    return _own(tuple(settings.DATA_KEYS.items()), str(settings.KEYSTORE), not settings.TESTING)


@lru_cache(maxsize=4)
def _own(keys: tuple[tuple[str, bytes], ...], directory: str, durable: bool) -> OwnKeeper:
    return OwnKeeper(dict(keys), Path(directory), durable)


def _text(plain: bytes) -> str:
    return base64.b64encode(plain).decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)

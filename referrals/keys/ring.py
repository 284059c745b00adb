"""The data keys that somebody is reading with: fetched together, and gone with what was read.

A value that is loaded registers its key on the ring of its thread. The first value that is opened fetches all
registered keys, in one query, so a page of many workers costs one. The ring is held by the values themselves
and by records that were written: when the last of them goes, so do the keys. There is no cache beside it.
"""

from __future__ import annotations

import threading
import uuid
import weakref
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any

from django.apps import apps

from . import cipher
from .keepers import KeeperAway, Wrapped, keeper

MOST = 1000
"""Keys on one ring; what is loaded after that begins another."""


class KeyDestroyed(Exception):
    """What is asked for, or was to be written, stands under a key that was destroyed."""


class Ring:
    """Some data keys, unwrapped; never pickled, never copied."""

    def __init__(self) -> None:
        self._keys: dict[uuid.UUID, bytes | None] = {}
        self._named: set[str] = set()

    def __reduce__(self) -> tuple[Callable[[], Ring], tuple[()]]:
        return current, ()

    def __deepcopy__(self, _memo: Any) -> Ring:
        return self

    @property
    def full(self) -> bool:
        return len(self._keys) + len(self._named) >= MOST

    def want(self, name: str) -> None:
        """A text was loaded that names this key; whether it is one is found out when it is needed."""
        self._named.add(name)

    def put(self, name: uuid.UUID, key: bytes) -> None:
        self._keys[name] = key

    def drop(self, name: uuid.UUID) -> None:
        self._keys.pop(name, None)

    def key(self, name: uuid.UUID) -> bytes:
        """A data key. Raises ``KeyDestroyed``, and ``KeeperAway`` where it cannot be unwrapped now."""
        if name not in self._keys:
            self._fetch({name} | self._wanted() - self._keys.keys())
        if name not in self._keys:
            raise KeeperAway(f"There is no data key {name} in the database.")
        found = self._keys[name]
        if found is None:
            raise KeyDestroyed
        return found

    def _fetch(self, names: set[uuid.UUID]) -> None:
        stored = apps.get_model("referrals", "DataKey").objects.filter(pk__in=names)
        rows = list(stored.values_list("pk", "wrapped_by", "wrapped", "destroyed_at"))
        living = {pk: Wrapped(by, bytes(content)) for pk, by, content, gone in rows if not gone}
        unwrapped = keeper().unwrap(living)
        self._keys.update({pk: unwrapped.get(pk) for pk, *_rest in rows})
        self._named.clear()

    def _wanted(self) -> set[uuid.UUID]:
        found = set()
        for name in self._named:
            with suppress(cipher.Unreadable):
                found.add(cipher.key_named(name))
        return found


_here = threading.local()


def current() -> Ring:
    """The ring of this thread, as long as somebody holds it; else a new one."""
    held: weakref.ref[Ring] | None = getattr(_here, "ring", None)
    ring = held() if held is not None else None
    if ring is None or ring.full:
        ring = Ring()
        _here.ring = weakref.ref(ring)
    return ring


def begin() -> None:
    """From here on this thread reads with keys of its own: none that were fetched before serve again."""
    _here.ring = None


def make(of: str, *, ring: Ring | None = None) -> uuid.UUID:
    """Store a new data key for a row that is about to be stored, and put it on the ring."""
    name, key = uuid.uuid4(), cipher.new_key()
    wrapped = keeper().wrap({name: key})[name]
    keys = apps.get_model("referrals", "DataKey").objects
    keys.create(pk=name, of=of, wrapped_by=wrapped.by, wrapped=wrapped.content)
    if ring is not None:
        ring.put(name, key)
    return name


def destroy(name: uuid.UUID, *, at: datetime) -> None:
    """Note in the database that a key is gone, with what was left of it. Its keeper forgets it afterwards."""
    keys = apps.get_model("referrals", "DataKey").objects.filter(pk=name, destroyed_at__isnull=True)
    keys.update(wrapped=b"", wrapped_by="", destroyed_at=at)
    current().drop(name)

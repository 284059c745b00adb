"""Who uses an embedded server, so that whoever started it does not stop it under the others."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Protocol

from config.local.trouble import say


class Server(Protocol):
    """What a lease needs of an embedded server."""

    name: str
    base: Path

    def running(self) -> bool: ...
    def ended(self) -> bool: ...
    def start(self) -> None: ...
    def stop(self) -> None: ...


class Lease:
    """One command's use of one server: joined where it runs, started where it does not.

    Two file locks do it, and the kernel lets go of both when a process dies:
    ``door`` is held while a server starts or stops, ``users`` is shared by all who use it.
    """

    def __init__(self, server: Server) -> None:
        self.server = server
        self.started_here = False
        self._door = lock_file(server, "door")
        self._users = lock_file(server, "users")

    def take(self) -> None:
        """Join the server, or start it."""
        fcntl.flock(self._door, fcntl.LOCK_EX)
        try:
            if not self.server.running():
                self.started_here = (
                    True  # also when the start is interrupted: what has begun is to be stopped
                )
                self.server.start()
            fcntl.flock(self._users, fcntl.LOCK_SH)
        finally:
            fcntl.flock(self._door, fcntl.LOCK_UN)

    def others(self) -> bool:
        """Whether another command uses the server at this moment."""
        try:
            fcntl.flock(self._users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            fcntl.flock(self._users, fcntl.LOCK_SH)
        return False

    def give_back(self, *, wait: bool = True) -> None:
        """Leave the server. If it was started here, stop it: with ``wait``, after the others have left it."""
        try:
            if self.started_here:
                fcntl.flock(self._users, fcntl.LOCK_UN)
                fcntl.flock(self._door, fcntl.LOCK_EX)
                if wait:
                    self._wait_for_others()
        finally:
            if self.started_here:
                self.server.stop()
            self._users.close()
            self._door.close()

    def _wait_for_others(self) -> None:
        try:
            fcntl.flock(self._users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"Another command still uses {self.server.name}; waiting for it (Ctrl-C stops it at once)")
            fcntl.flock(self._users, fcntl.LOCK_EX)


def lock_file(server: Server, name: str) -> IO[str]:
    server.base.mkdir(parents=True, exist_ok=True)
    return (server.base / f"{server.name.lower()}.{name}").open("w")


@contextmanager
def leased(server: Server) -> Iterator[Lease]:
    """Use a server for as long as the block runs."""
    lease = Lease(server)
    try:
        lease.take()
        yield lease
    finally:
        lease.give_back()

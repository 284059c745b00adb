"""How gunicorn serves the site: ``gunicorn --config python:config.web_server config.wsgi``.

A thread that reads from somebody who sends one byte a minute would be lost to everybody else. So each request
has ``SECONDS_TO_BEGIN``, and a second more for every ``BYTES_A_SECOND`` that did arrive, like Apache's
mod_reqtimeout; then the connection is closed. Whoever reads the answer as slowly is treated alike.
"""

from __future__ import annotations

import os
import socket
import time
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

SECONDS_TO_BEGIN = float(os.environ.get("SLOW_CLIENT_SECONDS", "20"))
BYTES_A_SECOND = 2_000
"""Slower than any telephone that shows pages at all: a file of 20 megabytes may take three hours."""

worker_class = "config.web_server.PatientWorker"
threads = int(os.environ.get("WEB_THREADS", "8"))
timeout = 60
keepalive = 5
limit_request_line = 4094
limit_request_fields = 60
limit_request_field_size = 8190
forwarded_allow_ips = "127.0.0.1,::1"


class TimedSocket(socket.socket):
    """A connection whose time runs out unless bytes go on arriving, or leaving."""

    ends = float("inf")

    def begin(self) -> None:
        """Start the time of a new request."""
        self.ends = time.monotonic() + SECONDS_TO_BEGIN

    def recv(self, *args: Any) -> bytes:
        self.settimeout(self._left())
        try:
            got = super().recv(*args)
        except TimeoutError as late:
            raise ConnectionResetError("sent too slowly") from late
        self.ends += len(got) / BYTES_A_SECOND
        return got

    def sendall(self, data: Any, *args: Any) -> None:
        self.settimeout(SECONDS_TO_BEGIN + len(data) / BYTES_A_SECOND)
        try:
            super().sendall(data, *args)
        except TimeoutError as late:
            raise ConnectionResetError("read too slowly") from late

    def _left(self) -> float:
        left = self.ends - time.monotonic()
        if left <= 0:
            raise ConnectionResetError("sent too slowly")
        return min(left, SECONDS_TO_BEGIN)


class PatientWorker(ThreadWorker):
    """gunicorn's threads, on connections whose time runs out."""

    def enqueue_req(self, conn: TConn) -> None:
        if not isinstance(conn.sock, TimedSocket):
            plain = conn.sock
            conn.sock = TimedSocket(plain.family, plain.type, plain.proto, fileno=plain.detach())
        super().enqueue_req(conn)

    def handle(self, conn: TConn) -> Any:
        conn.sock.begin()
        return super().handle(conn)

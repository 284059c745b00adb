"""Asks clamd whether a file holds something harmful: the command INSTREAM of its protocol (clamd(8)).

The setting ``CLAMD`` says where it listens: ``unix:/run/clamav/clamd.sock`` or ``host:port``.
"""

from __future__ import annotations

import socket
import struct
import time

CHUNK = 256 * 1024
SECONDS = 60.0
"""For the whole conversation. A file of 20 megabytes takes clamd a few."""
MOST_TOLD = 4096


class NotScanned(Exception):
    """Nobody looked at the file: clamd is away, too slow, or gave an answer that is none."""


def found_in(content: bytes, *, where: str, seconds: float = SECONDS) -> str:
    """The name of what clamd found, or nothing for a clean file. Raises ``NotScanned``."""
    ends = time.monotonic() + seconds
    try:
        with _connected(where, seconds) as connection:
            connection.sendall(b"zINSTREAM\0")
            for start in range(0, len(content), CHUNK):
                connection.settimeout(_left(ends))
                part = content[start : start + CHUNK]
                connection.sendall(struct.pack("!I", len(part)) + part)
            connection.sendall(struct.pack("!I", 0))
            answer = _answer(connection, ends)
    except (OSError, ValueError) as away:
        raise NotScanned(f"clamd did not answer: {type(away).__name__}") from away
    if answer == "stream: OK":
        return ""
    if answer.startswith("stream: ") and answer.endswith(" FOUND"):
        return answer.removeprefix("stream: ").removesuffix(" FOUND")[:200] or "unnamed"
    raise NotScanned("clamd gave no verdict")


def _connected(where: str, seconds: float) -> socket.socket:
    if where.startswith("unix:"):
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(seconds)
        try:
            connection.connect(where.removeprefix("unix:"))
        except OSError:
            connection.close()
            raise
        return connection
    host, _colon, port = where.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), timeout=seconds)


def _answer(connection: socket.socket, ends: float) -> str:
    """What clamd says until the NUL that ends it; an answer without its end is none."""
    told = b""
    while not told.endswith(b"\0"):
        connection.settimeout(_left(ends))
        more = connection.recv(MOST_TOLD)
        if not more or len(told) > MOST_TOLD:
            raise ConnectionError("half an answer")
        told += more
    return told.rstrip(b"\0").decode("utf-8", "replace").strip()


def _left(ends: float) -> float:
    if (left := ends - time.monotonic()) <= 0:
        raise TimeoutError
    return left

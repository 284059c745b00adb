"""Who knows breached passwords is asked without being told the password; nobody's silence stops anybody."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from referrals.breached_passwords import NotBreached

STOLEN, FINE = "correct horse battery", "another one altogether"
DIGEST = hashlib.sha1(STOLEN.encode(), usedforsecurity=False).hexdigest().upper()


@pytest.fixture
def asked(settings: Any) -> Iterator[list[str]]:
    heard: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_words: Any) -> None: ...

        def do_GET(self) -> None:
            heard.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(f"{'0' * 35}:3\r\n{DIGEST[5:]}:42\r\nnonsense\r\n{'F' * 35}:0".encode())

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.BREACHED_PASSWORDS_URL = f"http://127.0.0.1:{server.server_port}/range/"
    yield heard
    server.shutdown()
    server.server_close()


def test_a_stolen_one_is_refused_and_only_five_digits_are_told(asked: list[str]) -> None:
    with pytest.raises(ValidationError):
        NotBreached().validate(STOLEN)
    assert asked == [f"/range/{DIGEST[:5]}"]


def test_another_one_is_taken(asked: list[str]) -> None:
    NotBreached().validate(FINE)
    assert len(asked) == 1


def test_nobody_is_asked_without_an_address() -> None:
    NotBreached().validate(STOLEN)


def test_silence_stops_nobody(settings: Any) -> None:
    settings.BREACHED_PASSWORDS_URL = "http://127.0.0.1:9/range/"
    NotBreached().validate(STOLEN)

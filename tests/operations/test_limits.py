"""How much and how slowly somebody may send, against a real web server where that matters."""

from __future__ import annotations

import http.client
import io
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import StopFutureHandlers
from django.test import Client, override_settings
from django.test.client import BOUNDARY, MULTIPART_CONTENT, FakePayload, encode_multipart
from django.urls import reverse

from config import limits
from referrals.demo.cast import Cast

OWN = {"origin": "http://testserver"}
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def rosa(cast: Cast) -> Client:
    browser = Client(raise_request_exception=False)
    browser.force_login(cast.representative)
    return browser


def a_file(size: int) -> SimpleUploadedFile:
    return SimpleUploadedFile("scan.pdf", b"%PDF-" + b"x" * (size - 5))


@override_settings(EVIDENCE_FILE_MEGABYTES=1)
def test_a_request_that_is_too_large_is_answered_with_a_sentence_and_what_was_typed(rosa: Client) -> None:
    words = {"note": 'Blue "folder" <1>', "csrfmiddlewaretoken": "t"}
    answer = rosa.post("/matters/import/?a=1", {**words, "file": a_file(6_000_000)}, headers=OWN)
    text = answer.content.decode()
    assert answer.status_code == 413
    assert "more than 4 megabytes" in text
    assert words["note"] in unescape(text)
    assert 'action="/matters/import/?a=1"' in text
    assert "no-store" in answer.headers["Cache-Control"]


@override_settings(EVIDENCE_FILE_MEGABYTES=1)
def test_what_another_site_may_have_sent_is_not_offered(rosa: Client) -> None:
    answer = rosa.post(
        "/matters/import/", {"note": "planted", "file": a_file(6_000_000)}, headers={"origin": "https://evil.example"}
    )  # fmt: skip
    assert answer.status_code == 413
    assert "planted" not in answer.content.decode()


@override_settings(EVIDENCE_FILE_MEGABYTES=1)
def test_a_body_beyond_all_measure_is_not_read() -> None:
    class Unread(FakePayload):
        def read(self, *_a: Any) -> bytes:
            raise AssertionError("read")

    answer = Client().generic(
        "POST", "/verify/", b"", content_type=MULTIPART_CONTENT, CONTENT_LENGTH="99999999999",
        **{"wsgi.input": Unread()},
    )  # fmt: skip
    assert answer.status_code == 413


@pytest.mark.parametrize("length", ["-1", "many", "1e9", "٣", ""])
def test_a_length_that_is_no_number_is_none(length: str, rosa: Client) -> None:
    answer = rosa.generic("POST", "/capacity/", b"capacity=1", CONTENT_LENGTH=length)
    assert answer.status_code in {302, 400, 403, 404}


def test_too_long_a_text_and_too_many_fields_are_answered_with_a_sentence(rosa: Client) -> None:
    address = reverse("soi_request_new")
    many = rosa.post(address, {f"field{number}": "x" for number in range(1_200)})
    assert many.status_code == 413
    assert "more rows or files" in many.content.decode()
    long = rosa.post(address, "dispute=" + "x" * 3_000_000, content_type="application/x-www-form-urlencoded")
    assert long.status_code == 413
    assert "more text" in long.content.decode()


@override_settings(EVIDENCE_FILE_MEGABYTES=1)
def test_of_a_file_that_is_too_large_only_its_size_is_kept() -> None:
    handler = limits.AtMost()
    handler.handle_raw_input()
    with suppress(StopFutureHandlers):
        handler.new_file("scan", "scan.pdf", "application/pdf", None)
    for _each in range(30):
        assert handler.receive_data_chunk(b"x" * 100_000, 0) is None
    file = handler.file_complete(3_000_000)
    assert (file.size, file.read()) == (3_000_000, b"")


@override_settings(EVIDENCE_FILE_MEGABYTES=1)
def test_the_fields_behind_a_file_that_is_too_large_are_read() -> None:
    from django.test import RequestFactory

    body = encode_multipart(BOUNDARY, {"scan": a_file(2_000_000), "note": "Blue folder"})
    request = RequestFactory().generic("POST", "/", body, content_type=MULTIPART_CONTENT)
    assert request.POST["note"] == "Blue folder"
    assert request.FILES["scan"].size == 2_000_000
    assert isinstance(request.FILES["scan"].file, io.BytesIO)


APPLICATION = """
def application(environ, start_response):
    body = environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]
"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a real gunicorn with two threads, which waits two seconds for a slow client."""
    home = tmp_path_factory.mktemp("served")
    (home / "echo.py").write_text(APPLICATION)
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    words = [sys.executable, "-m", "gunicorn", "--config", "python:config.web_server", "echo"]
    more = ["--threads", "2", "--bind", f"127.0.0.1:{port}", "--no-control-socket"]
    process = subprocess.Popen(
        [*words, *more],
        cwd=ROOT,
        env={**os.environ, "SLOW_CLIENT_SECONDS": "2", "PYTHONPATH": f"{home}:{ROOT}"},
        stderr=subprocess.PIPE,
    )
    try:
        for _each in range(100):
            with closing(socket.socket()) as trying:
                if trying.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def begin(port: int, words: bytes) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), timeout=15)
    connection.sendall(words)
    return connection


@pytest.mark.parametrize(
    "words",
    [b"GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ",
     b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 90000\r\n\r\nab"],
    ids=["in the headers", "in the body"],
)  # fmt: skip
def test_slow_clients_do_not_keep_everybody_else_waiting(served: int, words: bytes) -> None:
    """Six of them, on two threads, each sending a byte now and then for as long as it may."""
    slow = [begin(served, words) for _each in range(6)]
    began = time.monotonic()
    cut = 0
    while cut < len(slow) and time.monotonic() - began < 20:
        cut = sum(_is_cut(each) for each in slow)
        time.sleep(0.2)
    assert cut == len(slow)
    honest = http.client.HTTPConnection("127.0.0.1", served, timeout=10)
    honest.request("POST", "/", b"whole")
    assert honest.getresponse().read() == b"whole"


def _is_cut(connection: socket.socket) -> bool:
    try:
        connection.sendall(b"a")
        connection.setblocking(False)
        return connection.recv(100) is not None
    except BlockingIOError:
        return False
    except OSError:
        return True
    finally:
        if connection.fileno() >= 0:
            connection.setblocking(True)


def test_a_slow_but_honest_upload_has_its_time(served: int) -> None:
    """Three times the seconds to begin, at a speed above the slowest that is allowed."""
    connection = begin(served, b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 20000\r\n\r\n")
    for _each in range(10):
        connection.sendall(b"x" * 2000)
        time.sleep(0.6)
    assert connection.recv(30).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(
    "line", [b"GET /" + b"a" * 9000 + b" HTTP/1.1", b"GET / HTTP/1.1\r\nX: " + b"a" * 20000]
)
def test_headers_beyond_measure_are_refused(served: int, line: bytes) -> None:
    connection = begin(served, line + b"\r\nHost: a\r\n\r\n")
    assert connection.recv(30).startswith(b"HTTP/1.1 4")

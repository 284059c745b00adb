"""People to tell, a mail server of our own that does as it is told, and the time."""

import re
import socket
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import transaction

from notifications import outbox
from notifications.channels import email
from notifications.models import Message

MONDAY = datetime(2025, 3, 3, 15, 0, tzinfo=UTC)


class Conversation(socketserver.StreamRequestHandler):
    """As much of RFC 5321 as smtplib needs."""

    server: "SmtpSink"

    def say(self, reply: str) -> None:
        self.wfile.write(f"{reply}\r\n".encode())

    def handle(self) -> None:
        self.server.connections += 1
        time.sleep(self.server.slow)
        self.say("220 sink.example ready")
        recipient = ""
        while line := self.rfile.readline().decode().strip():
            verb = line.upper()
            if verb.startswith("RCPT TO:"):
                recipient = line[8:].strip(" <>")
                answer = self.server.answers.get(recipient, "250 fine")
                recipient = recipient if answer.startswith("2") else ""
                self.say(answer)
            elif verb == "DATA" and not recipient and not self.server.pipelining:
                self.say("503 5.5.1 no valid recipients")
            elif verb == "DATA":
                self.say("354 go on")
                self.take(recipient)
            elif verb.startswith("EHLO") and self.server.pipelining:
                self.say("250-sink.example")
                self.say("250 PIPELINING")
            elif verb == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 fine")

    def take(self, recipient: str) -> None:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                return  # the client hung up in the middle: nothing was taken
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        if not recipient:
            self.say("554 5.5.1 no valid recipients")
            return
        if recipient in self.server.refused_texts:
            self.say(self.server.refused_texts[recipient])
            return
        number = self.server.accept(recipient, b"".join(lines).decode())
        if recipient in self.server.silent:
            self.server.silent[recipient] -= 1
            if self.server.silent[recipient] >= 0:
                self.connection.shutdown(socket.SHUT_RDWR)
                return
        time.sleep(self.server.slow)
        self.say(f"250 2.0.0 Ok: queued as Q{number:05d}")


class SmtpSink(socketserver.ThreadingTCPServer):
    """Keeps what it takes in ``mails`` as (recipient, text); ``answers`` are its replies to RCPT TO.

    ``refused_texts`` are its replies to the text of a mail that it does not take.
    To those in ``silent`` it takes a mail that many times and hangs up instead of saying so. It waits
    ``slow`` seconds before its greeting and before it says that it took a mail.
    """

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.mails: list[tuple[str, str]] = []
        self.answers: dict[str, str] = {}
        self.refused_texts: dict[str, str] = {}
        self.silent: dict[str, int] = {}
        self.slow = 0.0
        self.pipelining = False
        self.connections = 0
        self.hold_at: int | None = None
        self.holding = threading.Event()
        self.go_on = threading.Event()
        self._lock = threading.Lock()

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    @property
    def message_ids(self) -> list[str]:
        return [re.search(r"^Message-ID: (\S+)", text, re.M).group(1) for _, text in self.mails]  # type: ignore[union-attr]

    def accept(self, recipient: str, text: str) -> int:
        with self._lock:
            self.mails.append((recipient, text))
            number = len(self.mails)
        if number == self.hold_at:
            self.holding.set()
            self.go_on.wait(60)
        return number

    def hold(self, number: int) -> None:
        """From now on, take the mail with this number and say nothing until ``go_on`` is set."""
        self.holding.clear()
        self.go_on.clear()
        self.hold_at = number

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that was killed is what some tests are about."""


@pytest.fixture(params=["one by one", "pipelined"])
def smtp(request: pytest.FixtureRequest, settings: Any) -> Iterator[SmtpSink]:
    """A server that takes commands one by one, and one that takes them together (RFC 2920)."""
    sink = SmtpSink()
    sink.pipelining = request.param == "pipelined"
    threading.Thread(target=sink.serve_forever, args=(0.01,), daemon=True).start()
    settings.NOTIFICATIONS_EMAIL = "smtp"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", sink.port, 5
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    yield sink
    sink.go_on.set()
    sink.shutdown()
    sink.server_close()


@pytest.fixture(autouse=True)
def plain_settings(settings: Any) -> None:
    email.wording.cache_clear()
    settings.SITE_URL = "https://casework.example.gov"
    settings.NOTIFICATIONS_EMAIL = "memory"
    settings.NOTIFICATIONS_KICK = settings.NOTIFICATIONS_INCIDENT_OWNER = None


@pytest.fixture
def monday() -> datetime:
    return MONDAY


@pytest.fixture
def person() -> Callable[..., Any]:
    """Make a user with an address of their own; ``language`` is what they read."""
    numbers = count(1)

    def make(*, language: str = "en", address: str | None = None, **fields: Any) -> Any:
        model = get_user_model()
        address = f"reader{next(numbers)}@example.org" if address is None else address
        if model.USERNAME_FIELD != "email":
            fields.setdefault(model.USERNAME_FIELD, f"reader{next(numbers)}")
        user = model(email=address, **fields)
        user.language = language
        user.save()
        return user

    return make


@pytest.fixture
def tell() -> Callable[..., list[Message]]:
    """Tell somebody of something, with only what a test is about spelled out."""
    numbers = count(1)

    def say(*people: Any, **changes: Any) -> list[Message]:
        told: dict[str, Any] = {
            "event": "statement_moved",
            "key": f"step-{next(numbers)}",
            "about": "SOI-2025-000017",
            "link": "/statements/SOI-2025-000017/",
            "subject": "A statement was sent to DHS",
            "body": "Statement SOI-2025-000017 was sent to DHS.",
            "at": MONDAY,
        }
        with transaction.atomic():
            return outbox.tell(recipients=people, **{**told, **changes})

    return say

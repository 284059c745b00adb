"""People at their browsers: they press a button, and press it again when nobody answers."""

from __future__ import annotations

import http.client
import queue
import threading
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

from referrals.session_store import SessionStore
from tests import signing_in
from tests.faults.stack import PATIENCE, Stack

TOKEN = "t" * 32
UNHEARD = 0
"""Stands for a request that nobody answered."""


@dataclass
class Visitor:
    """A signed-in person; ``answers`` counts the HTTP status of every answer, and 0 for none."""

    stack: Stack
    user: Any
    answers: Counter[int] = field(default_factory=Counter)
    texts: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        session = SessionStore()
        session[SESSION_KEY] = str(self.user.pk)
        session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
        session[HASH_SESSION_KEY] = self.user.get_session_auth_hash()
        session.update(signing_in.proofs(self.user, "password", "mfa"))
        session.create()
        self.cookie = f"sessionid={session.session_key}; csrftoken={TOKEN}"

    def get(self, path: str) -> int:
        return self._ask("GET", path)

    def press(self, reference: str, step: str, *, fault: str = "", **fields: Any) -> int:
        """Post a step's form once; the status of the answer, or ``UNHEARD``."""
        body = urlencode({"csrfmiddlewaretoken": TOKEN, "reason": "", **fields})
        return self._ask("POST", f"/cases/{reference}/steps/{step}/", body=body, fault=fault)

    def insist(self, reference: str, step: str, **fields: Any) -> int:
        """Press until there is an answer that is one: neither silence nor an excuse of the server's."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            status = self.press(reference, step, **fields)
            if status != UNHEARD and status < 500:
                return status
            time.sleep(0.1)
        raise AssertionError(f"nobody answered about {reference}: {self.answers}")

    def _ask(self, method: str, path: str, *, body: str | None = None, fault: str = "") -> int:
        headers = {"Cookie": self.cookie}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        if fault:
            headers["X-Fault"] = fault
        try:
            response = self.stack.ask(method, path, body=body, headers=headers)
        except (OSError, http.client.HTTPException):
            self.answers[UNHEARD] += 1
            return UNHEARD
        self.answers[response.status] += 1
        self.texts.append(response.text)  # type: ignore[attr-defined]
        return response.status


class Crowd:
    """Several visitors at once who take a step on all of many cases, each of them once.

    A case has one idempotency key, as a page that is sent twice; with ``own_keys`` each visitor has another.
    """

    def __init__(
        self, visitors: Iterable[Visitor], cases: Iterable[Any], step: str, *, own_keys: bool = False
    ) -> None:
        self.visitors = list(visitors)
        self.step, self.own_keys = step, own_keys
        self.outcomes: Counter[int] = Counter()
        self.trouble: list[BaseException] = []
        self._cases: queue.SimpleQueue[Any] = queue.SimpleQueue()
        for case in cases:
            self._cases.put(case)
        self._threads = [threading.Thread(target=self._go, args=(each,)) for each in self.visitors]

    def __enter__(self) -> Crowd:
        for each in self._threads:
            each.start()
        return self

    def __exit__(self, *_trouble: Any) -> None:
        for each in self._threads:
            each.join(2 * PATIENCE)
        assert self.trouble == []

    @property
    def answers(self) -> Counter[int]:
        return sum((each.answers for each in self.visitors), Counter())

    def _go(self, visitor: Visitor) -> None:
        try:
            while True:
                case = self._cases.get_nowait()
                key = f"{self.step}-{case.pk}" + (f"-{id(visitor)}" if self.own_keys else "")
                status = visitor.insist(
                    case.reference, self.step, expected_version=case.version, idempotency_key=key
                )
                self.outcomes[status] += 1
        except queue.Empty:
            return
        except BaseException as trouble:
            self.trouble.append(trouble)

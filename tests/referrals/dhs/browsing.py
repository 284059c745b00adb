"""A person of DHS at a browser: every act is a page that is opened and a form that is sent."""

from __future__ import annotations

import re
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from referrals.models import User

HIDDEN = re.compile(r'<input type="hidden" name="(expected_version|idempotency_key)" value="([^"]*)"')


class Browser:
    """One signed-in person."""

    def __init__(self, user: User) -> None:
        self.client = Client()
        self.client.force_login(user)

    def open(self, name: str, *args: Any) -> HttpResponse:
        return self.client.get(reverse(name, args=args))

    def text(self, name: str, *args: Any) -> str:
        answer = self.open(name, *args)
        assert answer.status_code == 200, answer.status_code
        return answer.content.decode()

    def status(self, name: str, *args: Any) -> int:
        return self.open(name, *args).status_code

    def send(self, name: str, *args: Any, **data: Any) -> HttpResponse:
        """Open a page, fill in its form and send it with the hidden values that the page gave."""
        page = self.open(name, *args)
        assert page.status_code == 200, page.status_code
        hidden = dict(HIDDEN.findall(page.content.decode()))
        return self.client.post(reverse(name, args=args), {**hidden, **data})

    def step(self, record: Any, name: str, **data: Any) -> HttpResponse:
        """Take a step on its own page."""
        return self.send("case_step", record.reference, name, **data)

    def takes(self, record: Any, name: str, **data: Any) -> None:
        """Take a step that must succeed; a refusal shows its page's text."""
        answer = self.step(record, name, **data)
        assert answer.status_code == 302, _words(answer)
        record.__dict__.update(again(record).__dict__)


def again(record: Any) -> Any:
    """The record as it is stored now."""
    return type(record).objects.get(pk=record.pk)


def _words(answer: HttpResponse) -> str:
    """What a page says where it says no."""
    found = re.findall(r'(?s)<div class="usa-alert__body">.*?</div>', answer.content.decode())
    return re.sub(r"<[^>]+>|\s+", " ", " ".join(found)) or str(answer.status_code)


def words(answer: HttpResponse) -> str:
    """The page's text without its markup, on one line."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))

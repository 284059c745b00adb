"""Opening pages and sending their forms, as somebody at a browser does."""

from __future__ import annotations

from typing import Any

from django.test import Client
from django.urls import reverse


class Browser(Client):
    """A client that remembers whose it is and goes to pages by name."""

    def __init__(self, user: Any) -> None:
        super().__init__()
        self.force_login(user)
        self.user = user


def hidden(page: Any) -> dict[str, str]:
    """What the form of a page carries along unseen."""
    form = page.context["form"]
    if form is None:
        return {}
    return {
        field.html_name: "" if field.value() is None else str(field.value()) for field in form.hidden_fields()
    }


def send(browser: Browser, url: str, **answers: Any) -> Any:
    """Open a page, fill its form and send it."""
    return browser.post(url, {**hidden(browser.get(url)), **answers})


def step(browser: Browser, record: Any, name: str, **answers: Any) -> Any:
    return send(browser, reverse("case_step", args=[record.reference, name]), **answers)

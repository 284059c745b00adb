"""Pages and forms as a browser sees and sends them."""

from __future__ import annotations

import re
from typing import Any

from django.test import Client
from django.urls import reverse


def text_of(response: Any) -> str:
    return str(response.content.decode())


def token_of(response: Any, name: str = "as_shown") -> str:
    """The value of a hidden field of a page."""
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', text_of(response).replace("\n", " "))
    assert found is not None
    return found[1]


def rows(prefix: str, *given: dict[str, str], initial: int = 0) -> dict[str, str]:
    """A formset as it is sent."""
    data = {f"{prefix}-TOTAL_FORMS": str(len(given)), f"{prefix}-INITIAL_FORMS": str(initial)}
    for number, row in enumerate(given):
        data |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
    return data


def take(client: Client, record: Any, step: str, **fields: Any) -> Any:
    """Open a step's page and send its form."""
    url = reverse("case_step", args=[record.reference, step])
    page = client.get(url)
    assert page.status_code == 200, page.status_code
    hidden = {name: token_of(page, name) for name in ("expected_version", "idempotency_key")}
    return client.post(url, {**hidden, **fields})

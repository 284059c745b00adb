"""Pages as they are read."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any

from django.test import Client

from referrals.models import User

Browse = Callable[[User], Client]


def words(html: str) -> str:
    """A text without markup and spare spaces."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def main(response: Any) -> str:
    """The text inside the page's main element."""
    html = response.content.decode()
    return words(html[html.index("<main") : html.index("</main>")])


def links(response: Any) -> list[str]:
    """Every address that the page's main element links to."""
    html = response.content.decode()
    inner = html[html.index("<main") : html.index("</main>")]
    return [unescape(url) for url in re.findall(r'href="([^"]+)"', inner)]


def fields(response: Any) -> dict[str, str]:
    """The hidden fields of the page's own form, as a browser would send them back."""
    html = response.content.decode()
    inner = html[html.index("<main") : html.index("</main>")]
    inputs = re.findall(r"<input[^>]*type=\"hidden\"[^>]*>", inner)
    found = {}
    for each in inputs:
        name = re.search(r'name="([^"]+)"', each)
        value = re.search(r'value="([^"]*)"', each)
        if name and name[1] != "csrfmiddlewaretoken":
            found[name[1]] = unescape(value[1]) if value else ""
    return found

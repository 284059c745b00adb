"""House rules for templates, and for what any file of the project may say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.architecture import sources

INLINE = {
    "a script in the page": re.compile(r"<script(?![^>]*\bsrc=)", re.IGNORECASE),
    "a style in the page": re.compile(r"<style\b|\sstyle\s*=", re.IGNORECASE),
    "a handler in an attribute": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "something from another site": re.compile(r"(?:src|srcset)\s*=\s*[\"']?(?:https?:)?//", re.IGNORECASE),
    "text that is not escaped": re.compile(r"\|\s*safe(?:seq)?\b|autoescape\s+off"),
}
# Put together from halves, so that this file passes its own test.
SAID_ELSEWHERE = [
    *("pypi" + ".org", "python" + "hosted", "registry." + "npmjs", "deb." + "debian"),
    *("/wo" + "rk/", "/tmp/" + "dev", "/ro" + "ot/", "TO" + "DO", "FIX" + "ME", "X" + "XX "),  # noqa: S108
]
DOCUMENTS = [
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "DECISIONS.md",
    "Makefile",
    "pyproject.toml",
    ".ci/run",
]


@pytest.mark.parametrize("what", INLINE)
def test_no_page_needs_more_than_the_content_security_policy_allows(what: str) -> None:
    pages = sources.files("referrals", "workflows", "notifications", ending=".html")
    assert [sources.where(path) for path in pages if INLINE[what].search(without_comments(path))] == []


def test_no_page_writes_a_date_in_a_format_of_its_own() -> None:
    """What a date field holds is for the browser; what people read has one home."""
    formatted = re.compile(r"\|\s*(?:date|time)\b|\{%\s*now\b")
    in_a_field = re.compile(r"value=\"\{\{ [\w.]+\|date:\"Y-m-d\" \}\}\"")
    pages = sources.files("referrals", "workflows", "notifications", ending=".html")
    spots = [path for path in pages if formatted.search(in_a_field.sub("", without_comments(path)))]
    assert [sources.where(path) for path in spots] == []


def without_comments(path: Path) -> str:
    text = path.read_text(encoding="utf-8")
    return re.sub(r"\{#.*?#\}|\{% comment .*?%\}.*?\{% endcomment %\}", "", text, flags=re.DOTALL)


def test_the_project_speaks_of_itself_alone_and_leaves_nothing_for_later() -> None:
    endings = (".py", ".html", ".txt", ".md", ".toml", ".css", ".js")
    paths = [path for ending in endings for path in sources.files(*sources.PACKAGES, "tests", ending=ending)]
    paths += [path for name in DOCUMENTS if (path := sources.ROOT / name).exists()]
    spots = [
        f"{sources.where(path)} says {words}"
        for path in paths
        for words in SAID_ELSEWHERE
        if words in path.read_text(encoding="utf-8")
    ]
    assert spots == []

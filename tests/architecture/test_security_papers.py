"""What the papers about security claim is shown by tests that exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAPERS = ("SECURITY.md", "referrals/ASVS.md")
NAMED = re.compile(r"`(tests/[\w/]+\.py)(?:::(test_\w+))?`")
THREATS = (
    "Insider enforcement look-up", "Account takeover of an advocate", "Employer discovery",
    "Re-identification", "Metadata", "Seized laptop", "Hostile upload", "Compromised dependency",
)  # fmt: skip


def named_in(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("paper", PAPERS)
def test_each_test_that_a_paper_names_exists(paper: str) -> None:
    named = NAMED.findall((ROOT / paper).read_text(encoding="utf-8"))
    missing = [
        f"{file}::{name}"
        for file, name in named
        if not (ROOT / file).exists() or (name and name not in named_in(ROOT / file))
    ]
    assert len(named) > 30
    assert missing == []


@pytest.mark.parametrize("threat", THREATS)
def test_each_threat_has_something_that_stops_it_and_a_test(threat: str) -> None:
    parts = (ROOT / "SECURITY.md").read_text(encoding="utf-8").split("\n### ")
    (part,) = [each for each in parts if each.startswith(threat)]
    assert NAMED.search(part)


def test_each_line_of_the_table_names_a_test() -> None:
    lines = (ROOT / "referrals/ASVS.md").read_text(encoding="utf-8").splitlines()
    rows = [line for line in lines if re.match(r"\| \d", line)]
    assert len(rows) > 30
    assert [row for row in rows if not NAMED.search(row)] == []

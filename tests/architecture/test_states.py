"""A state is spelled in ``workflows/machines`` and nowhere else."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tests.architecture import sources

CHOICES = {"TextChoices", "StrEnum", "Choices"}


def values_of(owner: ast.ClassDef) -> set[str]:
    """The stored values of a class of choices."""
    found = set()
    for line in owner.body:
        if not isinstance(line, ast.Assign):
            continue
        value = line.value.elts[0] if isinstance(line.value, ast.Tuple) else line.value
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            found.add(value.value)
    return found


def is_choices(node: ast.AST) -> bool:
    return isinstance(node, ast.ClassDef) and any(
        ast.unparse(base).split(".")[-1] in CHOICES for base in node.bases
    )


def states() -> set[str]:
    """Every stored state of every machine."""
    return {
        value
        for path in sources.product("workflows/machines")
        for node in ast.walk(sources.tree(path))
        if isinstance(node, ast.ClassDef) and is_choices(node) and node.name.endswith("State")
        for value in values_of(node)
    }


def spelled_in(path: Path, forbidden: set[str]) -> list[str]:
    """Where a Python file spells one of some values, apart from choices of its own."""
    module = sources.tree(path)
    own = {
        id(part)
        for owner in ast.walk(module)
        if is_choices(owner)
        for part in ast.walk(owner)
        if isinstance(part, ast.Constant)
    }
    return [
        f"{sources.where(path, node)} {node.value!r}"
        for node in ast.walk(module)
        if isinstance(node, ast.Constant) and node.value in forbidden and id(node) not in own
    ]


def test_the_machines_are_found() -> None:
    assert {path.stem for path in sources.product("workflows/machines")} == set() or len(states()) > 5


def test_no_python_file_outside_the_machines_spells_a_state() -> None:
    forbidden = states()
    assert [
        spot for path in sources.product("referrals", "notifications") for spot in spelled_in(path, forbidden)
    ] == []


def test_no_template_style_or_script_spells_a_state() -> None:
    forbidden = states()
    quoted = re.compile(r"""["']([A-Z][A-Z_]+)["']""")
    spots = [
        f"{sources.where(path)} {word}"
        for ending in (".html", ".txt", ".css", ".js")
        for path in sources.files("referrals", "notifications", ending=ending)
        for word in quoted.findall(path.read_text(encoding="utf-8"))
        if word in forbidden
    ]
    assert spots == []

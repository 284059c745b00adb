"""The project's own files, as the house rules look at them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("config", "referrals", "workflows", "notifications", "recordsets", "present")
OTHERS = {"__pycache__", "vendor", "node_modules", "var"}


def files(*places: str, ending: str = ".py") -> list[Path]:
    """All files with an ending below some directories of the project, without those that others wrote."""
    return [
        path
        for place in places
        for path in sorted((ROOT / place).rglob(f"*{ending}"))
        if not OTHERS & set(path.parts[len(ROOT.parts) :])
    ]


def product(*packages: str) -> list[Path]:
    """The Python files of the product, without migrations."""
    return [path for path in files(*(packages or PACKAGES)) if "migrations" not in path.parts]


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def parents(module: ast.Module) -> dict[ast.AST, ast.AST]:
    """Each node's parent."""
    return {child: parent for parent in ast.walk(module) for child in ast.iter_child_nodes(parent)}


def imported(path: Path) -> Iterator[str]:
    """The absolute names of the modules that a file imports, wherever in the file it does so."""
    package = path.relative_to(ROOT).with_suffix("").parts
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = ".".join(package[: -node.level]) if node.level else ""
            yield ".".join(part for part in (above, node.module) if part)


def where(path: Path, node: ast.AST | None = None) -> str:
    """How a finding is named."""
    line = f":{node.lineno}" if isinstance(node, ast.expr | ast.stmt) else ""
    return f"{path.relative_to(ROOT)}{line}"

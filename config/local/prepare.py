"""Gets an embedded database and the collected files ready: ``python -m config.local.prepare WHAT``.

``tables`` migrates and loads the policies, ``records`` also fills the demo, and
``static`` collects the files. What was done for which state of the project is
written down, so that a second start can skip it.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import importlib.util
import json
import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from config.local import places

PACKAGES = ("config", "referrals", "workflows", "notifications", "recordsets", "present")
# Commands after which the demo's records may not be what they were.
UNDOES = {"flush", "load_policies", "loaddata", "migrate", "seed_demo"}
TOO_OLD = (
    "The tables are those of an earlier version that this one cannot bring up to date. "
    "For a demo, begin again: python3 manage.py demo --fresh"
)


@dataclass(frozen=True)
class SignIn:
    """One line of the table that the demo prints."""

    who: str
    email: str
    password: str
    what: str


def state_of(paths: Iterable[Path], *more: str) -> str:
    """A hash of the contents of files, their names, and some words beside them."""
    digest = hashlib.sha256("\0".join(more).encode())
    for path in sorted(paths):
        digest.update(str(path.relative_to(places.ROOT)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def state_of_code(world: str) -> str:
    """What the demo's records depend on: the code, the packages and the world that was asked for."""
    kinds = {".py", ".json", ".csv", ".toml", ".sql", ".yaml", ".mo"}
    paths = [
        path
        for package in PACKAGES
        for path in (places.ROOT / package).rglob("*")
        if path.suffix in kinds and "static" not in path.parts
    ]
    return state_of([*paths, places.ROOT / "requirements" / "run.txt"], world)


def state_of_static() -> str:
    """What the collected files depend on."""
    paths = [path for path in (places.ROOT / "referrals" / "static").rglob("*") if path.is_file()]
    return state_of([*paths, places.ROOT / "requirements" / "run.txt"])


def note(home: Path) -> Path:
    return home / "prepared.json"


def forget(home: Path) -> None:
    """Make the next start of the demo look at its records again."""
    note(home).unlink(missing_ok=True)


def remembered(home: Path) -> dict[str, str]:
    """What was last prepared: the state of the code, and the world."""
    try:
        found = json.loads(note(home).read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def sign_ins() -> list[SignIn]:
    """Who can sign in to the demo, in the order in which ``referrals.demo`` lists them."""
    if importlib.util.find_spec("referrals.demo") is None:
        return []
    rows = importlib.import_module("referrals.demo").SIGN_INS
    return [SignIn(str(row.who), str(row.email), str(row.password), str(row.what)) for row in rows]


def tables() -> None:
    """Bring the tables up to date; exits with a sentence where only an earlier version could."""
    from django.db.migrations.exceptions import NodeNotFoundError

    try:
        call("migrate", verbosity=1, interactive=False)
    except NodeNotFoundError as missing:
        sys.exit(f"{TOO_OLD}\n{missing}")
    call("load_policies", optional=True)


def records(world: str, home: Path) -> None:
    tables()
    call("seed_demo", world=world, optional=True)
    rows = [vars(row) for row in sign_ins()]
    note(home).write_text(json.dumps({"state": state_of_code(world), "world": world, "sign_ins": rows}))


def static() -> None:
    root = Path(os.environ["STATIC_ROOT"])
    root.mkdir(parents=True, exist_ok=True)
    call("collectstatic", verbosity=0, interactive=False, clear=True)
    (root / ".state").write_text(state_of_static())


def static_is_ready() -> bool:
    kept = Path(os.environ["STATIC_ROOT"]) / ".state"
    return kept.exists() and kept.read_text() == state_of_static()


def call(name: str, *, optional: bool = False, **options: object) -> None:
    """Carry out a management command; an optional one only where an installed package has it."""
    from django.core.management import call_command, get_commands

    if not optional or name in get_commands():
        call_command(name, **options)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=["tables", "records", "static"])
    parser.add_argument("--world", default="closed")
    parser.add_argument("--home", type=Path)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    match options.what:
        case "tables":
            tables()
        case "records":
            records(options.world, options.home)
        case "static":
            static()


if __name__ == "__main__":
    main()

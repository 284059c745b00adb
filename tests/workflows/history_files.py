"""What tests of the history share: putting the database aside, and running the verifier as a court would."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from django.db import connection

from workflows import engine
from workflows.models import Step

VERIFIER = Path(__file__).parents[2] / "workflows" / "verify_export.py"


class AsSuperuser:
    """Every trigger and foreign key off, as whoever owns the server can have it."""

    def __enter__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what was written before is checked before
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            cursor.execute("SET session_replication_role = replica")

    def __exit__(self, *_failure: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = DEFAULT")


def sql(statement: str, *arguments: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, arguments)


def run_verifier(file: dict[str, Any] | str, folder: Path, *options: str) -> tuple[int, str]:
    """The verifier's exit code and words: in a process of its own that sees no installed package."""
    path = folder / "export.json"
    path.write_text(file if isinstance(file, str) else json.dumps(file), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(VERIFIER), str(path), *options], capture_output=True, text=True
    )
    assert not done.stderr, done.stderr
    return done.returncode, done.stdout


def spoken_line(record: Any, words: str, *, by: Any, at: Any) -> Step:
    """A line whose reason is sealed and kept beside the history."""
    return engine.record_note(record, "revise", by=by, at=at, reason=words)

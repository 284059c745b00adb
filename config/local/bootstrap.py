"""Makes a virtual environment with exactly the locked packages, and goes on inside it.

Standard library only. The environment is ``.venv`` in the project, or below
the user's cache where the project cannot be written. A record of the installed
lock is written last: an installation that was interrupted is made again.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config.local import packages, places
from config.local.trouble import say

GROUPS = ("run", "test", "ci")  # each lock holds all of those before it
RECORD = ".installed.json"
UNFINISHED = ".unfinished"


def ensure(group: str) -> None:
    """Return inside an environment that has the packages of ``group``; may start the command again."""
    home = next((place for place in candidates() if satisfied(place, group)), None)
    if home is None:
        home = places.venv()
        with alone():
            if not satisfied(home, group):
                build(home, group)
        go_on_in(home)
    elif not inside(home):
        go_on_in(home)


def candidates() -> list[Path]:
    """Where an environment may already be: one that cannot be written can still be used."""
    if os.environ.get("REFERRAL_VENV"):
        return [places.venv()]
    return [places.ROOT / ".venv", places.cache() / "venv"]


def build(home: Path, group: str) -> None:
    """Make or complete the environment ``home``."""
    group = max(group, str(record(home).get("group", "run")), key=GROUPS.index)
    unfinished = home / UNFINISHED
    if unfinished.exists() or not works(python(home)):
        say(f"Making a virtual environment in {places.shown(home)}")
        venv.EnvBuilder(with_pip=False, symlinks=os.name != "nt", clear=True).create(home)
    unfinished.touch()
    (home / RECORD).unlink(missing_ok=True)
    packages.install(python(home), lock(group))
    (home / RECORD).write_text(json.dumps({"group": group, "lock": digest(group)}))
    unfinished.unlink()
    say("The packages are ready")


def satisfied(home: Path, group: str) -> bool:
    """Whether ``home`` holds the packages of ``group`` as the lock files name them now."""
    found = record(home)
    installed = found.get("group")
    if installed not in GROUPS or GROUPS.index(installed) < GROUPS.index(group):
        return False
    return found.get("lock") == digest(installed) and os.access(python(home), os.X_OK)


def record(home: Path) -> dict[str, str]:
    """What was last installed completely."""
    try:
        found = json.loads((home / RECORD).read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) and found.get("group") in GROUPS else {}


def lock(group: str) -> Path:
    return packages.LOCKS / f"{group}.txt"


def digest(group: str) -> str:
    return hashlib.sha256(lock(group).read_bytes()).hexdigest()


def python(home: Path) -> Path:
    return home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def works(interpreter: Path) -> bool:
    """Whether an environment's Python starts and is new enough: an upgrade may have taken its base away."""
    command = [str(interpreter), "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]
    try:
        return subprocess.run(command, capture_output=True).returncode == 0
    except OSError:
        return False


def inside(home: Path) -> bool:
    """Whether this process already runs in ``home``."""
    return Path(sys.prefix).resolve() == home.resolve()


def go_on_in(home: Path) -> None:
    """Start the same command again with the environment's Python."""
    os.execv(python(home), [str(python(home)), *sys.argv])  # noqa: S606


@contextmanager
def alone() -> Iterator[None]:
    """Let no two commands build the environment at the same time."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    with (places.var() / "bootstrap.lock").open("w") as door:
        fcntl.flock(door, fcntl.LOCK_EX)
        yield

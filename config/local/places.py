"""Where things are kept: in the project where it can be written, in the user's cache otherwise."""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
from pathlib import Path

from config.local.trouble import Trouble

ROOT = Path(__file__).resolve().parents[2]
NAME = "stay-of-removal"
# A Unix socket's whole path may have 107 bytes; PostgreSQL adds "/.s.PGSQL.5432.lock" to its directory.
LONGEST_SOCKET_DIRECTORY = 85


def tag(path: Path) -> str:
    """A short name for a path, the same each time."""
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:10]


def shown(path: Path) -> str:
    """A path as a person wants to read it: short inside the project, whole elsewhere."""
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


def cache() -> Path:
    """The directory of this copy of the project below the user's cache; it may not exist yet."""
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return Path(base) / f"{NAME}-{tag(ROOT)}"


def writable(directory: Path) -> bool:
    """Whether files can be made in a directory, or in the nearest one above it that exists."""
    while not directory.exists() and directory != directory.parent:
        directory = directory.parent
    return os.access(directory, os.W_OK | os.X_OK)


def chosen(name: str, variable: str) -> Path:
    """The place called ``name``: the environment's word, the project's own, or the cache's.

    Raises Trouble when none of them can be written.
    """
    if os.environ.get(variable):
        return Path(os.environ[variable]).absolute()
    for place in (ROOT / name, cache() / name.lstrip(".")):
        if writable(place):
            return place
    raise Trouble(
        f"Neither {ROOT} nor {cache().parent} can be written. Set REFERRAL_VENV and REFERRAL_VAR "
        "to directories that can be."
    )


def var() -> Path:
    """The directory for everything made while running: data, logs, collected files."""
    place = chosen("var", "REFERRAL_VAR")
    place.mkdir(parents=True, exist_ok=True)
    return place


def venv() -> Path:
    """The directory of the virtual environment; it may not exist yet."""
    return chosen(".venv", "REFERRAL_VENV")


def private(directory: Path) -> Path:
    """Make a directory that only this user can enter, or make sure that it is one.

    Raises Trouble when it is somebody else's.
    """
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = directory.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise Trouble(
            f"{directory} belongs to somebody else. Remove it, or set REFERRAL_VAR to another directory."
        )
    directory.chmod(0o700)
    return directory


def sockets(base: Path) -> Path:
    """A private directory for the sockets of the servers that keep their data in ``base``."""
    near = base / "s"
    if len(os.fsencode(near)) <= LONGEST_SOCKET_DIRECTORY:
        return private(near)
    return private(Path(tempfile.gettempdir()) / f"{NAME}-{os.geteuid()}-{tag(base)}")

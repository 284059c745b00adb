"""Finds a Python that is new enough. This file must itself run on any Python 3."""

import os
import shutil
import subprocess
import sys

OLDEST = (3, 11)
NEWER = ("python3.13", "python3.12", "python3.11")


def require() -> None:
    """Go on, start again under a newer Python of this machine, or leave with a sentence."""
    if sys.version_info >= OLDEST:
        return
    for name in NEWER:
        path = shutil.which(name)
        if path and works(path):
            os.execv(path, [path, *sys.argv])  # noqa: S606
    sys.exit(
        "This needs Python 3.11 or newer, and {} is Python {}.{}. Install a newer Python, "
        "then run the same command with it.".format(sys.executable, *sys.version_info[:2])
    )


def works(path: str) -> bool:
    """Whether an interpreter starts: version managers leave names on the path that do not."""
    try:
        return subprocess.call([path, "-c", ""], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False

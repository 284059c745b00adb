"""``manage.py test``: pytest, in as many processes as help when everything is asked for."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

from config.local import places


def main(arguments: list[str]) -> NoReturn:
    """Become pytest with ``arguments``; with none, run all tests, side by side."""
    os.chdir(places.ROOT)
    os.execv(sys.executable, [sys.executable, "-m", "pytest", *(arguments or everything())])  # noqa: S606


def everything() -> list[str]:
    """One process for each core, up to four; a file's tests stay together."""
    return ["-n", str(min(os.cpu_count() or 1, 4)), "--dist", "loadfile"]

"""``manage.py test``: pytest, in as many processes as help when everything is asked for."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

from config.local import places

BROWSER = "tests/browser"


def main(arguments: list[str]) -> NoReturn:
    """Become pytest with ``arguments``; all tests, or all in a browser, run side by side."""
    os.chdir(places.ROOT)
    os.execv(sys.executable, [sys.executable, "-m", "pytest", *main_arguments(arguments)])  # noqa: S606


def main_arguments(arguments: list[str]) -> list[str]:
    """What is asked for; with nothing, all tests but those that drive a browser, which take as long again."""
    if arguments and arguments != [BROWSER]:
        return arguments
    return [*side_by_side(), *(arguments or [f"--ignore={BROWSER}"])]


def side_by_side() -> list[str]:
    """One process for each core, up to four; a file's tests stay together, in the order of the plugin."""
    return ["-n", str(min(os.cpu_count() or 1, 4)), "--dist", "loadfile", "--no-loadscope-reorder"]

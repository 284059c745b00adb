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
    if arguments:
        return [*side_by_side(each_core_busy=True), *arguments]
    return [*side_by_side(), f"--ignore={BROWSER}"]


def side_by_side(*, each_core_busy: bool = False) -> list[str]:
    """A file's tests stay together, in the order of the plugin, in up to four processes.

    One for each core, and one more unless all keep theirs busy: some tests wait for programs of their own.
    """
    processes = (os.cpu_count() or 1) + (not each_core_busy)
    return ["-n", str(min(processes, 4)), "--dist", "loadfile", "--no-loadscope-reorder"]

"""Gives pytest a PostgreSQL of its own before Django reads its settings.

Under pytest-xdist the controller starts it and the workers inherit its address.
With ``DATABASE_URL`` set, that server is used and nothing is started.
"""

from __future__ import annotations

import atexit
import gc
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from config.local import browser, places
from config.local.leases import Lease
from config.local.postgres import Postgres
from config.local.trouble import Trouble

BROWSER_TESTS = places.ROOT / "tests" / "browser"
SHARE_A_WORLD = {
    "tests/wall/": "the demo's world",
    "tests/operations/test_moved_present.py": "the demo's world",
    "tests/operations/test_simulated_days.py": "the demo's world",
    "tests/faults/": "the servers of the faults",
}
BEGIN_FIRST = (
    *SHARE_A_WORLD,
    "tests/local/test_demo.py",
    "tests/operations/test_late_world.py",
    "tests/referrals/pages/test_page_queries.py",
)
"""What takes longest, the longest first: none of it may be left for a single process at the end."""
PLACE = "TESTS_SIDE_BY_SIDE"
"""Names the folder by which processes that test side by side tell each other how far their tables are."""
_lease: Lease | None = None


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests() -> Iterator[None]:
    """Runs around pytest-django's own hook, which loads the settings."""
    global _lease
    os.environ["TESTING"] = "1"
    for name in {
        "KEYSTORE",
        PLACE,
    } - os.environ.keys():  # the first process makes them for all that it starts
        os.environ[name] = tempfile.mkdtemp(prefix=f"{name.lower()}-")
        atexit.register(shutil.rmtree, os.environ[name], ignore_errors=True)
    # Playwright keeps an event loop running in the thread of the browser tests.
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    if not os.environ.get("DATABASE_URL"):
        server = Postgres(places.var() / "test", durable=False)
        _lease = Lease(server)
        try:
            _lease.take()
        except Trouble as trouble:
            pytest.exit(str(trouble), returncode=1)
        os.environ["DATABASE_URL"] = server.url()
        if not _lease.started_here:
            os.environ.setdefault("TEST_DATABASE_NAME", f"test_referrals_{os.getpid()}")
    return (yield)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Side by side, tests that share a slow world stay in one process."""
    if config.getvalue("dist") != "loadfile":
        return None
    from xdist.scheduler import LoadFileScheduling

    class Together(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            shared = next((world for each, world in SHARE_A_WORLD.items() if nodeid.startswith(each)), None)
            return shared or super()._split_scope(nodeid)

    return Together(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """In a process that works beside others, the longest tests come first."""
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: _place_in_line(item.nodeid))


def pytest_collection_finish() -> None:
    """Modules and tests stay to the end: collecting garbage need not look through them again and again."""
    gc.collect()
    gc.freeze()


def _place_in_line(nodeid: str) -> int:
    return next((i for i, each in enumerate(BEGIN_FIRST) if nodeid.startswith(each)), len(BEGIN_FIRST))


def pytest_report_header() -> str:
    missing = browser.missing()
    return f"browser tests: left out, {missing}" if missing else f"browser tests: with {browser.find()}"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The figures of the tests that kill things, and of those that try every address as everybody."""
    if tried := _figures(terminalreporter, "wall"):
        people = {who for who, *_counts in tried}
        counts = [sum(column) for column in zip(*(row[1:] for row in tried), strict=True)]
        terminalreporter.section("wall")
        words = "%d kinds of people, %d requests, %d times to what is not theirs: %d answered wrongly"
        terminalreporter.write_line(words % (len(people), *counts))
    rows = _figures(terminalreporter, "faults")
    if not rows:
        return
    terminalreporter.section("faults")
    terminalreporter.write_line(f"{'':70}{'expected':>9}{'done':>6}{'lost':>6}{'doubled':>9}{'marked':>8}")
    for what, expected, done, lost, doubled, marked in rows:
        terminalreporter.write_line(f"{what:70}{expected:9}{done:6}{lost:6}{doubled:9}{marked:8}")


def _figures(terminalreporter: pytest.TerminalReporter, kind: str) -> list[Any]:
    """What tests of a kind left as their figures, passed or failed: what is lost or leaks is to be read."""
    return [
        figures
        for report in terminalreporter.getreports("passed") + terminalreporter.getreports("failed")
        for name, figures in report.user_properties
        if name == kind and report.when == "call"
    ]


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Leave the browser tests out where there is no browser; the header says so."""
    return True if collection_path == BROWSER_TESTS and browser.missing() else None


def pytest_unconfigure() -> None:
    global _lease
    if _lease is not None:
        os.environ.pop("DATABASE_URL", None)
        _lease.give_back()
        _lease = None

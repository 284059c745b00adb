"""How long each process takes to be ready, and how much memory: ``python -m tests.benchmarks.processes``.

Needs ``DATABASE_URL`` of a database with the project's tables and ``REDIS_URL``. Memory is the proportional
set size of the process and its children: what is shared with others counts in parts.
"""

from __future__ import annotations

import argparse
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

PORT = 47_113
CELERY = ["-m", "celery", "-A", "config.celery"]


def family(pid: int) -> list[int]:
    """A process and all that descend from it."""
    with suppress(OSError):
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return [pid, *(each for child in children for each in family(int(child)))]
    return []


def megabytes(pid: int) -> float:
    total = 0
    for each in family(pid):
        with suppress(OSError):
            lines = Path(f"/proc/{each}/smaps_rollup").read_text().splitlines()
            total += next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024


def answers() -> bool:
    with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{PORT}/healthz", timeout=5) as answer:
        return bool(answer.status == 200)
    return False


def says(words: str) -> Callable[[Path], bool]:
    return lambda log: words in log.read_text(errors="replace")


WAYS: dict[str, tuple[list[str], Callable[[Path], bool]]] = {
    "python alone": (["-c", "import time; print('up', flush=True); time.sleep(60)"], says("up")),
    "settings and models": (
        ["-c", "import django, time; django.setup(); print('up', flush=True); time.sleep(60)"], says("up"),
    ),
    "web (gunicorn, one worker)": (
        ["-m", "gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{PORT}"], lambda _log: answers(),
    ),
    "worker (one process)": ([*CELERY, "worker", "-c", "1", "-l", "INFO"], says("ready.")),
    "beat": ([*CELERY, "beat", "-l", "INFO", "-s", "schedule", "--pidfile", ""], says("beat: Starting")),
}  # fmt: skip


def once(arguments: list[str], ready: Callable[[Path], bool]) -> tuple[float, float]:
    """Seconds until a process is ready, and its megabytes a moment later."""
    with tempfile.TemporaryDirectory() as place:
        log = Path(place) / "log"
        arguments = [str(Path(place) / each) if each == "schedule" else each for each in arguments]
        with log.open("w") as said:
            start = time.perf_counter()
            process = subprocess.Popen(
                [sys.executable, *arguments], stdout=said, stderr=said, start_new_session=True
            )
            try:
                while not ready(log):
                    if process.poll() is not None:
                        raise RuntimeError(log.read_text()[-2000:])
                    time.sleep(0.01)
                seconds = time.perf_counter() - start
                time.sleep(1)
                return seconds, megabytes(process.pid)
            finally:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def main() -> None:
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--rounds", type=int, default=5)
    asked = reader.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in WAYS}
    for _round in range(asked.rounds):
        for name, (arguments, ready) in WAYS.items():
            found[name].append(once(arguments, ready))
    for name, each in found.items():
        seconds, memory = (statistics.median(values) for values in zip(*each, strict=True))
        print(f"{name:28} ready after {seconds:5.2f} s, {memory:6.1f} MB")  # noqa: T201


if __name__ == "__main__":
    main()

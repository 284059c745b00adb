"""Workers and beat say that they are there: a row each in the database, about three times a minute.

Losing a sign of life stops nothing. A database that is away is not reported here: whoever needs it does.
"""

from __future__ import annotations

import logging
import time
from typing import Any

from celery import bootsteps
from celery.beat import PersistentScheduler

log = logging.getLogger(__name__)

EVERY = 20.0  # seconds


def note(part: str, *, host: str = "") -> None:
    """Write a sign of life, and close its connection: the processes of the pool must not inherit it."""
    from django.db import Error, connection

    import present
    from referrals import heartbeats
    from referrals.models import Heartbeat

    try:
        heartbeats.note(Heartbeat.Part(part), at=present.now(), host=host)
    except Error as failure:
        log.info("No sign of life could be written: %s", type(failure).__name__)
    finally:
        connection.close()


class NotedWorker(bootsteps.StartStopStep):
    """A worker's sign of life for as long as it is connected to its broker: then it can be given work."""

    def __init__(self, parent: Any, **options: Any) -> None:
        super().__init__(parent, **options)
        self.timer: Any = None

    def start(self, parent: Any) -> None:
        note("worker", host=parent.hostname)
        self.timer = parent.timer.call_repeatedly(EVERY, note, ("worker",), {"host": parent.hostname})

    def stop(self, parent: Any) -> None:
        if self.timer:
            self.timer.cancel()
            self.timer = None


class NotedScheduler(PersistentScheduler):
    """Beat's timetable, which notes that it is being followed."""

    noted_at = float("-inf")  # by a clock that only counts

    def tick(self, *arguments: Any, **named: Any) -> Any:
        pause = super().tick(*arguments, **named)
        if time.monotonic() - self.noted_at >= EVERY:
            self.noted_at = time.monotonic()
            note("beat")
        return min(pause, EVERY)

"""Counts what leaves no row behind, such as refused steps: in memory first, then in one write.

A refusal rolls its transaction back, so it cannot be counted inside. Each process keeps what it counted until
``store`` is called outside: at the end of a request, of a task, of a turn. A process that is killed loses the
refusals of its last moment, and nothing else.
"""

from __future__ import annotations

import logging
from collections import Counter
from threading import Lock

from django.db import Error, connection, transaction

from workflows.refusals import StepRefused

from .models import Tally

log = logging.getLogger(__name__)

_lock = Lock()
_waiting: Counter[tuple[str, str, str]] = Counter()


def refused(kind: str, refusal: StepRefused) -> None:
    """Count a refused step once for each of its reasons."""
    with _lock:
        _waiting.update((Tally.What.REFUSED.value, kind, each.code[:60]) for each in refusal.refusals)


def store() -> None:
    """Add what was counted in this process to the table. Kept for the next time if the database is away."""
    if not _waiting or (connection.in_atomic_block and connection.needs_rollback):
        return
    with _lock:
        counted = Counter(_waiting)
        _waiting.clear()
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany(
                """
                INSERT INTO referrals_tally (what, kind, code, number) VALUES (%s, %s, %s, %s)
                ON CONFLICT (what, kind, code) DO UPDATE SET number = referrals_tally.number + EXCLUDED.number
                """,
                [(*key, number) for key, number in sorted(counted.items())],
            )
    except Error:
        with _lock:
            _waiting.update(counted)
        log.warning("The tallies could not be stored; they are kept for the next time.")

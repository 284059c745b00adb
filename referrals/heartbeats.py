"""Signs of life: who is at work, since when not. Written by whatever ticks, read by the operations page."""

from __future__ import annotations

import os
import socket
from datetime import datetime, timedelta
from typing import Any

from .models import Heartbeat

KEPT = timedelta(days=30)
"""How long a host that is gone stays on record."""
AHEAD = timedelta(minutes=1)
"""By how much the clocks of two hosts may differ."""


def note(part: Heartbeat.Part, *, at: datetime, host: str = "", **detail: Any) -> None:
    """Note that a part of the system is at work, in one statement: two at once are harmless."""
    Heartbeat.objects.bulk_create(
        [
            Heartbeat(
                name=part,
                host=(host or socket.gethostname())[:200],
                at=at,
                detail={"process": os.getpid(), **detail},
            )
        ],
        update_conflicts=True,
        unique_fields=["name", "host"],
        update_fields=["at", "detail"],
    )


def alive(*, at: datetime) -> list[Heartbeat]:
    """Every part on every host that was at work lately, the latest first within each part.

    A sign of life from the future, by a clock that runs ahead, says nothing about now and is left out.
    """
    return list(Heartbeat.objects.filter(at__gte=at - KEPT, at__lte=at + AHEAD))


def forget_the_gone(*, at: datetime) -> int:
    """Remove hosts of which nothing was seen for a month; returns how many."""
    return Heartbeat.objects.filter(at__lt=at - KEPT).delete()[0]

"""What is done every night about who may act: reviews are followed, accounts that nobody uses are locked."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime

from . import access_reviews, capacities

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Cared:
    """What one night did, in numbers."""

    reviews: access_reviews.Followed
    warned: int
    locked: int


def look_after(*, at: datetime, on_this_machine: datetime) -> Cared:
    """Follow the reviews, then lock and warn; sign-ins are counted by the machine's own clock.

    Safe to repeat, on the same night too.
    """
    locked = capacities.lock_dormant(at=on_this_machine)
    warned = capacities.warn_dormant(at=on_this_machine)
    cared = Cared(access_reviews.follow(at=at), warned, locked)
    log.info("access looked after: %s", cared)
    return cared

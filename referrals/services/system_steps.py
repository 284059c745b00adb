"""A step that the system takes in one case because of what happened in another."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from workflows import engine
from workflows.models import Case, Step

from .. import announcements


def take(record: Case, name: str, /, *, at: datetime, **data: Any) -> Step:
    """Take it, in the transaction of what happened, and tell whom the matrix names for it.

    Raises ``engine.StepRefused``. What follows at once on the very record that a person moved is announced
    with that person's step instead: once, where the record then stands.
    """
    step = engine.advance(record, name, by=engine.SYSTEM, at=at, **data)
    announcements.step_taken(record, step)
    return step

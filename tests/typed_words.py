"""A line of history with words that somebody typed, and what becomes of them when they are redacted."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from referrals.services import redactions
from referrals.services.steps import take_step
from tests.cases import OPEN_WORLD, reload
from tests.workflows.test_history_export import everything
from workflows import exports
from workflows.models import Step

LATER = OPEN_WORLD + timedelta(days=1)
TYPED = "Ask Lázaro's state agency in Phoenix"
FIELD = "data.other_agency"


def refer(cast: Any, submitted: Any) -> Step:
    """The line with which an agency names another one, in words of its own."""
    take_step(submitted, "acknowledge", by=cast.investigator, at=OPEN_WORLD)
    take_step(submitted, "begin_review", by=cast.investigator, at=OPEN_WORLD)
    return take_step(
        submitted, "refer", by=cast.investigator, at=OPEN_WORLD, reason="Not ours.", other_agency=TYPED
    )


def redact(record: Any, step: Step, cast: Any, field: str = FIELD) -> None:
    """Two people destroy the words of a line."""
    request = redactions.ask(
        reference=record.reference, line=step.sequence, field=field, because="It names a worker.",
        by=cast.administrator, at=LATER,
    )  # fmt: skip
    redactions.decide(request, granted=True, by=cast.officer, at=LATER)


def exported(record: Any) -> dict[str, Any]:
    """The whole history of a case as its owner exports it."""
    return exports.export(reload(record), sight=everything, reader="", at=LATER)

"""Issues the letter that belongs to a step and keeps it beside its case."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from workflows.models import Step
from workflows.parties import Actor


def issue_for(record: Any, step: Step, *, by: Actor, at: datetime) -> None:
    """Issue the letter of this step, if one belongs to it."""

"""How much of a history its reader may take away, and since when the case has been before them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from workflows import exports
from workflows.models import Step

from . import diary
from .models import User

REASON = "reason"


def sight(record: Any, user: User) -> exports.Sight:
    """Which parts of a line a reader may see: as on the history page, no more.

    Own lines whole; of a line taken elsewhere that the reader may know of, what happened and a reason that
    was meant for them, but neither who did it nor what else was recorded; of others nothing.
    """
    addressed = diary.gives_reasons(record)

    def parts(step: Step) -> frozenset[str]:
        if not diary.may_know(record, step, user):
            return frozenset()
        if step.actor_id is not None and step.organization != user.organization_id:
            return exports.HAPPENED | ({REASON} if step.name in addressed else frozenset())
        if step.actor_id is None and step.reason and step.name not in addressed:
            return exports.EVERYTHING - {REASON}
        return exports.EVERYTHING

    return parts


def before_them_since(record: Any, user: User) -> datetime | None:
    """Since when a reader can have seen the case: its opening if that was theirs, else the handing over."""
    for step in record.steps.order_by("sequence"):
        opened_here = step.nature == Step.Nature.OPENED
        if opened_here and step.organization not in (None, user.organization_id):
            continue
        if step.actor_id is None and not opened_here:
            continue  # the clock's steps hand nothing over
        if diary.may_know(record, step, user):
            since: datetime = step.at
            return since
    return None


def reader(user: User) -> str:
    """For whom an export is made: the organization and the capacity, no name."""
    organization = user.acting.organization.name if user.acting else ""
    return f"{organization}, {user.acting.get_capacity_display()}" if user.acting else organization

"""Taking a step as the casework sees it: the door, what it sets off in other cases, who is told.

Everything happens in one transaction: a message is written if and only if the
step it speaks of is. If the database puts that transaction back, because others
stood in its way, all of it is begun again.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from workflows import engine
from workflows.collisions import in_one_piece
from workflows.models import Case, Step
from workflows.parties import Actor

from .. import announcements, personal_data
from ..traces import traced
from . import effects


@traced
@in_one_piece
def take_step(
    record: Case,
    name: str,
    /,
    *,
    by: Actor,
    at: datetime,
    expected_version: int | None = None,
    reason: str = "",
    idempotency_key: str = "",
    tell: bool = True,
    **data: Any,
) -> Step:
    """Take a step, let it have its effects on other cases, and tell the people concerned.

    Raises ``engine.StepRefused``, or ``PersonalDataFound`` for a number or birth date in the reason; then
    nothing was stored and nobody was told. With ``tell`` false
    the caller tells them itself, once for many cases.
    """
    personal_data.refuse({_("Reason"): reason})
    effects.look_ahead(record, name, **data)
    step = engine.advance(
        record,
        name,
        by=by,
        at=at,
        expected_version=expected_version,
        reason=reason,
        idempotency_key=idempotency_key,
        **data,
    )
    if not step.repeated:
        effects.follow(record, step, by=by, at=at)
        if tell:
            announcements.step_taken(record, step)
    return step

"""Ordering a clock of a case to stand still, and lifting the order: the door, and who is told."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from recordsets.collisions import in_one_piece
from workflows import engine
from workflows.clock_orders import Lifting, PauseOrder
from workflows.models import Case, Step
from workflows.parties import Actor

from .. import clock_announcements, personal_data
from ..traces import traced


def order_pause(
    record: Case,
    clock: str,
    *,
    by: Actor,
    at: datetime,
    reason: str,
    authority: str,
    expected_version: int | None = None,
    idempotency_key: str = "",
) -> Step:
    """Let a clock, by its key, stand still from now on, and tell those whose date it is.

    Raises ``engine.StepRefused`` with every reason, or ``PersonalDataFound`` for a number or birth date in
    what was written; then nothing was stored and nobody was told.
    """
    personal_data.refuse({_("Reason"): reason, _("Authority"): authority})
    order = PauseOrder(clock, reason=reason, authority=authority)
    return _given(
        record, order.name, order, by=by, at=at, expected_version=expected_version, key=idempotency_key
    )


def lift_pause(
    record: Case,
    clock: str,
    *,
    ordered_in: int,
    by: Actor,
    at: datetime,
    reason: str,
    expected_version: int | None = None,
    idempotency_key: str = "",
) -> Step:
    """Lift the order given in a line of the history; the clock goes on unless something else holds it.

    Raises as ``order_pause`` does.
    """
    personal_data.refuse({_("Reason"): reason})
    order = Lifting(clock, ordered_in=ordered_in, reason=reason)
    return _given(
        record, order.name, order, by=by, at=at, expected_version=expected_version, key=idempotency_key
    )


@traced
@in_one_piece
def _given(
    record: Case,
    _name: str,
    /,
    order: PauseOrder | Lifting,
    *,
    by: Actor,
    at: datetime,
    expected_version: int | None,
    key: str,
) -> Step:
    step = engine.order_clock(record, order, by=by, at=at, expected_version=expected_version, key=key)
    if not step.repeated:
        clock_announcements.ordered(record, step)
    return step

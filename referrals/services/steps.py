"""Taking a step as the casework sees it: the door, what it sets off in other cases, who is told.

Everything happens in one transaction, or in one statement where a step sets nothing off: a message is written
if and only if the step it speaks of is. If the database puts that back, because others stood in its way, all
of it is begun again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from notifications import outbox
from recordsets import Rider
from recordsets.collisions import as_they_were, in_one_piece
from workflows import engine
from workflows.models import Case, Step
from workflows.parties import Actor

from .. import announcements, in_hand, personal_data, traces
from ..remembering import remembering
from ..traces import traced
from . import effects


@traced
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
    advance = partial(
        engine.advance,
        record,
        name,
        by=by,
        at=at,
        expected_version=expected_version,
        reason=reason,
        idempotency_key=idempotency_key,
        along=_told_with if tell else None,
        **data,
    )
    if effects.is_all(record, name):
        return advance()
    return _with_what_follows(record, name, data, advance, by=by, at=at, tell=tell)


@in_one_piece
def _with_what_follows(
    record: Case,
    name: str,
    data: dict[str, Any],
    advance: Callable[[], Step],
    *,
    by: Actor,
    at: datetime,
    tell: bool,
) -> Step:
    effects.look_ahead(record, name, **data)
    step = advance()
    if not step.repeated:
        then = effects.follow(record, step, by=by, at=at)
        if tell and not effects.stands_alone(record, step):
            announcements.step_taken(record, step, then=then)
    return step


def _told_with(record: Case, step: Step) -> Rider | None:
    """What people are told of a step that sets nothing off: it is written in the step's own statement."""
    if not effects.stands_alone(record, step):
        return None
    return outbox.rider(partial(announcements.step_taken, record, step), only_if=engine.WRITTEN)


@in_one_piece
def take_steps(
    records: Sequence[Case],
    name: str,
    /,
    *,
    by: Actor,
    at: datetime,
    expected_versions: Mapping[int, int] = engine.NOTHING,
    reason: str = "",
    keys: Mapping[int, str] = engine.NOTHING,
    tell: bool = True,
    **data: Any,
) -> dict[int, Step | engine.StepRefused]:
    """The same step for many records: for each, by its key, the step that was taken or why it was not.

    All else as for ``take_step``; versions and keys of idempotency are by the key of the record. They go
    through the door together. Where what follows in other cases is refused, each goes alone, so that it keeps
    no other from moving.
    """
    personal_data.refuse({_("Reason"): reason})

    def alone(record: Case) -> Step | engine.StepRefused:
        try:
            with outbox.together():
                return take_step(
                    record, name, by=by, at=at, expected_version=expected_versions.get(record.pk),
                    reason=reason, idempotency_key=keys.get(record.pk, ""), tell=tell, **data,
                )  # fmt: skip
        except engine.StepRefused as refused:
            return refused

    with remembering(), outbox.together():
        try:
            with as_they_were(records), transaction.atomic(), outbox.together():
                return _take_together(
                    records, name, by=by, at=at, expected_versions=expected_versions, reason=reason,
                    keys=keys, tell=tell, data=data,
                )  # fmt: skip
        except engine.StepRefused:
            return {record.pk: alone(record) for record in records}


def _take_together(
    records: Sequence[Case],
    name: str,
    *,
    by: Actor,
    at: datetime,
    expected_versions: Mapping[int, int],
    reason: str,
    keys: Mapping[int, str],
    tell: bool,
    data: dict[str, Any],
) -> dict[int, Step | engine.StepRefused]:
    """Raises ``StepRefused`` where what one of them sets off elsewhere is refused."""
    verdicts: dict[int, Step | engine.StepRefused] = {}
    for record in records:
        try:
            effects.look_ahead(record, name, **data)
        except engine.StepRefused as refused:
            verdicts[record.pk] = refused
    allowed = [record for record in records if record.pk not in verdicts]
    verdicts |= engine.advance_all(
        allowed, name, by=by, at=at, expected_versions=expected_versions, reason=reason, keys=keys, **data
    )
    for record in records:
        verdict = verdicts[record.pk]
        with in_hand.a_case(record.reference):
            traces.note(record, name, verdict)
            if isinstance(verdict, Step) and not verdict.repeated:
                then = effects.follow(record, verdict, by=by, at=at)
                if tell:
                    announcements.step_taken(record, verdict, then=then)
    return verdicts

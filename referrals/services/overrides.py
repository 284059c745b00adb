"""Letting new requests under one statement in while the programme is closed."""

from __future__ import annotations

from datetime import date, datetime

from django.core.exceptions import PermissionDenied

from recordsets.collisions import in_one_piece
from workflows import engine
from workflows.parties import Capacity
from workflows.sealing import Words

from .. import personal_data, programme_announcements
from ..models import ProgrammeOverride, Statement, User
from . import programme


@in_one_piece
def record_override(
    statement: Statement,
    *,
    by: User,
    at: datetime,
    starts_on: date,
    ends_on: date,
    authority: str,
    reason: str,
    expected_version: int | None = None,
) -> ProgrammeOverride:
    """Let first requests under a statement in between two days, both included.

    The override is written into the statement's history, whoever asked for it and the representatives
    whose requests depend on it are told, and drafts on hold under it go on. Raises ``PermissionDenied``
    for anybody but a programme officer, ``PersonalDataFound`` when a text names a worker's numbers and
    ``engine.StalePage`` when the statement changed meanwhile.
    """
    if by.capacity != Capacity.PROGRAMME_OFFICER:
        raise PermissionDenied
    personal_data.refuse({"authority": authority, "reason": reason})
    step = engine.record_note(
        statement, "record_override", by=by, at=at, expected_version=expected_version, reason=reason,
        starts_on=starts_on, ends_on=ends_on, authority=Words(authority),
    )  # fmt: skip
    override = ProgrammeOverride(
        statement=statement,
        starts_on=starts_on,
        ends_on=ends_on,
        authority=authority,
        reason=reason,
        recorded_by=by,
        recorded_at=at,
    )
    override.full_clean(exclude=["statement", "recorded_by"])
    override.save()
    programme_announcements.override_recorded(statement, step, starts_on=starts_on, ends_on=ends_on)
    programme.follow(at=at)
    return override

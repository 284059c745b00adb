"""Grants: opened by a decision, replaced by a later one, prepared for renewal."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.core.exceptions import PermissionDenied

from recordsets.collisions import in_one_piece
from workflows import engine, parties, terms
from workflows.calendars import calendar
from workflows.machines.grant import IN_FORCE
from workflows.models import Step

from ..models import Grant, Renewal, User, WorkerRequest
from . import system_steps


def last_day(starts_on: date, months: int) -> date:
    """The last day of a grant of whole months: the day before the same day of the month."""
    term = terms.Term(months, terms.Unit.MONTHS, rolls=False)
    return terms.due(term, calendar=calendar("us-federal"), start=starts_on).on - timedelta(days=1)


def open_grant(request: WorkerRequest, step: Step, *, at: datetime) -> Grant:
    """The grant that a decision opens, with the dates decided; an earlier grant is replaced."""
    starts_on = date.fromisoformat(str(step.data["grant_starts_on"]))
    months = int(step.data["months"])
    at_ice = request.track == "ICE"
    decider = request.ice_desk if at_ice else request.uscis_desk
    assert decider is not None
    grant = Grant(
        worker_request=request,
        representative_id=request.representative_id,
        representative_desk_id=request.representative_desk_id,
        decider_desk=decider,
        time_zone=decider.time_zone,
        decider="ICE" if at_ice else "USCIS",
        ice_office_id=request.ice_office_id if at_ice else None,
        starts_on=starts_on,
        ends_on=last_day(starts_on, months),
        months=months,
    )
    engine.open_case(grant, by=engine.SYSTEM, at=at, months=months)
    if request.earlier_grant is not None and request.earlier_grant.closed_at is None:
        taken = "extend" if request.filing == WorkerRequest.Filing.EXTENSION else "renew"
        system_steps.take(request.earlier_grant, taken, at=at)
    return grant


@in_one_piece
def open_renewal(grant: Grant, *, by: User, at: datetime) -> Renewal:
    """Begin to prepare the renewal of a grant."""
    statement = grant.worker_request.statement
    renewal = Renewal(
        grant=grant,
        representative_id=grant.representative_id,
        representative_desk_id=grant.representative_desk_id,
        agency_desk_id=statement.agency_desk_id,
        grant_ends_on=grant.ends_on,
        jurisdiction=statement.jurisdiction,
        time_zone=grant.time_zone,
    )
    return engine.open_case(renewal, by=by, at=at)


def may_write_grounds(grant: Grant, user: User) -> bool:
    """USCIS, or the field office that decided, while the grant is in force."""
    deciders = parties.uscis_adjudicator | parties.ice_reviewer
    return grant.state in IN_FORCE and deciders(grant, user)


@in_one_piece
def write_grounds(
    grant: Grant,
    *,
    by: User,
    at: datetime,
    authority: str,
    reason: str,
    requested_by: str,
    expected_version: int | None = None,
) -> None:
    """The authority and the reason of a termination, and on whose request it happens.

    A proposal that waits on earlier grounds can then not be countersigned. Raises ``PermissionDenied``
    for anybody else than who may end the grant, ``engine.StalePage`` when it moved meanwhile.
    """
    if not may_write_grounds(grant, by):
        raise PermissionDenied
    engine.record_note(grant, "write_grounds", by=by, at=at, expected_version=expected_version)
    grant.termination_authority, grant.termination_reason = authority, reason
    grant.termination_requested_by = requested_by
    grant.save()

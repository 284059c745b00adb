"""Work permits follow the deferred action on which they rest."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext as _

from recordsets.collisions import in_one_piece
from workflows import days_in_words, engine
from workflows.machines.work_permit import PENDING, VALID, State
from workflows.machines.worker_request import State as RequestState
from workflows.models import Step
from workflows.parties import SYSTEM, Actor

from ..models import Grant, WorkerRequest, WorkPermit
from . import system_steps


def open_for(request: WorkerRequest, *, by: Actor, at: datetime) -> WorkPermit:
    """The permit that is asked for with a request; its days are those of USCIS, which decides it."""
    assert request.uscis_desk is not None
    permit = WorkPermit(
        worker_request=request,
        representative_id=request.representative_id,
        representative_desk_id=request.representative_desk_id,
        uscis_desk=request.uscis_desk,
        time_zone=request.uscis_desk.time_zone,
    )
    return engine.open_case(permit, by=by, at=at)


def take_up_after_grant(request: WorkerRequest, *, at: datetime) -> None:
    """The gate opens for the permits of a request whose deferred action is granted."""
    grant = Grant.objects.get(worker_request=request)
    for permit in request.permits.filter(closed_at__isnull=True):
        permit.grant = grant
        permit.save(update_fields=["grant"])
        take_up_if_granted(permit, at=at)


def is_granted(permit: WorkPermit, *, at: datetime) -> bool:
    """Whether the deferred action is granted, so that a settled fee was the last thing to wait for."""
    return permit.grant_id is not None


def take_up_if_granted(permit: WorkPermit, *, at: datetime) -> Step | None:
    """Move a permit that waited only for the grant on to its review; the step that was taken, or None."""
    if is_granted(permit, at=at) and permit.state == State.AWAITING_GRANT:
        return engine.advance(permit, "take_up", by=SYSTEM, at=at)
    return None


def end_with_request(request: WorkerRequest, *, at: datetime) -> None:
    """A request that is refused, rejected or withdrawn takes its pending permits with it."""
    for permit in request.permits.filter(state__in=PENDING):
        denied = permit.state in {State.FILED, State.WAIVER_REQUESTED, State.AWAITING_GRANT}
        withdrawn = request.state == RequestState.WITHDRAWN or permit.state == State.NOT_FILED
        if denied and not withdrawn:
            system_steps.take(permit, "deny_with_request", at=at)
        else:
            system_steps.take(permit, "withdraw", at=at, reason="with the request")


def revoke_with_grant(grant: Grant, *, at: datetime) -> None:
    """A terminated grant revokes the permits that rest on it (8 CFR 274a.14)."""
    for permit in grant.permits.filter(state__in=VALID):
        system_steps.take(permit, "revoke", at=at, reason="the deferred action was terminated")


def replace_earlier(permit: WorkPermit, *, at: datetime) -> None:
    """A delivered permit replaces the one of the earlier grant."""
    earlier = permit.worker_request.earlier_grant
    if earlier is None:
        return
    for old in earlier.permits.filter(state__in=VALID):
        system_steps.take(old, "renew", at=at)


def refuse_to_outlive_the_grant(
    permit: WorkPermit, *, valid_until_on: date | None = None, **_other: object
) -> None:
    """A permit ends with the deferred action it rests on at the latest; raises ``engine.StepRefused``."""
    grant = permit.grant
    if grant is not None and valid_until_on is not None and valid_until_on > grant.ends_on:
        raise engine.StepRefused(
            engine.Refusal(
                "outlives_the_grant",
                _("The work permit would end after the deferred action, which ends on %(day)s.")
                % {"day": days_in_words.day(grant.ends_on)},
                _("Choose that day or an earlier one."),
            )
        )


@in_one_piece
def note_card(permit: WorkPermit, *, last4: str) -> None:
    """The last four characters of the card's number; stored with the step that mails it."""
    permit.card_last4 = last4
    permit.save(update_fields=["card_last4"])

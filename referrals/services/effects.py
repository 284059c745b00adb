"""What a step in one case sets off in others. No machine knows another; this file does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from workflows import openness, sealing
from workflows.machine import steps_for
from workflows.machines.renewal import State as RenewalState
from workflows.models import Kind, Step
from workflows.parties import Actor
from workflows.turn import revived

from ..models import Grant, Renewal, SoiRequest, Statement, StayReferral, WorkerRequest, WorkPermit
from . import evidence, grants, letters, statements, stays, system_steps, work_permits, worker_requests

Effect = Callable[..., Step | None]
"""Returns the step that the system took on the same record right after, where it took one."""


def _request_accepted(record: SoiRequest, step: Step, *, by: Actor, at: datetime) -> None:
    statements.open_from_request(record, by=by, at=at)


def _statement_signed(record: Statement, step: Step, *, by: Actor, at: datetime) -> None:
    statements.fix_version(record, by=by, at=at)
    worker_requests.check_scopes_again(record, at=at)
    for renewal in Renewal.objects.filter(
        grant__worker_request__statement=record, state=RenewalState.AWAITING_STATEMENT
    ).select_for_update():
        system_steps.take(renewal, "choose_renewal", at=at)


def _amendment_begun(record: Statement, step: Step, *, by: Actor, at: datetime) -> None:
    statements.open_version(record, because=sealing.reason_of(step))


def _request_filed(record: WorkerRequest, step: Step, *, by: Actor, at: datetime) -> None:
    evidence.hand_over(record, at=at)
    for permit in record.permits.filter(closed_at__isnull=True):
        system_steps.take(permit, "file", at=at)


def _request_answered(record: WorkerRequest, step: Step, *, by: Actor, at: datetime) -> None:
    evidence.hand_over(record, at=at)


def _request_received(record: WorkerRequest, step: Step, *, by: Actor, at: datetime) -> None:
    worker_requests.give_receipt_number(record, at=at)


def _request_granted(record: WorkerRequest, step: Step, *, by: Actor, at: datetime) -> None:
    grants.open_grant(record, step, at=at)


def _request_refused(record: WorkerRequest, step: Step, *, by: Actor, at: datetime) -> None:
    work_permits.end_with_request(record, at=at)


def _grant_at_uscis(record: WorkerRequest, step: Step, *, by: Actor, at: datetime) -> None:
    grants.open_grant(record, step, at=at)
    work_permits.take_up_after_grant(record, at=at)


def _returned_to_uscis(record: WorkerRequest, step: Step, *, by: Actor, at: datetime) -> None:
    work_permits.take_up_after_grant(record, at=at)


def _fee_settled(record: WorkPermit, step: Step, *, by: Actor, at: datetime) -> Step | None:
    return work_permits.take_up_if_granted(record, at=at)


def _grant_ended(record: Grant, step: Step, *, by: Actor, at: datetime) -> None:
    work_permits.revoke_with_grant(record, at=at)


def _permit_delivered(record: WorkPermit, step: Step, *, by: Actor, at: datetime) -> None:
    work_permits.replace_earlier(record, at=at)


def _referral_sent(record: StayReferral, step: Step, *, by: Actor, at: datetime) -> Step | None:
    return stays.hasten_if_urgent(record, at=at)


def _renewal_opened(record: Renewal, step: Step, *, by: Actor, at: datetime) -> None:
    worker_requests.open_from_renewal(record, by=by, at=at)


EFFECTS: dict[tuple[str, str], Effect] = {
    (Kind.SOI_REQUEST, "accept"): _request_accepted,
    (Kind.STATEMENT, "sign"): _statement_signed,
    (Kind.STATEMENT, "amend"): _amendment_begun,
    (Kind.WORKER_REQUEST, "file"): _request_filed,
    (Kind.WORKER_REQUEST, "accept"): _request_received,
    (Kind.WORKER_REQUEST, "answer_rfe"): _request_answered,
    (Kind.WORKER_REQUEST, "answer_noid"): _request_answered,
    (Kind.WORKER_REQUEST, "answer_ice"): _request_answered,
    (Kind.WORKER_REQUEST, "grant"): _grant_at_uscis,
    (Kind.WORKER_REQUEST, "grant_at_ice"): _request_granted,
    (Kind.WORKER_REQUEST, "return_to_uscis"): _returned_to_uscis,
    (Kind.WORKER_REQUEST, "deny"): _request_refused,
    (Kind.WORKER_REQUEST, "deny_at_ice"): _request_refused,
    (Kind.WORKER_REQUEST, "deny_for_no_show"): _request_refused,
    (Kind.WORKER_REQUEST, "reject"): _request_refused,
    (Kind.WORKER_REQUEST, "withdraw"): _request_refused,
    (Kind.WORKER_REQUEST, "close_administratively"): _request_refused,
    (Kind.GRANT, "terminate"): _grant_ended,
    (Kind.GRANT, "terminate_at_once"): _grant_ended,
    (Kind.WORK_PERMIT, "accept_fee"): _fee_settled,
    (Kind.WORK_PERMIT, "grant_waiver"): _fee_settled,
    (Kind.WORK_PERMIT, "deliver"): _permit_delivered,
    (Kind.STAY_REFERRAL, "send"): _referral_sent,
    (Kind.RENEWAL, "open_request"): _renewal_opened,
}


def _is_urgent(record: StayReferral, *, at: datetime) -> bool:
    return stays.is_urgent(record.stay, at=at)


GOES_ON: dict[tuple[str, str], tuple[str, Callable[..., bool]]] = {
    (Kind.WORK_PERMIT, "accept_fee"): ("take_up", work_permits.is_granted),
    (Kind.WORK_PERMIT, "grant_waiver"): ("take_up", work_permits.is_granted),
    (Kind.STAY_REFERRAL, "send"): ("hasten", _is_urgent),
}
"""The step that the system takes on the same record right after another one, and whether it does."""


def goes_on_with(record: Any, name: str, *, at: datetime) -> str:
    """The step that the system would take on the record right after this one; empty where there is none."""
    step, does = GOES_ON.get((record.machine.kind, name), ("", None))
    return step if does is not None and does(record, at=at) else ""


GUARDS: dict[tuple[str, str], Callable[..., None]] = {
    (Kind.WORK_PERMIT, "approve"): work_permits.refuse_to_outlive_the_grant,
}


def look_ahead(record: Any, name: str, **data: Any) -> None:
    """Refuse what a step is given where another case forbids it.

    What a countersignature would set off is looked at like the step itself. Raises ``engine.StepRefused``.
    """
    if name == openness.COUNTERSIGN:
        proposal = openness.waiting_proposal(record)
        if proposal is None:
            return
        name, data = proposal.step, revived(proposal.payload)
    guard = GUARDS.get((record.machine.kind, name))
    if guard is not None:
        guard(record, **data)


def stands_alone(record: Any, step: Step) -> bool:
    """Whether a step is taken at once and sets nothing off in other cases."""
    return step.nature == Step.Nature.MOVED and (record.machine.kind, step.name) not in EFFECTS


def is_all(record: Any, name: str) -> bool:
    """Whether a step of this name is all that is to be stored, with its messages: one statement then does.

    Nothing follows in other cases, none of them has a say, no letter is issued, nobody countersigns.
    """
    kind = record.machine.kind
    if (
        name in (openness.COUNTERSIGN, openness.SEND_BACK)
        or (kind, name) in EFFECTS
        or (kind, name) in GUARDS
    ):
        return False
    if letters.template_of(record, name) is not None:
        return False
    return all(
        openness.manner_of(each).countersigned_by is None for each in steps_for(record) if each.name == name
    )


def follow(record: Any, step: Step, *, by: Actor, at: datetime) -> Step | None:
    """Let a step that was really taken have its effects, and issue its letter.

    Returns the step that the system took on the same record right after it, if it took one.
    """
    if step.nature != Step.Nature.MOVED:
        return None
    effect = EFFECTS.get((record.machine.kind, step.name))
    then = effect(record, step, by=by, at=at) if effect is not None else None
    letters.issue_for(record, step, by=by, at=at)
    return then

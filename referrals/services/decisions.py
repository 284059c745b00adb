"""The grounds of a decision on deferred action, written by the office that decides."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied

from recordsets.collisions import in_one_piece
from workflows import engine, parties
from workflows.machines.worker_request_states import State

from ..models import Decision, User, WorkerRequest


def may_decide(request: WorkerRequest, user: User) -> bool:
    """Whether this person is of the office that decides, and the request is under its review."""
    if request.state == State.IN_ADJUDICATION:
        return parties.uscis_adjudicator(request, user)
    return request.state == State.ICE_REVIEW and parties.ice_reviewer(request, user)


def last_decision(request: WorkerRequest) -> Decision | None:
    """The grounds as last written."""
    return request.decisions.select_related("written_by").order_by("-pk").first()


@in_one_piece
def write(
    request: WorkerRequest,
    *,
    by: User,
    at: datetime,
    outcome: str,
    rationale: str,
    favorable: str = "",
    adverse: str = "",
    expected_version: int | None = None,
) -> Decision:
    """Write the grounds down anew; a proposal that waits on earlier grounds can then not be countersigned.

    A line of the history says who wrote them, and that person does not countersign what rests on them.
    Raises ``PermissionDenied`` for anybody but the office that decides while the request is under its review,
    ``engine.StalePage`` when the request moved meanwhile.
    """
    if not may_decide(request, by):
        raise PermissionDenied
    engine.record_note(
        request, "write_decision", by=by, at=at, expected_version=expected_version, outcome=str(outcome)
    )
    if not may_decide(request, by):  # as it was read with the note: it may have moved since the caller looked
        raise PermissionDenied
    return Decision.objects.create(
        case=request, outcome=outcome, written_by=by, written_at=at, favorable=favorable, adverse=adverse,
        rationale=rationale,
    )  # fmt: skip

"""What DHS intake finds in a packet and where it sends it; the representative's checklist stays as it is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied

from recordsets.collisions import in_one_piece
from workflows import engine, parties
from workflows.machines.worker_request_states import ICE_PENDING, USCIS_PENDING, State
from workflows.models import Case

from ..models import PacketItem, User, WorkerRequest

ROUTING = (
    "in_proceedings", "final_order", "reinstated_order", "voluntary_departure", "detained",
    "prior_ice_contact", "removal_at", "ice_office",
)  # fmt: skip


def may_check_packet(request: WorkerRequest, user: User) -> bool:
    """Intake, from the opened envelope until the request is routed."""
    return request.state in {State.RECEIVED, State.COMPLETENESS_CHECK} and parties.dhs_intake(request, user)


def may_route(request: WorkerRequest, user: User) -> bool:
    """Intake until it is routed; then whoever reviews, because an answer can change while it is pending."""
    if request.state in {State.RECEIVED, State.COMPLETENESS_CHECK}:
        return parties.dhs_intake(request, user)
    if request.state in USCIS_PENDING:
        return parties.uscis_adjudicator(request, user)
    return request.state in ICE_PENDING and parties.ice_reviewer(request, user)


@in_one_piece
def check_packet(
    request: WorkerRequest,
    *,
    by: User,
    at: datetime,
    found: Mapping[str, tuple[str, str]],
    expected_version: int | None = None,
) -> None:
    """Store what intake found: key → (state, note). Raises ``PermissionDenied`` or ``engine.StalePage``."""
    if not may_check_packet(request, by):
        raise PermissionDenied
    states = {key: state for key, (state, _note) in found.items()}
    engine.record_note(request, "check_packet", by=by, at=at, expected_version=expected_version, found=states)
    for item in request.items.filter(key__in=found):
        item.intake_state, item.intake_note = found[item.key]
        item.save(update_fields=["intake_state", "intake_note"])


def undecided(request: WorkerRequest) -> list[PacketItem]:
    """The packet items that intake has not looked at."""
    return list(request.items.filter(intake_state=""))


@in_one_piece
def answer_routing(
    request: WorkerRequest,
    *,
    by: User,
    at: datetime,
    answers: Mapping[str, Any],
    expected_version: int | None = None,
) -> None:
    """Store the answers to the routing questions, then bump the version, so that clocks and desks follow.

    ``answers`` holds any of ``ROUTING``. Raises ``PermissionDenied`` or ``engine.StalePage``.
    """
    if not may_route(request, by):
        raise PermissionDenied
    Case.objects.select_for_update().get(pk=request.pk)
    given = {name: answers[name] for name in ROUTING if name in answers}
    for name, value in given.items():
        setattr(request, name, value)
    request.ice_desk = request.ice_office.desk if request.ice_office else None
    request.save(update_fields=[*given, "ice_desk"])
    said: dict[str, Any] = {name: value for name, value in given.items() if isinstance(value, bool)}
    engine.record_note(request, "answer_routing", by=by, at=at, expected_version=expected_version, **said)

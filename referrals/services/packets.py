"""Filling a packet: its lines, its proofs, its work permit, and what would stop it from being filed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from recordsets.collisions import in_one_piece
from workflows import engine, openness
from workflows.days import rule_day
from workflows.machines.worker_request import State
from workflows.refusals import Refusal

from ..models import PacketItem, User, WorkerRequest, WorkPermit
from ..packets import Item, items_for
from . import work_permits, worker_requests

PERMIT_PAPERS = frozenset({"i765", "i765ws", "fee", "photos"})
AHEAD = (
    ("make_ready", State.DRAFT),
    ("sign", State.READY_FOR_SIGNATURE),
    ("file", State.SIGNED),
)


def wanted(request: WorkerRequest, *, on: date) -> dict[str, bool]:
    """The papers of this request on a day, each with whether it is required."""
    return {
        item.key: item.required and (request.asks_permit or item.key not in PERMIT_PAPERS)
        for item in items_for(request.filing, on=on)
    }


def is_out_of_date(request: WorkerRequest, *, on: date) -> bool:
    """Whether the form set or the wish for a work permit changed since the list was made."""
    kept = {item.key: item.required for item in request.items.all()}
    now = wanted(request, on=on)
    return any(kept.get(key) != required for key, required in now.items()) or any(
        required and key not in now for key, required in kept.items()
    )


def bring_up_to_date(request: WorkerRequest, *, on: date) -> None:
    """Add the lines that are asked for now; a line that is no longer asked for stays, but is not required."""
    now = wanted(request, on=on)
    kept = {item.key: item for item in request.items.all()}
    for item in kept.values():
        item.required = now.get(item.key, False)
        item.save(update_fields=["required"])
    PacketItem.objects.bulk_create(
        PacketItem(request=request, key=key, required=required)
        for key, required in now.items()
        if key not in kept
    )


@in_one_piece
def mark(
    request: WorkerRequest,
    *,
    by: User,
    at: datetime,
    states: Mapping[str, tuple[str, str]],
    expected_version: int | None = None,
) -> None:
    """Set packet lines (key → state and note) and bring the list up to date."""
    engine.advance(request, "revise", by=by, at=at, expected_version=expected_version)
    bring_up_to_date(request, on=rule_day(at))
    for item in request.items.filter(key__in=states):
        item.state, item.note = states[item.key]
        item.save(update_fields=["state", "note"])


@in_one_piece
def save_claim(
    request: WorkerRequest,
    *,
    by: User,
    at: datetime,
    expected_version: int | None = None,
    claim: Mapping[str, Any],
    permit: Mapping[str, Any],
) -> None:
    """Save what is claimed and what the permit needs; the packet follows the wish for a permit."""
    worker_requests.revise(request, by=by, at=at, expected_version=expected_version, **claim)
    set_permit(request, by=by, at=at, **permit)
    bring_up_to_date(request, on=rule_day(at))


def open_permit(request: WorkerRequest) -> WorkPermit | None:
    """The permit that is asked for with a request, while it is open."""
    return request.permits.filter(closed_at__isnull=True).first()


def set_permit(request: WorkerRequest, *, by: User, at: datetime, **values: Any) -> None:
    """Open, fill or give up the permit of a request that is being prepared."""
    permit = open_permit(request)
    if not request.asks_permit:
        if permit is not None:
            engine.advance(permit, "withdraw", by=by, at=at, reason="not asked for")
        return
    if permit is None:
        permit = work_permits.open_for(request, by=by, at=at)
    if any(getattr(permit, name) != value for name, value in values.items()):
        engine.record_note(permit, "revise", by=by, at=at)
        for name, value in values.items():
            setattr(permit, name, value)
        permit.save(update_fields=[*values])


def preflight(request: WorkerRequest, *, by: User, at: datetime) -> list[Refusal]:
    """Everything that would stop this request between here and its filing, each reason once."""
    if request.state not in {state for _name, state in AHEAD}:
        return []
    loaded = openness.load(WorkerRequest, request.pk, by=by, at=at)
    begun = [state for _name, state in AHEAD].index(request.state)
    found: dict[str, Refusal] = {}
    for name, state in AHEAD[begun:]:
        declared = openness.declared_step(WorkerRequest, name, state)
        assert declared is not None
        found.update({each.code: each for each in openness.unmet(loaded, declared)})
    return list(found.values())


def lines(request: WorkerRequest, *, on: date) -> list[tuple[PacketItem, Item | None]]:
    """The packet's lines in the checklist's order, each with what it is (None for one of an older set)."""
    from ..packets import ITEMS

    order = list(ITEMS)
    kept = sorted(
        request.items.all(), key=lambda item: order.index(item.key) if item.key in ITEMS else len(order)
    )
    return [(item, ITEMS.get(item.key)) for item in kept]

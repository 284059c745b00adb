"""A few reads of the last days, so that the trail and the alerts of the demo are not empty."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from .. import lookups
from ..models import Access, StatedPurpose, User, WorkerRequest
from ..services import access_alerts, access_chain, purposes
from ..services.reads import keyed
from . import workers
from .cast import Cast
from .workers import Worker

AFTERNOON, NIGHT = time(19, 30), time(3, 40)
"""In UTC: an afternoon everywhere in the demo, and a night in New York."""


@dataclass(frozen=True)
class Scene:
    """Somebody opens the request of a worker so many days ago."""

    who: str
    worker: Worker
    days: int
    at: time = AFTERNOON
    purpose: str = ""


SCENES = (
    Scene("intake", workers.HONORIO, 3),
    Scene("adjudicator", workers.HONORIO, 2),
    Scene("ice_reviewer", workers.PLACIDO, 2, purpose=StatedPurpose.Code.DECIDE),
    Scene("adjudicator", workers.HONORIO, 1, at=NIGHT),
)


def store(cast: Cast, *, now: datetime) -> None:
    """Put the reads on the trail, as the pages would have, and let the rules look at them."""
    for scene in SCENES:
        day = (now - timedelta(days=scene.days)).date()
        request = _request_of(scene.worker, cast)
        _read(cast.people[scene.who], request, at=datetime.combine(day, scene.at, UTC), purpose=scene.purpose)
    access_alerts.follow(at=now)
    access_chain.take_head(at=now)


def _request_of(worker: Worker, cast: Cast) -> WorkerRequest:
    """By the look-ups of the organization that stands by the worker: names are encrypted."""
    owner = cast.representative.organization_id
    return WorkerRequest.objects.select_related("person").get(
        person__in=lookups.found(owner, f"{worker.given_names} {worker.family_names}")
    )


def _read(user: User, request: WorkerRequest, *, at: datetime, purpose: str) -> None:
    hat: Any = user.memberships.get()
    session = keyed("session", f"{user.pk} {at.isoformat()}")
    if purpose:
        purposes.state(request, by=user, session=session, code=purpose, text="", at=at)
    Access.objects.create(
        user=user,
        capacity=hat.capacity,
        organization_id=hat.organization_id,
        office_id=hat.office_id,
        owner_id=request.representative_id,
        what=Access.What.RECORD,
        route="case",
        subject=request.reference,
        persons=[request.person.token],
        number=1,
        cases=[request.reference],
        purpose=purpose,
        network=keyed("network", f"198.51.100.{hat.office_id}"),
        session=session,
        at=at,
    )

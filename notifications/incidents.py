"""What could not be delivered, and the person who sees to it."""

import logging
from datetime import datetime

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils.module_loading import import_string

from notifications.models import Incident, Message, State

log = logging.getLogger(__name__)


class AlreadyResolved(Exception):
    """Somebody has seen to this incident before."""


def open_incident(*, message: Message | None, kind: str, note: str, at: datetime) -> Incident:
    """Open an incident and give it to the person whom settings.NOTIFICATIONS_INCIDENT_OWNER names, if any."""
    owner = _owner_on_duty()
    return Incident.objects.create(
        message=message, kind=kind, note=note, opened_at=at, owner_id=owner.pk if owner else None
    )


def assign(*, incident: Incident, owner: AbstractBaseUser) -> Incident:
    with transaction.atomic():
        incident = _unresolved(incident)
        incident.owner_id = owner.pk
        incident.save(update_fields=["owner"])
    return incident


def resolve(*, incident: Incident, by: AbstractBaseUser, at: datetime, resolution: str) -> Incident:
    """Close an incident with the words that say how. Raises AlreadyResolved, ValueError without words."""
    if not resolution.strip():
        raise ValueError("Say how the incident was resolved.")
    with transaction.atomic():
        incident = _unresolved(incident)
        incident.owner_id = by.pk
        incident.resolved_at = at
        incident.resolution = resolution.strip()
        incident.save(update_fields=["owner", "resolved_at", "resolution"])
    return incident


def send_again(*, incident: Incident, by: AbstractBaseUser, at: datetime, resolution: str) -> Incident:
    """Resolve an incident by putting its message back into the outbox, with a fresh day of tries."""
    with transaction.atomic():
        incident = resolve(incident=incident, by=by, at=at, resolution=resolution)
        Message.objects.filter(incidents=incident, state=State.FAILED).update(
            state=State.PENDING, next_try_at=at, attempts=0
        )
    return incident


def _unresolved(incident: Incident) -> Incident:
    locked = Incident.objects.select_for_update().get(pk=incident.pk)
    if locked.resolved_at is not None:
        raise AlreadyResolved(str(locked))
    return locked


def _owner_on_duty() -> AbstractBaseUser | None:
    """Whoever the hook names; a broken hook leaves the incident without an owner rather than unrecorded."""
    path = getattr(settings, "NOTIFICATIONS_INCIDENT_OWNER", None)
    if not path:
        return None
    try:
        with transaction.atomic():
            owner: AbstractBaseUser | None = import_string(path)()
    except Exception:
        log.exception("The hook NOTIFICATIONS_INCIDENT_OWNER failed; the incident has no owner.")
        return None
    return owner

"""What could not be delivered, and the person who sees to it."""

import logging
from datetime import datetime

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.db.models import Q
from django.utils.module_loading import import_string

from notifications import outbox
from notifications.models import Incident, IncidentNote, Message, State
from recordsets.collisions import in_one_piece

log = logging.getLogger(__name__)


class AlreadyResolved(Exception):
    """Somebody has seen to this incident before."""


def open_incident(*, message: Message | None, kind: str, note: str, at: datetime) -> Incident:
    """Open an incident and give it to the person whom settings.NOTIFICATIONS_INCIDENT_OWNER names, if any."""
    owner = _owner_on_duty()
    return Incident.objects.create(
        message=message, kind=kind, note=note, opened_at=at, owner_id=owner.pk if owner else None
    )


def of_bounce(*, message: Message, kind: str, note: str, at: datetime) -> Incident:
    """The incident of a mail that came back: one for each person at a time, with a note for each more."""
    same = Incident.objects.unresolved().filter(
        Q(message=message) | Q(message__recipient_id=message.recipient_id, kind=kind)
    )
    incident = same.select_for_update(of=("self",)).first()
    if incident is None:
        return open_incident(message=message, kind=kind, note=note, at=at)
    add_note(incident=incident, by=None, at=at, text=note or str(Incident.Kind(kind).label))
    return incident


@in_one_piece
def assign(*, incident: Incident, owner: AbstractBaseUser) -> Incident:
    """Give an incident to somebody. Raises AlreadyResolved."""
    incident = _unresolved(incident)
    incident.owner_id = owner.pk
    incident.save(update_fields=["owner"])
    return incident


@in_one_piece
def add_note(*, incident: Incident, by: AbstractBaseUser | None, at: datetime, text: str) -> IncidentNote:
    """Write down what was done or found out. Raises ValueError without words."""
    if not text.strip():
        raise ValueError("Say what was done or found out.")
    return IncidentNote.objects.create(
        incident=incident, by_id=by.pk if by else None, at=at, text=text.strip()
    )


@in_one_piece
def resolve(
    *,
    incident: Incident,
    by: AbstractBaseUser,
    at: datetime,
    resolution: str,
    ending: str = Incident.Ending.MENDED,
) -> Incident:
    """Close an incident with the words that say how. Raises AlreadyResolved, ValueError without words."""
    if not resolution.strip():
        raise ValueError("Say how the incident was resolved.")
    incident = _unresolved(incident)
    incident.owner_id = by.pk
    incident.resolved_at = at
    incident.resolution = resolution.strip()
    incident.ending = ending
    incident.save(update_fields=["owner", "resolved_at", "resolution", "ending"])
    return incident


def skip(*, incident: Incident, by: AbstractBaseUser, at: datetime, resolution: str) -> Incident:
    """Leave the message undelivered, with the words that say why. Raises as ``resolve`` does."""
    return resolve(incident=incident, by=by, at=at, resolution=resolution, ending=Incident.Ending.SKIPPED)


@in_one_piece
def send_again(*, incident: Incident, by: AbstractBaseUser, at: datetime, resolution: str) -> Incident:
    """Resolve an incident by sending its message again. Raises as ``resolve`` does.

    What never left goes back into the outbox with a fresh day of tries. What left and came back is proof of
    its own and stays; a message that refers to it is written.
    """
    incident = resolve(
        incident=incident, by=by, at=at, resolution=resolution, ending=Incident.Ending.SENT_AGAIN
    )
    message = incident.message
    if message is None:
        return incident
    Message.objects.filter(pk=message.pk, state=State.FAILED).update(
        state=State.PENDING, next_try_at=at, attempts=0, in_doubt=0
    )
    if message.state in (State.SENT, State.BOUNCED):
        outbox.send_again(message=message, at=at)
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

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min
from django.db.models.functions import Greatest

from notifications.models import Incident, Message
from notifications.models.message import WAITING


@dataclass(frozen=True, slots=True)
class Lag:
    """How far delivery is behind: the longest wait, messages waiting, incidents not yet resolved."""

    oldest_pending_age: timedelta
    pending: int
    incidents: int


def lag(at: datetime) -> Lag:
    """Count what should have gone by now: late is not what was put off, for quiet hours or a summary."""
    waiting = Message.objects.filter(state__in=WAITING)
    waiting = waiting.annotate(wanted_at=Greatest("send_after", "put_off_until")).filter(wanted_at__lte=at)
    figures = waiting.aggregate(oldest=Min("wanted_at"), pending=Count("pk"))
    return Lag(
        oldest_pending_age=at - figures["oldest"] if figures["oldest"] else timedelta(0),
        pending=figures["pending"],
        incidents=Incident.objects.unresolved().count(),
    )

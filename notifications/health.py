from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min

from notifications.models import Incident, Message


@dataclass(frozen=True, slots=True)
class Lag:
    """How far delivery is behind: the longest wait, messages waiting, incidents not yet resolved."""

    oldest_pending_age: timedelta
    pending: int
    incidents: int


def lag(at: datetime) -> Lag:
    """Count what should have been delivered by now. A message put off until later does not count as late."""
    waiting = Message.objects.undelivered().filter(send_after__lte=at)
    figures = waiting.aggregate(oldest=Min("send_after"), pending=Count("pk"))
    return Lag(
        oldest_pending_age=at - figures["oldest"] if figures["oldest"] else timedelta(0),
        pending=figures["pending"],
        incidents=Incident.objects.unresolved().count(),
    )

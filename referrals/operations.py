"""The health of rules, clocks and messages in numbers: no case, no person."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Min, Q

from notifications import health
from workflows.days import rule_day
from workflows.models import Deadline, Policy


def figures(*, at: datetime) -> dict[str, Any]:
    """What an administrator sees: rules and how many are verified, clocks due and fired, messages waiting."""
    rules = Policy.objects.in_force(rule_day(at)).aggregate(
        rules=Count("pk"), unverified=Count("pk", filter=Q(verified_on__isnull=True))
    )
    armed = Deadline.objects.filter(state=Deadline.State.ARMED)
    clocks = armed.aggregate(
        armed=Count("pk"),
        overdue=Count("pk", filter=Q(due_at__lte=at)),
        oldest=Min("due_at", filter=Q(due_at__lte=at)),
        next=Min("due_at", filter=Q(due_at__gt=at)),
    )
    fired = Deadline.objects.filter(state=Deadline.State.FIRED).aggregate(
        last=Max("settled_at"), number=Count("pk")
    )
    lag = health.lag(at)
    return {
        "rules": rules,
        "clocks": clocks,
        "fired": fired,
        "lag": lag,
        "minutes_behind": int(lag.oldest_pending_age.total_seconds() // 60),
    }

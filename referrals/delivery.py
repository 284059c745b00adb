"""Messages that did not arrive: who sees to them, and how they are shown to operators.

Operators see no casework: of a message they learn whom it was for and what kind of news it was, not the case.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications.channels.email import SUMMARY
from notifications.models import Incident, Message
from workflows.machine import steps_of
from workflows.openness import manner_of
from workflows.parties import Capacity

from .models import Membership, User, record_models

BESIDE_CASES = {
    "account": gettext_lazy("The account itself"),
    "rule": gettext_lazy("Change of a rule"),
    "access": gettext_lazy("Alert about reading"),
    "people": gettext_lazy("Who may act for an organization"),
    "file": gettext_lazy("Malware in a file"),
    "programme": gettext_lazy("The federal programme"),
    "case": gettext_lazy("Another version of a procedure"),
}
"""What an event is about that belongs to no kind of case, by the first part of its name."""


def operators() -> QuerySet[User]:
    """Those who may own an incident: active administrators of the system."""
    return User.objects.filter(
        is_active=True,
        memberships__ended_on__isnull=True,
        memberships__capacity=Capacity.ADMINISTRATOR,
    ).distinct()


def is_operator(user: User) -> bool:
    return user.capacity == Capacity.ADMINISTRATOR


def owner_on_duty() -> User | None:
    """The operator with the fewest open incidents; None where there is no operator."""
    burden = Count(
        "notification_incidents", filter=Q(notification_incidents__resolved_at__isnull=True), distinct=True
    )
    return operators().annotate(burden=burden).order_by("burden", "pk").first()


def incidents_seen(user: User, *, resolved: bool) -> QuerySet[Incident]:
    """Incidents that this person may see: the open ones oldest first, the others newest first."""
    if not is_operator(user):
        return Incident.objects.none()
    found = Incident.objects.select_related("message__recipient", "owner")
    if resolved:
        return found.filter(resolved_at__isnull=False).order_by("-resolved_at", "-pk")
    return found.unresolved()


def incident_seen(user: User, pk: int) -> Incident | None:
    if not is_operator(user):
        return None
    return Incident.objects.select_related("message__recipient", "owner").filter(pk=pk).first()


def reader_of(message: Message) -> dict[str, Any]:
    """Whom a message was for: name, address and organization, which an operator needs to reach them."""
    reader: Any = message.recipient
    held = Membership.objects.current().filter(user=reader).select_related("organization").first()
    return {
        "name": str(reader),
        "address": reader.email,
        "organization": held.organization.name if held else "",
        "active": reader.is_active,
    }


def kind_of_news(event: str) -> str:
    """An event in words that name no case."""
    if event == SUMMARY:
        return _("A summary")
    first, _dot, name = event.partition(".")
    if first in BESIDE_CASES:
        return str(BESIDE_CASES[first])
    for model in record_models().values():
        machine = model.machine
        if machine.kind.lower() == first:
            labels = {each.name: str(manner_of(each).label) for each in steps_of(model)}
            step = name.partition(".")[0]
            return f"{machine.label}: {labels.get(step, step.replace('_', ' '))}"
        for rule in machine.clocks:
            if rule.key == first:
                return f"{machine.label}: {rule.label}"
    return event

"""Who stands in for whom: said in the history, and asked at the door."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from .models import Absence
from .models.second_person import FOR_ABSENT
from .parties import Actor
from .refusals import Refusal, StepRefused


def on_behalf(by: Actor, *, at: datetime) -> dict[str, Any]:
    """What a line of history says besides, when somebody acts for an absent person (``by.acting_for``).

    Raises ``StepRefused`` unless that person is absent now and ``by`` stands in for them in this capacity.
    """
    absent = getattr(by, "acting_for", None)
    if absent is None:
        return {}
    lasting = Absence.objects.at(at).filter(
        person_id=absent, deputy_id=by.pk, capacity=by.capacity, organization=by.organization_id or 0
    )
    if not lasting.exists():
        raise StepRefused(
            Refusal(
                "not_standing_in",
                _("You do not stand in for this person now."),
                _("Act in your own name, or have the absence recorded."),
            )
        )
    return {FOR_ABSENT: absent}


def stood_in_for(by: Actor, *, at: datetime) -> list[Absence]:
    """The absences during which this person, in the capacity they act in, stands in for somebody now."""
    return list(
        Absence.objects.at(at)
        .filter(deputy_id=by.pk, capacity=by.capacity, organization=by.organization_id or 0)
        .select_related("person", "desk")
        .order_by("ends_at", "pk")
    )


def deputies(people: Collection[int], *, at: datetime) -> list[Absence]:
    """The absences, now, of any of these people."""
    return list(Absence.objects.at(at).filter(person_id__in=people).select_related("deputy"))

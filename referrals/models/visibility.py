"""Which cases a person may see at all, whatever their kind: the union of every ``visible_to``."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db.models import Q, QuerySet

from workflows.models import Case

if TYPE_CHECKING:
    from .people import User


def record_models() -> dict[str, type[Any]]:
    """The record class of each kind of case."""
    return {
        model.machine.kind: model
        for model in apps.get_models()
        if issubclass(model, Case) and model is not Case
    }


def visible_cases(user: User) -> QuerySet[Case]:
    """Cases of every kind that ``user`` may see."""
    return Case.objects.filter(
        reduce(
            or_, (Q(pk__in=model.objects.visible_to(user).values("pk")) for model in record_models().values())
        )
    )


def visible_case_ids(user: User) -> QuerySet[Any]:
    return visible_cases(user).values("pk")


def find_visible(user: User, reference: str) -> Any:
    """The record with this reference, if this person may see it; ``Case.DoesNotExist`` otherwise."""
    kind = Case.objects.filter(reference=reference).values_list("kind", flat=True).first()
    model = record_models().get(kind or "")
    found = model.objects.visible_to(user).filter(reference=reference).first() if model else None
    if found is None:
        raise Case.DoesNotExist
    return found

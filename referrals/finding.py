"""Finding a case by what somebody has in hand: a reference, a number, a name on the own files."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from workflows.models import Case

from . import lookups
from .models import Matter, Person, User, record_models, visible_cases
from .models.visibility import PERSON

MOST = 50
SHORTEST = 3


@dataclass(frozen=True)
class Found:
    """What a search found among what the person may see; ``more`` if the list was cut."""

    cases: list[Case]
    matters: list[Matter]
    more: bool = False


def search(user: User, text: str) -> Found:
    """Cases and, for labor agencies, matters; an exact reference wins over everything that begins like it."""
    wanted = " ".join(text.split())
    if not wanted:
        return Found([], [])
    visible = visible_cases(user).select_related("desk")
    exact = list(visible.filter(reference__iexact=_reference(wanted)))
    if exact:
        return Found(exact, [])
    if len(wanted) < SHORTEST:
        return Found([], [])
    matches = Q(reference__istartswith=_reference(wanted))
    if user.is_representative:
        matches |= _of_workers(user, wanted)
    cases = list(visible.filter(matches).order_by("-opened_at", "-pk")[: MOST + 1])
    matters = Matter.objects.visible_to(user).filter(case_number__istartswith=wanted)
    listed = list(matters.prefetch_related("names").order_by("case_number")[: MOST + 1])
    return Found(cases[:MOST], listed[:MOST], more=len(cases) > MOST or len(listed) > MOST)


def _reference(text: str) -> str:
    """A reference as it is stored, however it was read aloud: capitals, in groups of four."""
    plain = text.upper().replace(" ", "").replace("–", "-")
    if len(plain) == 16 and plain.isalnum():
        return "-".join(plain[start : start + 4] for start in range(0, 16, 4))
    return plain


def _of_workers(user: User, text: str) -> Q:
    """Cases of the organization's own workers whose names, or whose number, were typed."""
    people = Person.objects.visible_to(user).filter(pk__in=lookups.found(user.organization_id, text))
    found = Q(pk__in=[])
    for kind, person in PERSON.items():
        records = record_models()[kind].objects.visible_to(user)
        found |= Q(pk__in=records.filter(**{f"{person}__in": people.values("pk")}).values("pk"))
    return found

"""Finding matters by number, by any name of the employer, or by town."""

from __future__ import annotations

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from ..models import EmployerName, Matter, Worksite

MOST_WORDS = 8


def find(own: QuerySet[Matter], text: str) -> QuerySet[Matter]:
    """Those of some matters that hold every word of a text in a name, a case number or a town; latest first.

    Matters without an opening day come last.
    """
    found = own
    for word in text.replace("\x00", " ").split()[:MOST_WORDS]:
        named = EmployerName.objects.filter(matter=OuterRef("pk"), name__icontains=word)
        placed = Worksite.objects.filter(matter=OuterRef("pk"), city__icontains=word)
        found = found.filter(Q(case_number__icontains=word) | Exists(named) | Exists(placed))
    return found.order_by(F("opened_on").desc(nulls_last=True), "-pk").prefetch_related("names", "worksites")

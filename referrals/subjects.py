"""What a case is about, in a few words, for those who may read it.

On the statement side that is the employer, on the worker's side the worker. Every
name is read through ``visible_to``: who may not see the record gets no name. One
query for each kind of case, however many cases there are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import reduce
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from workflows.models import Case, Kind

from .models import CoveredName, EmployerName, Person, RequestedName, User, record_models
from .models.fields import Sealed
from .models.people import ICE
from .models.visibility import PERSON


def subjects(cases: Iterable[Case], user: User) -> dict[int, str]:
    """The subject of each case by its key; a case that the user may not see is left out."""
    workers: dict[int, Person] = {}
    by_kind: dict[str, list[int]] = defaultdict(list)
    for case in cases:
        if case.kind in PERSON and user.capacity in ICE:
            continue  # a worker is named there one at a time, for a stated purpose
        by_kind[case.kind].append(case.pk)
    found: dict[int, str] = {}
    for kind, keys in by_kind.items():
        records = record_models()[kind].objects.visible_to(user).filter(pk__in=keys)
        if kind in PERSON:
            workers.update(_workers(records, kind))
        else:
            found.update(_employers(records, kind, user))
    return found | {pk: person.name for pk, person in workers.items()}


def subject_of(record: Any, user: User) -> str:
    """The subject of one case."""
    return subjects([record], user).get(record.pk, "")


def _workers(records: Any, kind: str) -> dict[int, Person]:
    """The worker of each record: all kinds are read before one name is opened."""
    person = PERSON[Kind(kind)]
    path = person.split("__")
    names = ("reference", f"{person}__token", f"{person}__given_names", f"{person}__family_names")
    rows = records.select_related(person).only(*names)
    return {record.pk: reduce(getattr, path, record) for record in rows}


def opened(token: str, *values: Any) -> list[Any]:
    """Columns of a worker's row that were read without it, for an order: they are shown to nobody."""
    return [value.opened(token) if isinstance(value, Sealed) else value for value in values]


def _employers(records: Any, kind: str, user: User) -> dict[int, str]:
    names: QuerySet[Any]
    if kind == Kind.SOI_REQUEST:
        names = RequestedName.objects.filter(request=OuterRef("pk"))
    elif user.is_agency:
        names = EmployerName.objects.filter(matter=OuterRef("matter_id"))
    else:
        names = CoveredName.objects.filter(
            version__statement=OuterRef("pk"), version__number=OuterRef("version_in_force")
        )
    first = Subquery(names.order_by("pk").values("name")[:1])
    return {pk: name or "" for pk, name in records.annotate(subject=first).values_list("pk", "subject")}

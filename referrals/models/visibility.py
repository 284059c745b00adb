"""Which cases a person may see at all, whatever their kind: the union of every ``visible_to``."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache, reduce, wraps
from operator import or_
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db.models import Q, QuerySet

from workflows.machine import Machine
from workflows.models import Case, Kind

if TYPE_CHECKING:
    import uuid

    from .people import User

PERSON = {
    Kind.WORKER_REQUEST: "person",
    Kind.GRANT: "worker_request__person",
    Kind.WORK_PERMIT: "worker_request__person",
    Kind.STAY: "person",
    Kind.STAY_REFERRAL: "stay__person",
    Kind.RENEWAL: "grant__worker_request__person",
}
"""The way from a case to the worker whom it is about; the other kinds are about an agency's matter."""


def or_opened(theirs: Callable[[Any, User], Any]) -> Callable[[Any, User], Any]:
    """Let a ``visible_to`` show, beside what is theirs, the one case that somebody has broken the glass for.

    Only the page made for that says which (``User.opened_case``): every other page shows what it did before.
    """

    @wraps(theirs)
    def visible_to(records: Any, user: User) -> Any:
        if user.opened_case is None:
            return theirs(records, user)
        return records.filter(pk=user.opened_case)

    return visible_to


@cache
def record_models() -> dict[str, type[Any]]:
    """The record class of each kind of case."""
    return {
        model.machine.kind: model
        for model in apps.get_models()
        if issubclass(model, Case) and model is not Case
    }


def machine_of(kind: str, version: int) -> Machine:
    """The machine of a kind of case under a version. Raises UnknownDefinition."""
    machine: Machine = record_models()[kind].machine
    return machine.of(version)


def records_of(cases: Iterable[Case]) -> list[Any]:
    """The records of these cases, one query for each kind: for the engine's own work."""
    return records_with((case.kind, case.pk) for case in cases)


def records_with(keys: Iterable[tuple[str, int]]) -> list[Any]:
    """The same for the kinds and the keys of cases."""
    by_kind: dict[str, list[int]] = {}
    for kind, pk in keys:
        by_kind.setdefault(kind, []).append(pk)
    models = record_models()
    return [record for kind, pks in by_kind.items() for record in models[kind].objects.filter(pk__in=pks)]


def record_key(case_id: int) -> uuid.UUID:
    """The data key of whom a case is about: its worker, or the labor agency whose case it is."""
    kind = Case.objects.values_list("kind", flat=True).get(pk=case_id)
    path = PERSON.get(Kind(kind), "agency")
    found: uuid.UUID = record_models()[kind].objects.values_list(f"{path}__key_id", flat=True).get(pk=case_id)
    return found


def visible_cases(user: User) -> QuerySet[Case]:
    """Cases of every kind that ``user`` may see."""
    return Case.objects.filter(
        reduce(
            or_, (Q(pk__in=model.objects.visible_to(user).values("pk")) for model in record_models().values())
        )
    )


def visible_case_ids(user: User) -> QuerySet[Any]:
    return visible_cases(user).values("pk")


def find_visible(user: User, reference: str, *, whole: bool = False) -> Any:
    """The record with this reference, if this person may see it; ``Case.DoesNotExist`` otherwise.

    ``whole`` reads what it points to with it, for a page that shows most of it; nobody acts on that copy.
    """
    pk, kind = Case.objects.filter(reference=reference).values_list("pk", "kind").first() or (None, "")
    model = record_models().get(kind)
    if model is None:
        raise Case.DoesNotExist
    records = model.objects.visible_to(user).filter(pk=pk)  # by its key, the many joins are quickly planned
    found = (records.select_related(*_pointed_to(model)) if whole else records).first()
    if found is None:
        raise Case.DoesNotExist
    return found


def find_all_visible(user: User, references: Iterable[str], *, whole: bool = False) -> list[Any]:
    """The records with these references in their order, one query and one for each kind; ``whole`` as above.

    Raises ``Case.DoesNotExist`` if there is no such record or this person may not see one of them.
    """
    asked = list(dict.fromkeys(references))
    if any("\0" in each for each in asked):  # which no column of text can be compared with
        raise Case.DoesNotExist
    by_kind: dict[str, list[int]] = {}
    for pk, kind in Case.objects.filter(reference__in=asked).values_list("pk", "kind"):
        by_kind.setdefault(kind, []).append(pk)
    models = record_models()
    found = {
        record.reference: record
        for kind, pks in by_kind.items()
        for record in models[kind]
        .objects.visible_to(user)
        .filter(pk__in=pks)
        .select_related(*(_pointed_to(models[kind]) if whole else ["desk"]))
    }
    if found.keys() != set(asked):
        raise Case.DoesNotExist
    return [found[reference] for reference in asked]


def _pointed_to(model: type[Any]) -> list[str]:
    """The names of a record's single relations, without the one to its own case."""
    relations = (field for field in model._meta.fields if field.remote_field)
    return [field.name for field in relations if not getattr(field.remote_field, "parent_link", False)]

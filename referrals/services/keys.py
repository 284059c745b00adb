"""Destroying a worker's key, and wrapping all data keys anew. Both may be stopped and begun again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from recordsets.collisions import in_one_piece
from workflows import engine
from workflows.models import Case

from .. import lookups, personal_data
from ..keys import ring
from ..keys.keepers import Wrapped, keeper
from ..models import DataKey, Document, KeyDestruction, KeyRotation, Person, User, record_models
from ..models.visibility import PERSON
from . import holds

NOTE = "destroy_key"


class KeyRefused(ValueError):
    """Nothing was destroyed. The message is a sentence for whoever ordered it."""


@in_one_piece
def destroy(person: Person, *, because: str, at: datetime, by: User | None = None) -> KeyDestruction:
    """Make everything personal about a worker unreadable for good, in every backup of the database too.

    Cases, their histories, decisions' dates and statistics stay. Each case gets a line, the bytes of its
    papers go. What was typed as a reason stands in histories and is redacted there. Raises ``KeyRefused``,
    also where a legal hold covers the worker, and ``PersonalDataFound`` for a reason that says who it is.
    ``forget_destroyed`` ends it, by itself once this is committed.
    """
    holds.none_comes()
    person = Person.objects.select_for_update().get(pk=person.pk)
    if not because.strip():
        raise KeyRefused(_("A reason is needed."))
    personal_data.refuse({"because": because})
    if KeyDestruction.objects.filter(person=person).exists():
        raise KeyRefused(_("This worker's key was destroyed before."))
    if holds.covering([person.pk]):
        raise KeyRefused(_("A legal hold covers this worker. Nothing is destroyed until it is lifted."))
    cases = _cases_of(person)
    still_open = [case.reference for case in cases if case.closed_at is None]
    if still_open:
        raise KeyRefused(
            _("These cases are still open: %(cases)s. Close them first.") % {"cases": ", ".join(still_open)}
        )
    done = KeyDestruction.objects.create(
        key_id=person.key_id, person=person, because=because.strip(), ordered_by=by, at=at
    )
    ring.destroy(person.key_id, at=at)
    Document.objects.filter(key_id=person.key_id).update(content=b"")
    lookups.forget(person)
    for case in cases:
        engine.record_note(case, NOTE, by=by or engine.SYSTEM, at=at, key=f"{NOTE}:{done.pk}")
    transaction.on_commit(lambda: forget_destroyed(at=at))
    return done


def _cases_of(person: Person) -> list[Case]:
    models = record_models()
    return [
        case for kind, path in PERSON.items() for case in models[kind].objects.filter(**{path: person.pk})
    ]


def forget_destroyed(*, at: datetime) -> int:
    """Have the keeper forget what was destroyed; how many it had not forgotten before.

    Raises ``KeeperAway``; until it has succeeded, a backup and the keeper together could still open them.
    """
    left = DataKey.objects.filter(destroyed_at__isnull=False, forgotten_at__isnull=True)
    names = list(left.values_list("pk", flat=True))
    if names:
        keeper().forget(names)
        DataKey.objects.filter(pk__in=names).update(forgotten_at=at)
    return len(names)


def to_wrap() -> int:
    """How many data keys are wrapped under another key than the current one."""
    return _old().count()


def wrap_anew(*, batch: int) -> Iterator[int]:
    """Wrap data keys under the current key, a batch in each transaction; says after each how many it did.

    What is encrypted stays as it is. Several may do this at once.
    """
    while done := _wrap_some(batch):
        yield done


@in_one_piece
def _wrap_some(batch: int) -> int:
    rows = list(_old().select_for_update(skip_locked=True).order_by("pk")[:batch])
    held = keeper()
    keys = held.unwrap({row.pk: Wrapped(row.wrapped_by, bytes(row.wrapped)) for row in rows})
    wrapped = held.wrap(keys)
    changed = [row for row in rows if row.pk in wrapped]
    for row in changed:
        row.wrapped_by, row.wrapped = wrapped[row.pk].by, wrapped[row.pk].content
    DataKey.objects.bulk_update(changed, ["wrapped_by", "wrapped"])
    return len(changed)


def note_rotation(number: int, *, at: datetime) -> None:
    """Note that all data keys are wrapped under the current key, if any was wrapped anew."""
    if number and not _old().exists():
        KeyRotation.objects.create(wrapped_by=keeper().current, number=number, finished_at=at)


def _old() -> QuerySet[DataKey]:
    return DataKey.objects.filter(destroyed_at__isnull=True).exclude(wrapped_by=keeper().current)

"""Workers as their representative's office keeps them: add, change, find the same person twice."""

from __future__ import annotations

import hashlib
import secrets
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from recordsets.collisions import in_one_piece
from workflows import engine

from .. import lookups
from ..models import Person, Representation, User, WorkerRequest


def _token(key: str, by: User) -> str:
    """A worker's opaque token: drawn, or the same again for a form that is sent twice."""
    drawn = hashlib.sha256(f"{by.pk}:{key}".encode()).hexdigest()[:10] if key else secrets.token_hex(5)
    return f"W-{drawn.upper()}"


@in_one_piece
def add_person(
    *,
    by: User,
    at: datetime,
    representation: str = Representation.Kind.ATTORNEY,
    key: str = "",
    **fields: Any,
) -> Person:
    """Store a worker for the representative's organization; nobody else sees the row.

    ``key`` makes a repeated submission return the worker it stored the first time.
    """
    token = _token(key, by)
    stored = Person.objects.visible_to(by).filter(token=token).first() if key else None
    if stored is not None:
        return stored
    person = Person(token=token, added_at=at, added_by=by, **fields)
    person.full_clean()
    person.save()
    Representation.objects.create(
        person=person,
        organization_id=by.hat.organization_id,
        representative=by,
        kind=representation,
        since_on=timezone.localdate(at),
    )
    lookups.remember(person)
    return person


@in_one_piece
def change_person(person: Person, *, by: User, at: datetime, **fields: Any) -> list[str]:
    """Change what is known of a worker; returns the names of the changed fields.

    Each open request gets a line that says which fields changed, never what they say.
    """
    person = Person.objects.visible_to(by).select_for_update().get(pk=person.pk)
    changed = sorted(name for name, value in fields.items() if getattr(person, name) != value)
    if not changed:
        return []
    for name in changed:
        setattr(person, name, fields[name])
    person.full_clean()
    person.save()
    lookups.remember(person)
    for request in WorkerRequest.objects.visible_to(by).filter(person=person).open():
        engine.record_note(request, "change_worker_details", by=by, at=at, fields=changed)
    return changed


def alike(
    by: User, *, given_names: str, family_names: str, born_on: date | None = None, a_number: str = ""
) -> QuerySet[Person]:
    """Workers of the same organization who may be this one: same names, or same number, or same birth."""
    same = lookups.alike(
        by.organization_id, given=given_names, family=family_names, born_on=born_on, a_number=a_number
    )
    return Person.objects.visible_to(by).filter(pk__in=same).order_by("pk")

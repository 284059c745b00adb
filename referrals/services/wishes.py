"""A worker's wish to be forgotten: recorded by the representative, and taken back."""

from __future__ import annotations

from datetime import date, datetime

from django.core.exceptions import PermissionDenied

from recordsets.collisions import in_one_piece

from ..models import Person, User, WishToBeForgotten


def of(person: Person) -> WishToBeForgotten | None:
    """The wish that stands, if there is one."""
    return WishToBeForgotten.objects.filter(person=person, taken_back_at__isnull=True).first()


def _locked(person: Person, by: User) -> Person:
    own = Person.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=person.pk).first()
    if own is None:
        raise PermissionDenied
    return own


@in_one_piece
def record(person: Person, *, asked_on: date, by: User, at: datetime) -> WishToBeForgotten:
    """Record a wish; one that stands is returned. Raises ``PermissionDenied`` for others' workers."""
    own = _locked(person, by)
    return of(own) or WishToBeForgotten.objects.create(
        person=own, asked_on=asked_on, recorded_by=by, recorded_at=at
    )


@in_one_piece
def take_back(person: Person, *, by: User, at: datetime) -> None:
    """End the wish that stands, if there is one. Raises ``PermissionDenied`` for another's worker."""
    wish = of(_locked(person, by))
    if wish is not None:
        wish.taken_back_by, wish.taken_back_at = by, at
        wish.save(update_fields=["taken_back_by", "taken_back_at"])

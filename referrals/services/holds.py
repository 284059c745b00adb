"""Legal holds: opened by one person, lifted by another; whom they cover is asked anew each time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models import Q, Value
from django.utils.translation import gettext as _

from recordsets.asking import through_the_door
from recordsets.collisions import in_one_piece
from workflows.models import Case, Kind
from workflows.parties import Capacity

from .. import personal_data
from ..models import (
    RECORD_KEEPERS,
    LegalHold,
    Matter,
    Organization,
    Person,
    Representation,
    Stay,
    StayReferral,
    User,
    WorkerRequest,
    record_models,
)
from ..models.visibility import PERSON

AT_ONCE = 100
"""Holds that one query asks about."""


class HoldRefused(ValueError):
    """Nothing was opened or lifted. The message is a sentence for whoever asked for it."""


def may_keep(user: User) -> bool:
    """Whether somebody sees what is kept, held and destroyed."""
    return user.capacity in RECORD_KEEPERS


def may_open(user: User) -> bool:
    return user.capacity == Capacity.PRIVACY_OFFICER


@in_one_piece
def open_hold(*, on: Any, reason: str, authority: str, by: User, at: datetime) -> LegalHold:
    """Hold what concerns a worker, a case, an organization or a matter, from now on.

    Raises ``PermissionDenied`` for anybody but the privacy officer, ``PersonalDataFound`` for texts that say
    who it is, ``HoldRefused`` where a text is missing.
    """
    if not may_open(by):
        raise PermissionDenied
    if not reason.strip() or not authority.strip():
        raise HoldRefused(_("A hold needs a reason and an authority."))
    personal_data.refuse({_("Reason"): reason, _("Authority"): authority})
    target, scope = _target(on)
    return LegalHold.objects.create(
        **target, scope=scope, reason=reason.strip(), authority=authority.strip(), opened_by=by, opened_at=at
    )


def _target(on: Any) -> tuple[dict[str, Any], str]:
    scopes = LegalHold.Scope
    match on:
        case Person():
            return {"person": on}, scopes.PERSON
        case Case():
            return {"case_id": on.pk}, scopes.CASE
        case Organization():
            return {"organization": on}, scopes.ORGANIZATION
        case Matter():
            return {"matter": on}, scopes.MATTER
    raise TypeError(f"A hold cannot cover {type(on).__name__}.")


@in_one_piece
def lift(hold: LegalHold, *, because: str, by: User, at: datetime) -> LegalHold:
    """End a hold; what it covered follows its rules again. By another person than the one who opened it.

    Raises ``PermissionDenied``, ``PersonalDataFound``, and ``HoldRefused`` for one's own hold, one that was
    lifted before, or a missing reason.
    """
    if not may_keep(by):
        raise PermissionDenied
    held = LegalHold.objects.select_for_update().get(pk=hold.pk)
    if held.lifted_at is not None:
        raise HoldRefused(_("This hold was lifted before."))
    if held.opened_by_id == by.pk:
        raise HoldRefused(_("You opened this hold. Another person must lift it."))
    if not because.strip():
        raise HoldRefused(_("A reason is needed."))
    personal_data.refuse({_("Reason"): because})
    held.lifted_by, held.lifted_at, held.lifted_because = by, at, because.strip()
    held.save(update_fields=["lifted_by", "lifted_at", "lifted_because"])
    return held


def covered_by(hold: LegalHold) -> Q:
    """The workers whom a hold covers, as a condition on ``Person``. Rather one too many than one too few."""
    match hold.scope:
        case LegalHold.Scope.PERSON:
            return Q(pk=hold.person_id)
        case LegalHold.Scope.CASE:
            return _of_case(hold.case)
        case LegalHold.Scope.MATTER:
            return _of_statements(matter=hold.matter_id) | _of_letters(matter=hold.matter_id)
    return _of_organization(hold.organization)


def _of_case(case: Any) -> Q:
    if case.kind == Kind.STATEMENT:
        return _of_statements(pk=case.pk)
    if case.kind == Kind.SOI_REQUEST:
        return _of_statements(soi_request=case.pk)
    return Q(pk__in=record_models()[case.kind].objects.filter(pk=case.pk).values(PERSON[Kind(case.kind)]))


def _of_statements(**of: Any) -> Q:
    """The workers whose requests or stays rest on some statements."""
    on = {f"statement__{name}": value for name, value in of.items()}
    return Q(pk__in=WorkerRequest.objects.filter(**on).values("person")) | Q(
        pk__in=Stay.objects.filter(**on).values("person")
    )


def _of_letters(**of: Any) -> Q:
    return Q(pk__in=StayReferral.objects.filter(**of).values("stay__person"))


def _of_organization(organization: Any) -> Q:
    """Those it represents or has represented, those whom its statements cover, or all whose cases DHS has."""
    pk, kinds = organization.pk, Organization.Kind
    if organization.kind == kinds.ADVOCATE:
        return (
            Q(pk__in=Representation.objects.filter(organization=pk).values("person"))
            | Q(pk__in=WorkerRequest.objects.filter(representative=pk).values("person"))
            | Q(pk__in=Stay.objects.filter(representative=pk).values("person"))
        )
    if organization.kind == kinds.AGENCY:
        return _of_statements(agency=pk) | _of_letters(agency=pk)
    if organization.kind == kinds.DHS:
        return Q(pk__in=WorkerRequest.objects.filter(filed_at__isnull=False).values("person")) | Q(
            pk__in=Stay.objects.filter(filed_at__isnull=False).values("person")
        )
    return Q()


def covering(people: Iterable[int]) -> dict[int, list[LegalHold]]:
    """The holds in force over some workers, by the worker's key: one query, and another where any is."""
    with through_the_door():
        return _covering(list(people))


def _covering(wanted: list[int]) -> dict[int, list[LegalHold]]:
    found: dict[int, list[LegalHold]] = defaultdict(list)
    by_pk = {hold.pk: hold for hold in LegalHold.objects.in_force().select_related("organization", "case")}
    parts = [
        Person.objects.filter(covered_by(hold), pk__in=wanted).order_by().values_list("pk", Value(pk))
        for pk, hold in by_pk.items()
    ]
    for start in range(0, len(parts), AT_ONCE):
        first, *others = parts[start : start + AT_ONCE]
        for person, hold in first.union(*others, all=True):
            found[person].append(by_pk[hold])
    return dict(found)


def how_many(hold: LegalHold) -> int:
    """How many workers a hold covers whose key was not destroyed."""
    return Person.objects.readable().filter(covered_by(hold)).count()


def none_comes() -> None:
    """Let nobody open a hold until this transaction ends; waits for those who are at it."""
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE referrals_legalhold IN SHARE MODE")

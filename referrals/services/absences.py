"""Absences: marked by the person or by a supervisor, with a deputy of the same capacity and organization."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from recordsets.collisions import in_one_piece
from workflows import absences
from workflows.models import Absence, Case
from workflows.parties import Capacity

from ..models import Membership, User, find_visible
from ..models.people import AGENCY, ICE, USCIS
from ..remembering import once

SUPERVISES = {
    Capacity.AGENCY_APPROVER: AGENCY,
    Capacity.AGENCY_SIGNER: AGENCY,
    Capacity.USCIS_SUPERVISOR: USCIS,
    Capacity.ICE_SUPERVISOR: ICE,
}
AT_ONE_OFFICE = ICE
"""Capacities that see the cases of their own office only: a deputy from elsewhere would see nothing."""


@dataclass
class AbsenceRefused(Exception):
    """Why an absence cannot be marked: a sentence for the field it is about."""

    field: str
    sentence: str

    def __str__(self) -> str:
        return self.sentence


def may_mark_for(user: User) -> list[Membership]:
    """The memberships whose absence somebody may mark: their own, and those whom they supervise."""
    mine = Q(user_id=user.pk)
    if user.acting is not None and user.capacity in SUPERVISES:
        theirs = Q(organization_id=user.organization_id, capacity__in=SUPERVISES[Capacity(user.capacity)])
        if user.capacity in AT_ONE_OFFICE:
            theirs &= Q(office_id=user.office_id)
        mine |= theirs
    held = Membership.objects.current().filter(mine, user__is_active=True)
    held = held.exclude(capacity__in=[Capacity.ADMINISTRATOR, Capacity.PRIVACY_OFFICER])
    return list(held.select_related("user", "organization", "office__desk").order_by("user__name", "pk"))


def possible_deputies(held: Iterable[Membership]) -> list[Membership]:
    """Those who hold the same capacity in the same organization as any of these memberships."""
    wanted = Q(pk__in=[])
    for each in held:
        wanted |= Q(capacity=each.capacity, organization_id=each.organization_id)
    found = Membership.objects.current().filter(wanted, user__is_active=True)
    return list(found.select_related("user", "organization", "office__desk").order_by("user__name", "pk"))


def visible_to(user: User) -> QuerySet[Absence]:
    """A person's own absences, those for which they stand in, and those of whom they supervise."""
    known = Q(person_id=user.pk) | Q(deputy_id=user.pk)
    if user.acting is not None and user.capacity in SUPERVISES:
        theirs = Q(organization=user.organization_id, capacity__in=SUPERVISES[Capacity(user.capacity)])
        if user.capacity in AT_ONE_OFFICE:
            theirs &= Q(desk_id=user.acting.office.desk_id)
        known |= theirs
    return Absence.objects.filter(known).select_related("person", "deputy", "marked_by", "desk")


@in_one_piece
def mark(
    membership: Membership, *, deputy: Membership, first_day: date, last_day: date, by: User, at: datetime
) -> Absence:
    """Mark somebody absent from the first to the last day, in the office's time zone; both are included.

    An absence that begins today begins now. Raises ``AbsenceRefused``.
    """
    both = User.objects.filter(pk__in=[membership.user_id, deputy.user_id]).order_by("pk")
    list(both.select_for_update().values_list("pk"))  # a count would lock nothing
    if membership.pk not in {each.pk for each in may_mark_for(by)}:
        raise AbsenceRefused("membership", _("Only the person or a supervisor marks an absence."))
    zone = ZoneInfo(membership.office.desk.time_zone)
    starts_at = max(at, datetime.combine(first_day, time.min, zone))
    ends_at = datetime.combine(last_day + timedelta(days=1), time.min, zone)
    _refuse_dates(first_day, last_day, starts_at=starts_at, ends_at=ends_at)
    _refuse_deputy(membership, deputy)
    lasting = Absence.objects.filter(starts_at__lt=ends_at, ends_at__gt=starts_at)
    if lasting.filter(person_id=membership.user_id, capacity=membership.capacity).exists():
        raise AbsenceRefused("first_day", _("An absence in this time is marked already."))
    if lasting.filter(person_id=deputy.user_id).exists():
        raise AbsenceRefused("deputy", _("This person is absent in that time too."))
    if lasting.filter(deputy_id=membership.user_id).exists():
        raise AbsenceRefused(
            "membership",
            _("This person stands in for somebody in that time. Name another deputy there first."),
        )
    return Absence.objects.create(
        person_id=membership.user_id,
        deputy_id=deputy.user_id,
        capacity=membership.capacity,
        organization=membership.organization_id,
        desk=membership.office.desk,
        starts_at=starts_at,
        ends_at=ends_at,
        marked_by=by,
        marked_at=at,
    )


def _refuse_dates(first_day: date, last_day: date, *, starts_at: datetime, ends_at: datetime) -> None:
    if last_day < first_day:
        raise AbsenceRefused("last_day", _("The last day lies before the first."))
    if ends_at <= starts_at:
        raise AbsenceRefused(
            "last_day", _("This time is over. An absence is marked ahead, or from today on.")
        )
    if ends_at - starts_at > timedelta(days=366):
        raise AbsenceRefused("last_day", _("Mark at most a year at a time."))


def _refuse_deputy(membership: Membership, deputy: Membership) -> None:
    if deputy.user_id == membership.user_id:
        raise AbsenceRefused("deputy", _("Nobody stands in for themselves."))
    same = (deputy.capacity, deputy.organization_id) == (membership.capacity, membership.organization_id)
    if not same or deputy.ended_on is not None or not deputy.user.is_active:
        raise AbsenceRefused(
            "deputy", _("A deputy acts in the same capacity for the same organization. Choose such a person.")
        )
    if membership.capacity in AT_ONE_OFFICE and deputy.office_id != membership.office_id:
        raise AbsenceRefused("deputy", _("A deputy from another field office could not see these cases."))


@in_one_piece
def end(absence: Absence, *, by: User, at: datetime) -> Absence:
    """Somebody is back. Raises ``AbsenceRefused``."""
    kept = Absence.objects.select_for_update(of=("self",)).get(pk=absence.pk)
    if not may_end(kept, by):
        raise AbsenceRefused("", _("Only the person or a supervisor ends an absence."))
    if kept.ends_at <= at:
        raise AbsenceRefused("", _("This absence is over already."))
    kept.ends_at, kept.ended_by = max(at, kept.starts_at), by
    kept.save(update_fields=["ends_at", "ended_by"])
    return kept


def may_end(absence: Absence, user: User) -> bool:
    """The person, whoever marked it, or a supervisor; never the deputy as such."""
    return ends_what_is_seen(absence, user) and visible_to(user).filter(pk=absence.pk).exists()


def ends_what_is_seen(absence: Absence, user: User) -> bool:
    """The same for an absence that came from ``visible_to(user)``, without a query."""
    return user.pk in (absence.person_id, absence.marked_by_id) or absence.deputy_id != user.pk


def with_deputies(people: list[User], about: Any, *, at: datetime) -> list[User]:
    """These people, and for those who are absent their deputies, as far as they may see the record."""
    if not people:
        return people
    found = {each.pk: each for each in people}
    for absence in _absences_of(found, at=at):
        if absence.deputy_id not in found and _may_see(absence, about):
            found[absence.deputy_id] = absence.deputy
    return list(found.values())


def anybody_absent(people: list[User], *, at: datetime) -> bool:
    """Whether ``with_deputies`` has deputies to ask about, of whom each sees some records and not others."""
    return bool(people) and bool(_absences_of([person.pk for person in people], at=at))


def _absences_of(people: Iterable[int], *, at: datetime) -> list[Absence]:
    absent = frozenset(people)
    return once(("absent", absent, at), lambda: absences.deputies(absent, at=at))


def _may_see(absence: Absence, about: Any) -> bool:
    deputy: User = absence.deputy
    hats = deputy.capacities
    for hat in hats:
        if (hat.capacity, hat.organization_id) == (absence.capacity, absence.organization):
            try:
                find_visible(deputy.act_as(hat), about.reference)
            except Case.DoesNotExist:
                continue
            return True
    return False

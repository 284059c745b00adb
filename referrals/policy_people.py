"""Who may propose a change of a rule, who may approve it, and what of it others may see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q

from workflows.models import PolicyChange
from workflows.models.policy import FEDERAL
from workflows.models.policy_change import PolicyChangeQuerySet
from workflows.parties import Capacity

from .models import Membership, Organization, User

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

STEWARDS = frozenset({Capacity.ADMINISTRATOR, Capacity.PROGRAMME_OFFICER})
OF_AN_AGENCY = frozenset({Capacity.AGENCY_APPROVER, Capacity.AGENCY_SIGNER})


def own_jurisdiction(user: User) -> str:
    """The agency whose rules this person may change; empty for everybody else."""
    return user.hat.organization.code if user.capacity in OF_AN_AGENCY else ""


def _with_stewards_of_their_own(jurisdictions: Iterable[str]) -> set[str]:
    return set(
        Membership.objects.current()
        .filter(
            organization__code__in=set(jurisdictions),
            organization__kind=Organization.Kind.AGENCY,
            capacity__in=OF_AN_AGENCY,
            user__is_active=True,
        )
        .values_list("organization__code", flat=True)
    )


def may_change(user: User, jurisdiction: str) -> bool:
    """Whether somebody may propose or decide changes of a jurisdiction's rules.

    Rules for everybody: administrators and programme officers. An agency's own: its approvers and signing
    officials; where an agency has none here, administrators and programme officers stand in.
    """
    return jurisdiction in may_change_of(user, [jurisdiction])


def may_change_of(user: User, jurisdictions: Iterable[str]) -> list[str]:
    """Those of some jurisdictions whose rules somebody may change: see ``may_change``."""
    asked = list(jurisdictions)
    if user.capacity in STEWARDS:
        kept_elsewhere = _with_stewards_of_their_own(asked) - {FEDERAL}
        return [each for each in asked if each not in kept_elsewhere]
    own = own_jurisdiction(user)
    return [each for each in asked if each and each == own]


def as_steward(user: User) -> bool:
    """Let somebody act in the first capacity of theirs in which rules for everybody are changed, if any."""
    hat = next((each for each in user.capacities if each.capacity in STEWARDS), None)
    if hat is not None:
        user.act_as(hat)
    return hat is not None


def is_steward(user: User) -> bool:
    """Whether somebody keeps the rules for everybody."""
    return user.capacity in STEWARDS


def takes_part(user: User) -> bool:
    """Whether somebody has anything to propose or to decide about rules."""
    return is_steward(user) or user.capacity in OF_AN_AGENCY


def changes_visible_to(user: User) -> PolicyChangeQuerySet:
    """Stewards see every proposal, an agency's approvers those for their agency and for everybody."""
    everything: PolicyChangeQuerySet = PolicyChange.objects.all()
    if is_steward(user):
        return everything
    if user.capacity in OF_AN_AGENCY:
        return everything.filter(Q(jurisdiction=own_jurisdiction(user)) | Q(jurisdiction=FEDERAL))
    return everything.none()


def deciders(jurisdiction: str, *, but: int | None = None) -> list[User]:
    """Those who may decide a change for a jurisdiction, without the proposer."""
    people = User.objects.filter(is_active=True, memberships__ended_on__isnull=True)
    wanted: Collection[Any] = STEWARDS
    if jurisdiction != FEDERAL and _with_stewards_of_their_own([jurisdiction]):
        wanted = OF_AN_AGENCY
        people = people.filter(memberships__organization__code=jurisdiction, memberships__capacity__in=wanted)
    else:
        people = people.filter(memberships__capacity__in=wanted)
    return list(people.exclude(pk=but or 0).distinct())

"""Letting an organization in: one person proposes it with proof, a second one approves or refuses."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from recordsets.collisions import in_one_piece
from workflows.days import rule_day
from workflows.models import Desk
from workflows.parties import Capacity

from .. import access_announcements, access_limits
from ..models import Admission, Invitation, Office, Organization, User
from ..models.onboarding import ADMIT
from . import invitations
from .invitations import PeopleRefused


def may_propose(user: User) -> bool:
    return user.capacity == Capacity.ADMINISTRATOR


@in_one_piece
def propose(values: dict[str, Any], *, by: User, at: datetime) -> Admission:
    """Record an organization and the proof that was looked up. Raises PeopleRefused."""
    if not may_propose(by):
        raise PeopleRefused("", _("Only a system administrator proposes an organization."))
    _refuse_what_does_not_fit(values, at=at)
    made: Admission = Admission.objects.create(
        **values, code=_code(values["name"]), proposed_by=by, proposed_at=at
    )
    access_announcements.proposed(made, at=at)
    return made


def _refuse_what_does_not_fit(values: dict[str, Any], *, at: datetime) -> None:
    kind, proof, asked = values["kind"], values["proof"], set(values["capacities"])
    on = rule_day(at)
    if values["looked_on"] > on:
        raise PeopleRefused("looked_on", _("This day has not come yet."))
    if proof not in access_limits.PROOFS[kind]:
        raise PeopleRefused("proof", _("This is no proof for an organization of that kind."))
    if not asked or not asked <= set(access_limits.capacities(kind, on=on)):
        raise PeopleRefused("capacities", _("An organization of that kind may not hold all of these."))
    if Capacity.REPRESENTATIVE in asked and proof not in access_limits.REPRESENTS:
        sentence = _("Only attorneys and organizations that the Department of Justice recognizes represent.")
        raise PeopleRefused("capacities", sentence)
    if values["first_capacity"] not in asked:
        raise PeopleRefused("first_capacity", _("The organization is not to hold this capacity."))
    if not 1 <= values["most_people"] <= access_limits.most_people(on=on):
        most = access_limits.most_people(on=on)
        raise PeopleRefused("most_people", _("At most %(number)d people.") % {"number": most})
    if proof == Admission.Proof.DOMAIN and not invitations.in_domain(values["first_email"], values["number"]):
        raise PeopleRefused("first_email", _("This address does not end with the domain that was proven."))


def _code(name: str) -> str:
    """A code for the organization that no other one has, made from its name."""
    stem = slugify(name)[:34].strip("-") or "organization"
    taken = set(Organization.objects.filter(code__startswith=stem).values_list("code", flat=True))
    taken |= set(Admission.objects.filter(code__startswith=stem).values_list("code", flat=True))
    return next(code for code in (stem, *(f"{stem}-{n}" for n in range(2, 99_999))) if code not in taken)


def refusal_to_decide(admission: Admission, user: User) -> str:
    """Why this person cannot decide about it; empty if they can."""
    if user.capacity not in ADMIT:
        return _("Only system administrators and privacy officers decide this.")
    if admission.decided_at is not None:
        return _("This is decided already.")
    if admission.proposed_by_id == user.pk:
        return _("You proposed it yourself. A second person decides.")
    return ""


@in_one_piece
def approve(admission: Admission, *, by: User, at: datetime) -> Organization:
    """Let the organization in, and invite its first person, who manages its people. Raises PeopleRefused."""
    kept = _to_decide(admission, by)
    organization = Organization.objects.create(
        code=kept.code, name=kept.name, kind=kept.kind, level=kept.level, state=kept.state,
        domain=kept.number.strip().lower().lstrip("@.") if kept.proof == Admission.Proof.DOMAIN else "",
        capacities=kept.capacities, most_people=kept.most_people,
    )  # fmt: skip
    desk = Desk.objects.create(
        key=kept.code, name=kept.office, time_zone=kept.time_zone, jurisdiction=kept.code
    )
    office = Office.objects.create(
        organization=organization, desk=desk, name=kept.office, address=kept.address
    )
    kept.outcome, kept.organization = Admission.Outcome.APPROVED, organization
    _decided(kept, by=by, at=at)
    invitations.offer(
        organization=organization, office=office, capacity=kept.first_capacity, name=kept.first_name,
        email=kept.first_email, title="", language="en", manages=True,
        by=kept.proposed_by, at=at, let_go_by=by,
    )  # fmt: skip
    access_announcements.admitted(kept, at=at)
    return organization


@in_one_piece
def refuse(admission: Admission, *, because: str, by: User, at: datetime) -> Admission:
    """Do not let it in, and say why. Raises PeopleRefused."""
    kept = _to_decide(admission, by)
    if not because.strip():
        raise PeopleRefused("because", _("Say why it is refused."))
    kept.outcome, kept.because = Admission.Outcome.REFUSED, because.strip()
    _decided(kept, by=by, at=at)
    access_announcements.admitted(kept, at=at)
    return kept


def _to_decide(admission: Admission, by: User) -> Admission:
    kept: Admission = Admission.objects.select_for_update(of=("self",)).get(pk=admission.pk)
    if why := refusal_to_decide(kept, by):
        raise PeopleRefused("", why)
    return kept


def _decided(kept: Admission, *, by: User, at: datetime) -> None:
    assert transaction.get_connection().in_atomic_block
    kept.decided_by, kept.decided_at = by, at
    kept.save(update_fields=["outcome", "organization", "because", "decided_by", "decided_at"])


def open_invitations(organization: Organization, *, at: datetime) -> list[Invitation]:
    """What was offered and is neither accepted nor withdrawn nor too old, the latest first."""
    offered = Invitation.objects.open(at).filter(organization=organization)
    return list(offered.select_related("user", "office", "invited_by", "approved_by"))

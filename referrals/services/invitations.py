"""Offering somebody a capacity by mail, and taking it up: one use, a few days, nothing secret stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from recordsets.asking import through_the_door
from recordsets.collisions import in_one_piece
from workflows.days import rule_day
from workflows.parties import Capacity

from .. import access_limits, account_mail
from ..models import Invitation, Membership, Office, Organization, User
from ..models.onboarding import ADMIT
from ..models.people import DHS

BY_TWO = DHS | ADMIT | {Capacity.AGENCY_SIGNER}
"""Capacities that reach into many organizations or sign for one: two people let somebody have one."""


@dataclass
class PeopleRefused(Exception):
    """Why somebody cannot be let in, or let go: a sentence for the field it is about."""

    field: str
    sentence: str

    def __str__(self) -> str:
        return self.sentence


def in_domain(address: str, domain: str) -> bool:
    """Whether mail to an address ends with a domain or one below it."""
    host, domain = address.rpartition("@")[2].lower(), domain.strip().lower().lstrip("@.")
    return bool(domain) and (host == domain or host.endswith(f".{domain}"))


def may_invite(user: User, organization: Organization) -> bool:
    """The system's administrators, and whoever manages the people of this very organization."""
    own = user.manages_people and user.organization_id == organization.pk
    return own or user.capacity == Capacity.ADMINISTRATOR


def capacities_of(organization: Organization, *, at: datetime) -> list[str]:
    """Those that people of the organization may hold."""
    of_its_kind = access_limits.capacities(organization.kind, on=rule_day(at))
    capped = set(organization.capacities) or set(of_its_kind)
    return [each for each in of_its_kind if each in capped]


@in_one_piece
def offer(
    *,
    organization: Organization,
    office: Office,
    capacity: str,
    name: str,
    email: str,
    title: str,
    language: str,
    manages: bool,
    by: User,
    at: datetime,
    let_go_by: User | None = None,
) -> Invitation:
    """Invite an address; mail goes at once, or when a second person lets it go. Raises PeopleRefused.

    Whether there is an account of that address changes nothing that ``by`` can see. ``let_go_by`` is a second
    person who has agreed already.
    """
    address = User.objects.normalize_email(email).lower()
    Organization.objects.select_for_update().get(pk=organization.pk)  # two at once would be one too many
    if let_go_by is None and not may_invite(by, organization):
        raise PeopleRefused("", _("Only who manages the people of this organization invites."))
    _refuse_what_is_capped(organization, office, capacity, address, at=at)
    user = User.objects.filter(email__iexact=address).first()
    if user is None:
        user = User.objects.create_user(address, name=name, language=language)
    made = Invitation.objects.create(
        user=user, name=name, organization=organization, office=office, capacity=capacity, title=title,
        manages=manages, invited_by=by, invited_at=at, needs_second=capacity in BY_TWO,
        approved_by=let_go_by, approved_at=at if let_go_by else None,
        expires_at=at + access_limits.invitation_lasts(on=rule_day(at)),
    )  # fmt: skip
    if not made.waits_for_second:
        account_mail.tell_invited(made, at=at)
    return made


def _refuse_what_is_capped(
    organization: Organization, office: Office, capacity: str, address: str, *, at: datetime
) -> None:
    if office.organization_id != organization.pk:
        raise PeopleRefused("office", _("Choose an office of this organization."))
    if capacity not in capacities_of(organization, at=at):
        raise PeopleRefused("capacity", _("This organization may not hold this capacity."))
    if organization.domain and not in_domain(address, organization.domain):
        sentence = _("Its people have addresses that end with %(domain)s.")
        raise PeopleRefused("email", sentence % {"domain": organization.domain})
    offered = Invitation.objects.open(at).filter(organization=organization)
    same = offered.filter(user__email=address, capacity=capacity, office=office)
    if same.exists():
        raise PeopleRefused("email", _("This address has been invited to that already."))
    held = Membership.objects.current().filter(organization=organization)
    if held.filter(user__email=address, capacity=capacity, office=office).exists():
        raise PeopleRefused("email", _("Somebody with this address holds this capacity already."))
    if organization.most_people is not None:
        people = set(held.values_list("user_id", flat=True)) | set(offered.values_list("user_id", flat=True))
        known = User.objects.filter(email=address, pk__in=people).exists()
        if len(people) + (not known) > organization.most_people:
            raise PeopleRefused("", _("This organization has as many people as it may have."))


def refusal_to_let_go(invitation: Invitation, user: User) -> str:
    """Why this person is not the second one who lets it go; empty if they are."""
    own = user.manages_people and user.organization_id == invitation.organization_id
    if not (own or user.capacity in ADMIT):
        return _("Somebody who manages people lets it go.")
    if invitation.invited_by_id == user.pk:
        return _("You invited yourself whom it names. A second person lets it go.")
    return _("It names you.") if invitation.user_id == user.pk else ""


@in_one_piece
def let_go(invitation: Invitation, *, by: User, at: datetime) -> Invitation:
    """The second person agrees, and the mail goes. Raises PeopleRefused."""
    kept = _open(invitation, at=at)
    if not kept.waits_for_second:
        raise PeopleRefused("", _("It has gone already."))
    if why := refusal_to_let_go(kept, by):
        raise PeopleRefused("", why)
    kept.approved_by, kept.approved_at = by, at
    kept.expires_at = at + access_limits.invitation_lasts(on=rule_day(at))
    kept.save(update_fields=["approved_by", "approved_at", "expires_at"])
    account_mail.tell_invited(kept, at=at)
    return kept


@in_one_piece
def withdraw(invitation: Invitation, *, by: User, at: datetime) -> Invitation:
    """Take an invitation back: its link no longer works. Raises PeopleRefused."""
    kept = _open(invitation, at=at)
    if not may_invite(by, kept.organization):
        raise PeopleRefused("", _("Only who manages the people of this organization invites."))
    kept.withdrawn_by, kept.withdrawn_at = by, at
    kept.save(update_fields=["withdrawn_by", "withdrawn_at"])
    return kept


def _open(invitation: Invitation, *, at: datetime) -> Invitation:
    locked = Invitation.objects.select_for_update(of=("self",)).select_related("organization", "user")
    kept: Invitation | None = locked.open(at).filter(pk=invitation.pk).first()
    if kept is None:
        raise PeopleRefused("", _("This invitation is over."))
    return kept


def secret_of(invitation: Invitation) -> str:
    """What stands in the link of the mail: bound to the account as it is, so that one use spends it."""
    told = f"{invitation.public_id}:{invitation.user.email}:{invitation.user.password}"
    return salted_hmac("referrals.invitation", told, algorithm="sha256").hexdigest()


def found(public_id: str, secret: str, *, at: datetime) -> Invitation | None:
    """The invitation that a link opens; None for one that is over, unknown or not for this secret."""
    offered = Invitation.objects.open(at).select_related("user", "organization", "office")
    with through_the_door():  # nobody is signed in yet; the secret is compared below
        invitation = offered.filter(public_id=public_id).first()
    if invitation is None or invitation.waits_for_second:
        return None
    return invitation if constant_time_compare(secret, secret_of(invitation)) else None


@in_one_piece
def accept(invitation: Invitation, *, at: datetime, password: str = "") -> Membership:
    """Take the capacity up, with a password where the account has none yet.

    Raises PeopleRefused, and ``ValidationError`` for a password that is too weak.
    """
    kept = _open(invitation, at=at)
    user = User.objects.select_for_update().get(pk=kept.user_id)
    if not user.has_usable_password():
        validate_password(password, user)
        user.set_password(password)
        user.save(update_fields=["password"])
    Organization.objects.select_for_update().get(pk=kept.organization_id)
    held = Membership.objects.current().filter(organization_id=kept.organization_id)
    people = set(held.values_list("user_id", flat=True)) | {user.pk}
    most = kept.organization.most_people
    if most is not None and len(people) > most:
        raise PeopleRefused("", _("This organization has as many people as it may have."))
    kept.accepted_at = at
    kept.save(update_fields=["accepted_at"])
    membership, _new = Membership.objects.get_or_create(
        user=user, organization_id=kept.organization_id, office_id=kept.office_id, capacity=kept.capacity,
        ended_on=None, defaults={"title": kept.title, "manages": kept.manages},
    )  # fmt: skip
    return membership

"""Delegations of signature: recorded, confirmed by a second person, revoked. Nothing is ever rewritten."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from recordsets.collisions import in_one_piece

from .. import signatures
from ..models import Delegation, Membership, Office, User


@dataclass
class DelegationRefused(Exception):
    """Why a delegation cannot be recorded, confirmed or revoked: a sentence for the field it is about."""

    field: str
    sentence: str

    def __str__(self) -> str:
        return self.sentence


def keeps(user: User) -> bool:
    """Whether somebody records and confirms delegations: an agency's approvers and signing officials."""
    return user.is_agency and user.capacity in signatures.SIGNING


def candidates(user: User) -> list[User]:
    """Who can be given a signature: active approvers and signing officials of the person's own agency."""
    held = Membership.objects.current().filter(
        organization_id=user.organization_id or 0, capacity__in=signatures.SIGNING
    )
    return list(User.objects.filter(is_active=True, pk__in=held.values("user_id")).order_by("name", "pk"))


@in_one_piece
def record(
    *,
    official: User,
    title: str,
    authority: str,
    acts: Collection[str],
    office: Office | None,
    starts_on: date,
    ends_on: date | None,
    passes_on: bool,
    by: User,
    at: datetime,
) -> Delegation:
    """Record a delegation; with ``passes_on`` it is the recorder's own signature that is delegated.

    An official who passes their own signature on confirms it with the same act; an order of the agency waits
    for a second person. Raises ``DelegationRefused``.
    """
    _refuse_strangers(by)
    if official.pk not in {each.pk for each in candidates(by)}:
        raise DelegationRefused("official", _("Choose an approver or a signing official of your agency."))
    if not acts:
        raise DelegationRefused("acts", _("Say what may be signed."))
    if ends_on is not None and ends_on < starts_on:
        raise DelegationRefused("ends_on", _("The last day lies before the first."))
    if passes_on:
        _refuse_more_than_held(by, official, acts=acts, office=office, starts_on=starts_on, ends_on=ends_on)
    return Delegation.objects.create(
        agency_id=by.hat.organization_id,
        official=official,
        title=title,
        authority=authority,
        acts=sorted(acts),
        office=office,
        starts_on=starts_on,
        ends_on=ends_on,
        given_by=by if passes_on else None,
        recorded_by=by,
        recorded_at=at,
        confirmed_by=by if passes_on else None,
        confirmed_at=at if passes_on else None,
    )


def _refuse_strangers(by: User) -> None:
    if not keeps(by):
        raise DelegationRefused("", _("Only approvers and signing officials of the agency do this."))


def _refuse_more_than_held(
    by: User, official: User, *, acts: Collection[str], office: Office | None, starts_on: date,
    ends_on: date | None,
) -> None:  # fmt: skip
    if official.pk == by.pk:
        raise DelegationRefused("official", _("Nobody delegates to themselves."))
    for own in signatures.may_delegate(by, on=starts_on):
        enough = set(acts) <= set(own.acts) and (
            own.office_id is None or own.office_id == (office and office.pk)
        )
        if enough and (own.ends_on is None or (ends_on is not None and ends_on <= own.ends_on)):
            return
    raise DelegationRefused(
        "passes_on",
        _(
            "You can pass on only what the agency itself delegated to you: these letters, this office, "
            "within your own dates. Record it as an order of the agency instead."
        ),
    )


def refusal_to_confirm(delegation: Delegation, user: User) -> str:
    """Why this person cannot confirm it; empty if they can."""
    if not keeps(user) or delegation.agency_id != user.organization_id:
        return _("Only approvers and signing officials of the agency do this.")
    if delegation.confirmed_at is not None:
        return _("It is confirmed already.")
    if delegation.revoked_at is not None:
        return _("It was revoked.")
    if user.pk == delegation.official_id:
        return _("It names you. Somebody else has to confirm it.")
    if user.pk == delegation.recorded_by_id:
        return _("You recorded it yourself. A second person has to confirm it.")
    return ""


@in_one_piece
def confirm(delegation: Delegation, *, by: User, at: datetime) -> Delegation:
    """Let a recorded delegation hold. Raises ``DelegationRefused``."""
    kept: Delegation = Delegation.objects.select_for_update(of=("self",)).get(pk=delegation.pk)
    why = refusal_to_confirm(kept, by)
    if why:
        raise DelegationRefused("", why)
    kept.confirmed_by, kept.confirmed_at = by, at
    kept.save(update_fields=["confirmed_by", "confirmed_at"])
    return kept


@in_one_piece
def revoke(delegation: Delegation, *, because: str, by: User, at: datetime) -> Delegation:
    """End a delegation at once. What was signed under it stays signed. Raises ``DelegationRefused``."""
    kept: Delegation = Delegation.objects.select_for_update(of=("self",)).get(pk=delegation.pk)
    if not keeps(by) or kept.agency_id != by.organization_id:
        _refuse_strangers(by)
        raise DelegationRefused("", _("Only approvers and signing officials of the agency do this."))
    if kept.revoked_at is not None:
        raise DelegationRefused("", _("It was revoked."))
    if not because.strip():
        raise DelegationRefused("because", _("Say why it is revoked."))
    kept.revoked_by, kept.revoked_at, kept.revoked_because = by, at, because.strip()
    kept.save(update_fields=["revoked_by", "revoked_at", "revoked_because"])
    return kept

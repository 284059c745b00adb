"""Ending a capacity at once, letting a stopped one begin again, and locking accounts that nobody uses."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce, Greatest
from django.utils.translation import gettext as _

from recordsets.collisions import in_one_piece
from workflows.days import rule_day
from workflows.parties import Capacity

from .. import access_limits, account_mail
from ..models import AccountAct, Membership, Organization, SignIn, User
from ..session_store import CHOSEN
from .invitations import PeopleRefused

log = logging.getLogger(__name__)


def may_manage(user: User, organization_id: int) -> bool:
    """The system's administrators, and whoever manages the people of this very organization."""
    return user.capacity == Capacity.ADMINISTRATOR or (
        user.manages_people and user.organization_id == organization_id
    )


def oversees(user: User, membership: Membership) -> bool:
    """Whether they answer for it: they manage the people of its organization, or supervise its office."""
    if user.organization_id != membership.organization_id:
        return False
    supervises = user.answers_for_people and user.office_id == membership.office_id
    return user.manages_people or supervises


def may_review(user: User, membership: Membership) -> bool:
    """Whether this person decides in a review about a capacity: never about one of their own.

    Whoever answers for the people of the organization, or a system administrator; about the administrators
    themselves a privacy officer too.
    """
    if membership.user_id == user.pk:
        return False
    own = oversees(user, membership)
    of_platform = membership.capacity in (Capacity.ADMINISTRATOR, Capacity.PRIVACY_OFFICER)
    return (
        own
        or user.capacity == Capacity.ADMINISTRATOR
        or (of_platform and user.capacity == Capacity.PRIVACY_OFFICER)
    )


@in_one_piece
def end(membership: Membership, *, because: str, by: User, at: datetime) -> Membership:
    """End a capacity at once, with the sessions in which it is acted in. Raises PeopleRefused."""
    kept = _locked(membership)
    if not (may_manage(by, kept.organization_id) or may_review(by, kept)):
        raise PeopleRefused("", _("Only who manages the people of this organization does this."))
    if kept.ended_on is not None and kept.suspended_at is None:
        raise PeopleRefused("", _("This capacity has ended already."))
    if not because.strip():
        raise PeopleRefused("because", _("Say why it ends."))
    if kept.suspended_at is None and is_last_administrator(kept):
        raise PeopleRefused("", _("This is the last system administrator. Invite another one first."))
    stop(kept, at=at)
    kept.ended_by, kept.ended_because, kept.suspended_at = by, because.strip(), None
    kept.save(update_fields=["ended_by", "ended_because", "suspended_at"])
    return kept


def stop(membership: Membership, *, at: datetime, suspended: bool = False) -> None:
    """Let nobody act in it from now on: the sessions in which it is acted in end with it."""
    sessions = _sessions_acting_in(membership)
    membership.ended_on = membership.ended_on or rule_day(at)
    membership.suspended_at = at if suspended else membership.suspended_at
    membership.save(update_fields=["ended_on", "suspended_at"])
    SignIn.objects.filter(session_key__in=sessions).delete()


def resume(membership: Membership, *, at: datetime) -> None:
    """Let a capacity that stopped, because nobody reviewed it, be held again. Raises PeopleRefused."""
    kept = _locked(membership)
    if kept.suspended_at is None:
        raise PeopleRefused("", _("This capacity has ended already."))
    same = Membership.objects.current().filter(
        user=kept.user_id, office=kept.office_id, capacity=kept.capacity
    )
    if same.exists():
        raise PeopleRefused("", _("Somebody with this address holds this capacity already."))
    most = kept.organization.most_people
    held = Membership.objects.current().filter(organization=kept.organization_id)
    if most is not None and len({*held.values_list("user_id", flat=True), kept.user_id}) > most:
        raise PeopleRefused("", _("This organization has as many people as it may have."))
    kept.ended_on = kept.suspended_at = None
    kept.save(update_fields=["ended_on", "suspended_at"])
    log.info("capacity %s is held again, %s", kept.pk, at.isoformat())


def _locked(membership: Membership) -> Membership:
    Organization.objects.select_for_update().get(pk=membership.organization_id)
    found = Membership.objects.select_for_update(of=("self",)).select_related("organization")
    kept: Membership = found.get(pk=membership.pk)
    return kept


def is_last_administrator(membership: Membership) -> bool:
    """Whether nobody else could let people in any more."""
    if membership.capacity != Capacity.ADMINISTRATOR:
        return False
    others = Membership.objects.current().filter(capacity=Capacity.ADMINISTRATOR, user__is_active=True)
    return not others.filter(user__locked_at=None).exclude(user_id=membership.user_id).exists()


def _sessions_acting_in(membership: Membership) -> list[str]:
    """The sessions of its holder in which it was chosen, or is the first one and none was."""
    first = Membership.objects.current().filter(user=membership.user_id).values_list("pk", flat=True).first()
    return [
        each.session_key
        for each in SignIn.objects.filter(user=membership.user_id)
        if each.get_decoded().get(CHOSEN, first) == membership.pk
    ]


# Accounts that nobody uses (NIST SP 800-53 rev. 5, AC-2 (3)). Times of sign-ins are the machine's own.


def _with_last_use() -> QuerySet[Any]:
    """People who hold a capacity and are not locked, with ``used``: the last sign-in, or the beginning."""
    latest = Greatest(Coalesce("last_login", "joined_at"), "joined_at", Coalesce("unlocked_at", "joined_at"))
    held = Membership.objects.current().values("user_id")
    return User.objects.filter(pk__in=held, is_active=True, locked_at=None).annotate(used=latest)


def warn_dormant(*, at: datetime) -> int:
    """Tell those whose account will be locked soon, once for each stretch without a sign-in; how many."""
    on = rule_day(at)
    since = at - access_limits.dormant_after(on=on) + access_limits.warned_before(on=on)
    unwarned = _with_last_use().filter(Q(warned_at=None) | Q(warned_at__lt=F("used")), used__lte=since)
    return sum(_warn(person, at=at) for person in unwarned.order_by("pk"))


@in_one_piece
def _warn(person: User, *, at: datetime) -> bool:
    person.warned_at = at
    person.save(update_fields=["warned_at"])
    account_mail.tell_changed(person, "soon_locked", at=at)
    return True


def lock_dormant(*, at: datetime) -> int:
    """Lock who was warned long enough ago and has not signed in since; how many.

    Nobody is locked without a warning, and never the last administrator.
    """
    on = rule_day(at)
    used_before = at - access_limits.dormant_after(on=on)
    warned_before = at - access_limits.warned_before(on=on) + timedelta(hours=1)
    due = _with_last_use().filter(
        used__lte=used_before, warned_at__gt=F("used"), warned_at__lte=warned_before
    )
    return sum(_lock(person, at=at) for person in due.order_by("pk"))


@in_one_piece
def _lock(person: User, *, at: datetime) -> bool:
    held = Membership.objects.current().filter(user=person)
    if any(is_last_administrator(each) for each in held):
        log.warning("account %s is not used and was not locked: nobody else administers", person.pk)
        return False
    person.locked_at = at
    person.save(update_fields=["locked_at"])
    SignIn.objects.filter(user=person).delete()
    AccountAct.objects.create(user=person, what=AccountAct.What.LOCKED, at=at)
    account_mail.tell_changed(person, "locked", at=at)
    return True


@in_one_piece
def unlock(person: User, *, organization: Organization, because: str, by: User, at: datetime) -> User:
    """Let a locked account be used again; who manages the people of an organization of theirs does it.

    Raises PeopleRefused.
    """
    kept: User = User.objects.select_for_update().get(pk=person.pk)
    theirs = Membership.objects.current().filter(user=kept, organization=organization)
    if not may_manage(by, organization.pk) or not theirs.exists():
        raise PeopleRefused("", _("Only who manages the people of this organization does this."))
    if kept.locked_at is None:
        raise PeopleRefused("", _("This account is not locked."))
    if not because.strip():
        raise PeopleRefused("because", _("Say why it is unlocked."))
    kept.locked_at, kept.unlocked_at = None, at
    kept.save(update_fields=["locked_at", "unlocked_at"])
    AccountAct.objects.create(
        user=kept, what=AccountAct.What.UNLOCKED, organization=organization, by=by,
        because=because.strip(), at=at,
    )  # fmt: skip
    account_mail.tell_changed(kept, "unlocked", at=at)
    return kept

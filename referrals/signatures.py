"""Who may sign for an agency on a day: one question, asked by the door, by pages and by letters alike."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from workflows import days_in_words
from workflows.machine import Told
from workflows.parties import Actor, Capacity

from .models import Act, Delegation, User

SIGNING = frozenset({Capacity.AGENCY_SIGNER, Capacity.AGENCY_APPROVER})


def delegation_for(record: Any, act: str, *, official: int | None, on: date) -> Delegation | None:
    """The delegation under which an official signs this record on a day; the longest standing one."""
    valid = Delegation.objects.valid_on(on).covering(act, record.agency_desk_id)
    return valid.filter(agency_id=record.agency_id, official_id=official).order_by("starts_on", "pk").first()


def may_sign(record: Any, act: str, *, asked: bool, by: Actor, at: datetime) -> Told:
    """Whether somebody may sign this record now; if not, exactly why, and who can.

    Without a query unless it is ``asked``, that is where the record can be signed from, and by somebody of
    the agency: nobody else is told who its officials are.
    """
    if not asked or by.organization_id != record.agency_id:
        return Told(False)
    on = record.day_at(at)
    held = list(
        Delegation.objects.filter(agency_id=record.agency_id)
        .select_related("official", "office")
        .order_by("starts_on", "pk")
    )
    valid = [each for each in held if _why_not(each, act, record, on=on) is None]
    if any(each.official_id == by.pk for each in valid):
        return Told(True)
    mine = [each for each in held if each.official_id == by.pk]
    reasons = [str(_why_not(each, act, record, on=on)) for each in mine]
    why = " ".join(reasons) or _("No delegation of signature of this agency names you.")
    return Told(False, why, _who_can(valid))


def _why_not(delegation: Delegation, act: str, record: Any, *, on: date) -> str | None:
    """Why a delegation does not cover this signature on this day; None if it does."""
    said = {"authority": delegation.authority}
    if delegation.revoked_at is not None:
        day = days_in_words.day(record.day_at(delegation.revoked_at))
        return _("Your delegation under %(authority)s was revoked on %(day)s.") % {**said, "day": day}
    if delegation.confirmed_at is None:
        return _("Your delegation under %(authority)s is not confirmed by a second person yet.") % said
    if on < delegation.starts_on:
        day = days_in_words.day(delegation.starts_on)
        return _("Your delegation under %(authority)s begins on %(day)s.") % {**said, "day": day}
    if delegation.ends_on is not None and on > delegation.ends_on:
        day = days_in_words.day(delegation.ends_on)
        return _("Your delegation under %(authority)s ended on %(day)s.") % {**said, "day": day}
    if act not in delegation.acts:
        covered = {**said, "acts": delegation.acts_in_words, "act": Act(act).label}
        return _("Your delegation under %(authority)s covers %(acts)s, not: %(act)s.") % covered
    if delegation.office is not None and delegation.office.desk_id != record.agency_desk_id:
        covered = {**said, "office": delegation.office.name}
        return _("Your delegation under %(authority)s is for %(office)s only.") % covered
    return None


def _who_can(valid: Iterable[Delegation]) -> str:
    named = [f"{each.official.name} ({each.authority})" for each in valid]
    if not named:
        return _("Nobody may sign this today. Have a delegation recorded and confirmed.")
    return _("Today these may sign it: %(people)s. Ask one of them, or have a delegation recorded.") % {
        "people": ", ".join(dict.fromkeys(named))
    }


def may_delegate(user: User, *, on: date) -> list[Delegation]:
    """The delegations that this official may pass on: those that the agency itself gave them.

    What somebody was given by another official is not passed on further.
    """
    own = Delegation.objects.valid_on(on).filter(official_id=user.pk, given_by__isnull=True)
    return list(own.filter(agency_id=user.organization_id).select_related("office").order_by("pk"))

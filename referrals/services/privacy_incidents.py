"""Reads that should not have happened: gathered, noted on, told to their owners, closed with a reason."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext as _

from recordsets.collisions import in_one_piece
from workflows.parties import Capacity

from .. import access_announcements
from ..models import Access, Organization, PrivacyIncident, PrivacyIncidentStep, User
from .invitations import PeopleRefused

MOST_READS = 500
What = PrivacyIncidentStep.What


def may_handle(user: User) -> bool:
    return user.capacity == Capacity.PRIVACY_OFFICER


def chosen_of(user: User, keys: Iterable[str]) -> list[Access]:
    """The rows of the trail with these keys that this person may read, the latest first."""
    asked = {int(key) for key in keys if key.isascii() and key.isdigit() and len(key) < 19}
    reads = Access.objects.visible_to(user).filter(pk__in=asked)
    return list(reads.select_related("user", "organization", "office")[:MOST_READS])


@in_one_piece
def begin(*, title: str, text: str, reads: list[Access], by: User, at: datetime) -> PrivacyIncident:
    """Open an incident with the reads that were chosen. Raises PeopleRefused."""
    _refuse_others(by)
    if not reads:
        raise PeopleRefused("", _("Choose at least one read that it is about."))
    made = PrivacyIncident.objects.create(title=title, opened_at=at)
    made.reads.set(reads)
    _step(made, What.OPENED, text, by=by, at=at)
    return made


@in_one_piece
def note(incident: PrivacyIncident, *, text: str, by: User, at: datetime) -> None:
    """Write down what was found out or done. Raises PeopleRefused."""
    _step(_open(incident, by), What.NOTED, text, by=by, at=at)


@in_one_piece
def send_notice(incident: PrivacyIncident, *, text: str, by: User, at: datetime) -> list[Organization]:
    """Tell the owners of the records that were read, in these words. Raises PeopleRefused."""
    kept = _open(incident, by)
    owners = owners_of(kept)
    if not owners:
        raise PeopleRefused("", _("None of these reads concerns a record that has an owner."))
    step = _step(kept, What.NOTICE, text, by=by, at=at, owners=owners)
    access_announcements.privacy_notice(step, at=at)
    return owners


@in_one_piece
def close(incident: PrivacyIncident, *, text: str, by: User, at: datetime) -> None:
    """End it, with the reason. Raises PeopleRefused."""
    kept = _open(incident, by)
    _step(kept, What.CLOSED, text, by=by, at=at)
    kept.closed_at = at
    kept.save(update_fields=["closed_at"])


def owners_of(incident: PrivacyIncident) -> list[Organization]:
    """The organizations whose records were read."""
    keys = incident.reads.order_by().values_list("owner", flat=True).distinct()
    return list(Organization.objects.filter(pk__in=[key for key in keys if key]))


def _open(incident: PrivacyIncident, by: User) -> PrivacyIncident:
    _refuse_others(by)
    kept: PrivacyIncident = PrivacyIncident.objects.select_for_update().get(pk=incident.pk)
    if kept.closed_at is not None:
        raise PeopleRefused("", _("It is closed."))
    return kept


def _refuse_others(by: User) -> None:
    if not may_handle(by):
        raise PeopleRefused("", _("Only a privacy officer does this."))


def _step(
    incident: PrivacyIncident,
    what: str,
    text: str,
    *,
    by: User,
    at: datetime,
    owners: Iterable[Organization] = (),
) -> PrivacyIncidentStep:
    if not text.strip():
        raise PeopleRefused("text", _("Say why."))
    return PrivacyIncidentStep.objects.create(
        incident=incident, what=what, text=text.strip(), by=by, at=at, owners=[each.pk for each in owners]
    )

"""Breaking the glass: one record of somebody else, to read, for minutes; its owner is told at once."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from recordsets.collisions import in_one_piece
from workflows.days import rule_day
from workflows.models import Case
from workflows.parties import Capacity

from .. import access_announcements, access_limits
from ..models import AccessAlert, Opening, User, record_models, visible_cases
from ..models.openings import MAY_OPEN
from ..subjects import PERSON
from .invitations import PeopleRefused


def may_open(user: User) -> bool:
    """Whether somebody may break the glass at all: never at ICE, nor at a labor agency."""
    return user.capacity in MAY_OPEN


@in_one_piece
def begin(reference: str, *, ground: str, text: str, session: str, by: User, at: datetime) -> Opening:
    """Open one record for this session; its owner and the privacy officer are told in the same transaction.

    Raises PeopleRefused, in the same words for a reference that does not exist as for a draft that the
    person's capacity may not open.
    """
    if not may_open(by):
        raise PeopleRefused("", _("Your capacity opens no record of others."))
    if not text.strip():
        raise PeopleRefused("text", _("Say why you need this record now."))
    if ground not in Opening.Ground.values:
        raise PeopleRefused("ground", _("Choose a ground."))
    found = _case_and_owner(reference, by)
    if found is None:
        raise PeopleRefused("reference", _("There is no case with this reference that can be opened."))
    case_id, owner_id = found
    if visible_cases(by).filter(pk=case_id).exists():
        raise PeopleRefused("reference", _("You can open this case as it is: look for it by its reference."))
    made: Opening = Opening.objects.create(
        user=by, membership=by.hat, session=session, case_id=case_id, owner_id=owner_id, ground=ground,
        text=text.strip(), opened_at=at, expires_at=at + access_limits.opening_lasts(on=rule_day(at)),
    )  # fmt: skip
    alert = AccessAlert.objects.create(
        key=f"GLASS:{made.pk}", rule=AccessAlert.Rule.GLASS, user=by, capacity=by.capacity,
        organization_id=by.organization_id, office_id=by.office_id, owners=[owner_id], subject=reference,
        number=1, first_at=at, last_at=made.expires_at, found_at=at,
    )  # fmt: skip
    access_announcements.found(alert, at=at)
    return made


def _case_and_owner(reference: str, by: User) -> tuple[int, int] | None:
    """The case and the organization whose record it is; None where it does not exist or may not be opened.

    What a representative has not filed yet is nobody's at DHS, so a supervisor there does not open it.
    """
    case = Case.objects.filter(reference=reference).values_list("pk", "kind").first()
    if case is None:
        return None
    pk, kind = case
    path = PERSON.get(kind)
    whose = f"{path.removesuffix('person')}representative_id" if path else "agency_id"
    records = record_models()[kind].objects.filter(pk=pk)
    if by.capacity != Capacity.ADMINISTRATOR:
        records = records.filter(_handed_over(kind))
    owner = records.values_list(whose, flat=True).first()
    return None if owner is None else (pk, owner)


def _handed_over(kind: str) -> Q:
    filed = {
        "WORKER_REQUEST": Q(filed_at__isnull=False),
        "STAY": Q(filed_at__isnull=False),
        "STAY_REFERRAL": Q(sent_at__isnull=False),
        "WORK_PERMIT": Q(filed_at__isnull=False),
        "GRANT": Q(),
        "STATEMENT": Q(transmitted_at__isnull=False),
    }
    return filed.get(kind, Q(pk__in=[]))


def going_on(opening: Opening, user: User, *, session: str, at: datetime) -> bool:
    """Whether this very session may read under it now, in the capacity in which it was opened."""
    mine = opening.user_id == user.pk and opening.session == session and bool(session)
    same_hat = user.acting is not None and user.acting.pk == opening.membership_id
    return mine and same_hat and opening.ended_at is None and opening.expires_at > at


def of_owner(user: User, *, at: datetime) -> list[Opening]:
    """What is open now of the records of this person's organization, for their desk."""
    if not (user.is_representative or user.capacity == Capacity.AGENCY_APPROVER):
        return []
    going = Opening.objects.visible_to(user).going_on(at).filter(owner_id=user.organization_id)
    return list(going.defer("text").select_related("case"))


def may_end(opening: Opening, user: User) -> bool:
    return Opening.objects.visible_to(user).filter(pk=opening.pk).exists()


@in_one_piece
def end(opening: Opening, *, by: User, at: datetime) -> Opening:
    """Shut it before its time: who opened it, the owner, or a privacy officer. Raises PeopleRefused."""
    kept: Opening = Opening.objects.select_for_update(of=("self",)).get(pk=opening.pk)
    if not may_end(kept, by):
        raise PeopleRefused("", _("Only its owner, who opened it or a privacy officer shuts it."))
    if kept.ended_at is not None or kept.expires_at <= at:
        raise PeopleRefused("", _("It has ended already."))
    kept.ended_at, kept.ended_by = at, by
    kept.save(update_fields=["ended_at", "ended_by"])
    return kept

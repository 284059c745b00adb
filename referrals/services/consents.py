"""The worker's informed consent: recorded before anything is shared, withdrawn at any time."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext as _

from recordsets.collisions import in_one_piece
from workflows import engine

from ..models import Person, Stay, StayReferral, User, WorkerRequest
from . import worker_requests
from .persons import change_person
from .steps import take_step


@in_one_piece
def record_consent(
    request: WorkerRequest,
    *,
    by: User,
    at: datetime,
    counselled_on: date,
    counselled_in: str,
    consented_on: date | None,
    safe_contact: str,
    expected_version: int | None = None,
) -> None:
    """Record the talk about the risks and what the worker decided; a new consent replaces a withdrawn one."""
    worker_requests.revise(
        request,
        by=by,
        at=at,
        expected_version=expected_version,
        counselled_on=counselled_on,
        counselled_in=counselled_in,
        consented_on=consented_on,
        consent_withdrawn_at=None,
    )
    change_person(request.person, by=by, at=at, safe_contact=safe_contact)


def _withdraw(record: WorkerRequest | Stay | StayReferral, *, by: User, at: datetime) -> None:
    engine.record_note(record, "withdraw_consent", by=by, at=at)
    record.consent_withdrawn_at = at
    record.save(update_fields=["consent_withdrawn_at"])


@in_one_piece
def withdraw_consent(request: WorkerRequest, *, by: User, at: datetime) -> None:
    """Sharing stops at once: nothing more is signed or filed. What DHS has already seen stays with it."""
    if request.consent_withdrawn_at is None:
        _withdraw(request, by=by, at=at)


@in_one_piece
def withdraw_all(person: Person, *, by: User, at: datetime) -> int:
    """Withdraw the worker's consent in every open case, and end open stay referrals. Returns how many."""
    count = 0
    requests = WorkerRequest.objects.visible_to(by).filter(person=person, consent_withdrawn_at=None)
    stays = Stay.objects.visible_to(by).filter(person=person, consent_withdrawn_at=None)
    referrals = StayReferral.objects.visible_to(by).filter(stay__person=person, consent_withdrawn_at=None)
    for record in (*requests.open(), *stays.open(), *referrals.open()):
        _withdraw(record, by=by, at=at)
        if isinstance(record, StayReferral):
            take_step(record, "make_moot", by=by, at=at, reason=_("The worker withdrew the consent."))
        count += 1
    return count

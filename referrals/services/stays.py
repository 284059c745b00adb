"""Stays of removal: prepare Form I-246, and ask an agency to support it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from recordsets.collisions import in_one_piece
from workflows import engine, policies
from workflows.days import rule_day
from workflows.machines.stay import PENDING, PREPARING
from workflows.machines.stay_referral import State as ReferralState
from workflows.models import Step
from workflows.refusals import Refusal

from .. import announcements
from ..models import Office, Organization, Person, Statement, Stay, StayReferral, User

URGENT_DAYS = "stay_referral.urgent_days"


@in_one_piece
def open_stay(
    person: Person,
    *,
    ice_office: Office,
    by: User,
    at: datetime,
    statement: Statement | None = None,
    **fields: Any,
) -> Stay:
    """Begin a stay with the field office; the one already being prepared for this worker, if there is one."""
    Person.objects.select_for_update().get(pk=person.pk)
    prepared: Stay | None = (
        Stay.objects.visible_to(by).filter(person=person, ice_office=ice_office, state__in=PREPARING).first()
    )
    if prepared is not None:
        return prepared
    stay = Stay(
        person=person,
        representative_id=by.hat.organization_id,
        prepared_by=by,
        statement=statement,
        ice_office=ice_office,
        representative_desk=by.hat.office.desk,
        ice_desk=ice_office.desk,
        time_zone=by.hat.office.desk.time_zone,
        **fields,
    )
    stay.full_clean(exclude=["state", "case_ptr"])
    return engine.open_case(stay, by=by, at=at)


@in_one_piece
def revise(
    stay: Stay, *, by: User, at: datetime, expected_version: int | None = None, values: Mapping[str, Any]
) -> None:
    """Change what is prepared. A new removal time moves its clock in the same step.

    Raises ``engine.StepRefused``; then nothing was stored.
    """
    kept: Stay = Stay.objects.select_for_update(of=("self",)).get(pk=stay.pk)
    for name, value in values.items():
        setattr(kept, name, value)
    kept.full_clean(exclude=["state"])
    kept.save(update_fields=[*values])
    engine.advance(stay, "revise", by=by, at=at, expected_version=expected_version)
    for referral in kept.referrals.filter(state=ReferralState.SENT):
        hastened = hasten_if_urgent(referral, at=at)
        if hastened is not None:
            announcements.step_taken(referral, hastened)


def is_urgent(stay: Stay, *, at: datetime) -> bool:
    """Whether hours count: the worker is detained, or the removal is as close as the dated rule says."""
    if stay.detained:
        return True
    days = policies.value(URGENT_DAYS, on=rule_day(at), jurisdiction=stay.jurisdiction)
    return stay.removal_at is not None and stay.removal_at <= at + timedelta(days=days)


def hasten_if_urgent(referral: StayReferral, *, at: datetime) -> Step | None:
    """Let the liaison's clock run in hours when it must; the step that was taken, or None."""
    if not is_urgent(referral.stay, at=at):
        return None
    return engine.advance(referral, "hasten", by=engine.SYSTEM, at=at)


@in_one_piece
def ask_support(
    stay: Stay, *, agency: Organization, consent_signed_on: date | None, by: User, at: datetime
) -> StayReferral:
    """Name the worker to a labor agency and ask it to support the stay.

    The one flow in which a name crosses to an agency: refused without the worker's
    signed consent. Asking the same agency again returns the open request.
    """
    locked: Stay = Stay.objects.visible_to(by).select_for_update(of=("self",)).get(pk=stay.pk)
    if locked.state not in PENDING:
        raise engine.StepRefused(
            Refusal("wrong_state", _("This stay is not pending, so there is nothing to support."))
        )
    if consent_signed_on is None or consent_signed_on > timezone.localdate(at):
        raise engine.StepRefused(
            Refusal(
                "worker_consents",
                _("The worker's signed consent to being named to the agency is missing."),
                _("Have the worker sign first, and write the day on which it was signed."),
            )
        )
    asked: StayReferral | None = locked.referrals.filter(agency=agency, closed_at__isnull=True).first()
    if asked is not None:
        return asked
    statement = locked.statement if locked.statement and locked.statement.agency_id == agency.pk else None
    office = statement.office if statement else agency.offices.order_by("pk").first()
    if office is None:
        raise engine.StepRefused(Refusal("no_office", _("This agency has no office in the system.")))
    referral = StayReferral(
        stay=locked,
        agency=agency,
        matter=statement.matter if statement else None,
        consent_signed_on=consent_signed_on,
        months_asked=locked.months_asked,
        agency_desk=office.desk,
        ice_desk_id=locked.ice_desk_id,
        jurisdiction=agency.code,
        time_zone=office.desk.time_zone,
    )
    engine.open_case(referral, by=by, at=at)
    announcements.step_taken(referral, referral.steps.get())
    return referral

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

import pgtrigger
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from workflows.days import rule_day
from workflows.machine import Told
from workflows.machines.grant import IN_FORCE as GRANT_IN_FORCE
from workflows.machines.grant import GrantMachine
from workflows.machines.renewal import RenewalMachine
from workflows.machines.work_permit import WorkPermitMachine
from workflows.models import CaseQuerySet, Clock
from workflows.parties import Capacity

from ..reads import OfAWorker
from .fields import PersonalTextField
from .people import ICE, USCIS
from .visibility import or_opened

if TYPE_CHECKING:
    from workflows.parties import Actor

    from .people import User


class GrantQuerySet(CaseQuerySet):
    @or_opened
    def visible_to(self, user: User) -> Self:
        """The representative its own; USCIS all; an ICE field office those it decided."""
        if user.is_representative:
            return self.filter(representative_id=user.organization_id)
        if user.capacity in USCIS:
            return self
        if user.capacity in ICE:
            return self.filter(ice_office_id=user.office_id)
        return self.none()


class Grant(OfAWorker, GrantMachine):
    """Deferred action of one worker between two dates."""

    worker_request = models.OneToOneField(
        "referrals.WorkerRequest", models.PROTECT, related_name="deferred_action"
    )
    representative = models.ForeignKey("referrals.Organization", models.PROTECT, related_name="grants")
    decider = models.CharField(max_length=6, choices=[("USCIS", "USCIS"), ("ICE", "ICE")])
    ice_office = models.ForeignKey(
        "referrals.Office", models.PROTECT, null=True, blank=True, related_name="+"
    )
    months = models.PositiveSmallIntegerField()
    termination_authority = models.CharField(max_length=300, blank=True)
    termination_reason = PersonalTextField()
    termination_requested_by = models.CharField(max_length=200, blank=True)

    sealed_by = "worker_request.person.key_id"
    sealed_row = "pk"

    objects = GrantQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")), name="a_grant_ends_after_it_starts"
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("case", kwargs={"reference": self.reference})

    @property
    def person(self) -> Any:
        return self.worker_request.person

    @classmethod
    def fact_expressions(cls, *, by: Actor, at: datetime) -> Mapping[str, Any]:
        own = OuterRef("pk")
        me = cls._default_manager.filter(pk=own)
        later = cls._default_manager.filter(worker_request__earlier_grant=own)
        notice = Clock.objects.filter(
            case_id=own, key="termination_response", stopped_at__isnull=True, due_at__gt=at
        )
        return {
            "has_grounds": Exists(me.exclude(termination_authority="").exclude(termination_reason="")),
            "response_time_is_over": ~Exists(notice),
            "newer_grant_exists": Exists(later),
        }

    def decided_content(self, step: str) -> Mapping[str, Any]:
        return {
            "authority": self.termination_authority,
            "reason": self.termination_reason,
            "requested_by": self.termination_requested_by,
            "starts_on": self.starts_on,
            "ends_on": self.ends_on,
        }


class WorkPermitQuerySet(CaseQuerySet):
    @or_opened
    def visible_to(self, user: User) -> Self:
        """The representative its own; USCIS and intake those filed. ICE does not decide permits."""
        if user.is_representative:
            return self.filter(representative_id=user.organization_id)
        if user.capacity in USCIS or user.capacity == Capacity.DHS_INTAKE:
            return self.filter(filed_at__isnull=False)
        return self.none()


class WorkPermit(OfAWorker, WorkPermitMachine):
    """Employment authorization in category (c)(14), asked for with a worker's request."""

    worker_request = models.ForeignKey("referrals.WorkerRequest", models.PROTECT, related_name="permits")
    representative = models.ForeignKey("referrals.Organization", models.PROTECT, related_name="permits")
    grant = models.ForeignKey(Grant, models.PROTECT, null=True, blank=True, related_name="permits")
    annual_income = models.PositiveIntegerField(_("Annual income"), null=True, blank=True)
    annual_expenses = models.PositiveIntegerField(_("Annual expenses"), null=True, blank=True)
    total_assets = models.PositiveIntegerField(_("Total assets"), null=True, blank=True)
    necessity = PersonalTextField(_("Why the worker needs to work"))
    waiver_asked = models.BooleanField(_("Fee waiver (Form I-912) is in the packet"), default=False)
    card_last4 = models.CharField(max_length=4, blank=True)

    sealed_by = "worker_request.person.key_id"
    sealed_row = "pk"

    objects = WorkPermitQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="a_permit_ends_after_it_starts",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="no_permit_outlives_its_deferred_action",
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("valid_until", "grant_id"),  # type: ignore[no-untyped-call]
                when=pgtrigger.Before,
                condition=pgtrigger.Q(new__valid_until__isnull=False),
                func=(
                    "IF NEW.valid_until > "
                    "(SELECT ends_on FROM referrals_grant WHERE case_ptr_id = NEW.grant_id) THEN "
                    "RAISE EXCEPTION 'a work permit ends with its deferred action at the latest'; "
                    "END IF; RETURN NEW;"
                ),
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("case", kwargs={"reference": self.reference})

    @property
    def person(self) -> Any:
        return self.worker_request.person

    @classmethod
    def fact_expressions(cls, *, by: Actor, at: datetime) -> Mapping[str, Any]:
        own = OuterRef("pk")
        me = cls._default_manager.filter(pk=own)
        later = cls._default_manager.filter(
            worker_request__earlier_grant=OuterRef("grant_id"), valid_from__isnull=False
        )
        return {
            "deferred_action_is_granted": Exists(
                Grant.objects.filter(pk=OuterRef("grant_id"), state__in=GRANT_IN_FORCE)
            ),
            "deferred_action_is_denied": Exists(
                me.filter(
                    worker_request__closed_at__isnull=False, worker_request__deferred_action__isnull=True
                )
            ),
            "shows_economic_necessity": Exists(
                me.filter(
                    annual_income__isnull=False, annual_expenses__isnull=False, total_assets__isnull=False
                )
            ),
            "newer_permit_exists": Exists(later),
        }

    def decided_content(self, step: str) -> Mapping[str, Any]:
        grant = self.grant
        return {
            "income": self.annual_income,
            "expenses": self.annual_expenses,
            "assets": self.total_assets,
            "necessity": self.necessity,
            "waiver_asked": self.waiver_asked,
            "grant": [grant.pk, grant.state, grant.ends_on] if grant else None,
        }


class RenewalQuerySet(CaseQuerySet):
    @or_opened
    def visible_to(self, user: User) -> Self:
        return self.filter(representative_id=user.organization_id) if user.is_representative else self.none()


class Renewal(OfAWorker, RenewalMachine):
    """The road from a grant that ends to the request that follows it."""

    grant = models.ForeignKey(Grant, models.PROTECT, related_name="renewals")
    representative = models.ForeignKey("referrals.Organization", models.PROTECT, related_name="renewals")
    request = models.ForeignKey(
        "referrals.WorkerRequest", models.PROTECT, null=True, blank=True, related_name="renewals"
    )

    told_facts = frozenset({"extension_is_possible", "programme_renews"})

    objects = RenewalQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["grant"], condition=Q(ended_at__isnull=True), name="one_open_renewal_for_each_grant"
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("case", kwargs={"reference": self.reference})

    @property
    def person(self) -> Any:
        return self.grant.worker_request.person

    @classmethod
    def fact_expressions(cls, *, by: Actor, at: datetime) -> Mapping[str, Any]:
        me = cls._default_manager.filter(pk=OuterRef("pk"))
        return {
            "statement_is_updated": Exists(
                me.filter(grant__worker_request__statement__versions__signed_at__gt=F("grant__opened_at"))
            )
        }

    def policy_facts(self, *, by: Actor, at: datetime) -> Mapping[str, Told]:
        from ..programme_rules import renewal_facts

        return renewal_facts(self, on=rule_day(at))

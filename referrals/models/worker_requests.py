from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from workflows.days import rule_day
from workflows.machine import Told
from workflows.machines.worker_request import WorkerRequestMachine
from workflows.models import CaseQuerySet, Clock
from workflows.parties import Capacity

from ..reads import OfAWorker
from .fields import PersonalTextField
from .people import ICE, USCIS
from .statements import ProgrammeOverride, Statement
from .visibility import or_opened

if TYPE_CHECKING:
    from workflows.parties import Actor

    from .people import User


class WorkerRequestQuerySet(CaseQuerySet):
    @or_opened
    def visible_to(self, user: User) -> Self:
        """The representative's organization its own; DHS only what was filed and lies with that part of DHS.

        ICE sees only what was routed to its own field office. The labor agency sees none.
        """
        if user.is_representative:
            return self.filter(representative_id=user.organization_id)
        filed = self.filter(filed_at__isnull=False)
        if user.capacity == Capacity.DHS_INTAKE:
            return filed
        if user.capacity in USCIS:
            granted = self.model._default_manager.filter(pk=OuterRef("pk"), permits__grant__isnull=False)
            return filed.filter(Q(track="USCIS") | Exists(granted))
        if user.capacity in ICE:
            return filed.filter(track="ICE", ice_office_id=user.office_id)
        return self.none()


# What a request rests on at its worksite: a decision that waits for a countersignature binds these.
SCOPE = (
    "employer_on_stub", "site_street", "site_city", "site_state", "site_zip", "worked_from", "worked_to",
    "works_still", "job", "scope_result", "scope_answer",
)  # fmt: skip


class WorkerRequest(OfAWorker, WorkerRequestMachine):
    """One worker's request for deferred action, with what is claimed and where it was routed."""

    class Filing(models.TextChoices):
        INITIAL = "INITIAL", _("Initial request")
        EXTENSION = "EXTENSION", _("Labor DA extension (two years to four)")
        SUBSEQUENT = "SUBSEQUENT", _("Subsequent request (renewal)")

    person = models.ForeignKey("referrals.Person", models.PROTECT, related_name="requests")
    representative = models.ForeignKey(
        "referrals.Organization", models.PROTECT, related_name="worker_requests"
    )
    prepared_by = models.ForeignKey("referrals.User", models.PROTECT, related_name="+")
    statement = models.ForeignKey(Statement, models.PROTECT, related_name="worker_requests")
    filing = models.CharField(max_length=10, choices=Filing.choices, default=Filing.INITIAL)
    earlier_grant = models.ForeignKey(
        "referrals.Grant", models.PROTECT, null=True, blank=True, related_name="later_requests"
    )
    refiles = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="refiled_as")
    employer_on_stub = models.CharField(_("Employer as on the paystub"), max_length=200, blank=True)
    site_street = models.CharField(_("Street of the worksite"), max_length=200, blank=True)
    site_city = models.CharField(_("City of the worksite"), max_length=100, blank=True)
    site_state = models.CharField(_("State of the worksite"), max_length=2, blank=True)
    site_zip = models.CharField(_("ZIP code of the worksite"), max_length=10, blank=True)
    worked_from = models.DateField(_("Worked from"), null=True, blank=True)
    worked_to = models.DateField(_("Worked until"), null=True, blank=True)
    works_still = models.BooleanField(_("Still works there"), default=False)
    job = models.CharField(_("Job"), max_length=200, blank=True)
    scope_result = models.CharField(max_length=8, blank=True, editable=False)
    scope_checked_at = models.DateTimeField(null=True, blank=True, editable=False)
    scope_version = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
    scope_answer = models.TextField(blank=True)
    form_edition = models.CharField(_("Edition of Form G-325A"), max_length=10, blank=True)
    editions_mixed = models.BooleanField(_("Pages of different editions"), default=False)
    asks_permit = models.BooleanField(_("Asks for a work permit"), default=True)
    counselled_on = models.DateField(null=True, blank=True)
    counselled_in = models.CharField(max_length=20, blank=True)
    consented_on = models.DateField(null=True, blank=True)
    consent_withdrawn_at = models.DateTimeField(null=True, blank=True)
    in_proceedings = models.BooleanField(null=True, blank=True)
    final_order = models.BooleanField(null=True, blank=True)
    reinstated_order = models.BooleanField(null=True, blank=True)
    voluntary_departure = models.BooleanField(null=True, blank=True)
    detained = models.BooleanField(null=True, blank=True)
    prior_ice_contact = models.BooleanField(null=True, blank=True)
    ice_office = models.ForeignKey(
        "referrals.Office", models.PROTECT, null=True, blank=True, related_name="+"
    )
    receipt_number = PersonalTextField(_("Receipt number"))
    biometrics_place = models.CharField(max_length=300, blank=True)
    noid_answer = PersonalTextField()

    sealed_by = "person.key_id"
    sealed_row = "pk"
    told_facts = frozenset({"programme_takes_it", "edition_is_accepted", "renewal_rests_on_a_grant"})
    told_from = ("filing", "earlier_grant_id", "form_edition", "editions_mixed")

    objects = WorkerRequestQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(worked_to__isnull=True) | Q(worked_to__gte=F("worked_from")),
                name="work_ends_after_it_starts",
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("case", kwargs={"reference": self.reference})

    def day_desk_id(self) -> int | None:
        """Who prepares it, from the filing on who receives it, and once it is routed who decides it."""
        if self.filed_at is None:
            return self.representative_desk_id
        return {"USCIS": self.uscis_desk_id, "ICE": self.ice_desk_id}.get(self.track) or self.intake_desk_id

    @property
    def needs_ice(self) -> bool | None:
        """Proceedings or a final order send a request to ICE; None while unanswered."""
        if self.in_proceedings is None or self.final_order is None:
            return None
        return bool(self.in_proceedings or self.final_order or self.reinstated_order)

    @classmethod
    def fact_expressions(cls, *, by: Actor, at: datetime) -> Mapping[str, Any]:
        own = OuterRef("pk")
        items = PacketItem.objects.filter(request=own, required=True)
        asked = AskedItem.objects.filter(request=own)
        routed_to_ice = Q(in_proceedings=True) | Q(final_order=True) | Q(reinstated_order=True)
        answered = Q(in_proceedings__isnull=False, final_order__isnull=False)
        me = cls._default_manager.filter(pk=own)
        running = Clock.objects.filter(case_id=own, stopped_at__isnull=True, due_at__gt=at)
        return {
            "packet_is_complete": ~Exists(items.exclude(state=PacketItem.State.PRESENT)) & Exists(items),
            "scope_is_checked": Exists(me.filter(Q(scope_result__in=["in", "likely"]) | ~Q(scope_answer=""))),
            "worker_was_counselled": Exists(me.exclude(counselled_on=None).exclude(counselled_in="")),
            "worker_consents": Exists(
                me.filter(consented_on__isnull=False, consent_withdrawn_at__isnull=True)
            ),
            "statement_is_in_force": Exists(Statement.objects.in_force().filter(pk=OuterRef("statement_id"))),
            "programme_override": Exists(
                ProgrammeOverride.objects.valid_on(rule_day(at)).filter(statement_id=OuterRef("statement_id"))
            ),
            "routing_is_answered": Exists(me.filter(answered)),
            "belongs_to_ice": Exists(me.filter(answered & routed_to_ice)),
            "belongs_to_uscis": Exists(me.filter(answered).exclude(routed_to_ice)),
            "has_a_field_office": Exists(me.filter(ice_office__isnull=False)),
            "asks_for_something": Exists(asked.filter(answered_at__isnull=True)),
            "answers_every_item": Exists(asked) & ~Exists(asked.filter(answer="")),
            "answers_the_notice": Exists(me.exclude(noid_answer="")),
            "rfe_time_is_over": ~Exists(running.filter(key="rfe")),
            "noid_time_is_over": ~Exists(running.filter(key="noid")),
            "has_a_decision": Exists(Decision.objects.filter(case_id=own).exclude(rationale="")),
        }

    def policy_facts(self, *, by: Actor, at: datetime) -> Mapping[str, Told]:
        from ..programme_rules import request_facts

        return request_facts(self, on=rule_day(at))

    def decided_content(self, step: str) -> Mapping[str, Any]:
        decision = self.decisions.order_by("-pk").first()
        statement = self.statement
        return {
            "statement": statement.pk,
            "in_force": statement.version_in_force if statement.is_in_force else None,
            "scope": {name: getattr(self, name) for name in SCOPE},
            "track": self.track,
            "consent_withdrawn_at": self.consent_withdrawn_at,
            "decision": decision.pk if decision else None,
            "written_by": decision.written_by_id if decision else None,
            "outcome": decision.outcome if decision else "",
            "rationale": decision.rationale if decision else "",
            "favorable": decision.favorable if decision else "",
            "adverse": decision.adverse if decision else "",
        }


class PacketItem(models.Model):
    """One line of the packet checklist of a filing.

    ``state`` and ``note`` are the representative's own; what intake found has columns of its own.
    """

    class State(models.TextChoices):
        MISSING = "MISSING", _("Missing")
        PRESENT = "PRESENT", _("Present")
        DEFECTIVE = "DEFECTIVE", _("Defective")

    request = models.ForeignKey(WorkerRequest, models.PROTECT, related_name="items")
    key = models.CharField(max_length=40)
    state = models.CharField(max_length=10, choices=State.choices, default=State.MISSING)
    required = models.BooleanField(default=True)
    note = models.CharField(max_length=300, blank=True)
    intake_state = models.CharField(max_length=10, choices=State.choices, blank=True)
    intake_note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(fields=["request", "key"], name="a_packet_lists_each_item_once")
        ]

    def __str__(self) -> str:
        return self.key


class AskedItem(models.Model):
    """One thing that USCIS or ICE asks for, with its legal basis, and the answer."""

    request = models.ForeignKey(WorkerRequest, models.PROTECT, related_name="asked_items")
    notice = models.CharField(
        max_length=10, choices=[("RFE", _("Request for evidence")), ("ICE", _("ICE request"))]
    )
    place = models.UUIDField(default=uuid.uuid4, db_default=RandomUUID(), editable=False)
    text = PersonalTextField()
    legal_basis = models.CharField(max_length=200, blank=True)
    asked_at = models.DateTimeField()
    answer = PersonalTextField()
    answered_at = models.DateTimeField(null=True, blank=True)

    read_as = "request_id"
    sealed_by = "request.person.key_id"
    sealed_row = "place"

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.notice} {self.pk}"


class Screening(models.Model):
    """What the worker told the representative in confidence: seen by the representative's office alone."""

    request = models.OneToOneField(WorkerRequest, models.PROTECT, related_name="screening")
    arrests = PersonalTextField(hides_blank=True)
    entries = PersonalTextField(hides_blank=True)
    notes = PersonalTextField(hides_blank=True)

    sealed_by = "request.person.key_id"
    sealed_row = "request_id"

    read_as = "request_id"

    def __str__(self) -> str:
        return f"Screening of {self.request_id}"


class Decision(models.Model):
    """The grounds of a decision: discretion, written down, by the office that decides."""

    class Outcome(models.TextChoices):
        GRANT = "GRANT", _("Grant")
        DENY = "DENY", _("Deny")

    case = models.ForeignKey(WorkerRequest, models.PROTECT, related_name="decisions")
    outcome = models.CharField(max_length=6, choices=Outcome.choices)
    place = models.UUIDField(default=uuid.uuid4, db_default=RandomUUID(), editable=False)
    favorable = PersonalTextField()
    adverse = PersonalTextField()
    rationale = PersonalTextField()
    written_by = models.ForeignKey("referrals.User", models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    read_as = "case_id"
    sealed_by = "case.person.key_id"
    sealed_row = "place"

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.get_outcome_display()

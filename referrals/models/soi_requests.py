from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from workflows.days import rule_day
from workflows.machine import Told
from workflows.machines.soi_request import SoiRequestMachine, State
from workflows.models import CaseQuerySet

from ..personal_data import no_personal_data
from .matters import EmployerNameBase, Matter, PlaceBase
from .visibility import or_opened

if TYPE_CHECKING:
    from workflows.parties import Actor

    from .people import User


class RequesterKind(models.TextChoices):
    """Who asks: the agencies' rules about who may ask are dated policy rows."""

    WORKER = "worker", _("Worker")
    WORKER_REPRESENTATIVE = "worker_representative", _("Worker's representative")
    ATTORNEY = "attorney", _("Attorney")
    ACCREDITED = "accredited_representative", _("Accredited representative")
    ORGANIZATION = "organization", _("Workers' organization")
    UNION = "union", _("Union")


class Relief(models.TextChoices):
    DEFERRED_ACTION = "DEFERRED_ACTION", _("Deferred action")
    WORK_PERMIT = "WORK_PERMIT", _("Work permit")
    STAY = "STAY", _("Stay of removal")
    PAROLE = "PAROLE", _("Parole")
    CERTIFICATION = "CERTIFICATION", _("U or T certification")


class SoiRequestQuerySet(CaseQuerySet):
    @or_opened
    def visible_to(self, user: User) -> Self:
        """The asking organization sees its own; the agency sees what was sent to it; nobody else."""
        if user.is_advocate:
            shared = self.model._default_manager.filter(pk=OuterRef("pk"), shared_with=user.organization_id)
            return self.filter(Q(requester_id=user.organization_id) | Exists(shared))
        if user.is_agency:
            return self.filter(agency_id=user.organization_id, submitted_at__isnull=False)
        return self.none()


class SoiRequest(SoiRequestMachine):
    """What the worker's side tells a labor agency; never a worker's name or number."""

    class OnBehalfOf(models.TextChoices):
        INDIVIDUAL = "INDIVIDUAL", _("One worker")
        GROUP = "GROUP", _("A group of workers")
        ALL = "ALL", _("All workers of the site")

    requester = models.ForeignKey("referrals.Organization", models.PROTECT, related_name="soi_requests")
    agency = models.ForeignKey("referrals.Organization", models.PROTECT, related_name="received_soi_requests")
    shared_with = models.ManyToManyField(
        "referrals.Organization", blank=True, related_name="shared_soi_requests"
    )
    asked_by = models.ForeignKey("referrals.User", models.PROTECT, related_name="+")
    matter = models.ForeignKey(Matter, models.PROTECT, null=True, blank=True, related_name="soi_requests")
    requester_kind = models.CharField(
        max_length=30, choices=RequesterKind.choices, default=RequesterKind.ORGANIZATION
    )
    on_behalf_of = models.CharField(max_length=10, choices=OnBehalfOf.choices, default=OnBehalfOf.ALL)
    workers_affected = models.PositiveIntegerField(null=True, blank=True)
    contact_name = models.CharField(max_length=200, blank=True)
    contact_phone = models.CharField(max_length=40, blank=True)
    contact_email = models.EmailField(blank=True)
    industry = models.CharField(max_length=200, blank=True, validators=[no_personal_data])
    period_from = models.DateField(null=True, blank=True)
    period_to = models.DateField(null=True, blank=True)
    to_present = models.BooleanField(default=True)
    roles = models.TextField(blank=True, validators=[no_personal_data])
    dispute = models.TextField(blank=True, validators=[no_personal_data])
    laws = models.TextField(blank=True, validators=[no_personal_data])
    case_number = models.CharField(max_length=80, blank=True, validators=[no_personal_data])
    other_agencies = models.CharField(max_length=300, blank=True, validators=[no_personal_data])
    retaliation = models.TextField(blank=True, validators=[no_personal_data])
    fear = models.TextField(blank=True, validators=[no_personal_data])
    cooperation = models.TextField(blank=True, validators=[no_personal_data])
    urgent = models.BooleanField(default=False)
    urgent_reason = models.TextField(blank=True, validators=[no_personal_data])
    relief = models.JSONField(default=list, blank=True)
    certifies_no_names = models.BooleanField(default=False)

    told_facts = frozenset(
        {
            "agency_takes_requests", "requester_may_ask", "shows_a_complaint",
            "gives_statements", "asks_for_more", "monitors", "declines", "refers",
        }
    )  # fmt: skip

    objects = SoiRequestQuerySet.as_manager()  # type: ignore[misc]

    def get_absolute_url(self) -> str:
        return reverse("case", kwargs={"reference": self.reference})

    @property
    def employer(self) -> str:
        names = list(self.names.all())
        return names[0].name if names else ""

    @classmethod
    def fact_expressions(cls, *, by: Actor, at: datetime) -> Mapping[str, Any]:
        own = OuterRef("pk")
        return {
            "names_an_employer": Exists(RequestedName.objects.filter(request=own)),
            "names_a_worksite": Exists(RequestedSite.objects.filter(request=own)),
            "tells_what_happened": Exists(
                SoiRequest.objects.filter(pk=own, certifies_no_names=True)
                .exclude(dispute="")
                .exclude(retaliation="")
                .exclude(fear="")
            ),
            "has_an_assessment": Exists(Assessment.objects.filter(request=own)),
            "belongs_to_a_matter": Exists(SoiRequest.objects.filter(pk=own, matter__isnull=False)),
        }

    def policy_facts(self, *, by: Actor, at: datetime) -> Mapping[str, Told]:
        from .. import agency_rules

        answers = agency_rules.answer_facts(self, on=rule_day(at))
        if self.state != State.DRAFT:
            return answers
        return {**agency_rules.request_facts(self, on=rule_day(at)), **answers}


class RequestedName(EmployerNameBase):
    request = models.ForeignKey(SoiRequest, models.CASCADE, related_name="names")


class RequestedSite(PlaceBase):
    request = models.ForeignKey(SoiRequest, models.CASCADE, related_name="sites")


class AssessmentQuerySet(models.QuerySet["Assessment"]):
    def visible_to(self, user: User) -> Self:
        """Never outside the agency."""
        return self.filter(request__agency_id=user.organization_id) if user.is_agency else self.none()


class Assessment(models.Model):
    """The agency's own weighing of a request. Never leaves the agency."""

    request = models.OneToOneField(SoiRequest, models.PROTECT, related_name="assessment")
    witnesses = models.PositiveSmallIntegerField(default=0)
    deterrence = models.PositiveSmallIntegerField(default=0)
    retaliation = models.PositiveSmallIntegerField(default=0)
    scope_of_harm = models.PositiveSmallIntegerField(default=0)
    priority = models.PositiveSmallIntegerField(default=0)
    notes = models.TextField(blank=True, validators=[no_personal_data])
    cooperation_needed_now = models.BooleanField(default=False)
    counsel_consulted = models.BooleanField(default=False)
    no_conflict_of_interest = models.BooleanField(default=False)
    assessed_by = models.ForeignKey("referrals.User", models.PROTECT, related_name="+")
    assessed_at = models.DateTimeField()

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    witnesses__lte=3,
                    deterrence__lte=3,
                    retaliation__lte=3,
                    scope_of_harm__lte=3,
                    priority__lte=3,
                ),
                name="factors_are_rated_from_0_to_3",
            ),
        ]

    def __str__(self) -> str:
        return f"Assessment of {self.request_id}"


class Question(models.Model):
    """A question of the agency to the requester, and the answer."""

    request = models.ForeignKey(SoiRequest, models.PROTECT, related_name="questions")
    text = models.TextField(validators=[no_personal_data])
    asked_at = models.DateTimeField()
    answer = models.TextField(blank=True, validators=[no_personal_data])
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("asked_at", "pk")

    def __str__(self) -> str:
        return self.text[:60]

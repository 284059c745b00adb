from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Self

import pgtrigger
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from workflows.days import rule_day
from workflows.machine import Told
from workflows.machines.statement import IN_FORCE, StatementMachine
from workflows.machines.statement_states import TO_BE_SIGNED, UNDER_REVIEW
from workflows.models import CaseQuerySet
from workflows.parties import Capacity

from ..personal_data import no_personal_data
from .delegations import Act, Delegation
from .matters import EmployerNameBase, Matter, PlaceBase
from .visibility import or_opened

if TYPE_CHECKING:
    from workflows.parties import Actor

    from .people import User


class StatementQuerySet(CaseQuerySet):
    @or_opened
    def visible_to(self, user: User) -> Self:
        """The agency its own; DHS what was sent; organizations what was signed and shared with them."""
        if user.is_agency:
            return self.filter(agency_id=user.organization_id)
        if user.is_dhs:
            return self.filter(transmitted_at__isnull=False)
        if user.is_advocate:
            return self.filter(shared_with=user.organization_id, version_in_force__isnull=False)
        return self.none()

    def in_force(self) -> Self:
        return self.filter(state__in=IN_FORCE, version_in_force__isnull=False)


class Statement(StatementMachine):
    """An agency's statement of interest about a worksite: its number, its matter, its versions."""

    agency = models.ForeignKey("referrals.Organization", models.PROTECT, related_name="statements")
    office = models.ForeignKey("referrals.Office", models.PROTECT, related_name="statements")
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="statements")
    soi_request = models.ForeignKey(
        "referrals.SoiRequest", models.PROTECT, null=True, blank=True, related_name="statements"
    )
    shared_with = models.ManyToManyField(
        "referrals.Organization", blank=True, related_name="shared_statements"
    )

    told_facts = frozenset({"checklist_is_complete", "holds_a_delegation", "dhs_has_seen_the_draft"})

    objects = StatementQuerySet.as_manager()  # type: ignore[misc]

    def get_absolute_url(self) -> str:
        return reverse("case", kwargs={"reference": self.reference})

    @property
    def is_in_force(self) -> bool:
        return self.version_in_force is not None and self.state in IN_FORCE

    @property
    def draft(self) -> StatementVersion:
        """The version being worked on (the signed one once it is signed)."""
        return self.versions.get(number=self.working_version)

    @property
    def signed(self) -> StatementVersion | None:
        """The version in force, or the last one that was."""
        return self.versions.filter(number=self.version_in_force).first() if self.version_in_force else None

    def version_for(self, user: User) -> StatementVersion | None:
        """Drafts stay inside the agency; everybody else sees the signed version."""
        return self.draft if user.is_agency else self.signed

    def policy_facts(self, *, by: Actor, at: datetime) -> Mapping[str, Told]:
        from .. import agency_rules, signatures
        from ..statement_checklist import complete

        return {
            "checklist_is_complete": complete(self.draft),
            "holds_a_delegation": signatures.may_sign(
                self, Act.STATEMENT, asked=self.state in TO_BE_SIGNED, by=by, at=at
            ),
            "dhs_has_seen_the_draft": agency_rules.dhs_has_seen_the_draft(self, on=rule_day(at)),
        }

    def decided_content(self, step: str) -> Mapping[str, Any]:
        signed = self.signed
        return {"version": self.version_in_force, "fingerprint": signed.fingerprint if signed else ""}


class StandsStill(pgtrigger.Trigger):
    """Refuses any change of what a version says while it lies before those who approve and sign it.

    ``version`` is the column that holds the version's key; what belongs to a signed version is fixed too.
    """

    when = pgtrigger.Before

    def __init__(self, *, name: str, version: str) -> None:
        self.version = version
        operation = pgtrigger.Update | pgtrigger.Delete
        super().__init__(name=name, operation=operation if version == "id" else operation | pgtrigger.Insert)

    def get_func(self, model: Any) -> str:
        states = ", ".join(f"'{state}'" for state in sorted(UNDER_REVIEW))
        signed = "" if self.version == "id" else " OR v.signed_at IS NOT NULL"
        return f"""
            IF TG_OP = 'INSERT' THEN
                changed := NEW;
            ELSE
                changed := OLD;
            END IF;
            IF EXISTS (
                SELECT FROM referrals_statementversion v
                JOIN referrals_statement s ON s.case_ptr_id = v.statement_id
                JOIN workflows_case c ON c.id = v.statement_id
                WHERE v.id = changed.{self.version}
                    AND ((v.number = s.working_version AND c.state IN ({states})){signed})
            ) THEN
                RAISE EXCEPTION 'what is under review or signed stands still';
            END IF;
            IF TG_OP = 'DELETE' THEN
                RETURN OLD;
            END IF;
            RETURN NEW;
        """

    def get_declare(self, model: Any) -> list[tuple[str, str]]:
        return [("changed", "record")]


class StatementVersion(models.Model):
    """What one version of a statement says. Fixed once signed: a trigger refuses changes."""

    statement = models.ForeignKey(Statement, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    authority = models.TextField(blank=True, validators=[no_personal_data])
    matter_stage = models.CharField(max_length=200, blank=True, validators=[no_personal_data])
    period_from = models.DateField(null=True, blank=True)
    period_to = models.DateField(null=True, blank=True)
    to_present = models.BooleanField(default=True)
    all_sites = models.BooleanField(default=False)
    current_workers = models.BooleanField(default=True)
    former_workers = models.BooleanField(default=True)
    worker_class = models.TextField(blank=True, validators=[no_personal_data])
    job_classes = models.TextField(blank=True, validators=[no_personal_data])
    excluded_classes = models.TextField(blank=True, validators=[no_personal_data])
    violations = models.TextField(blank=True, validators=[no_personal_data])
    cooperation = models.TextField(blank=True, validators=[no_personal_data])
    retaliation = models.TextField(blank=True, validators=[no_personal_data])
    supports = models.TextField(blank=True, validators=[no_personal_data])
    relief = models.JSONField(default=list, blank=True)
    proposed_months = models.PositiveSmallIntegerField(null=True, blank=True)
    contact_name = models.CharField(max_length=200, blank=True)
    contact_title = models.CharField(max_length=200, blank=True)
    contact_phone = models.CharField(max_length=40, blank=True)
    contact_email = models.EmailField(blank=True)
    review_by = models.DateField(null=True, blank=True)
    signed_at = models.DateTimeField(null=True, blank=True, editable=False)
    signed_by = models.ForeignKey(
        "referrals.User", models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    delegation = models.ForeignKey(
        Delegation, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    fingerprint = models.CharField(max_length=64, blank=True, editable=False)
    amended_because = models.TextField(blank=True, validators=[no_personal_data])

    class Meta:
        ordering = ("statement", "number")
        constraints = [
            models.UniqueConstraint(fields=["statement", "number"], name="one_version_for_each_number"),
            models.CheckConstraint(
                condition=Q(period_to__isnull=True) | Q(period_to__gte=models.F("period_from")),
                name="a_covered_period_ends_after_it_starts",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="signed_versions_are_fixed",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__signed_at__isnull=False),
            ),
            StandsStill(name="a_version_under_review_stands_still", version="id"),
        ]

    def __str__(self) -> str:
        return f"{self.statement.reference} v{self.number}"

    @property
    def job_list(self) -> tuple[str, ...]:
        return _lines(self.job_classes)

    @property
    def excluded_list(self) -> tuple[str, ...]:
        return _lines(self.excluded_classes)


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


class CoveredName(EmployerNameBase):
    version = models.ForeignKey(StatementVersion, models.CASCADE, related_name="names")

    class Meta(EmployerNameBase.Meta):
        triggers = [StandsStill(name="covered_names_stand_still", version="version_id")]


class CoveredSite(PlaceBase):
    version = models.ForeignKey(StatementVersion, models.CASCADE, related_name="sites")

    class Meta(PlaceBase.Meta):
        triggers = [StandsStill(name="covered_sites_stand_still", version="version_id")]


class ProgrammeOverrideQuerySet(models.QuerySet["ProgrammeOverride"]):
    def valid_on(self, day: date) -> Self:
        return self.filter(starts_on__lte=day, ends_on__gte=day)

    def visible_to(self, user: User) -> Self:
        if user.capacity == Capacity.PROGRAMME_OFFICER:
            return self
        return self.filter(statement__in=Statement.objects.visible_to(user))


class ProgrammeOverride(models.Model):
    """A programme officer lets new requests under one statement in while the programme is closed.

    Bound to a statement, not to a worker: nobody at DHS needs to see a draft for it.
    """

    statement = models.ForeignKey(Statement, models.PROTECT, related_name="overrides")
    starts_on = models.DateField()
    ends_on = models.DateField()
    authority = models.CharField(_("Authority"), max_length=300)
    reason = models.TextField(_("Reason"), validators=[no_personal_data])
    recorded_by = models.ForeignKey("referrals.User", models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    objects = ProgrammeOverrideQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=models.F("starts_on")), name="an_override_ends_after_it_starts"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.statement_id} {self.starts_on}–{self.ends_on}"

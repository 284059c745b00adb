from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from ..personal_data import no_personal_data

if TYPE_CHECKING:
    from .people import User


class NameKind(models.TextChoices):
    LEGAL = "LEGAL", _("Legal name")
    DBA = "DBA", _("Trade name (DBA)")
    PAYSTUB = "PAYSTUB", _("As on paystubs")
    STAFFING = "STAFFING", _("Staffing agency")
    CONTRACTOR = "CONTRACTOR", _("Contractor")
    JOINT = "JOINT", _("Joint or related employer")
    SUCCESSOR = "SUCCESSOR", _("Predecessor or successor")
    UNKNOWN = "UNKNOWN", _("Not known")


class EmployerNameBase(models.Model):
    """A name by which an employer goes, and which kind of name it is."""

    name = models.CharField(max_length=200, validators=[no_personal_data])
    kind = models.CharField(max_length=10, choices=NameKind.choices, default=NameKind.UNKNOWN)

    class Meta:
        abstract = True
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.name


class PlaceBase(models.Model):
    """A place of work: an address, or a description where there is none."""

    label = models.CharField(max_length=200, blank=True, validators=[no_personal_data])
    street = models.CharField(max_length=200, blank=True, validators=[no_personal_data])
    city = models.CharField(max_length=100, blank=True, validators=[no_personal_data])
    state = models.CharField(max_length=2, blank=True)
    zip_code = models.CharField(max_length=10, blank=True)

    class Meta:
        abstract = True
        ordering = ("pk",)

    def __str__(self) -> str:
        parts = [self.label, self.street, self.city, " ".join(filter(None, [self.state, self.zip_code]))]
        return ", ".join(part for part in parts if part)


class MatterQuerySet(models.QuerySet["Matter"]):
    def visible_to(self, user: User) -> Self:
        """An agency's matters are its own."""
        return self.filter(agency_id=user.organization_id) if user.is_agency else self.none()

    def open(self) -> Self:
        return self.filter(closed_on__isnull=True)


class Matter(models.Model):
    """An investigation or enforcement case of a labor agency, under the agency's own number."""

    class Stage(models.TextChoices):
        COMPLAINT = "COMPLAINT", _("Complaint")
        INSPECTION = "INSPECTION", _("Inspection")
        INVESTIGATION = "INVESTIGATION", _("Investigation")
        LITIGATION = "LITIGATION", _("Litigation")
        COMPLIANCE = "COMPLIANCE", _("Compliance or monitoring")
        CONCLUDED = "CONCLUDED", _("Concluded")

    agency = models.ForeignKey("referrals.Organization", models.PROTECT, related_name="matters")
    case_number = models.CharField(max_length=80)
    record_id = models.CharField(max_length=80, blank=True)
    program = models.CharField(max_length=200, blank=True)
    stage = models.CharField(max_length=14, choices=Stage.choices, default=Stage.INVESTIGATION)
    statutes = models.TextField(blank=True)
    naics = models.CharField(max_length=6, blank=True)
    opened_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    source_status = models.CharField(max_length=80, blank=True)
    maybe_an_individual = models.BooleanField(default=False)
    source = models.CharField(max_length=300, blank=True)

    objects = MatterQuerySet.as_manager()

    class Meta:
        ordering = ("-opened_on", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "case_number"], name="an_agency_numbers_each_matter_once"
            ),
            models.CheckConstraint(
                condition=models.Q(closed_on__isnull=True)
                | models.Q(opened_on__isnull=True)
                | models.Q(closed_on__gte=models.F("opened_on")),
                name="a_matter_closes_after_it_opens",
            ),
        ]

    def __str__(self) -> str:
        return self.case_number

    @property
    def employer(self) -> str:
        """The name shown first: the legal one if there is one."""
        names = sorted(self.names.all(), key=lambda each: (each.kind != NameKind.LEGAL, each.pk))
        return names[0].name if names else ""


class EmployerName(EmployerNameBase):
    """A name of the employer in a matter."""

    matter = models.ForeignKey(Matter, models.CASCADE, related_name="names")

    class Meta(EmployerNameBase.Meta):
        constraints = [
            models.UniqueConstraint(fields=["matter", "name", "kind"], name="a_matter_lists_each_name_once"),
        ]
        indexes = [models.Index(fields=["name"], name="employer_names")]


class Worksite(PlaceBase):
    """A place of work in a matter."""

    matter = models.ForeignKey(Matter, models.CASCADE, related_name="worksites")

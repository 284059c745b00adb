from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from workflows.parties import Capacity

from ..keys import ring
from .keys import DataKey, KeyField

if TYPE_CHECKING:
    import uuid

    from .people import User


class OrganizationQuerySet(models.QuerySet["Organization"]):
    def visible_to(self, user: User) -> Self:
        """Those whose people somebody may look through: overseers all, who manages people their own."""
        if user.capacity in {Capacity.ADMINISTRATOR, Capacity.PRIVACY_OFFICER}:
            return self.all()
        return self.filter(pk=user.organization_id) if user.manages_people else self.none()


class Organization(models.Model):
    """A labor agency, a part of DHS, or an organization that stands by workers.

    ``capacities`` are those that its people may hold, ``most_people`` how many people at once; where they are
    empty, as for organizations that were there before anybody had to be approved, nothing is capped.
    ``domain`` is the proven one: mail of its people ends with it.
    """

    class Kind(models.TextChoices):
        AGENCY = "AGENCY", _("Labor agency")
        DHS = "DHS", _("Department of Homeland Security")
        ADVOCATE = "ADVOCATE", _("Workers' organization or legal office")
        PLATFORM = "PLATFORM", _("Operator of this system")

    class Level(models.TextChoices):
        FEDERAL = "FEDERAL", _("Federal")
        STATE = "STATE", _("State")
        LOCAL = "LOCAL", _("Local")

    code = models.SlugField(max_length=40, unique=True)
    key = KeyField()
    look_up_key = KeyField()
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    level = models.CharField(max_length=8, choices=Level.choices, blank=True)
    state = models.CharField(max_length=2, blank=True)
    authority = models.TextField(blank=True, help_text=_("Statutes that the agency enforces."))
    domain = models.CharField(max_length=200, blank=True)
    capacities = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    most_people = models.PositiveSmallIntegerField(null=True, blank=True)

    objects = OrganizationQuerySet.as_manager()

    class Meta:
        ordering = ("name",)
        constraints = [
            models.UniqueConstraint(fields=["key"], name="a_key_is_of_one_organization"),
            models.UniqueConstraint(fields=["look_up_key"], name="a_look_up_key_is_of_one_organization"),
        ]

    def __str__(self) -> str:
        return self.name

    def own_key(self, name: str, held: ring.Ring) -> uuid.UUID:
        return ring.make(DataKey.Of.LOOK_UPS if name == "look_up_key" else DataKey.Of.ORGANIZATION, ring=held)


class Office(models.Model):
    """A place of an organization with a desk of its own: a region, a field office, an intake."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="offices")
    desk = models.OneToOneField("workflows.Desk", models.PROTECT, related_name="office")
    name = models.CharField(max_length=200)
    address = models.TextField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    field_office = models.BooleanField(default=False)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

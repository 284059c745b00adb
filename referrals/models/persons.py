from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from .fields import PersonalDateField, PersonalTextField

if TYPE_CHECKING:
    from .people import User


class PersonQuerySet(models.QuerySet["Person"]):
    def visible_to(self, user: User) -> Self:
        """Only the organization that represents the person. DHS reads a person through a filed request."""
        if user.is_representative:
            return self.filter(
                representations__organization_id=user.organization_id, representations__ended_on=None
            )
        return self.none()


class Person(models.Model):
    """A worker. Everything personal about anybody in this system stands in this table."""

    token = models.CharField(max_length=20, unique=True, editable=False)
    given_names = PersonalTextField(_("Given names"), blank=False)
    family_names = PersonalTextField(_("Family names"), blank=False)
    other_names = PersonalTextField(_("All other names used"))
    born_on = PersonalDateField(_("Date of birth"), null=True, blank=True)
    birth_city = PersonalTextField(_("City of birth"))
    birth_country = PersonalTextField(_("Country of birth"))
    nationality = PersonalTextField(_("Nationality"))
    a_number = PersonalTextField(_("A-number"))
    mailing_address = PersonalTextField(_("Mailing address"))
    safe_address = PersonalTextField(_("Safe address for the card"))
    phone = PersonalTextField(_("Phone"))
    safe_contact = PersonalTextField(_("How to reach the worker safely"))
    language = models.CharField(_("Language"), max_length=20, default="es")
    added_at = models.DateTimeField()
    added_by = models.ForeignKey("referrals.User", models.PROTECT, related_name="+")

    read_as = "person"

    objects = PersonQuerySet.as_manager()

    def __str__(self) -> str:
        return self.token

    @property
    def name(self) -> str:
        return f"{self.given_names} {self.family_names}".strip()


class Representation(models.Model):
    """Who stands by a person, in which capacity and from when to when (Form G-28)."""

    class Kind(models.TextChoices):
        ATTORNEY = "ATTORNEY", _("Attorney (G-28)")
        ACCREDITED = "ACCREDITED", _("DOJ-accredited representative (G-28)")

    person = models.ForeignKey(Person, models.PROTECT, related_name="representations")
    organization = models.ForeignKey("referrals.Organization", models.PROTECT, related_name="representations")
    representative = models.ForeignKey("referrals.User", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.ATTORNEY)
    since_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "organization"],
                condition=models.Q(ended_on__isnull=True),
                name="an_organization_represents_a_person_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organization_id} for {self.person_id}"

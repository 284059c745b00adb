from __future__ import annotations

from typing import TYPE_CHECKING, Self

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from ..keys import ring
from .fields import Gone, PersonalDateField, PersonalTextField
from .keys import DataKey, KeyField

if TYPE_CHECKING:
    import uuid

    from .people import User


class PersonQuerySet(models.QuerySet["Person"]):
    def visible_to(self, user: User) -> Self:
        """Only the organization that represents the person. DHS reads a person through a filed request."""
        if user.is_representative:
            return self.filter(
                representations__organization_id=user.organization_id, representations__ended_on=None
            )
        return self.none()

    def readable(self) -> Self:
        """Those whose key was not destroyed: nothing new can be begun for the others."""
        return self.filter(key__destroyed_at__isnull=True)


class Person(models.Model):
    """A worker. Everything personal about anybody in this system stands under this worker's own key."""

    token = models.CharField(max_length=20, unique=True, editable=False)
    key = KeyField()
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
    sealed_by = "key_id"
    sealed_row = "token"

    objects = PersonQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key"], name="a_key_is_of_one_worker")]

    def __str__(self) -> str:
        return self.token

    @property
    def name(self) -> str:
        return full_name(self.given_names, self.family_names)

    @property
    def is_destroyed(self) -> bool:
        """Whether nobody can read any more who this is."""
        return isinstance(self.given_names, Gone)

    def own_key(self, _name: str, held: ring.Ring) -> uuid.UUID:
        return ring.make(DataKey.Of.PERSON, ring=held)


def full_name(given: str, family: str) -> str:
    """The names in one line; once for a person who was destroyed."""
    return str(given) if isinstance(given, Gone) else f"{given} {family}".strip()


class KeyDestruction(models.Model):
    """That a worker's key was destroyed: whose, when, on whose order and why. It never changes."""

    key = models.OneToOneField(DataKey, models.PROTECT, related_name="destruction")
    person = models.OneToOneField(Person, models.PROTECT, related_name="destruction")
    because = models.TextField()
    ordered_by = models.ForeignKey("referrals.User", models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        triggers = [
            pgtrigger.Protect(
                name="a_destruction_is_never_taken_back", operation=pgtrigger.Update | pgtrigger.Delete
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.at:%Y-%m-%d}"


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

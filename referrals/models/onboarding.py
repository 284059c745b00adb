"""How organizations and people come in: proposed with proof, approved by a second person, invited by mail."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Self

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from workflows.parties import Capacity

from .organizations import Organization

if TYPE_CHECKING:
    from .people import User

ADMIT = frozenset({Capacity.ADMINISTRATOR, Capacity.PRIVACY_OFFICER})
"""Those who may decide about an organization that somebody else has proposed."""


class AdmissionQuerySet(models.QuerySet["Admission"]):
    def visible_to(self, user: User) -> Self:
        """Administrators and privacy officers; no organization learns who else was proposed."""
        return self.all() if user.capacity in ADMIT else self.none()

    def open(self) -> Self:
        return self.filter(decided_at__isnull=True)


class Admission(models.Model):
    """An organization that one person proposes to let in, with the proof that it is what it says.

    The organization itself does not exist here before a second person has approved it: nobody can belong to
    it. ``number`` is the domain, the bar number, or the number of the recognition or accreditation by the
    Department of Justice (8 CFR 1292.11 and 1292.12); ``source`` says where ``proposed_by`` looked it up on
    ``looked_on``. ``most_people`` is how many people may hold capacities in it at once.
    """

    class Proof(models.TextChoices):
        DOMAIN = "DOMAIN", _("Mail domain of a government")
        BAR = "BAR", _("Admission of its attorney to a bar")
        DOJ = "DOJ", _("Recognition by the Department of Justice (8 CFR 1292.11)")
        REGISTER = "REGISTER", _("Entry in a public register of unions or non-profit organizations")

    class Outcome(models.TextChoices):
        APPROVED = "ADMITTED", _("Approved")
        REFUSED = "REFUSED", _("Refused")

    name = models.CharField(max_length=200)
    code = models.SlugField(max_length=40)
    kind = models.CharField(max_length=10, choices=Organization.Kind.choices)
    level = models.CharField(max_length=8, choices=Organization.Level.choices, blank=True)
    state = models.CharField(max_length=2, blank=True)
    office = models.CharField(max_length=200)
    address = models.TextField(blank=True)
    time_zone = models.CharField(max_length=40)
    proof = models.CharField(max_length=10, choices=Proof.choices)
    number = models.CharField(max_length=200)
    jurisdiction = models.CharField(max_length=200, blank=True)
    source = models.CharField(max_length=500)
    looked_on = models.DateField()
    capacities = ArrayField(models.CharField(max_length=20))
    most_people = models.PositiveSmallIntegerField()
    first_name = models.CharField(max_length=200)
    first_email = models.EmailField()
    first_capacity = models.CharField(max_length=20)
    proposed_by = models.ForeignKey("referrals.User", models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    outcome = models.CharField(max_length=8, choices=Outcome.choices, blank=True)
    decided_by = models.ForeignKey("referrals.User", models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    because = models.TextField(blank=True)
    organization = models.OneToOneField(
        Organization, models.PROTECT, null=True, blank=True, related_name="admission"
    )

    objects = AdmissionQuerySet.as_manager()

    class Meta:
        ordering = ("-proposed_at", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("proposed_by")),
                name="a_second_person_decides_about_an_organization",
            ),
            models.CheckConstraint(
                condition=Q(outcome="", decided_by=None, decided_at=None, organization=None)
                | Q(outcome="ADMITTED", decided_at__isnull=False, organization__isnull=False)
                & Q(decided_by__isnull=False)
                | Q(outcome="REFUSED", decided_at__isnull=False, organization=None)
                & Q(decided_by__isnull=False)
                & ~Q(because=""),
                name="an_organization_exists_once_it_is_approved",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="admissions_are_never_removed", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="what_was_decided_about_an_organization_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__decided_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def capacities_in_words(self) -> list[str]:
        return [str(Capacity(each).label) for each in self.capacities]


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def visible_to(self, user: User) -> Self:
        """Those into organizations whose people somebody may see."""
        return self.filter(organization__in=Organization.objects.visible_to(user))

    def open(self, at: datetime) -> Self:
        """Neither accepted nor withdrawn, and not too old."""
        return self.filter(accepted_at=None, withdrawn_at=None, expires_at__gt=at)


class Invitation(models.Model):
    """A capacity offered to somebody by mail: one use, until ``expires_at``; nobody stores its secret.

    ``user`` is the account of the address. One that was made for the invitation has no password yet. Where
    ``needs_second``, a second person (``approved_by``) lets it go before any mail does.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey("referrals.User", models.PROTECT, related_name="invitations")
    name = models.CharField(max_length=200)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="invitations")
    office = models.ForeignKey("referrals.Office", models.PROTECT, related_name="+")
    capacity = models.CharField(
        max_length=20, choices=[each for each in Capacity.choices if each[0] != "SYSTEM"]
    )
    title = models.CharField(max_length=200, blank=True)
    manages = models.BooleanField(default=False)
    invited_by = models.ForeignKey("referrals.User", models.PROTECT, related_name="+")
    invited_at = models.DateTimeField()
    needs_second = models.BooleanField(default=False)
    approved_by = models.ForeignKey("referrals.User", models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey("referrals.User", models.PROTECT, null=True, related_name="+")

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ("-invited_at", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("invited_by")),
                name="a_second_person_lets_an_invitation_go",
            ),
            models.CheckConstraint(
                condition=Q(needs_second=False) | Q(approved_by__isnull=False) | Q(accepted_at=None),
                name="nobody_accepts_what_still_needs_a_second_person",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None) | Q(withdrawn_at=None),
                name="an_invitation_is_accepted_or_withdrawn",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} · {self.get_capacity_display()}"

    @property
    def waits_for_second(self) -> bool:
        return self.needs_second and self.approved_by_id is None

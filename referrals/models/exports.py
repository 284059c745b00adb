"""Exports of lists: who asked for which list, why, who agreed, and how often the file was fetched.

The file itself is kept nowhere. It is made each time it is fetched, with the rights of that moment.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, Self

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from workflows.parties import Capacity

from ..personal_data import no_personal_data

if TYPE_CHECKING:
    from datetime import datetime

    from .people import User

SUPERVISING = (Capacity.AGENCY_APPROVER, Capacity.USCIS_SUPERVISOR)
"""Those who agree to a large export of a colleague of their organization; elsewhere the privacy officer."""


def new_reference() -> str:
    """The number of an export, which nobody can guess: EXP- and sixteen digits."""
    return f"EXP-{secrets.token_hex(8).upper()}"


class Decider(pgtrigger.Trigger):
    """Refuses a decision by somebody who is not in charge of the same organization, nor privacy officer."""

    name = "exports_are_decided_by_those_in_charge"
    when = pgtrigger.Before
    operation = pgtrigger.Update | pgtrigger.Insert

    def get_func(self, model: Any) -> str:
        in_charge = ", ".join(f"'{each}'" for each in SUPERVISING)
        return f"""
            IF NEW.decided_by_id IS NOT NULL AND NOT EXISTS (
                SELECT FROM referrals_membership m
                WHERE m.user_id = NEW.decided_by_id AND m.ended_on IS NULL AND (
                    (m.capacity IN ({in_charge}) AND m.organization_id = NEW.organization_id)
                    OR m.capacity = '{Capacity.PRIVACY_OFFICER}')
            ) THEN
                RAISE EXCEPTION 'an export is decided by somebody in charge';
            END IF;
            RETURN NEW;
        """


class ExportQuerySet(models.QuerySet["Export"]):
    def visible_to(self, user: User) -> Self:
        """One's own; those in charge those of their organization; the privacy officer all of them."""
        if user.capacity == Capacity.PRIVACY_OFFICER:
            return self
        if user.capacity in SUPERVISING:
            return self.filter(organization_id=user.organization_id)
        return self.filter(user_id=user.pk, organization_id=user.organization_id)


class Export(models.Model):
    """A list that somebody wants as a file. ``rows`` is how many it had when it was asked for.

    ``part``, ``whose`` and ``about`` say which part of the list, as its page does. One that ``needs_second``
    can be fetched after a yes of somebody else, until ``expires_at``.
    """

    class Format(models.TextChoices):
        CSV = "CSV", "CSV"
        XLSX = "XLSX", _("Excel (XLSX)")
        PDF = "PDF", "PDF"

    class Purpose(models.TextChoices):
        CASEWORK = "CASEWORK", _("To work on these cases outside of this system")
        MEETING = "MEETING", _("For a meeting or a clinic")
        HANDOVER = "HANDOVER", _("To hand work over to a colleague or another office")
        REVIEW = "REVIEW", _("For an internal review or a report")
        COURT = "COURT", _("For a court or an oversight body")
        OTHER = "OTHER", _("Something else, which I describe")
        RECORDS = "RECORDS", _("To answer a request for public records")

    class Fate(models.TextChoices):
        AGREED = "AGREED", _("Approved")
        REFUSED = "REFUSED", _("Refused")

    reference = models.CharField(max_length=24, unique=True, default=new_reference, editable=False)
    user = models.ForeignKey("referrals.User", models.PROTECT, related_name="+")
    capacity = models.CharField(max_length=20)
    organization = models.ForeignKey("referrals.Organization", models.PROTECT, related_name="+")
    office = models.ForeignKey("referrals.Office", models.PROTECT, related_name="+")
    what = models.CharField(max_length=20)
    part = models.CharField(max_length=20, blank=True)
    whose = models.CharField(max_length=20, blank=True)
    about = models.PositiveBigIntegerField(null=True, blank=True)
    format = models.CharField(max_length=4, choices=Format.choices)
    purpose = models.CharField(max_length=12, choices=Purpose.choices)
    text = models.TextField(blank=True, validators=[no_personal_data])
    rows = models.PositiveIntegerField()
    needs_second = models.BooleanField()
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    fate = models.CharField(max_length=8, choices=Fate.choices, blank=True)
    decided_by = models.ForeignKey("referrals.User", models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    note = models.TextField(blank=True, validators=[no_personal_data])
    fetched = models.PositiveIntegerField(default=0)
    rows_fetched = models.PositiveIntegerField(default=0)
    fetched_at = models.DateTimeField(null=True, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)

    objects = ExportQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)
        indexes = [models.Index(fields=["user", "-asked_at"], name="exports_by_person")]
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("user")),
                name="nobody_decides_on_their_own_export",
            ),
            models.CheckConstraint(
                condition=(Q(fate="") & Q(decided_by__isnull=True) & Q(decided_at__isnull=True))
                | (~Q(fate="") & Q(decided_by__isnull=False) & Q(decided_at__isnull=False)),
                name="a_decided_export_says_by_whom",
            ),
            models.CheckConstraint(
                condition=Q(fetched=0) | Q(needs_second=False) | Q(fate="AGREED"),
                name="a_large_export_is_fetched_after_a_yes",
            ),
        ]
        triggers = [
            Decider(),
            pgtrigger.Protect(name="exports_are_not_removed", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="what_was_asked_for_stands",
                operation=pgtrigger.UpdateOf(  # type: ignore[no-untyped-call]
                    "reference", "user_id", "capacity", "organization_id", "office_id", "what", "part",
                    "whose", "about", "format", "purpose", "text", "rows", "needs_second", "asked_at",
                ),
            ),
            pgtrigger.Protect(
                name="a_decided_export_stays_decided",
                operation=pgtrigger.UpdateOf(  # type: ignore[no-untyped-call]
                    "fate", "decided_by_id", "decided_at", "note"
                ),
                condition=pgtrigger.Q(old__fate__in=["AGREED", "REFUSED"]),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("export", kwargs={"reference": self.reference})

    def waits(self, *, at: datetime) -> bool:
        """Whether somebody else has to agree yet."""
        return self.needs_second and not self.fate and at < self.expires_at

    def can_be_fetched(self, *, at: datetime) -> bool:
        """Whether its file may be made now, as far as the request itself goes."""
        agreed = self.fate == self.Fate.AGREED or not self.needs_second
        return agreed and at < self.expires_at

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Self

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .organizations import Organization

if TYPE_CHECKING:
    from .people import User


class Act(models.TextChoices):
    """What an official may sign under a delegation."""

    STATEMENT = "STATEMENT", _("Statements of interest")
    STAY_SUPPORT = "STAY_SUPPORT", _("Letters in support of a stay")


def every_act() -> list[str]:
    return list(Act.values)


class DelegationQuerySet(models.QuerySet["Delegation"]):
    def in_force(self) -> Self:
        """Confirmed by a second person, and not revoked."""
        return self.filter(confirmed_at__isnull=False, revoked_at__isnull=True)

    def valid_on(self, day: date) -> Self:
        """In force, and within its dates; both days are included."""
        return self.in_force().filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day), starts_on__lte=day)

    def covering(self, act: str, desk: Any) -> Self:
        """Those for this kind of letter, for every office or for the one of this desk (its key)."""
        return self.filter(Q(office__isnull=True) | Q(office__desk_id=desk), acts__contains=[act])

    def visible_to(self, user: User) -> Self:
        return self.filter(agency_id=user.organization_id) if user.is_agency else self.none()


class Delegation(models.Model):
    """Authority of a named official to sign for an agency: which letters, which office, between two dates.

    ``authority`` cites the instrument (order, memorandum). ``given_by`` is the official who delegated; empty
    for an order of the agency itself. It holds once it is confirmed: by the official who gave it, or by a
    second person of the agency, and never by whom it names. What was confirmed or revoked is never rewritten.
    """

    agency = models.ForeignKey(Organization, models.PROTECT, related_name="delegations")
    official = models.ForeignKey("referrals.User", models.PROTECT, related_name="delegations")
    title = models.CharField(max_length=200)
    authority = models.CharField(max_length=200)
    acts = ArrayField(models.CharField(max_length=20, choices=Act.choices), default=every_act)
    office = models.ForeignKey(
        "referrals.Office", models.PROTECT, null=True, blank=True, related_name="delegations"
    )
    given_by = models.ForeignKey(
        "referrals.User", models.PROTECT, null=True, blank=True, related_name="delegations_given"
    )
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    recorded_by = models.ForeignKey("referrals.User", models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey("referrals.User", models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey("referrals.User", models.PROTECT, null=True, related_name="+")
    revoked_at = models.DateTimeField(null=True)
    revoked_because = models.TextField(blank=True)

    objects = DelegationQuerySet.as_manager()

    class Meta:
        ordering = ("-starts_on", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="a_delegation_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(given_by__isnull=True) | ~Q(given_by=F("official")),
                name="nobody_delegates_to_themselves",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True)
                | (
                    ~Q(confirmed_by=F("official"))
                    & (
                        ~Q(confirmed_by=F("recorded_by"))
                        | Q(given_by__isnull=False, confirmed_by=F("given_by"))
                    )
                ),
                name="a_second_person_confirms_a_delegation",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True, confirmed_by__isnull=True)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False)
                | Q(recorded_by__isnull=True),
                name="a_delegation_is_confirmed_by_somebody",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="delegations_are_never_removed", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="a_delegation_names_who_recorded_it",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                func="""
                    IF NEW.recorded_by_id IS NULL THEN
                        RAISE EXCEPTION 'a delegation names who recorded it';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="a_delegation_is_never_rewritten",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                func="""
                    IF (OLD.agency_id, OLD.official_id, OLD.title, OLD.authority, OLD.acts, OLD.office_id,
                            OLD.given_by_id, OLD.starts_on, OLD.ends_on, OLD.recorded_by_id, OLD.recorded_at)
                        IS DISTINCT FROM (NEW.agency_id, NEW.official_id, NEW.title, NEW.authority, NEW.acts,
                            NEW.office_id, NEW.given_by_id, NEW.starts_on, NEW.ends_on, NEW.recorded_by_id,
                            NEW.recorded_at)
                        OR (OLD.confirmed_at IS NOT NULL AND (OLD.confirmed_by_id, OLD.confirmed_at)
                            IS DISTINCT FROM (NEW.confirmed_by_id, NEW.confirmed_at))
                        OR (OLD.revoked_at IS NOT NULL
                            AND (OLD.revoked_by_id, OLD.revoked_at, OLD.revoked_because)
                            IS DISTINCT FROM (NEW.revoked_by_id, NEW.revoked_at, NEW.revoked_because))
                    THEN
                        RAISE EXCEPTION 'a delegation is confirmed and revoked, never rewritten';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.authority})"

    @property
    def acts_in_words(self) -> str:
        return ", ".join(str(Act(each).label) for each in self.acts)

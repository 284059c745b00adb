"""Legal holds: what must not be destroyed, whatever a retention rule says, until somebody else lifts it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from workflows.parties import Capacity

if TYPE_CHECKING:
    from .people import User

RECORD_KEEPERS = frozenset({Capacity.PRIVACY_OFFICER, Capacity.ADMINISTRATOR})
"""Those who see what is due, held and destroyed: tokens and references, no name and no content."""

SAID = (
    "scope", "person_id", "case_id", "organization_id", "matter_id", "reason", "authority", "opened_by_id",
    "opened_at",
)  # fmt: skip
LIFTED = ("lifted_by_id", "lifted_at", "lifted_because")


def as_row(side: str, columns: tuple[str, ...]) -> str:
    """Some columns of the old or the new row of a trigger, to be compared as one."""
    return "ROW(" + ", ".join(f'{side}."{column}"' for column in columns) + ")"


class LegalHoldQuerySet(models.QuerySet["LegalHold"]):
    def visible_to(self, user: User) -> Self:
        return self.all() if user.capacity in RECORD_KEEPERS else self.none()

    def in_force(self) -> Self:
        return self.filter(lifted_at__isnull=True)


class LegalHold(models.Model):
    """What a hold covers, why, and on whose authority; opened by one person, lifted by another.

    It names one thing: a worker, a case, an organization, or an employer's labor matter. What it covers is
    computed anew each time it is asked for, so a worker who comes later is covered too.
    """

    class Scope(models.TextChoices):
        PERSON = "PERSON", _("A worker")
        CASE = "CASE", _("A case and the workers it is about")
        ORGANIZATION = "ORGANIZATION", _("An organization and its workers")
        MATTER = "MATTER", _("A labor matter and its workers")

    scope = models.CharField(max_length=12, choices=Scope.choices)
    person = models.ForeignKey("referrals.Person", models.PROTECT, null=True, related_name="holds")
    case = models.ForeignKey("workflows.Case", models.PROTECT, null=True, related_name="+")
    organization = models.ForeignKey("referrals.Organization", models.PROTECT, null=True, related_name="+")
    matter = models.ForeignKey("referrals.Matter", models.PROTECT, null=True, related_name="+")
    reason = models.TextField()
    authority = models.CharField(max_length=300)
    opened_by = models.ForeignKey("referrals.User", models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    lifted_by = models.ForeignKey("referrals.User", models.PROTECT, null=True, related_name="+")
    lifted_at = models.DateTimeField(null=True)
    lifted_because = models.TextField(blank=True)

    objects = LegalHoldQuerySet.as_manager()

    class Meta:
        ordering = ("-opened_at", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(lifted_by__isnull=True) | ~Q(lifted_by=F("opened_by")),
                name="nobody_lifts_their_own_hold",
            ),
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True, lifted_by__isnull=True)
                | Q(lifted_at__isnull=False, lifted_by__isnull=False),
                name="a_lifted_hold_says_by_whom",
            ),
            models.CheckConstraint(
                condition=Q(scope="PERSON", person__isnull=False)
                | Q(scope="CASE", case__isnull=False)
                | Q(scope="ORGANIZATION", organization__isnull=False)
                | Q(scope="MATTER", matter__isnull=False),
                name="a_hold_covers_something",
            ),
        ]
        indexes = [
            models.Index(fields=["-opened_at"], name="holds_in_force", condition=Q(lifted_at__isnull=True))
        ]
        triggers = [
            pgtrigger.Protect(name="holds_are_never_removed", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="a_hold_is_never_rewritten",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                condition=pgtrigger.Condition(
                    f"{as_row('OLD', SAID)} IS DISTINCT FROM {as_row('NEW', SAID)} OR (OLD.lifted_at IS NOT "
                    f"NULL AND {as_row('OLD', LIFTED)} IS DISTINCT FROM {as_row('NEW', LIFTED)})"
                ),
                func="RAISE EXCEPTION 'a legal hold is lifted once and never rewritten';",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.pk}"

    @property
    def in_force(self) -> bool:
        return self.lifted_at is None


class WishToBeForgotten(models.Model):
    """That a worker asked their representative to be forgotten, from a day on; it can be taken back.

    It shortens the time where nothing was filed. What a government office has received is kept as long as the
    rule for it says.
    """

    person = models.ForeignKey("referrals.Person", models.PROTECT, related_name="wishes")
    asked_on = models.DateField()
    recorded_by = models.ForeignKey("referrals.User", models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    taken_back_by = models.ForeignKey("referrals.User", models.PROTECT, null=True, related_name="+")
    taken_back_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-recorded_at", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(taken_back_at__isnull=True),
                name="a_worker_wishes_to_be_forgotten_once",
            ),
            models.CheckConstraint(
                condition=Q(taken_back_at__isnull=True) ^ Q(taken_back_by__isnull=False),
                name="a_wish_taken_back_says_by_whom",
            ),
        ]
        triggers = [pgtrigger.Protect(name="wishes_are_never_removed", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.person_id} {self.asked_on}"

"""The quarterly review of who may act for an organization (NIST SP 800-53, AC-2 j)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from workflows.models.daily_head import appended_only
from workflows.parties import Capacity

from .organizations import Organization
from .people import Membership

if TYPE_CHECKING:
    from .people import User


class AccessReviewQuerySet(models.QuerySet["AccessReview"]):
    def visible_to(self, user: User) -> Self:
        """Overseers all; whoever answers for the people of an organization those of that one."""
        if user.capacity in {Capacity.ADMINISTRATOR, Capacity.PRIVACY_OFFICER}:
            return self.all()
        if user.answers_for_people:
            return self.filter(organization_id=user.organization_id)
        return self.none()

    def open(self) -> Self:
        return self.filter(closed_at=None)


class AccessReview(models.Model):
    """One look at everybody who holds a capacity in an organization; ``closed_at`` once each was decided.

    ``due_on`` is the day by which it is to be done, ``grace_until`` the last one before capacities that
    nobody decided about stop by themselves. ``told_of`` is the last stage about which people were told.
    """

    class Stage(models.TextChoices):
        OPENED = "OPENED", _("Opened")
        SOON = "SOON", _("Due soon")
        OVERDUE = "OVERDUE", _("Overdue")
        SUSPENDED = "SUSPENDED", _("Stopped what nobody decided about")

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="access_reviews")
    opened_at = models.DateTimeField()
    due_on = models.DateField()
    grace_until = models.DateField()
    told_of = models.CharField(max_length=10, choices=Stage.choices, blank=True)
    closed_at = models.DateTimeField(null=True)

    objects = AccessReviewQuerySet.as_manager()

    class Meta:
        ordering = ("due_on", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["organization"],
                condition=Q(closed_at=None),
                name="one_open_review_for_each_organization",
            ),
            models.CheckConstraint(
                condition=Q(grace_until__gte=F("due_on")), name="grace_ends_after_a_review_is_due"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organization} {self.due_on}"


class AccessReviewLine(models.Model):
    """What was decided about one capacity in a review; decided once, never rewritten."""

    class Outcome(models.TextChoices):
        KEEP = "KEEP", _("Kept")
        END = "END", _("Ended")
        GONE = "GONE", _("Ended meanwhile")

    review = models.ForeignKey(AccessReview, models.PROTECT, related_name="lines")
    membership = models.ForeignKey(Membership, models.PROTECT, related_name="review_lines")
    outcome = models.CharField(max_length=5, choices=Outcome.choices, blank=True)
    reason = models.TextField(blank=True)
    suspended_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey("referrals.User", models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(fields=["review", "membership"], name="one_line_for_each_capacity"),
            models.CheckConstraint(
                condition=Q(outcome__in=["", "GONE"]) | Q(decided_by__isnull=False) & ~Q(reason=""),
                name="who_decides_about_a_capacity_says_why",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="lines_of_reviews_are_never_removed", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="what_a_review_decided_stays",
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__outcome=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.membership} {self.outcome}"


class AccountAct(models.Model):
    """That an account was locked because nobody used it, or unlocked, by whom and why; never changed."""

    class What(models.TextChoices):
        LOCKED = "LOCKED", _("Locked: not used")
        UNLOCKED = "UNLOCKED", _("Unlocked")

    user = models.ForeignKey("referrals.User", models.PROTECT, related_name="account_acts")
    what = models.CharField(max_length=8, choices=What.choices)
    organization = models.ForeignKey(Organization, models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey("referrals.User", models.PROTECT, null=True, related_name="+")
    because = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ("-pk",)
        constraints = [
            models.CheckConstraint(
                condition=Q(what="LOCKED") | Q(by__isnull=False) & ~Q(because=""),
                name="who_unlocks_an_account_says_why",
            ),
        ]
        triggers = appended_only("account_acts")

    def __str__(self) -> str:
        return f"{self.what} {self.user_id}"

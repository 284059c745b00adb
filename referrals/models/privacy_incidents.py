"""What a privacy officer does about reading that should not have happened, step by step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from workflows.models.daily_head import appended_only
from workflows.parties import Capacity

if TYPE_CHECKING:
    from .people import User


class PrivacyIncidentQuerySet(models.QuerySet["PrivacyIncident"]):
    def visible_to(self, user: User) -> Self:
        """Privacy officers alone; owners get the notice."""
        return self.all() if user.capacity == Capacity.PRIVACY_OFFICER else self.none()


class PrivacyIncident(models.Model):
    """Reads that a privacy officer looks into; ``reads`` are rows of the trail, chosen when it was opened."""

    title = models.CharField(max_length=200)
    reads = models.ManyToManyField("referrals.Access", related_name="+")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    objects = PrivacyIncidentQuerySet.as_manager()

    class Meta:
        ordering = ("-opened_at", "-pk")

    def __str__(self) -> str:
        return self.title


class PrivacyIncidentStep(models.Model):
    """What was done about it, in order, for ever. ``owners`` are those to whom a notice went."""

    class What(models.TextChoices):
        OPENED = "OPENED", _("Opened")
        NOTED = "NOTED", _("Noted")
        NOTICE = "NOTICE", _("Notice sent to the owners")
        CLOSED = "CLOSED", _("Closed")

    incident = models.ForeignKey(PrivacyIncident, models.PROTECT, related_name="steps")
    what = models.CharField(max_length=6, choices=What.choices)
    text = models.TextField()
    owners = ArrayField(models.BigIntegerField(), default=list)
    by = models.ForeignKey("referrals.User", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("pk",)
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="a_step_of_an_incident_says_something"),
        ]
        triggers = appended_only("steps_of_privacy_incidents")

    def __str__(self) -> str:
        return f"{self.incident_id} {self.what}"

from __future__ import annotations

from datetime import date
from typing import Self

import pgtrigger
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from .policy import FEDERAL, Policy

CONTENT = (
    "matter", "key", "jurisdiction", "first_day", "last_day", "value", "governs", "authority", "source",
    "source_url", "reason", "correction", "replaces_id", "proposed_by_id", "proposed_at",
)  # fmt: skip


def _as_row(side: str) -> str:
    return "ROW(" + ", ".join(f'{side}."{column}"' for column in CONTENT) + ")"


class PolicyChangeQuerySet(models.QuerySet["PolicyChange"]):
    def waiting(self) -> Self:
        """Proposed, and not decided yet."""
        return self.filter(fate=PolicyChange.Fate.WAITING)

    def approved(self) -> Self:
        return self.filter(fate=PolicyChange.Fate.APPROVED)

    def to_carry_out(self, on: date) -> Self:
        """Approved, in force on this day, and not carried into every open case yet; oldest first."""
        begun = models.Q(matter=PolicyChange.Matter.CLOSURE) | models.Q(first_day__lte=on)
        return self.approved().filter(begun, finished_at__isnull=True).order_by("decided_at", "pk")


class PolicyChange(models.Model):
    """A change of a dated rule or of a closure: proposed by one person, decided by another.

    What was proposed is never rewritten and never removed, whatever became of it. For a rule, `first_day` is
    the first day of the new value and `replaces` the row in force on that day; for a closure, `first_day`
    and `last_day` are the window, both included. `foreseen` is what the proposer was shown,
    `foreseen_at_approval` what the second person was. `cursor`, `left`, `moved` and `finished_at` tell how
    far the open cases follow.
    """

    class Matter(models.TextChoices):
        RULE = "RULE", _("Rule")
        CLOSURE = "CLOSURE", _("Closure that stops the clocks")

    class Fate(models.TextChoices):
        WAITING = "WAITING", _("Waiting for a second person")
        APPROVED = "APPROVED", _("Approved")
        REFUSED = "REFUSED", _("Refused")
        WITHDRAWN = "WITHDRAWN", _("Withdrawn by the proposer")

    matter = models.CharField(max_length=8, choices=Matter.choices)
    key = models.CharField(max_length=80, blank=True)
    jurisdiction = models.CharField(max_length=40, default=FEDERAL)
    first_day = models.DateField()
    last_day = models.DateField(null=True, blank=True)
    value = models.JSONField(null=True, blank=True, encoder=DjangoJSONEncoder)
    governs = models.CharField(max_length=10, choices=Policy.Governs, blank=True)
    authority = models.CharField(max_length=300, blank=True)
    source = models.TextField(blank=True)
    source_url = models.URLField(max_length=500, blank=True)
    reason = models.TextField()
    correction = models.BooleanField(default=False)
    replaces = models.ForeignKey("workflows.Policy", models.PROTECT, null=True, related_name="+")

    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    foreseen = models.JSONField(default=dict, encoder=DjangoJSONEncoder)

    fate = models.CharField(max_length=9, choices=Fate.choices, default=Fate.WAITING)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision_reason = models.TextField(blank=True)
    foreseen_at_approval = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    row = models.ForeignKey("workflows.Policy", models.PROTECT, null=True, related_name="changes")
    window = models.ForeignKey("workflows.TollingWindow", models.PROTECT, null=True, related_name="changes")

    cursor = models.BigIntegerField(default=0)
    left = models.JSONField(default=list)
    moved = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)

    objects = PolicyChangeQuerySet.as_manager()

    class Meta:
        ordering = ("-proposed_at", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(fate__in=["WAITING", "WITHDRAWN"])
                | (models.Q(decided_by__isnull=False) & ~models.Q(decided_by=models.F("proposed_by"))),
                name="nobody_decides_their_own_change_of_a_rule",
            ),
            models.CheckConstraint(
                condition=models.Q(fate="WAITING", decided_at__isnull=True)
                | (~models.Q(fate="WAITING") & models.Q(decided_at__isnull=False)),
                name="a_decided_change_has_its_moment",
            ),
            models.CheckConstraint(
                condition=models.Q(matter="RULE", last_day__isnull=True)
                | models.Q(matter="CLOSURE", last_day__gte=models.F("first_day")),
                name="a_proposed_closure_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=~models.Q(fate="APPROVED")
                | models.Q(row__isnull=False)
                | models.Q(window__isnull=False),
                name="an_approved_change_has_its_row",
            ),
            models.UniqueConstraint(
                fields=["key", "jurisdiction"],
                condition=models.Q(fate="WAITING", matter="RULE"),
                name="one_change_of_a_rule_waits_at_a_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["first_day"],
                name="changes_to_carry_out",
                condition=models.Q(fate="APPROVED", finished_at__isnull=True),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="changes_are_never_removed", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="a_proposal_is_never_rewritten",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                condition=pgtrigger.Condition(
                    f"{_as_row('OLD')} IS DISTINCT FROM {_as_row('NEW')} "
                    "OR (OLD.fate <> 'WAITING' AND (OLD.fate, OLD.decided_by_id, OLD.decided_at, OLD.row_id, "
                    "OLD.window_id) IS DISTINCT FROM (NEW.fate, NEW.decided_by_id, NEW.decided_at, "
                    "NEW.row_id, NEW.window_id))"
                ),
                func="RAISE EXCEPTION 'what was proposed or decided about a rule is never rewritten';",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key or self.matter} ({self.jurisdiction}) from {self.first_day}"

    @property
    def waits(self) -> bool:
        return self.fate == self.Fate.WAITING

    @property
    def is_closure(self) -> bool:
        return self.matter == self.Matter.CLOSURE


class PolicyCheck(models.Model):
    """Somebody compared a row with a source: what was found, where and on which day. Append-only."""

    class Finding(models.TextChoices):
        AGREES = "AGREES", _("The row says what the source says")
        DIFFERS = "DIFFERS", _("The source says something else")
        NOT_FOUND = "NOT_FOUND", _("The source does not say")

    policy = models.ForeignKey("workflows.Policy", models.PROTECT, related_name="checks")
    finding = models.CharField(max_length=9, choices=Finding.choices)
    against = models.TextField()
    against_url = models.URLField(max_length=500, blank=True)
    note = models.TextField(blank=True)
    checked_on = models.DateField()
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    capacity = models.CharField(max_length=20)
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ("-recorded_at", "-pk")
        triggers = [
            pgtrigger.Protect(name="checks_are_append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.policy_id} {self.checked_on} {self.finding}"

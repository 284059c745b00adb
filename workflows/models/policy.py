from datetime import date
from functools import cached_property

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.utils.translation import gettext_lazy as _

from workflows.languages import in_active_language
from workflows.models.stamp import moves_the_stamp
from workflows.terms import Rung, Term, rungs

FEDERAL = "US"


class PolicyQuerySet(models.QuerySet["Policy"]):
    def in_force(self, on: date) -> "PolicyQuerySet":
        """The rows that apply on a day."""
        return self.filter(
            models.Q(effective_to__isnull=True) | models.Q(effective_to__gt=on), effective_from__lte=on
        )


class Policy(models.Model):
    """A rule for a range of dates.

    `effective_from` is the first day it applies, `effective_to` the first day it no longer does. `value`
    is JSON: a term ({"amount", "unit", ..., "rungs"}), a number, a text, a list or a truth. A row without
    `verified_on` has not been checked against its source: it warns and never blocks.

    `labels`, `notes` and `sources` hold what people read, in each language (see `workflows.languages`); a
    source that is a citation needs no second language.
    """

    class Governs(models.TextChoices):
        """The date of a case that picks the row."""

        FILED = "filed", _("the date of filing")
        SERVED = "served", _("the date of service")
        DECIDED = "decided", _("the date of the decision")
        PENDING = "pending", _("each day the case is pending")
        SIGNED = "signed", _("the date of signature")
        OPENED = "opened", _("the date the case was opened")
        KEPT = "kept", _("each day the record is kept")

    key = models.CharField(max_length=80)
    jurisdiction = models.CharField(max_length=40, default=FEDERAL)
    effective_from = models.DateField()
    effective_to = models.DateField(null=True, blank=True)
    value = models.JSONField()
    governs = models.CharField(max_length=10, choices=Governs)
    labels = models.JSONField()
    unit = models.CharField(max_length=60, blank=True)
    legal_cite = models.CharField(max_length=300, blank=True)
    sources = models.JSONField(default=dict, blank=True)
    source_url = models.URLField(max_length=500, blank=True)
    verified_on = models.DateField(null=True, blank=True)
    verified_by = models.CharField(max_length=200, blank=True)
    notes = models.JSONField(default=dict, blank=True)

    objects = PolicyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "policies"
        ordering = ["key", "jurisdiction", "effective_from"]
        triggers = [moves_the_stamp("a_changed_rule_moves_the_stamp")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(effective_to__isnull=True)
                | models.Q(effective_to__gt=models.F("effective_from")),
                name="a_policy_ends_after_it_begins",
            ),
            ExclusionConstraint(
                name="one_policy_of_a_key_on_each_day",
                expressions=[
                    ("key", RangeOperators.EQUAL),
                    ("jurisdiction", RangeOperators.EQUAL),
                    (
                        models.Func(
                            "effective_from",
                            "effective_to",
                            RangeBoundary(),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} ({self.jurisdiction}) from {self.effective_from}"

    @cached_property
    def term(self) -> Term:
        """The period that the rule states. Raises ValueError for a rule that is none."""
        return Term.parse(self.value)

    @cached_property
    def ladder(self) -> tuple[Rung, ...]:
        """The rungs of a deadline under this rule. Raises ValueError for two of one name."""
        return tuple(rungs(self.value))

    @property
    def label(self) -> str:
        """The rule's name in the active language."""
        return in_active_language(self.labels)

    @property
    def source(self) -> str:
        """Who says so, in the active language."""
        return in_active_language(self.sources)

    @property
    def note(self) -> str:
        """What else a reader should know, in the active language; may be empty."""
        return in_active_language(self.notes)

    @property
    def verified(self) -> bool:
        return self.verified_on is not None

    def applies(self, on: date) -> bool:
        """Whether this row is in force on a day."""
        return self.effective_from <= on and (self.effective_to is None or on < self.effective_to)

"""Batches of what is due to be destroyed: found by the rules, proposed by one person, approved by another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import pgtrigger
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .holds import RECORD_KEEPERS, as_row

if TYPE_CHECKING:
    from .people import User

PROPOSED = ("stage", "found_at", "proposed_by_id", "proposed_at", "list_hash")
DECIDED = ("decided_by_id", "decided_at", "decision_reason")
FOUND = (
    "disposition_id", "what", "person_id", "case_id", "rule_id", "cases", "starts_on", "due_on",
)  # fmt: skip


class DispositionQuerySet(models.QuerySet["Disposition"]):
    def visible_to(self, user: User) -> Self:
        return self.all() if user.capacity in RECORD_KEEPERS else self.none()

    def to_carry_out(self) -> Self:
        """Approved and not finished, the oldest first."""
        return self.filter(fate=Disposition.Fate.DECIDED_ON).order_by("decided_at", "pk")


class Disposition(models.Model):
    """One batch. ``list_hash`` binds what was proposed, ``certificate_hash`` what became of it (SHA-256)."""

    class Stage(models.IntegerChoices):
        """What goes first has the smaller number."""

        SCREENING = 1, _("Screening notes of what was never filed")
        NEVER_FILED = 2, _("Workers for whom nothing was filed")
        CLOSED = 3, _("Workers whose cases are all closed")

    class Fate(models.TextChoices):
        REVIEW = "IN_REVIEW", _("Waiting to be reviewed")
        PROPOSAL = "WAITS", _("Waiting for a second person")
        DECIDED_ON = "CARRIED_ON", _("Approved, being carried out")
        DONE = "FINISHED", _("Carried out")
        TURNED_DOWN = "TURNED_DOWN", _("Turned down")

    stage = models.PositiveSmallIntegerField(choices=Stage.choices)
    fate = models.CharField(max_length=12, choices=Fate.choices, default=Fate.REVIEW)
    found_at = models.DateTimeField()
    proposed_by = models.ForeignKey("referrals.User", models.PROTECT, null=True, related_name="+")
    proposed_at = models.DateTimeField(null=True)
    list_hash = models.CharField(max_length=64, blank=True)
    decided_by = models.ForeignKey("referrals.User", models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision_reason = models.TextField(blank=True)
    finished_at = models.DateTimeField(null=True)
    certificate_hash = models.CharField(max_length=64, blank=True)

    objects = DispositionQuerySet.as_manager()

    class Meta:
        ordering = ("stage", "pk")
        constraints = [
            models.CheckConstraint(
                condition=~Q(fate__in=["CARRIED_ON", "FINISHED"])
                | (Q(decided_by__isnull=False, proposed_by__isnull=False) & ~Q(decided_by=F("proposed_by"))),
                name="nobody_approves_their_own_disposition",
            ),
            models.CheckConstraint(
                condition=Q(fate="FINISHED", finished_at__isnull=False) & ~Q(certificate_hash="")
                | ~Q(fate="FINISHED") & Q(finished_at__isnull=True, certificate_hash=""),
                name="a_finished_disposition_has_its_certificate",
            ),
        ]
        indexes = [
            models.Index(fields=["fate", "stage"], name="dispositions_by_fate"),
        ]
        triggers = [
            pgtrigger.Protect(name="dispositions_are_never_removed", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="a_decided_disposition_is_never_rewritten",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                condition=pgtrigger.Condition(
                    "OLD.fate = 'FINISHED' OR (OLD.fate = 'TURNED_DOWN') OR (OLD.fate = 'CARRIED_ON' AND "
                    f"({as_row('OLD', PROPOSED + DECIDED)} IS DISTINCT FROM "
                    f"{as_row('NEW', PROPOSED + DECIDED)} OR NEW.fate NOT IN ('CARRIED_ON', 'FINISHED')))"
                    " OR (NEW.fate = 'CARRIED_ON' AND OLD.fate NOT IN ('WAITS', 'CARRIED_ON'))"
                    " OR (NEW.fate = 'CARRIED_ON' AND "
                    f"{as_row('OLD', PROPOSED)} IS DISTINCT FROM {as_row('NEW', PROPOSED)})"
                ),
                func="RAISE EXCEPTION 'a disposition that was decided is never rewritten';",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stage}/{self.pk}"


class DispositionItem(models.Model):
    """One worker, or the screening notes of one request: by which rule it is due, and what became of it.

    ``cases`` are the kinds, references and closing days of the worker's cases when it was found; ``case`` is
    the request whose notes go. The time ran from ``starts_on``; ``due_on`` was the last day of keeping.
    """

    class What(models.TextChoices):
        WORKER = "WORKER", _("Everything personal about the worker: the key is destroyed")
        SCREENING = "SCREENING", _("Screening notes: they are overwritten")

    class Outcome(models.TextChoices):
        DESTROYED = "DESTROYED", _("Destroyed")
        TAKEN_OUT = "TAKEN_OUT", _("Taken out in the review")
        HELD = "HELD", _("Kept: a legal hold covers it")
        NOT_DUE = "NOT_DUE", _("Kept: it is no longer due")
        GONE = "GONE", _("It was destroyed before")
        RETURNED = "RETURNED", _("Kept: the proposal was turned down")

    disposition = models.ForeignKey(Disposition, models.PROTECT, related_name="items")
    what = models.CharField(max_length=10, choices=What.choices)
    person = models.ForeignKey("referrals.Person", models.PROTECT, related_name="+")
    case = models.ForeignKey("workflows.Case", models.PROTECT, null=True, related_name="+")
    rule = models.ForeignKey("workflows.Policy", models.PROTECT, related_name="+")
    cases = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    starts_on = models.DateField()
    due_on = models.DateField()
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)
    settled_at = models.DateTimeField(null=True)
    taken_out_by = models.ForeignKey("referrals.User", models.PROTECT, null=True, related_name="+")
    taken_out_because = models.TextField(blank=True)
    not_before = models.DateField(null=True)

    class Meta:
        ordering = ("due_on", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(settled_at__isnull=True, what="WORKER"),
                name="a_worker_is_in_one_open_disposition",
            ),
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(settled_at__isnull=True, what="SCREENING"),
                name="notes_are_in_one_open_disposition",
            ),
            models.CheckConstraint(
                condition=Q(what="WORKER", case__isnull=True) | Q(what="SCREENING", case__isnull=False),
                name="screening_notes_are_of_a_case",
            ),
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True, outcome="")
                | (Q(settled_at__isnull=False) & ~Q(outcome="")),
                name="a_settled_item_has_its_outcome",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="TAKEN_OUT")
                | (Q(taken_out_by__isnull=False, not_before__isnull=False) & ~Q(taken_out_because="")),
                name="who_takes_an_item_out_says_why",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="items_of_dispositions_are_never_removed", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="a_settled_item_is_never_rewritten",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                condition=pgtrigger.Condition(
                    "OLD.settled_at IS NOT NULL"
                    f" OR {as_row('OLD', FOUND)} IS DISTINCT FROM {as_row('NEW', FOUND)}"
                ),
                func="RAISE EXCEPTION 'what was found and settled in a disposition is never rewritten';",
            ),
            pgtrigger.Trigger(
                name="nothing_is_destroyed_unapproved",
                operation=pgtrigger.Update | pgtrigger.Insert,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(new__outcome="DESTROYED"),
                func=(
                    "IF NOT EXISTS (SELECT FROM referrals_disposition WHERE id = NEW.disposition_id"
                    " AND fate = 'CARRIED_ON') THEN"
                    " RAISE EXCEPTION 'nothing is destroyed that a second person did not approve'; END IF;"
                    " RETURN NEW;"
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.disposition_id}/{self.pk}"

    @property
    def is_open(self) -> bool:
        return self.settled_at is None


class RetentionSurvey(models.Model):
    """What the last walk over everything found: by rule, how much is due, coming, held, or still open.

    ``counts`` maps the key of a rule to numbers by standing; ``moment`` is when the walk was finished.
    """

    day = models.DateField()
    moment = models.DateTimeField()
    counts = models.JSONField(default=dict)
    walked = models.PositiveIntegerField()

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d}"

    def number(self, rule: str, standing: str) -> int:
        """How many stood so under a rule; 0 where none did."""
        row: dict[str, Any] = self.counts.get(rule, {})
        return int(row.get(standing, 0))

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Deadline(models.Model):
    """One rung of a clock's ladder: the row is the truth about when something is due."""

    class State(models.TextChoices):
        ARMED = "ARMED", _("Armed")
        FIRED = "FIRED", _("Fired")
        CANCELLED = "CANCELLED", _("Cancelled")
        SUPERSEDED = "SUPERSEDED", _("Replaced by a new date")

    case = models.ForeignKey("workflows.Case", models.PROTECT, related_name="deadlines", db_index=False)
    clock = models.ForeignKey("workflows.Clock", models.PROTECT, related_name="deadlines", db_index=False)
    clock_key = models.CharField(max_length=60)
    rung = models.CharField(max_length=30)
    generation = models.PositiveIntegerField()
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.ARMED)
    settled_at = models.DateTimeField(null=True)
    collapsed = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clock", "rung", "generation"], name="each_rung_is_armed_once_a_generation"
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="armed_deadlines", condition=models.Q(state="ARMED")),
            models.Index(fields=["case", "state"], name="deadlines_of_a_case"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.clock_key}/{self.rung}"

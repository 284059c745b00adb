from __future__ import annotations

from django.db import models


class Clock(models.Model):
    """A running or stopped clock of a case: where it began and under which dated rule.

    Nothing is counted down: the due date is computed from these columns, the
    pauses and the calendar whenever it is asked for. A clock that was read together with its case ``holds``
    its pauses and the names of its rungs that have fired.
    """

    held_pauses: list[Pause] | None = None
    fired_rungs: frozenset[str] = frozenset()

    case = models.ForeignKey("workflows.Case", models.PROTECT, related_name="clocks")
    key = models.CharField(max_length=60)
    policy = models.ForeignKey("workflows.Policy", models.PROTECT, null=True, related_name="+")
    generation = models.PositiveIntegerField(default=1)
    started_at = models.DateTimeField()
    counts_from = models.DateField(null=True)
    served = models.CharField(max_length=12, blank=True)
    until_at = models.DateTimeField(null=True)
    due_on = models.DateField(null=True)
    due_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "key"],
                condition=models.Q(stopped_at__isnull=True),
                name="a_clock_runs_once_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.key}"

    def stretches(self) -> list[Pause]:
        """The pauses, as held, else from the database."""
        return list(self.pauses.all()) if self.held_pauses is None else self.held_pauses

    @property
    def paused(self) -> bool:
        return any(pause.ended_at is None for pause in self.stretches())


class Pause(models.Model):
    """A stretch in which a clock stood still, with the reason and who ordered it."""

    clock = models.ForeignKey(Clock, models.PROTECT, related_name="pauses")
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    reason = models.TextField()
    authority = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("began_at",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True) | models.Q(ended_at__gte=models.F("began_at")),
                name="a_pause_ends_after_it_began",
            ),
            models.UniqueConstraint(
                fields=["clock"],
                condition=models.Q(ended_at__isnull=True),
                name="a_clock_pauses_once_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.clock_id} {self.began_at:%Y-%m-%d}"

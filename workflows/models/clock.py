from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from .policy import Policy


class Clock(models.Model):
    """A running or stopped clock of a case: where it began and under which dated rule.

    Nothing is counted down: the due date is computed from these columns, the
    pauses and the calendar whenever it is asked for. A clock that was read together with its case ``holds``
    its pauses and the names of its rungs that have fired, each with the last moment for which it did.
    """

    held_pauses: list[Pause] | None = None
    fired_rungs: Mapping[str, datetime] = MappingProxyType({})

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

    def follow(self, rule: Policy | None) -> None:
        """Run under a dated rule, which is at hand and need not be read again."""
        self.policy_id = None if rule is None else rule.pk
        self._state.fields_cache["policy"] = rule

    def stretches(self) -> list[Pause]:
        """The pauses, as held, else from the database."""
        return list(self.pauses.all()) if self.held_pauses is None else self.held_pauses

    @property
    def paused(self) -> bool:
        return any(pause.ended_at is None for pause in self.stretches())

    @property
    def own_pause(self) -> Pause | None:
        """The pause that lasts because of the case's own state, if there is one."""
        lasting = (pause for pause in self.stretches() if pause.ended_at is None)
        return next((pause for pause in lasting if pause.ordered_in is None), None)


class Pause(models.Model):
    """A stretch in which a clock stood still, with its reason.

    It is set by the case's own state, or ordered by a person; then `ordered_in` is the number of the line of
    history that says so, and there is an authority. A clock may have several at once; it goes on when all
    have ended.
    """

    clock = models.ForeignKey(Clock, models.PROTECT, related_name="pauses")
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    reason = models.TextField()
    authority = models.CharField(max_length=200, blank=True)
    ordered_in = models.PositiveIntegerField(null=True)

    class Meta:
        ordering = ("began_at", "pk")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True) | models.Q(ended_at__gte=models.F("began_at")),
                name="a_pause_ends_after_it_began",
            ),
            models.UniqueConstraint(
                fields=["clock"],
                condition=models.Q(ended_at__isnull=True, ordered_in__isnull=True),
                name="a_state_pauses_a_clock_once_at_a_time",
            ),
            models.UniqueConstraint(
                fields=["clock", "ordered_in"], name="one_pause_of_a_clock_for_each_order"
            ),
            models.CheckConstraint(
                condition=models.Q(ordered_in__isnull=True) | ~(models.Q(reason="") | models.Q(authority="")),
                name="an_ordered_pause_has_a_reason_and_an_authority",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.clock_id} {self.began_at:%Y-%m-%d}"

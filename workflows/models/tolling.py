from django.db import models

from workflows.languages import in_active_language
from workflows.models.policy import FEDERAL
from workflows.models.stamp import moves_the_stamp


class TollingWindow(models.Model):
    """A declared closure during which no clock of a jurisdiction runs; both days are included.

    `reasons` and `authorities` hold why, and who declared it, in each language (see `workflows.languages`).
    """

    jurisdiction = models.CharField(max_length=40, default=FEDERAL)
    starts_on = models.DateField()
    ends_on = models.DateField()
    reasons = models.JSONField(default=dict)
    authorities = models.JSONField(default=dict)

    class Meta:
        ordering = ["starts_on", "jurisdiction"]
        triggers = [moves_the_stamp("a_changed_closure_moves_the_stamp")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")),
                name="a_closure_ends_after_it_begins",
            ),
            models.UniqueConstraint(
                fields=["jurisdiction", "starts_on"], name="one_closure_of_a_jurisdiction_from_a_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.jurisdiction}: {self.starts_on} to {self.ends_on}"

    @property
    def reason(self) -> str:
        """Why the offices were closed, in the active language."""
        return in_active_language(self.reasons)

    @property
    def authority(self) -> str:
        """Who declared the closure, in the active language."""
        return in_active_language(self.authorities)

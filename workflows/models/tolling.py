from django.db import models

from workflows.models.policy import FEDERAL


class TollingWindow(models.Model):
    """A declared closure during which no clock of a jurisdiction runs; both days are included."""

    jurisdiction = models.CharField(max_length=40, default=FEDERAL)
    starts_on = models.DateField()
    ends_on = models.DateField()
    reason = models.CharField(max_length=300)
    authority = models.CharField(max_length=300)

    class Meta:
        ordering = ["starts_on", "jurisdiction"]
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

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from .persons import Person


class LookUp(models.Model):
    """Keyed digests of a worker's names and numbers, for one organization to find its own workers by.

    Each organization's digests are under a key of its own, so that equal names in two of them do not show.
    """

    organization = models.ForeignKey(
        "referrals.Organization", models.CASCADE, related_name="+", db_index=False
    )
    person = models.ForeignKey(Person, models.CASCADE, related_name="look_ups")
    digests = ArrayField(models.BigIntegerField(), default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "organization"], name="a_worker_is_looked_up_by_one_row"
            )
        ]
        indexes = [GinIndex(fields=["digests"], name="look_ups_by_digest")]

    def __str__(self) -> str:
        return f"look-up {self.pk}"

from __future__ import annotations

from django.db import models


class Desk(models.Model):
    """Where a case waits: an intake, a field office, a regional office, a legal-aid office."""

    key = models.SlugField(unique=True, max_length=80)
    name = models.CharField(max_length=200)
    time_zone = models.CharField(max_length=60, default="America/New_York")
    jurisdiction = models.CharField(max_length=40, default="US")

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

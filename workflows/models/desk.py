from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import models


class Desk(models.Model):
    """Where a case waits: an intake, a field office, a regional office, a legal-aid office.

    ``time_zone`` is that of the place: there the days of a case begin and end that this office decides.
    """

    key = models.SlugField(unique=True, max_length=80)
    name = models.CharField(max_length=200)
    time_zone = models.CharField(max_length=60, default="America/New_York")
    jurisdiction = models.CharField(max_length=40, default="US")

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    def day_at(self, moment: datetime) -> date:
        """The day it is at a moment where the desk stands."""
        return moment.astimezone(ZoneInfo(self.time_zone)).date()

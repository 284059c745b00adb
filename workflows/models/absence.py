from __future__ import annotations

from datetime import datetime
from typing import Self

import pgtrigger
from django.conf import settings
from django.db import models

from ..parties import Capacity


class AbsenceQuerySet(models.QuerySet["Absence"]):
    def at(self, at: datetime) -> Self:
        """Those that last at an instant."""
        return self.filter(starts_at__lte=at, ends_at__gt=at)


class Absence(models.Model):
    """Somebody is away, and a deputy of the same capacity and organization stands in for them.

    From ``starts_at`` up to, not including, ``ends_at``. While it lasts, whatever the absent person may not
    decide because of what they did on a case, the deputy may not decide either. Coming back early moves
    ``ends_at``; nothing else is ever changed, because later decisions are judged by it.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="absences")
    deputy = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="stands_in_during")
    capacity = models.CharField(max_length=20, choices=Capacity.choices)
    organization = models.BigIntegerField()
    desk = models.ForeignKey("workflows.Desk", models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    marked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    marked_at = models.DateTimeField()
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        ordering = ("-starts_at", "-pk")
        indexes = [models.Index(fields=["deputy", "ends_at"], name="absences_by_deputy")]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(deputy=models.F("person")), name="nobody_stands_in_for_themselves"
            ),
            models.CheckConstraint(
                condition=models.Q(ends_at__gte=models.F("starts_at")), name="an_absence_ends_after_it_begins"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="absences_are_never_removed", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="an_absence_only_ends_earlier",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                func="""
                    IF (OLD.id, OLD.person_id, OLD.deputy_id, OLD.capacity, OLD.organization, OLD.desk_id,
                            OLD.starts_at, OLD.marked_by_id, OLD.marked_at)
                        IS DISTINCT FROM (NEW.id, NEW.person_id, NEW.deputy_id, NEW.capacity,
                            NEW.organization, NEW.desk_id, NEW.starts_at, NEW.marked_by_id, NEW.marked_at)
                        OR NEW.ends_at > OLD.ends_at
                    THEN
                        RAISE EXCEPTION 'an absence can only be ended earlier';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} until {self.ends_at}"

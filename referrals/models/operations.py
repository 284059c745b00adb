"""Signs of life and running totals of the system itself: no case, no person."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Heartbeat(models.Model):
    """When a part of the system was last seen at work on a host: one row, which any number may write."""

    class Part(models.TextChoices):
        SWEEP = "sweep", _("Firing due dates")
        RELAY = "relay", _("Delivering messages")
        BEAT = "beat", _("Timetable (beat)")
        WORKER = "worker", _("Worker")
        LOOP = "loop", _("Engine by hand (run_engine)")
        VERIFY = "verify", _("Verifying histories")
        REPLAY = "replay", _("Replaying histories")

    name = models.CharField(max_length=20, choices=Part)
    host = models.CharField(max_length=200)
    at = models.DateTimeField()
    detail = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ("name", "-at")
        constraints = [
            models.UniqueConstraint(fields=["name", "host"], name="one_heartbeat_of_a_part_on_a_host"),
        ]

    def __str__(self) -> str:
        return f"{self.name} on {self.host}"


class Tally(models.Model):
    """How often something happened, since counting began: it only grows."""

    class What(models.TextChoices):
        REFUSED = "refused", _("Steps refused")

    what = models.CharField(max_length=20, choices=What)
    kind = models.CharField(max_length=20)
    code = models.CharField(max_length=60)
    number = models.PositiveBigIntegerField(default=0)

    class Meta:
        ordering = ("what", "kind", "code")
        verbose_name_plural = "tallies"
        constraints = [
            models.UniqueConstraint(fields=["what", "kind", "code"], name="one_tally_of_a_kind_and_code"),
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.kind} {self.code}: {self.number}"

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

MORNING = 8  # o'clock


class Schedule(models.Model):
    """When a person wants mail: each by itself or in a summary, and hours without any.

    All times are local to ``time_zone``. ``weekday`` counts from Monday, 0; it matters for a weekly summary.
    Quiet hours may reach over midnight. Without a row, each mail goes at once.
    """

    class Summary(models.TextChoices):
        NONE = "none", _("Each message at once")
        DAILY = "daily", _("One summary a day")
        WEEKLY = "weekly", _("One summary a week")

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notification_schedule"
    )
    summary = models.CharField(max_length=10, choices=Summary.choices, default=Summary.NONE)
    weekday = models.PositiveSmallIntegerField(default=0)
    hour = models.PositiveSmallIntegerField(default=MORNING)
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True)
    time_zone = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="quiet_hours_have_a_beginning_and_an_end",
                condition=Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | (Q(quiet_from__isnull=False, quiet_until__isnull=False) & ~Q(quiet_from=F("quiet_until"))),
            ),
            models.CheckConstraint(
                name="a_summary_has_a_day_and_an_hour", condition=Q(weekday__lte=6, hour__lte=23)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.summary} ({self.time_zone})"

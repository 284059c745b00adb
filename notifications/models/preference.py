from django.conf import settings
from django.db import models
from django.db.models import Q

from notifications.models.message import Channel


class Preference(models.Model):
    """Whether a person wants an event over a channel. An empty event stands for all that are not named."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notification_preferences"
    )
    event = models.CharField(max_length=100, blank=True)
    channel = models.CharField(max_length=10, choices=Channel.choices)
    enabled = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "event", "channel"], name="a_person_decides_once_for_an_event_and_channel"
            ),
            models.CheckConstraint(
                name="a_preference_is_for_a_known_channel", condition=Q(channel__in=list(Channel.values))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event or '*'} {self.channel}: {'on' if self.enabled else 'off'}"

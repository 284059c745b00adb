import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from notifications.models.message import Message

ANSWER_CHARACTERS = 500


class Attempt(models.Model):
    """One try at delivering a message, and what the other side answered. Written once, kept for good.

    ``answer`` is capped at ANSWER_CHARACTERS and holds no e-mail address.
    """

    class Outcome(models.TextChoices):
        OK = "ok", _("Delivered")
        TEMPORARY = "temporary", _("Failed for now")
        PERMANENT = "permanent", _("Refused for good")
        IN_DOUBT = "in_doubt", _("Handed over, but no answer came")

    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="tries")
    at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    provider_id = models.CharField(max_length=200, blank=True)
    answer = models.CharField(max_length=ANSWER_CHARACTERS, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="an_attempt_has_a_known_outcome",
                condition=Q(outcome__in=["ok", "temporary", "permanent", "in_doubt"]),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="attempts_are_only_added", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.outcome} at {self.at:%Y-%m-%d %H:%M}"

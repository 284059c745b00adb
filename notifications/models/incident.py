from typing import Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from notifications.models.message import Message


class IncidentQuerySet(models.QuerySet["Incident"]):
    def unresolved(self) -> Self:
        return self.filter(resolved_at__isnull=True).order_by("opened_at", "pk")

    def unowned(self) -> Self:
        return self.filter(owner__isnull=True)


class Incident(models.Model):
    """A message that did not reach its person, until somebody has seen to it."""

    class Kind(models.TextChoices):
        GAVE_UP = "gave_up", _("Tried for about a day without success")
        REFUSED = "refused", _("The mail server refused the message for good")
        NO_ADDRESS = "no_address", _("The person has no usable e-mail address")
        ACCOUNT_CLOSED = "account_closed", _("The person's account is closed")
        IN_DOUBT = "in_doubt", _("Nobody can say whether the mail arrived")
        BOUNCED = "bounced", _("The mail came back")
        COMPLAINT = "complaint", _("The mail was reported as unwanted")

    class Ending(models.TextChoices):
        MENDED = "mended", _("Seen to")
        SENT_AGAIN = "sent_again", _("Sent again")
        SKIPPED = "skipped", _("Left undelivered")

    message = models.ForeignKey(
        Message, null=True, blank=True, on_delete=models.PROTECT, related_name="incidents"
    )
    kind = models.CharField(max_length=20, choices=Kind.choices)
    note = models.TextField(blank=True)
    opened_at = models.DateTimeField()
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="notification_incidents",
    )
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolution = models.TextField(blank=True)
    ending = models.CharField(max_length=10, choices=Ending.choices, blank=True, default="", db_default="")

    objects = IncidentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_resolved_incident_and_no_other_says_how",
                condition=Q(resolved_at__isnull=True, resolution="")
                | (Q(resolved_at__isnull=False) & ~Q(resolution="")),
            ),
            models.UniqueConstraint(
                fields=["message"],
                condition=Q(resolved_at__isnull=True),
                name="a_message_has_one_unresolved_incident",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="incidents_are_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="what_went_wrong_is_never_rewritten", fields=["message", "kind", "note", "opened_at"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.opened_at:%Y-%m-%d})"


class IncidentNote(models.Model):
    """What somebody did or found out about an incident; without ``by`` the system wrote it. Only added to."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="notes")
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    text = models.TextField()

    class Meta:
        ordering = ("at", "pk")
        constraints = [models.CheckConstraint(name="a_note_says_something", condition=~Q(text=""))]
        triggers = [
            pgtrigger.Protect(name="notes_are_only_added", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return self.text[:60]

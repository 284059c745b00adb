from typing import Self

import pgtrigger
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from notifications.models.attempt import ANSWER_CHARACTERS
from notifications.models.message import Message

ADDED = pgtrigger.Update | pgtrigger.Delete


class BounceReport(models.Model):
    """One report that came in, kept so that the same one changes nothing a second time.

    ``digest`` is the SHA-256 of what came, in hexadecimal; its content is not kept.
    """

    class Source(models.TextChoices):
        WEBHOOK = "webhook", _("Report of the mail provider")
        MAILBOX = "mailbox", _("Mail in the mailbox for returned mail")

    source = models.CharField(max_length=10, choices=Source.choices)
    digest = models.CharField(max_length=64)
    received_at = models.DateTimeField()
    entries = models.PositiveIntegerField()
    matched = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["digest"], name="a_report_counts_once")]
        triggers = [pgtrigger.Protect(name="bounce_reports_are_only_added", operation=ADDED)]

    def __str__(self) -> str:
        return f"{self.source} {self.digest[:12]}"


class Bounce(models.Model):
    """What somebody further down the line says became of a mail that had been accepted.

    ``status`` is the enhanced status code of RFC 3463, such as 5.1.1. ``answer`` holds no e-mail address.
    """

    class Kind(models.TextChoices):
        HARD = "hard", _("Came back for good")
        SOFT = "soft", _("Came back after it was tried for some time")
        DELAYED = "delayed", _("Is late and is still being tried")
        COMPLAINT = "complaint", _("Was reported as unwanted")

    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="bounces")
    report = models.ForeignKey(BounceReport, on_delete=models.PROTECT, related_name="bounces")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    status = models.CharField(max_length=20, blank=True)
    answer = models.CharField(max_length=ANSWER_CHARACTERS, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_bounce_is_of_a_known_kind",
                condition=Q(kind__in=["hard", "soft", "delayed", "complaint"]),
            )
        ]
        triggers = [pgtrigger.Protect(name="bounces_are_only_added", operation=ADDED)]

    def __str__(self) -> str:
        return f"{self.kind} {self.status}"


class FailingAddressQuerySet(models.QuerySet["FailingAddress"]):
    def unmended(self) -> Self:
        return self.filter(mended_at__isnull=True)

    def of(self, user: AbstractBaseUser) -> Self:
        return self.filter(user_id=user.pk)


class FailingAddress(models.Model):
    """Mail to a person's address comes back, until the person or an operator says that it works again.

    ``fingerprint`` is a keyed hash of the address, so that a new address is not blamed for the old one.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="failing_addresses"
    )
    fingerprint = models.CharField(max_length=64)
    since = models.DateTimeField()
    bounce = models.ForeignKey(Bounce, on_delete=models.PROTECT, related_name="+")
    mended_at = models.DateTimeField(null=True, blank=True)

    objects = FailingAddressQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "fingerprint"],
                condition=Q(mended_at__isnull=True),
                name="an_address_fails_once_at_a_time",
            )
        ]
        triggers = [pgtrigger.Protect(name="failing_addresses_are_never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.since:%Y-%m-%d}"

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Self

import pgtrigger
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .documents import Document
from .fields import PersonalTextField

if TYPE_CHECKING:
    from .worker_requests import WorkerRequest


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    def handed_over(self) -> Self:
        """What DHS has: what was filed, and what went with a later answer."""
        return self.filter(handed_over_at__isnull=False)

    def with_scans(self) -> Self:
        """With what is known of each scan, without its bytes."""
        return self.select_related("scan").defer("scan__content")


class Evidence(models.Model):
    """Proof of employment inside the scope of the statement, with a scan of the paper if there is one.

    Once it was handed over to DHS it is fixed: a trigger refuses changes.
    """

    class Kind(models.TextChoices):
        W2 = "W2", _("Form W-2")
        PAYSTUB = "PAYSTUB", _("Paystub")
        TIMECARD = "TIMECARD", _("Time card")
        BANK = "BANK", _("Bank or app payments")
        BADGE = "BADGE", _("Badge or uniform")
        MESSAGES = "MESSAGES", _("Messages about work")
        DECLARATION = "DECLARATION", _("Declaration of a co-worker")
        OTHER = "OTHER", _("Other")

    request: models.ForeignKey[WorkerRequest, WorkerRequest] = models.ForeignKey(
        "referrals.WorkerRequest", models.PROTECT, related_name="evidence"
    )
    kind = models.CharField(max_length=12, choices=Kind.choices)
    employer = models.CharField(max_length=200, blank=True)
    covers_from = models.DateField()
    covers_to = models.DateField()
    place = models.UUIDField(default=uuid.uuid4, db_default=RandomUUID(), editable=False)
    note = PersonalTextField()
    scan = models.OneToOneField(
        Document, models.PROTECT, null=True, blank=True, editable=False, related_name="evidence"
    )
    handed_over_at = models.DateTimeField(null=True, blank=True, editable=False)

    read_as = "request_id"
    sealed_by = "request.person.key_id"
    sealed_row = "place"

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        ordering = ("covers_from", "pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(covers_to__gte=F("covers_from")), name="evidence_ends_after_it_starts"
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="evidence_handed_over_is_fixed",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__handed_over_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()

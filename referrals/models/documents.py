from __future__ import annotations

from typing import TYPE_CHECKING, Self

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ..scans import NAMES
from .visibility import visible_case_ids

if TYPE_CHECKING:
    from .people import User


class DocumentQuerySet(models.QuerySet["Document"]):
    def visible_to(self, user: User) -> Self:
        """Documents of visible cases that are meant for this side of the wall."""
        side = side_of(user)
        if not side:
            return self.none()
        return self.filter(case_id__in=visible_case_ids(user)).filter(Q(sides__contains=[side]))


class Document(models.Model):
    """A letter that was issued, or a paper that was attached, kept beside its case with its fingerprint.

    ``size`` in bytes and ``pages`` are noted for attached papers.
    """

    SCAN = "scan"

    class Side(models.TextChoices):
        WORKER = "WORKER", _("Worker's side")
        AGENCY = "AGENCY", _("Labor agency")
        DHS = "DHS", _("DHS")

    case = models.ForeignKey("workflows.Case", models.PROTECT, related_name="documents")
    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    language = models.CharField(max_length=5, default="en")
    media_type = models.CharField(max_length=80, default="application/pdf")
    sides = models.JSONField(default=list)
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()
    size = models.PositiveIntegerField(null=True, blank=True)
    pages = models.PositiveIntegerField(null=True, blank=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("referrals.User", models.PROTECT, null=True, blank=True, related_name="+")

    objects = DocumentQuerySet.as_manager()

    class Meta:
        ordering = ("-made_at", "-pk")
        triggers = [
            pgtrigger.Protect(
                name="kept_documents_do_not_change",
                operation=pgtrigger.UpdateOf("content", "sha256", "media_type"),  # type: ignore[no-untyped-call]
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def was_attached(self) -> bool:
        """Whether somebody brought the file along; this system did not write it, so nobody vouches for it."""
        return self.kind == self.SCAN

    @property
    def file_type(self) -> str:
        """What kind of file it is, in one word."""
        return NAMES.get(self.media_type, self.media_type)


def side_of(user: User) -> str:
    """On which side of the wall somebody reads."""
    if user.is_advocate:
        return Document.Side.WORKER
    if user.is_agency:
        return Document.Side.AGENCY
    return Document.Side.DHS if user.is_dhs else ""

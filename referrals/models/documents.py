from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Self

import pgtrigger
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ..keys import ring
from ..reads import Paper
from ..scans import NAMES
from .fields import SealedBytesField
from .keys import KeyField
from .visibility import record_key, visible_case_ids

if TYPE_CHECKING:
    from .people import User


class DocumentQuerySet(models.QuerySet["Document"]):
    def visible_to(self, user: User) -> Self:
        """Documents of visible cases that are meant for this side of the wall.

        One that clamd has not cleared yet exists only for the side that brought it.
        """
        side = side_of(user)
        if not side:
            return self.none()
        seen = self.filter(case_id__in=visible_case_ids(user)).filter(Q(sides__contains=[side]))
        return seen if side == Document.Side.WORKER else seen.released()

    def released(self) -> Self:
        """What may be handed out: made here, found clean, or of a place that has nobody to look."""
        return self.exclude(malware__in=Document.QUARANTINED)

    def unchecked(self) -> Self:
        """Files that nobody has looked at yet, the oldest first, each for one worker alone."""
        waiting = [Document.Malware.WAITING, Document.Malware.UNCHECKED]
        return self.filter(malware__in=waiting).order_by("pk").select_for_update(skip_locked=True)


class Document(Paper):
    """A letter that was issued, or a paper that was attached, kept beside its case with its fingerprint.

    ``size`` in bytes and ``pages`` are noted for attached papers. ``public_id`` is the address: 122
    random bits.
    """

    SCAN = "scan"

    class Side(models.TextChoices):
        WORKER = "WORKER", _("Worker's side")
        AGENCY = "AGENCY", _("Labor agency")
        DHS = "DHS", _("DHS")

    class Malware(models.TextChoices):
        OWN = "OWN", _("Made here")
        WAITING = "WAITING", _("Waiting to be checked for malware")
        CLEAN = "CLEAN", _("Checked for malware")
        INFECTED = "INFECTED", _("Holds malware")
        UNCHECKED = "UNCHECKED", _("Not checked for malware")

    QUARANTINED = (Malware.WAITING, Malware.INFECTED)

    public_id = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    case = models.ForeignKey("workflows.Case", models.PROTECT, related_name="documents")
    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    language = models.CharField(max_length=5, default="en")
    media_type = models.CharField(max_length=80, default="application/pdf")
    sides = models.JSONField(default=list)
    sha256 = models.CharField(max_length=64)
    place = models.UUIDField(default=uuid.uuid4, db_default=RandomUUID(), editable=False)
    key = KeyField()
    content = SealedBytesField()
    size = models.PositiveIntegerField(null=True, blank=True)
    pages = models.PositiveIntegerField(null=True, blank=True)
    malware = models.CharField(max_length=9, choices=Malware, default=Malware.OWN)
    malware_name = models.CharField(max_length=200, blank=True)
    malware_checked_at = models.DateTimeField(null=True, blank=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("referrals.User", models.PROTECT, null=True, blank=True, related_name="+")

    sealed_by = "key_id"
    sealed_row = "place"

    objects = DocumentQuerySet.as_manager()

    class Meta:
        ordering = ("-made_at", "-pk")
        indexes = [
            models.Index(
                fields=["id"],
                condition=Q(malware__in=["WAITING", "UNCHECKED"]),
                name="documents_not_checked_yet",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="kept_documents_do_not_change",
                operation=pgtrigger.UpdateOf("content", "sha256", "media_type"),  # type: ignore[no-untyped-call]
                when=pgtrigger.Before,
                func=(
                    "IF (NEW.sha256, NEW.media_type) = (OLD.sha256, OLD.media_type)"
                    " AND length(NEW.content) = 0 AND EXISTS (SELECT FROM referrals_datakey"
                    " WHERE id = OLD.key_id AND destroyed_at IS NOT NULL) THEN RETURN NEW; END IF;"
                    " RAISE EXCEPTION 'pgtrigger: a kept document does not change';"
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def own_key(self, _name: str, _held: ring.Ring) -> uuid.UUID:
        """The worker's key for papers of a worker's case; the labor agency's for those of its own cases."""
        return record_key(self.case_id)

    @property
    def was_attached(self) -> bool:
        """Whether somebody brought the file along; this system did not write it, so nobody vouches for it."""
        return self.kind == self.SCAN

    @property
    def is_quarantined(self) -> bool:
        """Whether nobody may open it: it waits to be checked, or malware was found in it."""
        return self.malware in self.QUARANTINED

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

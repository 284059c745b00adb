from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from .daily_head import appended_only


class Wording(models.Model):
    """A free text of a line of history, kept beside the history under a key of its own.

    In the line stands ``sealed:`` and HMAC-SHA256 of the text under ``key``. Once both are destroyed the
    line still verifies, and nothing tells what it said.
    """

    case = models.ForeignKey("workflows.Case", models.PROTECT, related_name="wordings")
    sequence = models.PositiveIntegerField()
    field = models.CharField(max_length=80)
    key = models.CharField(max_length=64, null=True)  # noqa: DJ001 (null: destroyed)
    text = models.TextField(null=True)  # noqa: DJ001 (null: destroyed)

    class Meta:
        ordering = ("case", "sequence", "field")
        constraints = [
            models.UniqueConstraint(fields=["case", "sequence", "field"], name="one_wording_for_each_text"),
            models.CheckConstraint(
                condition=Q(key__isnull=True, text__isnull=True) | Q(key__isnull=False, text__isnull=False),
                name="a_text_goes_with_its_key",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="a_text_goes_only_by_redaction",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                func=(
                    "IF NEW.key IS NULL AND NEW.text IS NULL AND"
                    " (NEW.id, NEW.case_id, NEW.sequence, NEW.field)"
                    " = (OLD.id, OLD.case_id, OLD.sequence, OLD.field)"
                    " AND EXISTS (SELECT FROM workflows_redaction AS done"
                    " JOIN workflows_redactionrequest AS asked ON asked.id = done.request_id"
                    " WHERE done.granted AND asked.case_id = OLD.case_id"
                    " AND asked.field = OLD.field AND OLD.sequence = ANY(asked.sequences))"
                    " THEN RETURN NEW; END IF;"
                    " RAISE EXCEPTION 'a text goes only by a redaction that two people decided';"
                ),
            ),
            pgtrigger.Protect(name="wordings_are_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="wordings_are_never_emptied",
                operation=pgtrigger.Truncate,
                level=pgtrigger.Statement,
                when=pgtrigger.Before,
                func="RAISE EXCEPTION 'this table is never emptied';",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}/{self.sequence} {self.field}"


class RedactionRequest(models.Model):
    """One person asks that a text of a history be made unreadable; a second one decides.

    ``sequences`` are the lines that hold the text: the one named first, then others with the same words.
    """

    case = models.ForeignKey("workflows.Case", models.PROTECT, related_name="redaction_requests")
    sequences = ArrayField(models.PositiveIntegerField(), size=100)
    field = models.CharField(max_length=80)
    because = models.TextField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_as = models.CharField(max_length=20)
    asked_at = models.DateTimeField()

    class Meta:
        ordering = ("asked_at", "pk")
        triggers = appended_only("redaction_requests")

    def __str__(self) -> str:
        return f"{self.case_id}/{self.sequences} {self.field}"


class Redaction(models.Model):
    """How a request was decided: granted, and the texts destroyed, or turned down; never changed."""

    request = models.OneToOneField(RedactionRequest, models.PROTECT, related_name="decision")
    granted = models.BooleanField()
    note = models.TextField(blank=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decided_as = models.CharField(max_length=20)
    decided_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(granted=False) | ~Q(decided_by=F("asked_by")),
                name="nobody_grants_their_own_redaction",
            ),
        ]
        triggers = [
            *appended_only("redactions"),
            pgtrigger.Trigger(
                name="a_redaction_names_who_asked",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                func=(
                    "IF NEW.asked_by_id IS DISTINCT FROM"
                    " (SELECT asked_by_id FROM workflows_redactionrequest WHERE id = NEW.request_id)"
                    " THEN RAISE EXCEPTION 'a redaction names who asked for it'; END IF; RETURN NEW;"
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id} {self.granted}"

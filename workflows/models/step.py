from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from ..parties import Capacity
from .second_person import SecondPerson
from .version_change import VersionChange


class Step(models.Model):
    """One line of a case's history: appended by the engine, never changed, never removed.

    ``hash`` covers every other column and the previous step's hash, so that an
    edit anywhere breaks the chain from there on.
    """

    class Nature(models.TextChoices):
        OPENED = "OPENED", _("Opened")
        MOVED = "MOVED", _("Step")
        PROPOSED = "PROPOSED", _("Proposed, waiting for a countersignature")
        SENT_BACK = "SENT_BACK", _("Proposal sent back")
        RECORDED = "RECORDED", _("Recorded")
        MIGRATED = "MIGRATED", _("Moved to another version of the procedure")

    repeated = False

    case = models.ForeignKey("workflows.Case", models.PROTECT, related_name="steps", db_index=False)
    sequence = models.PositiveIntegerField()
    nature = models.CharField(max_length=10, choices=Nature.choices)
    name = models.CharField(max_length=60)
    from_state = models.CharField(max_length=40, blank=True)
    to_state = models.CharField(max_length=40)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="steps_taken")
    capacity = models.CharField(max_length=20, choices=Capacity.choices)
    organization = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    reason = models.TextField(blank=True)
    definition_version = models.PositiveSmallIntegerField(default=1)
    rules = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    data = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    effects = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    idempotency_key = models.CharField(max_length=80, null=True)  # noqa: DJ001 (null keeps it out of the unique key)
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ("case", "sequence")
        constraints = [
            models.UniqueConstraint(fields=["case", "sequence"], name="one_step_for_each_number_of_a_case"),
            models.UniqueConstraint(
                fields=["case", "idempotency_key"], name="one_step_for_each_idempotency_key"
            ),
            models.CheckConstraint(
                condition=~models.Q(nature__in=["PROPOSED", "SENT_BACK", "RECORDED"])
                | models.Q(from_state=models.F("to_state")),
                name="only_a_step_taken_changes_the_state",
            ),
            models.CheckConstraint(
                condition=~models.Q(nature="OPENED") | models.Q(sequence=1),
                name="a_case_is_opened_by_its_first_line",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="history_is_append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="history_is_never_emptied",
                operation=pgtrigger.Truncate,
                level=pgtrigger.Statement,
                when=pgtrigger.Before,
                func="RAISE EXCEPTION 'the history is never emptied';",
            ),
            SecondPerson(),
            VersionChange(),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}/{self.sequence} {self.name}"

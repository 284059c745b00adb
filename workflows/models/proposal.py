from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from .second_person import PROPOSED_BY_ITS_LINE, SETTLED_BY_ITS_LINE


class Proposal(models.Model):
    """A step that waits for a second person, bound to a hash of what was decided.

    ``line`` is the line of the history with which it was proposed. Triggers refuse a proposal without one,
    any rewriting, and a countersignature that is no line of the history.
    """

    class Fate(models.TextChoices):
        WAITING = "WAITING", _("Waiting for a countersignature")
        COUNTERSIGNED = "COUNTERSIGNED", _("Countersigned")
        SENT_BACK = "SENT_BACK", _("Sent back")
        FALLEN = "FALLEN", _("Fallen: the case changed")

    case = models.ForeignKey("workflows.Case", models.PROTECT, related_name="proposals")
    line = models.OneToOneField("workflows.Step", models.PROTECT, null=True, related_name="proposal")
    step = models.CharField(max_length=60)
    fate = models.CharField(max_length=14, choices=Fate.choices, default=Fate.WAITING)
    payload = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    reason = models.TextField(blank=True)
    content_hash = models.CharField(max_length=64)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"],
                condition=models.Q(fate="WAITING"),
                name="one_proposal_waits_at_a_time",
            ),
            models.CheckConstraint(
                condition=~models.Q(fate="COUNTERSIGNED")
                | (models.Q(decided_by__isnull=False) & ~models.Q(decided_by=models.F("proposed_by"))),
                name="nobody_countersigns_their_own_proposal",
            ),
        ]
        triggers = [
            PROPOSED_BY_ITS_LINE,
            SETTLED_BY_ITS_LINE,
            pgtrigger.Protect(name="proposals_are_never_removed", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.step} ({self.get_fate_display()})"

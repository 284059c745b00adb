"""Break-glass: one record of somebody else, for a stated ground, for minutes, with its owner told at once."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Self

import pgtrigger
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from workflows.parties import Capacity

from ..keys import ring
from .fields import PersonalTextField
from .keys import KeyField
from .visibility import record_key

if TYPE_CHECKING:
    from .people import User

MAY_OPEN = frozenset({Capacity.ADMINISTRATOR, Capacity.USCIS_SUPERVISOR})
"""Who may break the glass. ICE never may; a labor agency sees no worker's record in any case."""


class OpeningQuerySet(models.QuerySet["Opening"]):
    def visible_to(self, user: User) -> Self:
        """Who opened it, those of the organization whose record it is who answer for it, privacy officers."""
        if user.capacity == Capacity.PRIVACY_OFFICER:
            return self.all()
        own = Q(user_id=user.pk)
        if user.is_representative or user.capacity == Capacity.AGENCY_APPROVER:
            own |= Q(owner_id=user.organization_id)
        return self.filter(own)

    def going_on(self, at: datetime) -> Self:
        return self.filter(ended_at=None, expires_at__gt=at)


class Opening(models.Model):
    """A record that somebody opened although it is not theirs; what was stated is never changed.

    ``session`` is the keyed hash of the session in which it holds and nowhere else; ``text`` is under the key
    of whom the record is about. It ends by itself at ``expires_at``; ``ended_at`` is for one ended before.
    """

    class Ground(models.TextChoices):
        SAFETY = "GLASS_SAFETY", _("Somebody's life, health or freedom is in danger")
        ORDER = "GLASS_ORDER", _("A court or a law demands it")
        FAULT = "GLASS_FAULT", _("The system shows or does something wrong in this record")
        ABSENT = "GLASS_ABSENT", _("Everybody whose record it is is out of reach, and a date runs out")

    user = models.ForeignKey("referrals.User", models.PROTECT, related_name="+")
    membership = models.ForeignKey("referrals.Membership", models.PROTECT, related_name="+")
    session = models.CharField(max_length=64)
    case = models.ForeignKey("workflows.Case", models.PROTECT, related_name="+")
    owner = models.ForeignKey("referrals.Organization", models.PROTECT, related_name="+")
    ground = models.CharField(max_length=12, choices=Ground.choices)
    place = models.UUIDField(default=uuid.uuid4, db_default=RandomUUID(), editable=False)
    key = KeyField()
    text = PersonalTextField()
    opened_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey("referrals.User", models.PROTECT, null=True, related_name="+")

    sealed_by = "key_id"
    sealed_row = "place"

    objects = OpeningQuerySet.as_manager()

    class Meta:
        ordering = ("-opened_at", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("opened_at")), name="an_opening_ends_after_it_begins"
            ),
        ]
        indexes = [
            models.Index(fields=["owner"], name="openings_by_owner", condition=Q(ended_at__isnull=True)),
        ]
        triggers = [
            pgtrigger.Protect(name="openings_are_never_removed", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="what_an_opening_states_stays",
                operation=pgtrigger.UpdateOf(  # type: ignore[no-untyped-call]
                    "user_id", "membership_id", "session", "case_id", "owner_id", "ground", "text",
                    "opened_at", "expires_at",
                ),
            ),
            pgtrigger.Protect(
                name="an_opening_ends_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__ended_at__isnull=False),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.ground

    def own_key(self, _name: str, _held: ring.Ring) -> uuid.UUID:
        """The key of the worker, or of the labor agency, whose case it is."""
        return record_key(self.case_id)

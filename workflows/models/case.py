from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Self
from zoneinfo import ZoneInfo

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

if TYPE_CHECKING:
    from ..machine import Machine, Standing, Told
    from ..parties import Actor

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


class Kind(models.TextChoices):
    SOI_REQUEST = "SOI_REQUEST", _("Request for a statement of interest")
    STATEMENT = "STATEMENT", _("Statement of interest")
    WORKER_REQUEST = "WORKER_REQUEST", _("Worker's request for deferred action")
    GRANT = "GRANT", _("Deferred action")
    WORK_PERMIT = "WORK_PERMIT", _("Work permit")
    STAY = "STAY", _("Stay of removal")
    STAY_REFERRAL = "STAY_REFERRAL", _("Agency's stay referral")
    RENEWAL = "RENEWAL", _("Renewal")


def unguessable_reference() -> str:
    """Sixteen letters and digits without look-alikes: 78 bits, grouped for reading aloud."""
    drawn = "".join(secrets.choice(ALPHABET) for _ in range(16))
    return "-".join(drawn[i : i + 4] for i in range(0, 16, 4))


class CaseQuerySet(models.QuerySet[Any]):
    def open(self) -> Self:
        return self.filter(closed_at__isnull=True)

    def closed(self) -> Self:
        return self.filter(closed_at__isnull=False)

    def on_desks(self, desk_ids: list[int]) -> Self:
        """Open cases whose turn it is at one of these desks, most pressing first."""
        return (
            self.open()
            .filter(desk_id__in=desk_ids)
            .order_by(models.F("next_due_at").asc(nulls_last=True), "opened_at", "pk")
        )


class Case(models.Model):
    """Something that moves. Holds a reference, a kind, a state, a desk and dates: nothing personal.

    A record inherits from it (multi-table); only ``workflows.engine`` writes here.
    ``version`` equals the number of steps in its history.
    """

    machine: ClassVar[Machine]
    told_facts: ClassVar[frozenset[str]] = frozenset()
    told_from: ClassVar[tuple[str, ...] | None] = None
    """The columns that ``policy_facts`` reads besides facts; None where it reads more than columns."""
    stands_elsewhere: ClassVar[Mapping[str, str]] = MappingProxyType({})
    """The paths to those attributes that parties read and that are no columns of the record."""

    kind = models.CharField(max_length=20, choices=Kind.choices, editable=False)
    reference = models.CharField(max_length=40, unique=True, default=unguessable_reference, editable=False)
    state = FSMField(max_length=40, protected=True, editable=False)
    version = models.PositiveIntegerField(default=0, editable=False)
    definition_version = models.PositiveSmallIntegerField(default=1, editable=False)
    jurisdiction = models.CharField(max_length=40, default="US", editable=False)
    time_zone = models.CharField(max_length=60, default="America/New_York", editable=False)
    desk = models.ForeignKey(
        "workflows.Desk", models.PROTECT, null=True, blank=True, related_name="cases", editable=False
    )
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    opened_at = models.DateTimeField(editable=False)
    entered_state_at = models.DateTimeField(editable=False)
    next_due_at = models.DateTimeField(null=True, blank=True, editable=False)
    closed_at = models.DateTimeField(null=True, blank=True, editable=False)
    head_hash = models.CharField(max_length=64, blank=True, editable=False)

    objects = CaseQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["desk", "next_due_at", "opened_at"],
                name="open_cases_by_desk",
                condition=models.Q(closed_at__isnull=True),
            ),
            models.Index(fields=["kind", "state"], name="cases_by_kind_and_state"),
            models.Index(
                fields=["assignee", "next_due_at", "opened_at"],
                name="open_cases_by_assignee",
                condition=models.Q(closed_at__isnull=True, assignee__isnull=False),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(assignee__isnull=True) | models.Q(desk__isnull=False),
                name="a_case_in_hand_lies_on_a_desk",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="state_moves_only_with_a_step",
                operation=pgtrigger.Update,
                when=pgtrigger.After,
                condition=pgtrigger.Condition(
                    "OLD.state IS DISTINCT FROM NEW.state OR OLD.version IS DISTINCT FROM NEW.version"
                    " OR OLD.head_hash IS DISTINCT FROM NEW.head_hash"
                    " OR OLD.definition_version IS DISTINCT FROM NEW.definition_version"
                    " OR OLD.assignee_id IS DISTINCT FROM NEW.assignee_id"
                ),
                func="""
                    IF NEW.version <> OLD.version + 1 OR NOT EXISTS (
                        SELECT FROM workflows_step
                        WHERE case_id = NEW.id AND sequence = NEW.version
                            AND to_state = NEW.state AND hash = NEW.head_hash
                            AND definition_version = NEW.definition_version
                            AND (nature = 'MIGRATED') = (OLD.definition_version <> NEW.definition_version)
                    ) THEN
                        RAISE EXCEPTION 'a state changes only together with a step';
                    END IF;
                    RETURN NULL;
                """,
            ),
            pgtrigger.Protect(name="cases_are_never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def standing(self) -> Standing:
        return self.machine.standing(self.state)

    @property
    def state_label(self) -> str:
        return self.machine.label_of(self.state)

    @property
    def is_final(self) -> bool:
        return self.standing.final

    def day_at(self, moment: datetime) -> date:
        """The day it is at a moment where the case is."""
        return moment.astimezone(ZoneInfo(self.time_zone)).date()

    @classmethod
    def goes_from_zone_to_zone(cls) -> bool:
        """Whether cases of this kind count their days elsewhere after another office took them up."""
        return cls.day_desk_id is not Case.day_desk_id

    def day_desk_id(self) -> int | None:
        """The desk where its days begin and end now; None if it stays in the zone in which it was opened."""
        return None

    def desk_of(self, holder: str) -> int | None:
        """The desk whose turn it is while ``holder`` has the case; None when nobody has."""
        return getattr(self, f"{holder}_desk_id") if holder else None

    @classmethod
    def fact_expressions(cls, *, by: Actor, at: datetime) -> Mapping[str, Any]:
        """The ORM expression that each fact of the machine reads, for one record or a page of them."""
        return {}

    def policy_facts(self, *, by: Actor, at: datetime) -> Mapping[str, Told]:
        """The facts named in ``told_facts``, decided by dated policy, each with its reason spelled out."""
        return {}

    def decided_content(self, step: str) -> Mapping[str, Any]:
        """What a countersignature binds, as JSON-ready values."""
        return {}

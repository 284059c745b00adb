from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from workflows.models.daily_head import appended_only

from ..keys import ring

if TYPE_CHECKING:
    KeyColumn = models.ForeignKey["DataKey", "DataKey"]
else:
    KeyColumn = models.ForeignKey


class DataKey(models.Model):
    """A wrapped data key; its keeper alone can unwrap it. A destroyed one has no content any more.

    ``forgotten_at`` is when the keeper said that it can never unwrap the key again, from no backup either.
    """

    class Of(models.TextChoices):
        PERSON = "PERSON", _("Worker")
        ORGANIZATION = "ORGANIZATION", _("Organization")
        LOOK_UPS = "LOOK_UPS", _("Organization's look-ups")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    of = models.CharField(max_length=12, choices=Of.choices)
    wrapped_by = models.CharField(max_length=60, blank=True)
    wrapped = models.BinaryField(blank=True)
    destroyed_at = models.DateTimeField(null=True, blank=True)
    forgotten_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(destroyed_at__isnull=False) ^ ~Q(wrapped=b""),
                name="a_destroyed_key_has_no_content",
            ),
            models.CheckConstraint(
                condition=Q(forgotten_at__isnull=True) | Q(destroyed_at__isnull=False),
                name="only_a_destroyed_key_is_forgotten",
            ),
        ]
        indexes = [models.Index(fields=["wrapped_by", "id"], name="keys_by_what_wraps_them")]

    def __str__(self) -> str:
        return str(self.id)


class KeyRotation(models.Model):
    """That all data keys were wrapped anew: under which key, how many, and when it was finished."""

    wrapped_by = models.CharField(max_length=60)
    number = models.PositiveIntegerField()
    finished_at = models.DateTimeField()

    class Meta:
        ordering = ("-pk",)
        triggers = appended_only("rotations_of_keys")

    def __str__(self) -> str:
        return f"{self.wrapped_by} {self.finished_at:%Y-%m-%d}"


class KeyField(KeyColumn):
    """The data key of a row. It is found, or made, when the row is first stored, however that is done.

    The row's model says which by ``own_key(ring)``. The column stands before those that need the key.
    """

    def __init__(self, **kwargs: Any) -> None:
        kwargs |= {"to": "referrals.DataKey", "on_delete": models.PROTECT, "editable": False, "blank": True}
        kwargs.setdefault("related_name", "+")
        super().__init__(**kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        for fixed in ("to", "on_delete", "editable", "blank"):
            kwargs.pop(fixed, None)
        return name, path, args, kwargs

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        if getattr(model_instance, self.attname) is None:
            held = ring_of(model_instance)
            setattr(model_instance, self.attname, model_instance.own_key(self.name, held))  # type: ignore[attr-defined]
        return super().pre_save(model_instance, add)


def ring_of(record: models.Model) -> ring.Ring:
    """The ring that a record holds while it is in memory, so that its columns share one."""
    state: Any = record._state
    found: ring.Ring | None = state.__dict__.get("ring")
    if found is None or found.full:
        found = state.ring = ring.current()
    return found

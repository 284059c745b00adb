from __future__ import annotations

import pgtrigger
from django.db import models


def appended_only(name: str) -> list[pgtrigger.Trigger]:
    """Triggers by which a table is only added to: no change, no removal, no emptying."""
    return [
        pgtrigger.Protect(name=f"{name}_are_append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        pgtrigger.Trigger(
            name=f"{name}_are_never_emptied",
            operation=pgtrigger.Truncate,
            level=pgtrigger.Statement,
            when=pgtrigger.Before,
            func="RAISE EXCEPTION 'this table is never emptied';",
        ),
    ]


class DailyHead(models.Model):
    """The ends of all histories on one day (UTC) under one root, chained to the day before and signed.

    ``root`` is the root of a tree (RFC 9162) over the newest :class:`CaseHead` of every case in the order of
    the references; ``changes`` is the digest of those written with this head. ``signature`` is Ed25519 over
    ``hash``, or empty where no key was set.
    """

    number = models.PositiveIntegerField(primary_key=True)
    day = models.DateField(unique=True)
    taken_at = models.DateTimeField()
    cases = models.PositiveIntegerField()
    lines = models.PositiveBigIntegerField()
    root = models.CharField(max_length=64)
    changes = models.CharField(max_length=64)
    previous = models.CharField(max_length=64, blank=True)
    key_id = models.CharField(max_length=16, blank=True)
    hash = models.CharField(max_length=64)
    signature = models.CharField(max_length=128, blank=True)

    class Meta:
        ordering = ("number",)
        triggers = appended_only("daily_heads")

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d}"


class CaseHead(models.Model):
    """Where a case's history ended when a daily head was taken; only for cases that went on since the last.

    It names the case by its reference alone, so that it outlives the case. ``lines`` is the digest of the
    commitments to all lines so far.
    """

    daily_head = models.ForeignKey(DailyHead, models.PROTECT, related_name="case_heads")
    reference = models.CharField(max_length=40, db_collation="C")
    version = models.PositiveIntegerField()
    head = models.CharField(max_length=64)
    lines = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["reference", "daily_head"], name="a_daily_head_knows_each_case_once"
            ),
        ]
        triggers = appended_only("case_heads")

    def __str__(self) -> str:
        return f"{self.reference} {self.version}"


class CaseSalt(models.Model):
    """Thirty-two random bytes of a case from which the commitments to its lines are keyed.

    Whoever has an export holds the keys of the parts shown there and learns nothing of the others.
    """

    case = models.OneToOneField("workflows.Case", models.PROTECT, related_name="salt")
    salt = models.CharField(max_length=64)

    class Meta:
        triggers = appended_only("case_salts")

    def __str__(self) -> str:
        return f"{self.case_id}"

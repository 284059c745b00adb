from __future__ import annotations

from typing import Any

import pgtrigger
from django.db import models


class RulesStamp(models.Model):
    """One row that moves when a rule or a closure changes: what is kept in memory is checked against it."""

    id = models.PositiveSmallIntegerField(primary_key=True)
    stamp = models.BigIntegerField()

    def __str__(self) -> str:
        return str(self.stamp)


def moves_the_stamp(name: str) -> Any:
    """The trigger for a table whose content is kept in memory. A rolled-back number is never used again."""
    return pgtrigger.Trigger(
        name=name,
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete | pgtrigger.Truncate,
        func="""
            INSERT INTO workflows_rulesstamp (id, stamp) VALUES (1, nextval('workflows_rules_stamp'))
            ON CONFLICT (id) DO UPDATE SET stamp = EXCLUDED.stamp;
            RETURN NULL;
        """,
    )

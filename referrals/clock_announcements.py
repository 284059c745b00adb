"""Who hears that a clock was ordered to stand still or goes on: those whose dates it moves."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from workflows import days_in_words
from workflows.clock_orders import ORDER
from workflows.models import Step

from . import announcements
from .notification_matrix import RULE_CHANGED

EVENT = "clock.ordered"


def ordered(record: Any, step: Step) -> None:
    """One message to each person concerned, in the transaction of the order; the reason stays on the page."""

    def words() -> str:
        where = _("The reason and the authority stand beside the clock.")
        return f"{sentence(record, step)} {where}"

    for notice in RULE_CHANGED.get(record.machine.kind, ()):
        announcements.write(record, notice, event=EVENT, cause=f"step:{step.pk}", words=words, at=step.at)


def sentence(record: Any, step: Step) -> str:
    """What an order did to its clock: it stands still, goes on with a new date, or is held otherwise."""
    labels = {rule.key: str(rule.label) for rule in record.machine.clocks}
    key = step.data.get("clock", "")
    due = next((each.get("due") for each in step.effects if each.get("clock") == key), None)
    clock = {"clock": labels.get(key, key)}
    if step.name == ORDER:
        return _("%(clock)s was ordered to stand still.") % clock
    if due is None:
        return _("An order for %(clock)s was lifted. It still stands still for another reason.") % clock
    return _("%(clock)s goes on. It is now due %(due)s.") % {
        **clock,
        "due": days_in_words.day_with_weekday(date.fromisoformat(due)),
    }

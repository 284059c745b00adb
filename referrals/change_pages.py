"""What the pages of a proposed change show: its words, the drafts it would hold, how far the cases follow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from workflows import days_in_words
from workflows.models import PolicyChange

from . import rule_pages, rule_words, small_numbers
from .services.policy_changes import Foreseen


class Shown:
    """A change in words."""

    def __init__(self, change: PolicyChange, names: Mapping[str, str]) -> None:
        self.change = change
        self.whose = rule_words.jurisdiction_in_words(change.jurisdiction, names)

    @property
    def title(self) -> str:
        if self.change.is_closure:
            return _("Closure that stops the clocks")
        return self.change.replaces.label if self.change.replaces else self.change.key

    @property
    def url(self) -> str:
        return reverse("rule_change", kwargs={"pk": self.change.pk})

    @property
    def rule_url(self) -> str:
        return (
            "" if self.change.is_closure else rule_pages.rule_url(self.change.key, self.change.jurisdiction)
        )

    @property
    def says(self) -> str:
        change = self.change
        if change.is_closure:
            return _("%(first)s to %(last)s") % {
                "first": days_in_words.day_with_weekday(change.first_day),
                "last": days_in_words.day_with_weekday(change.last_day or change.first_day),
            }
        return rule_words.value_in_words(change.key, change.value)

    @property
    def said(self) -> str:
        """What was in force before."""
        before = self.change.replaces
        if self.change.is_closure or before is None:
            return ""
        return rule_words.value_in_words(before.key, before.value)

    @property
    def ladder(self) -> list[str]:
        return rule_words.ladder_in_words(self.change.value)

    @property
    def ladder_before(self) -> list[str]:
        return rule_words.ladder_in_words(self.change.replaces.value) if self.change.replaces else []

    @property
    def governs(self) -> str:
        return "" if self.change.is_closure else rule_words.governs_in_words(self.change.governs)

    @property
    def tone(self) -> str:
        return {
            PolicyChange.Fate.WAITING: "waiting", PolicyChange.Fate.APPROVED: "good",
            PolicyChange.Fate.REFUSED: "bad", PolicyChange.Fate.WITHDRAWN: "neutral",
        }[PolicyChange.Fate(self.change.fate)]  # fmt: skip


def drafts_table(foreseen: Foreseen, *, least: int) -> dict[str, Any] | None:
    """The drafts that a change of the programme would hold or free, by state; None where it does neither.

    Whoever changes rules sees no draft of a worker, so these are numbers, and small ones are left out.
    """
    drafts = foreseen.held or foreseen.released
    if not drafts:
        return None
    then = _("would go on hold") if foreseen.held else _("would go on")
    by_state = Counter(str(each.state_label) for each in drafts)
    counts = [[number] for number in by_state.values()]
    total = [(len(counts), 0), (len(counts), 1)]  # is told above the table too
    shown = small_numbers.table(counts, least=least, known=total)
    labels = [*by_state, _("All")]
    numbers = [*shown.row_totals, shown.total]
    rows = [
        {"cells": [{"text": label}, {"text": small_numbers.in_words(number)}, {"text": then}]}
        for label, number in zip(labels, numbers, strict=True)
    ]
    return {
        "caption": _("Drafts that follow the programme"),
        "columns": [{"label": _("State")}, {"label": _("Drafts"), "numeric": True}, {"label": _("Then")}],
        "rows": rows,
    }


def drafts_then(change: PolicyChange, *, on: date) -> dict[str, str]:
    """How many drafts the proposal said it would hold and free, as far as that may be shown."""
    told = {name: int(change.foreseen.get(name, 0)) for name in ("held", "released")}
    least = small_numbers.smallest(on) if any(told.values()) else 0
    return {name: small_numbers.of(number, least=least).text for name, number in told.items()}


def progress_of(change: PolicyChange) -> dict[str, Any] | None:
    """How far the open cases follow an approved change."""
    if change.fate != PolicyChange.Fate.APPROVED:
        return None
    return {"moved": change.moved, "left": len(change.left), "finished_at": change.finished_at}

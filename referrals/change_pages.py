"""What the pages of a proposed change show: its words, the drafts it would hold, how far the cases follow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from workflows import days_in_words
from workflows.models import PolicyChange

from . import rule_pages, rule_words, touched_cases
from .models import User
from .services.policy_changes import Foreseen

MOST_DRAFTS = 100


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


def drafts_table(foreseen: Foreseen, user: User) -> dict[str, Any] | None:
    """The drafts that a change of the programme would hold or free; None where it does neither."""
    drafts = foreseen.held or foreseen.released
    if not drafts:
        return None
    then = _("would go on hold") if foreseen.held else _("would go on")
    return {
        "caption": _("Drafts that follow the programme"),
        "columns": [{"label": _("Request")}, {"label": _("State")}, {"label": _("Then")}],
        "rows": [
            {
                "cells": [
                    {"text": touched_cases.reference_shown(each.reference, mine=False)},
                    {"text": each.state_label},
                    {"text": then},
                ]
            }
            for each in drafts[:MOST_DRAFTS]
        ],
    }


def progress_of(change: PolicyChange) -> dict[str, Any] | None:
    """How far the open cases follow an approved change."""
    if change.fate != PolicyChange.Fate.APPROVED:
        return None
    return {"moved": change.moved, "left": len(change.left), "finished_at": change.finished_at}

"""The open cases that a change of a rule would touch, as a page and a file show them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from workflows import days_in_words
from workflows.models import Desk
from workflows.what_if import Touched

from . import rule_words
from .models import User, record_models, visible_cases


def reference_shown(reference: str, *, mine: bool) -> str:
    """A case's reference: whole for those who may open it, its beginning for whoever counts dates only."""
    return reference if mine else f"{reference[:4]}…"


def touched_table(touched: Iterable[Touched], user: User) -> dict[str, Any]:
    """One page of the cases that a change touches, with old and new date."""
    touched = list(touched)
    mine = visible_among(touched, user)
    desks = dict(
        Desk.objects.filter(pk__in={each.desk_id for each in touched if each.desk_id}).values_list(
            "pk", "name"
        )
    )
    rules = rule_words.clock_rules()
    models = record_models()
    return {
        "caption": _("Open cases whose clocks would move"),
        "columns": [
            {"label": _("Case")}, {"label": _("Clock")}, {"label": _("Due now")},
            {"label": _("Would be due")}, {"label": _("Difference")}, {"label": _("Rungs that move")},
        ],
        "rows": [_touched_row(each, mine, desks, rules, models) for each in touched],
    }  # fmt: skip


def visible_among(touched: Iterable[Touched], user: User) -> set[int]:
    """The cases among these that somebody may open."""
    pks = {each.case_id for each in touched}
    return set(visible_cases(user).filter(pk__in=pks).values_list("pk", flat=True)) if pks else set()


def _touched_row(
    each: Touched,
    mine: set[int],
    desks: Mapping[int, str],
    rules: Mapping[Any, Any],
    models: Mapping[str, Any],
) -> dict[str, Any]:
    may_open = each.case_id in mine
    machine = models[each.kind].machine.of(each.version)
    case: dict[str, Any] = {
        "text": reference_shown(each.reference, mine=may_open),
        "note": f"{machine.label} · {machine.label_of(each.state)}",
    }
    if may_open:
        case["url"] = reverse("case", kwargs={"reference": each.reference})
    rule = rules.get((each.kind, each.clock))
    return {
        "cells": [
            case,
            {
                "text": str(rule.label) if rule else each.clock,
                "note": desks.get(each.desk_id or 0, "") if may_open else "",
            },
            {"text": _("stands still")} if each.paused else {"day": each.old_on},
            {"text": _("when it goes on")} if each.paused else {"day": each.new_on},
            {"text": difference_in_words(each), "note": _("late at once") if each.late_at_once else ""},
            {"text": "; ".join(rung_moves_in_words(each)) or _("none")},
        ],
        "late": each.late_at_once,
    }


def difference_in_words(each: Touched) -> str:
    """By how much a date moves."""
    days = each.days
    if each.paused:
        return _("another rule")
    if days == 0:
        return _("same day")
    if days > 0:
        return ngettext("%(count)d day later", "%(count)d days later", days) % {"count": days}
    return ngettext("%(count)d day earlier", "%(count)d days earlier", -days) % {"count": -days}


def rung_moves_in_words(each: Touched) -> list[str]:
    """Which rungs of the ladder move, come or go."""
    told = []
    for move in each.rungs:
        words = {
            "rung": rule_words.rung_in_words(move.rung),
            "old": days_in_words.day(move.old) if move.old else "",
            "new": days_in_words.day(move.new) if move.new else "",
        }
        if move.old is None:
            told.append(_("%(rung)s: new on %(new)s") % words)
        elif move.new is None:
            told.append(_("%(rung)s: falls away") % words)
        else:
            told.append(_("%(rung)s: %(old)s → %(new)s") % words)
    return told


def csv_rows(touched: Iterable[Touched], user: User) -> Iterator[list[str]]:
    """A header and one row for each clock; references are whole only for those who may open the case."""
    touched = list(touched)
    mine = visible_among(touched, user)
    rules = rule_words.clock_rules()
    yield [
        _("Case"), _("Kind"), _("Clock"), _("Due now"), _("Would be due"), _("Days"), _("Late at once"),
        _("Rungs that move"),
    ]  # fmt: skip
    for each in touched:
        rule = rules.get((each.kind, each.clock))
        yield [
            reference_shown(each.reference, mine=each.case_id in mine),
            each.kind,
            str(rule.label) if rule else each.clock,
            each.old_on.isoformat(),
            each.new_on.isoformat(),
            str(each.days),
            _("Yes") if each.late_at_once else _("No"),
            "; ".join(rung_moves_in_words(each)),
        ]

"""Cases as rows of a table, with a fixed number of queries however many rows there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from workflows import clockwork, terms
from workflows.machine import Machine
from workflows.models import Case, Clock, Step

from . import assignees, choices, diary, presenting, queues, turns
from .models import User, record_models
from .subjects import subjects

TURN = 2  # the column that says whose turn it is


def columns() -> list[dict[str, str]]:
    return [
        {"label": label}
        for label in (
            _("Reference"),
            _("What"),
            _("Whose turn"),
            _("Due"),
            _("Age"),
            _("Last news"),
        )
    ]


def rows(
    cases: Sequence[Case], user: User, *, at: datetime, with_steps: bool = False
) -> list[dict[str, Any]]:
    """The rows of ``table.html``; names only where the reader may see the record.

    ``with_steps`` adds, where it is the reader's turn, the way straight to the step that is next.
    """
    keys = [case.pk for case in cases]
    about = subjects(cases, user)
    last = Step.objects.filter(case_id__in=keys, sequence=F("case__version"))
    news = {step.case_id: step for step in turns.read_with_last_steps(last, user, at=at)}
    running: dict[int, list[Clock]] = defaultdict(list)
    for clock in Clock.objects.filter(case_id__in=keys, stopped_at__isnull=True):
        running[clock.case_id].append(clock)
    found = [
        _row(case, user, about.get(case.pk, ""), news.get(case.pk), running[case.pk], at=at) for case in cases
    ]
    held = assignees.holders(cases, user)
    for case, row in zip(cases, found, strict=True):
        row["cells"][TURN]["held"] = held.get(case.pk, "")
    if with_steps:
        _add_steps(found, cases, user, at=at)
    return found


def _add_steps(found: list[dict[str, Any]], cases: Sequence[Case], user: User, *, at: datetime) -> None:
    mine = [
        (case, row["cells"][TURN])
        for case, row in zip(cases, found, strict=True)
        if (row["cells"][TURN].get("turn") or {}).get("mine")
    ]
    steps = choices.next_steps([case for case, _cell in mine], user, at=at)
    for case, cell in mine:
        if case.pk in steps:
            cell["step"] = {"label": steps[case.pk].label, "url": steps[case.pk].url, "of": case.reference}


def _machine(case: Case) -> Machine:
    """The machine of a bare case: the version that it lives under."""
    return record_models()[case.kind].machine.of(case.definition_version)


def _row(
    case: Case, user: User, about: str, last: Step | None, clocks: list[Clock], *, at: datetime
) -> dict[str, Any]:
    machine = _machine(case)
    second = turns.second_person(last)
    deadline = due_of(case, clocks, at=at) if case.closed_at is None else None
    removal = any(clock.key == queues.REMOVAL for clock in clocks)
    return {
        "late": bool(deadline and deadline["late"]),
        "urgent": removal,
        "cells": [
            {"text": case.reference, "url": reverse("case", kwargs={"reference": case.reference})},
            {"text": about or str(machine.label), "note": str(machine.label) if about else ""},
            {
                "turn": turns.turn_of(case, user, second),
                "note": machine.label_of(case.state),
            }
            if case.closed_at is None
            else {"text": machine.label_of(case.state)},
            {"deadline": deadline, "note": deadline["what"]} if deadline else {"text": _("no date")},
            {"text": age(case, at=at)},
            {"text": _news(case, last, user)},
        ],
    }


def _news(case: Case, last: Step | None, user: User) -> str:
    """The last step, or the state it left the case in where the step itself is another house's business."""
    if last is not None and diary.may_know(case, last, user):
        return presenting.step_label(case, last)
    return str(_machine(case).label_of(case.state))


def due_of(case: Case, clocks: Sequence[Clock], *, at: datetime) -> dict[str, Any] | None:
    """The next date of a case, briefly: day or hour, what is left, what is due."""
    if case.next_due_at is None:
        return None
    days = clockwork.calendar_of(case)
    on = case.next_due_at.astimezone(days.timezone).date()
    left = terms.remaining(terms.Due(on=on, at=case.next_due_at), at, days)
    clock = next((each for each in clocks if each.due_at == case.next_due_at), None)
    labels = {rule.key: str(rule.label) for rule in _machine(case).clocks}
    return {
        "on": on,
        "at": case.next_due_at if presenting.has_an_hour(case, case.next_due_at) else None,
        "text": left.text,
        "late": left.late,
        "what": labels.get(clock.key, "") if clock else "",
    }


def age(case: Case, *, at: datetime) -> str:
    """How long ago a case was opened, in days."""
    days = max(0, (at - case.opened_at).days)
    return ngettext("%(count)d day", "%(count)d days", days) % {"count": days}

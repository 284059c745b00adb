"""The operations page: whether the system does its work. References and kinds, no person, no employer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

import present
from workflows import stuck
from workflows.parties import Capacity
from workflows.stuck import Stuck

from .. import file_lights, lights, readings
from ..lights import Level, Light
from ..models import Heartbeat
from ..readings import Reading
from .signed_in import SignedIn

MOST = 50
"""Stuck cases of one trouble that a page lists; the command lists them all."""


@login_required
@require_safe
def operations(request: SignedIn) -> HttpResponse:
    """Every figure with its light, signs of life, stuck cases, and what was refused why."""
    if request.user.capacity != Capacity.ADMINISTRATOR:
        raise Http404
    at = present.now()
    reading = readings.read(at=at)
    limits = settings.OPERATIONS_LIMITS
    found = [*lights.lights(reading, limits), *file_lights.files(reading, limits["file_lag"])]
    cases = stuck.find(at=at, limit=MOST)
    context = {
        "at": at,
        "verdict": _verdict(found),
        "lights": _lights_table(found),
        "alive": _alive_table(reading.alive),
        "stuck": _stuck_table(cases),
        "unlisted": sum(reading.stuck.values()) - len(cases),
        "incidents": reading.outbox.incidents,
        "refused": _refused_table(reading),
        "steps": _steps_table(reading),
    }
    return render(request, "operations/operations.html", context)


def _verdict(found: list[Light]) -> dict[str, str]:
    """The one sentence at the top, as an alert."""
    red = sum(light.level is Level.RED for light in found)
    amber = sum(light.level is Level.AMBER for light in found)
    if red:
        text = ngettext(
            "%(number)d figure is red. What to do stands beside it.",
            "%(number)d figures are red. What to do stands beside each.",
            red,
        )
        return {"level": "error", "title": _("Something needs you now"), "text": text % {"number": red}}
    if amber:
        text = ngettext("%(number)d figure is to be watched.", "%(number)d figures are to be watched.", amber)
        return {"level": "warning", "title": _("Keep an eye on it"), "text": text % {"number": amber}}
    return {"level": "success", "title": "", "text": _("Everything does its work.")}


def _lights_table(found: list[Light]) -> dict[str, Any]:
    rows = [
        {
            "cells": [
                {"text": light.label},
                {"standing": light.standing},
                {"text": light.now, "note": "" if light.level is Level.UNUSED else light.limit},
                {"text": light.remedy if light.level in (Level.AMBER, Level.RED) else _("nothing")},
            ],
            "urgent": light.level is Level.RED,
        }
        for light in found
    ]
    return _table(_("Figures"), [_("Figure"), _("How it stands"), _("Now"), _("What to do")], rows)


def _alive_table(beats: Sequence[Heartbeat]) -> dict[str, Any]:
    rows = [
        {"cells": [{"text": beat.get_name_display()}, {"text": beat.host}, {"at": beat.at}]} for beat in beats
    ]
    return _table(_("The last sign of life of each"), [_("Part"), _("Host"), _("Last seen")], rows)


def _stuck_table(cases: list[Stuck]) -> dict[str, Any]:
    rows = [
        {
            "cells": [
                {"text": each.reference, "note": each.kind_label},
                {"text": each.state_label},
                {"at": each.since},
                {"text": each.trouble.label, "note": each.about},
                {"text": each.remedy},
            ]
        }
        for each in cases
    ]
    columns = [_("Case"), _("State"), _("Since"), _("What is wrong"), _("What to do")]
    return _table(_("Stuck cases, the longest first"), columns, rows)


def _refused_table(reading: Reading) -> dict[str, Any]:
    rows = [
        {"cells": [{"text": code}, {"text": stuck.kind_label(kind)}, {"text": number}]}
        for kind, code, number in sorted(reading.refused, key=lambda each: -each[2])
    ]
    return _table(_("Refused steps, by reason"), [_("Reason code"), _("Kind of case"), _("Times")], rows)


def _steps_table(reading: Reading) -> dict[str, Any]:
    rows = [
        {"cells": [{"text": stuck.kind_label(kind)}, *({"text": each.text} for each in (cases, lines))]}
        for kind, cases, lines in reading.shown_by_kind()
    ]
    columns = [_("Kind of case"), _("Open cases"), _("Lines of history")]
    return _table(_("Steps taken, by kind of case"), columns, rows)


def _table(caption: str, columns: list[str], rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {"caption": caption, "columns": [{"label": label} for label in columns], "rows": rows}

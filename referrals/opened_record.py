"""What of a record is shown to somebody who opened it in an emergency: named one by one, nothing else.

Screening, criminal history, notes and papers are not among it, nor anything that a worker told in confidence.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from workflows import days_in_words
from workflows.models import Step

from . import presenting
from .subjects import PERSON

LAST_STEPS = 20


def shown(record: Any) -> dict[str, Any]:
    """The facts of a record, its next date, and its last steps without their reasons."""
    steps = list(Step.objects.filter(case_id=record.pk).order_by("-sequence")[:LAST_STEPS])
    facts = _of_worker(record) if record.kind in PERSON else _of_agency(record)
    facts += [
        (_("State"), record.state_label),
        (_("Since"), days_in_words.instant(record.entered_state_at)),
        (_("Next date"), days_in_words.instant(record.next_due_at) if record.next_due_at else _("none")),
    ]
    return {
        "kind": str(record.machine.label),
        "facts": [(label, value) for label, value in facts if value],
        "steps": [(each.at, presenting.step_label(record, each)) for each in steps],
    }


def _of_worker(record: Any) -> list[tuple[str, Any]]:
    person = record
    for name in PERSON[record.kind].split("__"):
        person = getattr(person, name)
    request = getattr(record, "worker_request", record)
    stay = getattr(record, "stay", record)
    detained = getattr(request, "detained", None) or getattr(stay, "detained", None)
    removal = getattr(request, "removal_at", None) or getattr(stay, "removal_at", None)
    return [
        (_("Name"), person.name),
        (_("Date of birth"), days_in_words.day(person.born_on) if person.born_on else ""),
        (_("A-number"), person.a_number),
        (_("Detained now"), _("yes") if detained else ""),
        (_("Removal date"), days_in_words.instant(removal) if removal else ""),
    ]


def _of_agency(record: Any) -> list[tuple[str, Any]]:
    matter = getattr(record, "matter", None)
    return [
        (_("Labor agency"), record.agency.name),
        (_("Matter"), matter.case_number if matter else ""),
    ]

"""The reasons in a history as people read them: the words, or that they were redacted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from workflows import days_in_words, redaction, sealing
from workflows.models import Step
from workflows.parties import Capacity


@dataclass(frozen=True)
class Reason:
    """What was given as a reason; if it was redacted, a sentence that says when, by whom and why."""

    text: str = ""
    redacted: str = ""


def reasons_of(record: Any, steps: Sequence[Step]) -> dict[int, Reason]:
    """The reason of each line, by its number. Texts are looked up only where a line holds a sealed one."""
    if not any(sealing.is_sealed(step.reason) for step in steps):
        return {step.sequence: Reason(step.reason) for step in steps}
    kept = sealing.wordings(record.pk)
    gone = redaction.redacted(record.pk) if any(each.text is None for each in kept.values()) else {}
    return {
        step.sequence: Reason(redacted=redacted_sentence(gone[step.sequence]))
        if step.sequence in gone
        else Reason(sealing.reason_of(step, kept))
        for step in steps
    }


def redacted_sentence(done: redaction.Redacted) -> str:
    """When, by whom and why a text was redacted; people by their capacities, never by name."""
    return _("Redacted on %(day)s by two people (%(asked)s, %(decided)s). Why: %(because)s") % {
        "day": days_in_words.day(done.decision.decided_at),
        "asked": Capacity(done.request.asked_as).label,
        "decided": Capacity(done.decision.decided_as).label,
        "because": done.request.because,
    }

"""The free texts in a history as people read them: the words, or that they were redacted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflows import days_in_words, redaction, sealing
from workflows.models import Step
from workflows.parties import Capacity

LABELS: Mapping[str, str | Promise] = {
    sealing.REASON: gettext_lazy("Reason"),
    f"{sealing.DATA}authority": gettext_lazy("Authority"),
    f"{sealing.DATA}other_agency": gettext_lazy("Agency to be asked instead"),
}
"""What each text of a line is called, by its field."""


@dataclass(frozen=True)
class Text:
    """One text of a line; if it was redacted, a sentence that says when, by whom and why."""

    label: str = ""
    text: str = ""
    redacted: str = ""


@dataclass(frozen=True)
class Said:
    """What was said in a line: its reason, and the other texts that somebody typed."""

    reason: Text = Text()
    words: tuple[Text, ...] = ()


def said_in(record: Any, steps: Sequence[Step]) -> dict[int, Said]:
    """The texts of each line, by its number. They are looked up only where a line holds a sealed one."""
    if not any(map(sealing.has_sealed_texts, steps)):
        return {step.sequence: Said(Text(text=step.reason)) for step in steps}
    kept = sealing.wordings(record.pk)
    gone = redaction.redacted(record.pk) if any(each.text is None for each in kept.values()) else {}

    def told(step: Step, field: str, text: str) -> Text:
        done = gone.get((step.sequence, field))
        label = str(LABELS.get(field, field.removeprefix(sealing.DATA).replace("_", " ").capitalize()))
        return Text(label, redacted=redacted_sentence(done)) if done else Text(label, text)

    def words(step: Step) -> Iterator[Text]:
        for name, text in sealing.words_of(step, kept).items():
            yield told(step, f"{sealing.DATA}{name}", text)

    return {
        step.sequence: Said(told(step, sealing.REASON, sealing.reason_of(step, kept)), tuple(words(step)))
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

"""Whether the words kept beside a history are those that were sealed in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .models import Case, Redaction, Step, Wording
from .sealing import REASON, is_sealed
from .verify_export import seal


class Check:
    """The words of some cases, to be compared with the lines that hold their seals."""

    def __init__(self, cases: Sequence[Case]) -> None:
        self._kept: dict[tuple[int, int, str], Wording] = {}
        self._redacted: set[tuple[int, int, str]] = set()
        for each in Wording.objects.filter(case__in=cases).iterator():
            self._kept[each.case_id, each.sequence, each.field] = each
        if any(each.text is None for each in self._kept.values()):
            done = Redaction.objects.filter(granted=True, request__case__in=cases)
            for request in (each.request for each in done.select_related("request")):
                self._redacted |= {(request.case_id, line, request.field) for line in request.sequences}

    def problem(self, step: Step) -> str:
        """What is wrong with the words of a line; empty if nothing is."""
        for field, sealed in _seals(step):
            place = (step.case_id, step.sequence, field)
            kept = self._kept.get(place)
            if kept is None:
                return "the words that were sealed in it are missing"
            if kept.key is None or kept.text is None:
                if place not in self._redacted:
                    return "the words that were sealed in it are gone, and nobody has redacted them"
            elif seal(kept.key, kept.text) != sealed:
                return "the words kept for it are not those that were sealed"
        return ""


def _seals(step: Step) -> Iterator[tuple[str, str]]:
    """The free texts of a line that are sealed, by field."""
    if is_sealed(step.reason):
        yield REASON, step.reason
    for name, value in step.data.items():
        if is_sealed(value):
            yield f"data.{name}", value

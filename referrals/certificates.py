"""The certificate of a disposition: what was destroyed, how many, by which rule, who agreed, when, how."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from workflows.heads import moment
from workflows.history import digest

from .models import Disposition, DispositionItem, KeyDestruction

Outcome = DispositionItem.Outcome


def hash_of(disposition: Disposition) -> str:
    """SHA-256 of the canonical JSON of a batch, its two people and every item with its outcome."""
    items = disposition.items.select_related("person", "case", "rule").order_by("pk")
    return digest(
        {
            "disposition": disposition.pk,
            "stage": disposition.stage,
            "proposed_by": disposition.proposed_by_id,
            "proposed_at": _instant(disposition.proposed_at),
            "list": disposition.list_hash,
            "approved_by": disposition.decided_by_id,
            "approved_at": _instant(disposition.decided_at),
            "items": [_said(item) for item in items],
        }
    )


def _instant(at: Any) -> str:
    return moment(at) if at else ""


def _said(item: DispositionItem) -> dict[str, Any]:
    return {
        "item": item.pk,
        "what": item.what,
        "worker": item.person.token,
        "case": item.case.reference if item.case else "",
        "cases": item.cases,
        "rule": [item.rule.key, item.rule.effective_from],
        "from": item.starts_on,
        "due": item.due_on,
        "outcome": item.outcome,
        "at": _instant(item.settled_at),
        "because": item.taken_out_because,
    }


@dataclass(frozen=True)
class Line:
    """How many items of a batch went by one rule."""

    rule: str
    what: str
    number: int


def lines(disposition: Disposition) -> list[Line]:
    """What was destroyed, by rule."""
    gone = disposition.items.filter(outcome=Outcome.DESTROYED).select_related("rule")
    counts = Counter((item.rule.label, item.get_what_display()) for item in gone)
    return [Line(rule, str(what), number) for (rule, what), number in sorted(counts.items())]


def outcomes(disposition: Disposition) -> list[tuple[str, int]]:
    """How many items ended how, those that were destroyed first."""
    counts = Counter(disposition.items.exclude(outcome="").values_list("outcome", flat=True))
    return [(str(each.label), counts[each]) for each in Outcome if counts[each]]


def broken() -> str:
    """The first certificate that does not hold any more, in a sentence; empty if all hold."""
    for batch in Disposition.objects.filter(fate=Disposition.Fate.DONE).order_by("pk").iterator():
        if batch.certificate_hash != hash_of(batch):
            return f"Certificate of disposition {batch.pk}: it was changed after it was written"
        gone = batch.items.filter(outcome=Outcome.DESTROYED, what=DispositionItem.What.WORKER)
        if gone.count() != KeyDestruction.objects.filter(person__in=gone.values("person")).count():
            return f"Certificate of disposition {batch.pk}: a key is not on record as destroyed"
    return ""

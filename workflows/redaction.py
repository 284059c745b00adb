"""Making a text of a history unreadable: two people, a reason, a line of its own, and a destroyed key.

No line is changed. The text and its key go; the seal in the line stays and verifies as before.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recordsets.collisions import in_one_piece

from . import engine, sealing
from .languages import as_stored
from .models import Case, Pause, Proposal, Redaction, RedactionRequest, Wording
from .parties import Actor
from .refusals import Refusal, StepRefused

NOTE = "redact"
REASON_GONE = gettext_lazy("the reason was redacted")
AUTHORITY = f"{sealing.DATA}authority"
AUTHORITY_GONE = gettext_lazy("the authority was redacted")
Record = TypeVar("Record", bound=Case)


@dataclass(frozen=True)
class Redacted:
    """That a text was redacted: on which request, and how it was decided."""

    request: RedactionRequest
    decision: Redaction


def _refuse(reason: str, what: str, remedy: str = "") -> StepRefused:
    return StepRefused(Refusal(reason, what, remedy))


@in_one_piece
def ask(
    record: Case, *, sequence: int, because: str, by: Actor, at: datetime, field: str = sealing.REASON
) -> RedactionRequest:
    """Ask that the text of a line be redacted. Whether ``by`` may ask is decided by the caller.

    Lines of the same case that hold the very same text are asked for with it. Raises ``StepRefused`` when the
    line has no such text, when it is redacted already, or when somebody has asked before.
    """
    Case.objects.select_for_update().get(pk=record.pk)
    if not because.strip():
        raise _refuse("needs_reason", _("A reason is needed."), _("Write why."))
    step = record.steps.filter(sequence=sequence).first()
    if step is None:
        raise _refuse("no_line", _("The case has no such line."), _("Look up its number in the history."))
    found = Wording.objects.filter(case_id=record.pk, sequence=sequence, field=field).first()
    if found is None:
        raise _refuse("no_text", _("This line holds no text that can be redacted."))
    if found.text is None:
        raise _refuse("redacted", _("This text was redacted already."))
    if waiting(record.pk).filter(sequences__contains=[sequence], field=field).exists():
        raise _refuse("asked", _("Somebody has asked for this already."), _("It waits for a second person."))
    same = Wording.objects.filter(case_id=record.pk, field=field, text=found.text).exclude(pk=found.pk)
    return RedactionRequest.objects.create(
        case_id=record.pk,
        sequences=[sequence, *same.order_by("sequence").values_list("sequence", flat=True)],
        field=field,
        because=because.strip(),
        asked_by_id=by.pk,
        asked_as=by.capacity,
        asked_at=at,
    )


def waiting(case_id: int | None = None) -> Any:
    """Requests that nobody has decided yet, the oldest first."""
    found = RedactionRequest.objects.filter(decision__isnull=True).select_related("case", "asked_by")
    return found if case_id is None else found.filter(case_id=case_id)


@in_one_piece
def grant(request: RedactionRequest, *, record: Case, by: Actor, at: datetime) -> Redaction:
    """Destroy the text and its key, and write a line that says so. Needs another person than the asker.

    The same words in a proposal of the case, or the reason and the authority beside a clock that was
    ordered to stand still with them, go with it. Letters, documents and records elsewhere are not touched.
    The database server gives the old row's place free at its next vacuum.
    """
    _refuse_if_decided(request)
    if by.pk == request.asked_by_id:
        raise _refuse(
            "four_eyes", _("You asked for this yourself."), _("It needs a second person to grant it.")
        )
    decision = _decide(request, granted=True, by=by, at=at)
    texts = Wording.objects.filter(case_id=record.pk, sequence__in=request.sequences, field=request.field)
    if request.field == sealing.REASON:
        said = list(texts.values_list("text", flat=True))
        record.proposals.filter(reason__in=said).exclude(fate=Proposal.Fate.WAITING).update(reason="")
    ordered = Pause.objects.filter(clock__case_id=record.pk, ordered_in__in=request.sequences)
    if request.field in (sealing.REASON, AUTHORITY):
        ordered.update(**_gone_beside_the_clock(request.field))
    texts.update(key=None, text=None)
    engine.record_note(
        record, NOTE, by=by, at=at, reason=request.because, key=f"{NOTE}:{request.pk}",
        lines=list(request.sequences), field=request.field, asked_by=request.asked_by_id, request=request.pk,
    )  # fmt: skip
    return decision


def _gone_beside_the_clock(field: str) -> dict[str, str]:
    if field == AUTHORITY:
        return {"authority": as_stored(AUTHORITY_GONE)}
    return {"reason": as_stored(REASON_GONE)}


@in_one_piece
def decline(request: RedactionRequest, *, by: Actor, at: datetime, note: str) -> Redaction:
    """Turn a request down, or take one's own back; the text stays."""
    _refuse_if_decided(request)
    if not note.strip():
        raise _refuse("needs_reason", _("A reason is needed."), _("Write why."))
    return _decide(request, granted=False, by=by, at=at, note=note.strip())


def _refuse_if_decided(request: RedactionRequest) -> None:
    Case.objects.select_for_update().get(pk=request.case_id)
    if Redaction.objects.filter(request=request).exists():
        raise _refuse("decided", _("This was decided already."), _("Read what was decided."))


def _decide(
    request: RedactionRequest, *, granted: bool, by: Actor, at: datetime, note: str = ""
) -> Redaction:
    return Redaction.objects.create(
        request=request,
        granted=granted,
        note=note,
        asked_by_id=request.asked_by_id,
        decided_by_id=by.pk,
        decided_as=by.capacity,
        decided_at=at,
    )


def redacted(case_id: int) -> dict[tuple[int, str], Redacted]:
    """What was redacted in a case, by line and field."""
    done = Redaction.objects.filter(request__case_id=case_id, granted=True)
    found = done.select_related("request", "asked_by", "decided_by").order_by("decided_at")
    return {
        (line, each.request.field): Redacted(each.request, each)
        for each in found
        for line in each.request.sequences
    }

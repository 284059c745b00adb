"""Making a text of a history unreadable: asked for by one person, granted by another."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied

from recordsets.collisions import in_one_piece
from workflows import redaction, sealing
from workflows.models import Case, Redaction, RedactionRequest
from workflows.parties import Capacity

from .. import personal_data
from ..models import User, record_models

REDACTORS = frozenset({Capacity.ADMINISTRATOR, Capacity.PROGRAMME_OFFICER})
"""Who may ask and grant. They need not see the case: a line is named by its number, its text is not shown."""
REFERENCE_WITHOUT_GROUPS = 16


def may_redact(user: User) -> bool:
    return user.capacity in REDACTORS


def find(reference: str) -> Any:
    """The record with a reference, however it was typed; raises ``Case.DoesNotExist``."""
    plain = reference.strip().upper().replace(" ", "")
    if len(plain) == REFERENCE_WITHOUT_GROUPS and plain.isalnum():
        plain = "-".join(plain[start : start + 4] for start in range(0, REFERENCE_WITHOUT_GROUPS, 4))
    case = Case.objects.get(reference__iexact=plain)
    return record_models()[case.kind].objects.get(pk=case.pk)


@in_one_piece
def ask(
    *, reference: str, line: int, because: str, by: User, at: datetime, field: str = sealing.REASON
) -> RedactionRequest:
    """Ask for a text of one line, its reason unless ``field`` names another, to be made unreadable.

    Raises ``PermissionDenied``, ``Case.DoesNotExist``, ``engine.StepRefused`` where there is nothing to
    redact, and ``PersonalDataFound`` when ``because`` repeats a worker's numbers: it stays readable.
    """
    _only_redactors(by)
    personal_data.refuse({"because": because})
    return redaction.ask(find(reference), sequence=line, field=field, because=because, by=by, at=at)


@in_one_piece
def decide(request: RedactionRequest, *, granted: bool, note: str = "", by: User, at: datetime) -> Redaction:
    """Grant a request, which destroys the text, or turn it down with a note.

    Raises ``PermissionDenied``, and ``engine.StepRefused`` for one's own request or one already decided.
    """
    _only_redactors(by)
    if granted:
        return redaction.grant(request, record=find(request.case.reference), by=by, at=at)
    personal_data.refuse({"note": note})
    return redaction.decline(request, by=by, at=at, note=note)


def requests() -> Any:
    """Every request, decided or not."""
    return RedactionRequest.objects.select_related("case", "asked_by", "decision")


def waiting() -> Any:
    """Requests that nobody has decided yet, the oldest first."""
    return redaction.waiting().order_by("asked_at", "pk")


def decided(number: int) -> list[Redaction]:
    """The last requests that were decided, newest first."""
    found = Redaction.objects.select_related("request__case", "asked_by", "decided_by")
    return list(found.order_by("-decided_at", "-pk")[:number])


def _only_redactors(user: User) -> None:
    if not may_redact(user):
        raise PermissionDenied

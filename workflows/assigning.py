"""Who works on a case: one person of the desk whose turn it is, named in a line of its history.

It tells colleagues who has a case in hand and gives nobody a right: whoever else sits at the desk may take
its steps all the same. When the case goes to another desk, or ends, it is nobody's again in the same line.
Who sits where is not known here; the user model says it (``seats``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Exists, OuterRef

from .models import Case
from .parties import Actor
from .refusals import Refusal, StepRefused

TAKE, GIVE, PUT_BACK = "take_up", "hand_over", "put_back"
NOTES = frozenset({TAKE, GIVE, PUT_BACK})
"""The lines of history that say who works on a case. They are the house's own business."""
ASSIGNEE, BEFORE = "assignee", "assignee_before"
FALLS = "assignee_falls"
"""In a line that takes a case to another desk: whoever worked on it no longer does. It names nobody, because
the line may be read on the other side.
"""


def note_of(to: int | None, by: Actor) -> str:
    """The name of the line by which ``by`` gives a case to the person with this key; None is nobody."""
    if to is None:
        return PUT_BACK
    return TAKE if to == by.pk else GIVE


@dataclass(frozen=True)
class Assignment:
    """That somebody is to work on a case from now on, or nobody.

    ``against`` says every reason against it for the case as it is when it is stored.
    """

    to: int | None
    against: Callable[[Case], Sequence[Refusal]]

    def apply(self, record: Case) -> dict[str, Any]:
        """Name the person on the record; what the line records. Raises ``StepRefused``."""
        refusals = self.against(record)
        if refusals:
            raise StepRefused(*refusals)
        recorded = {ASSIGNEE: self.to, BEFORE: record.assignee_id}
        record.assignee_id = self.to
        return recorded


def put_on_desk(record: Case, desk: int | None) -> dict[str, Any]:
    """Put a case on a desk, or on none; what the line says if somebody of the desk before had it in hand."""
    falls = record.assignee_id is not None and desk != record.desk_id
    record.desk_id = desk
    if not falls:
        return {}
    record.assignee_id = None
    return {FALLS: True}


def still_there() -> Exists:
    """Whether whoever has a case in hand sits at the desk that has it, as an expression over cases."""
    people: Any = get_user_model()
    return Exists(people.seats(person=OuterRef("assignee_id"), desk=OuterRef("desk_id")))

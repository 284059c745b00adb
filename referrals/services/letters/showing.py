"""Shows letters before they are issued, marked as drafts. Nothing is stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from referrals.letters import render
from workflows.openness import COUNTERSIGN, waiting_proposal
from workflows.parties import Actor
from workflows.turn import revived

from ...models import Statement
from .occasions import Occasion
from .statement_side import statement_letter
from .templates import template_of


def draft_statement_pdf(statement: Statement, *, at: datetime | None = None) -> bytes:
    """The version that is worked on as a letter: a draft on every page until it is signed.

    ``at`` dates the draft; without it the draft has the day on which the statement entered its state.
    """
    written_on = statement.day_at(at) if at else None
    return render(statement_letter(statement.draft, written_on=written_on)).content


def preview_pdf(
    record: Any,
    step: str,
    *,
    by: Actor,
    at: datetime,
    data: Mapping[str, Any] | None = None,
    reason: str = "",
) -> bytes | None:
    """The letter that a step would issue if it were taken now, marked as a draft; None if it issues none.

    ``data`` is what the step would be given; before they are stored, a request for evidence may bring its
    ``items`` there, each with ``text`` and ``legal_basis``, and a stay its ``conditions``. For a
    countersignature the letter is the one of the proposal that waits. It is shown in English, the version
    that controls.
    """
    occasion = Occasion(
        record=record, step=step, by=by, at=at, data=dict(data or {}), reason=reason, foreseen=True
    )
    if step == COUNTERSIGN:
        proposal = waiting_proposal(record)
        if proposal is None:
            return None
        occasion = replace(
            occasion, step=proposal.step, data=revived(proposal.payload), reason=proposal.reason
        )
    template = template_of(record, occasion.step)
    if template is None:
        return None
    letter = template.letter(occasion, "en")
    return render(replace(letter, draft=True)).content

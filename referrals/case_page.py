"""Gathers what the page of a case shows to one reader."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from workflows.days import rule_day
from workflows.models import Kind, Proposal
from workflows.openness import COUNTERSIGN, Option
from workflows.parties import Capacity

from . import assignees, choices, clock_panels, diary, presenting, reason_codes, turns
from .forms.steps import form_for
from .models import Document, ProgrammeOverride, User
from .panels import panel_for


def context(record: Any, user: User, *, at: datetime) -> dict[str, Any]:
    """Everything that ``pages/case.html`` draws."""
    options = choices.options_seen(record, by=user, at=at)
    steps = choices.buttons(record, options)
    presenting.read_clocks([record])
    panels = clock_panels.panels(record, user, at=at)
    clocks = [each.shown for each in panels]
    panel = panel_for(record, user, at=at)
    documents = list(letters_of(record, user))
    told = diary.people_told(record, user)
    history = diary.entries(record, user, limit=diary.FIRST)
    return {
        "record": record,
        "panel": panel,
        "standing": standing_of(record),
        "turn": turn_of(record, user, options),
        "held": assignees.held(record, user),
        "held_key": secrets.token_urlsafe(18),
        "deadline": next((clock for clock in clocks if not clock.paused), None),
        "clocks": panels,
        "no_clock": record.standing.no_clock,
        "steps": steps,
        "proposal": proposal_box(record, options),
        "stations": presenting.stations(record),
        "does_not_stop_removal": getattr(record, "does_not_stop_removal", False),
        "overrides": overrides_of(record, user, at=at),
        "documents": documents,
        "told": told,
        "history": history,
        "more_history": len(history) >= diary.FIRST,
        "worker_side": hasattr(record, "person") and user.is_representative,
        "asked_of_reader": record.kind == Kind.SOI_REQUEST and user.is_agency,
        "anchors": _anchors(panel, clocks, documents, told),
    }


def letters_of(record: Any, user: User) -> QuerySet[Document]:
    """The letters of a case; scans stand with the proofs that they belong to."""
    papers = Document.objects.visible_to(user).filter(case_id=record.pk)
    return papers.exclude(kind=Document.SCAN).defer("content")


def standing_of(record: Any) -> dict[str, str]:
    return {"label": record.state_label, "tone": record.standing.tone, "icon": ""}


def turn_of(record: Any, user: User, options: list[Option]) -> dict[str, Any] | None:
    """Whose turn it is; while something is only proposed, that of whoever may countersign it."""
    second = turns.SecondPerson(
        waits=any(each.proposal is not None for each in options),
        mine=any(each.open and each.name == COUNTERSIGN for each in options),
    )
    return turns.turn_of(record, user, second)


def proposal_box(record: Any, options: list[Option]) -> dict[str, Any] | None:
    """The step that waits for a second person: who proposed it, when, with what."""
    proposal = next((each.proposal for each in options if each.proposal is not None), None)
    return proposal_shown(record, proposal) if proposal else None


def proposal_shown(record: Any, proposal: Proposal) -> dict[str, Any]:
    """A proposal in words, for colleagues of whoever made it (``choices.options_seen`` sees to that)."""
    fields = form_for(record.machine.kind, proposal.step).base_fields
    labels = {
        name: str(fields[name].label or name.replace("_", " ").capitalize())
        if name in fields
        else name.replace("_", " ").capitalize()
        for name in proposal.payload
    }
    shown = [
        (
            labels[name],
            reason_codes.denial_in_words(record.machine.kind, str(value))
            if name == "reason_code"
            else presenting.plain_value(value),
        )
        for name, value in proposal.payload.items()
    ]
    return {
        "step": presenting.step_labels(record).get(proposal.step, proposal.step),
        "at": proposal.proposed_at,
        "who": str(proposal.proposed_by),
        "reason": proposal.reason,
        "facts": shown,
    }


def overrides_of(record: Any, user: User, *, at: datetime) -> list[Any]:
    """Overrides that let new requests under the case's statement in while the programme is closed."""
    statement = getattr(record, "statement_id", None)
    if statement is None or not (user.is_representative or user.is_dhs):
        return []
    found = ProgrammeOverride.objects.valid_on(rule_day(at)).filter(statement_id=statement)
    return list(found.only("starts_on", "ends_on", "authority"))


def _anchors(panel: Any, clocks: Any, documents: Any, told: Any) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = []
    if panel.facts:
        listed.append({"id": "facts", "label": _("Facts")})
    listed += [{"id": section.id, "label": section.label} for section in panel.sections]
    listed += [
        {"id": "documents", "label": _("Documents"), "count": len(documents)},
        {"id": "told", "label": _("People told"), "count": len(told)},
        {"id": "clocks", "label": _("Clocks"), "count": len(clocks)},
        {"id": "history", "label": _("History")},
    ]
    return listed


def is_administrator(user: User) -> bool:
    """Administrators keep the system running and see no casework."""
    return user.capacity == Capacity.ADMINISTRATOR

"""Turns records into what the components draw: dates with their arithmetic, stations, whose turn, history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from workflows import clockwork, policies, terms
from workflows.models import Clock, Deadline, Step
from workflows.openness import COUNTERSIGN, SEND_BACK


def clock_words(record: Any, deadline: Deadline) -> dict[str, str]:
    """The words that a deadline's message needs, in the active language."""
    due_on = deadline.clock.due_on
    return {
        "clock": str(clockwork.rule_of(record, deadline.clock_key).label),
        "day": date_format(due_on, "j M Y") if due_on else "",
        "escalation": escalation(record, at=deadline.due_at),
    }


def escalation(record: Any, *, at: datetime) -> str:
    """What a requester can do when the agency stays silent: the agency's own published path, or a general one."""
    path = policies.value("agency.escalation", on=at.date(), jurisdiction=record.jurisdiction, default=None)
    text = path.get("text") if isinstance(path, dict) else path
    return str(text) if text else _("Phone the agency's office and ask for the coordinator.")


@dataclass(frozen=True)
class ShownDate:
    """A date that explains itself: the day, what is left, who must act, and how it was computed."""

    key: str
    label: str
    on: Any
    text: str
    late: bool
    who: str
    explanation: tuple[str, ...]
    rule: str
    source: str
    cite: str
    verified: bool
    paused: bool
    legal: bool


def shown_clock(record: Any, clock: Clock, *, at: datetime) -> ShownDate:
    """A running clock as a date with its arithmetic."""
    rule = clockwork.rule_of(record, clock.key)
    due = clockwork.reckon(record, clock, at=at)
    left = terms.remaining(due, at, clockwork.calendar_of(record))
    policy = clock.policy
    return ShownDate(
        key=clock.key,
        label=str(rule.label),
        on=due.on,
        text=_("stands still") if due.paused else left.text,
        late=left.late and not due.paused,
        who=whose_turn(record),
        explanation=due.explanation,
        rule=policy.label if policy else "",
        source=policy.source if policy else "",
        cite=policy.legal_cite if policy else "",
        verified=bool(policy and policy.verified_on),
        paused=due.paused,
        legal=bool(policy and policy.legal_cite),
    )


def shown_clocks(record: Any, *, at: datetime) -> list[ShownDate]:
    """Every running clock of a case, the most pressing first."""
    running = (
        record.clocks.filter(stopped_at__isnull=True).select_related("policy").prefetch_related("pauses")
    )
    return sorted(
        (shown_clock(record, clock, at=at) for clock in running), key=lambda shown: (shown.paused, shown.on)
    )


def whose_turn(record: Any) -> str:
    """The desk that has the case now, by name."""
    return record.desk.name if record.desk_id else ""


def stations(record: Any) -> list[dict[str, str]]:
    """The main path as stations: past, here, ahead; a side state is noted beside its station."""
    machine = record.machine
    here = record.state
    standing = machine.standing(here)
    anchor = here if here in machine.path else (standing.beside or _last_on_path(record))
    drawn = []
    passed = anchor in machine.path
    for state in machine.path:
        note = ""
        if state == anchor:
            place, passed = "here", False
            note = "" if state == here else machine.label_of(here)
        else:
            place = "past" if passed else "ahead"
        drawn.append({"label": machine.label_of(state), "state": place, "note": note})
    return drawn


def _last_on_path(record: Any) -> str:
    path = {str(state) for state in record.machine.path}
    visited = record.steps.order_by("-sequence").values_list("to_state", flat=True)
    return next((state for state in visited if state in path), str(record.machine.initial))


def step_label(record: Any, step: Step) -> str:
    """A step's name as people know it."""
    from workflows.machine import steps_of
    from workflows.openness import manner_of

    if step.nature == Step.Nature.OPENED:
        return _("Opened")
    labels = {declared.name: str(manner_of(declared).label) for declared in steps_of(type(record))}
    label = labels.get(step.name, step.name.replace("_", " ").capitalize())
    if step.nature == Step.Nature.PROPOSED:
        return _("Proposed: %(step)s") % {"step": label}
    if step.nature == Step.Nature.SENT_BACK:
        return _("Sent back: %(step)s") % {"step": label}
    return label


def set_off(record: Any, step: Step) -> list[str]:
    """What a step started, paused or stopped, in words."""
    words = {
        "started": _("%(clock)s: due %(due)s"),
        "resumed": _("%(clock)s goes on: due %(due)s"),
        "paused": _("%(clock)s stands still"),
        "stopped": _("%(clock)s stopped"),
    }
    labels = {rule.key: str(rule.label) for rule in record.machine.clocks}
    return [
        words[effect["what"]]
        % {"clock": labels.get(effect["clock"], effect["clock"]), "due": effect.get("due", "")}
        for effect in step.effects
        if effect.get("what") in words
    ]


def diary(record: Any) -> list[dict[str, Any]]:
    """The history, newest first: when, who in which capacity, what, why, what it set off."""
    return [
        {
            "at": step.at,
            "who": str(step.actor) if step.actor_id else _("The system"),
            "capacity": step.get_capacity_display(),
            "what": step_label(record, step),
            "reason": step.reason,
            "set_off": set_off(record, step),
            "sequence": step.sequence,
            "hash": step.hash,
        }
        for step in record.steps.select_related("actor").order_by("-sequence")
    ]


def is_settling(name: str) -> bool:
    """Whether a step's name settles a waiting proposal."""
    return name in (COUNTERSIGN, SEND_BACK)

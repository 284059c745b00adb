"""Turns records into what the components draw: dates with their arithmetic, stations, whose turn, history."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from workflows import clockwork, days_in_words, policies, rules, terms
from workflows.days import rule_day
from workflows.languages import in_active_language
from workflows.machine import steps_under
from workflows.models import Case, Clock, Step
from workflows.openness import manner_of
from workflows.rules import Rules
from workflows.sweep import Fired
from workflows.turn import TIME_ZONE

from . import note_labels, rule_words
from .models import record_models

END_OF_DAY = time(23, 59)
Running: TypeAlias = tuple[Sequence[Clock], Rules | None]


def clock_words(record: Any, fired: Fired) -> dict[str, str]:
    """The words that a deadline's message needs, in the active language."""
    return {
        "clock": str(clockwork.rule_of(record, fired.clock_key).label),
        "day": days_in_words.day(fired.due_on) if fired.due_on else "",
    }


def escalation(record: Any, *, at: datetime) -> str:
    """What a requester can do when the agency stays silent: its own published path, or a general one."""
    path = policies.value(
        "agency.escalation", on=rule_day(at), jurisdiction=record.jurisdiction, default=None
    )
    text = path.get("text") if isinstance(path, dict) else path
    return in_active_language(text) if text else _("Phone the agency's office and ask for the coordinator.")


@dataclass(frozen=True)
class ShownDate:
    """A date that explains itself: the day, what is left, who must act, and how it was computed."""

    key: str
    what: str
    on: date
    at: datetime | None
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

    @property
    def label(self) -> str:
        return self.what


def shown_clock(record: Any, clock: Clock, *, at: datetime, now: Rules | None = None) -> ShownDate:
    """A running clock as a date with its arithmetic, by the rules as they are ``now`` (read unless given)."""
    now = now or rules.current()
    rule = clockwork.rule_of(record, clock.key)
    due = clockwork.reckon(record, clock, at=at, closures=now.closures(record.jurisdiction), book=now.book)
    left = terms.remaining(due, at, clockwork.calendar_of(record, clock, on=rule_day(at), book=now.book))
    policy = clock.policy
    return ShownDate(
        key=clock.key,
        what=str(rule.label),
        on=due.on,
        at=due.at if has_an_hour(record, due.at) else None,
        text=_("stands still") if clock.paused else left.text,
        late=left.late and not clock.paused,
        who="" if clock.paused else whose_turn(record),
        explanation=due.explanation,
        rule=policy.label if policy else "",
        source=policy.source if policy else "",
        cite=policy.legal_cite if policy else "",
        verified=bool(policy and policy.verified_on),
        paused=clock.paused,
        legal=bool(policy and policy.legal_cite),
    )


def has_an_hour(case: Case, moment: datetime) -> bool:
    """Whether a date is due at an hour of its own, not at the end of a day where the case is."""
    return moment.astimezone(ZoneInfo(case.time_zone)).time() < END_OF_DAY


def read_clocks(records: Sequence[Any]) -> None:
    """Read what ``shown_clocks`` needs for some records at once, for a page that only shows them."""
    found = _running(records)
    for record in records:
        record.running_clocks = found[record.pk]


def _running(records: Sequence[Any]) -> dict[int, Running]:
    """The running clocks of each record with their pauses, and the rules, where there is a clock at all."""
    clocks: dict[int, list[Clock]] = defaultdict(list)
    found = Clock.objects.filter(case_id__in=[record.pk for record in records], stopped_at__isnull=True)
    for clock in found.select_related("policy").prefetch_related("pauses"):
        clocks[clock.case_id].append(clock)
    now = rules.current() if clocks else None
    return {record.pk: (clocks[record.pk], now) for record in records}


def running_clocks(record: Any) -> Running:
    """The running clocks of a case with their pauses, and the rules."""
    read: Running | None = getattr(record, "running_clocks", None)
    return _running([record])[record.pk] if read is None else read


def shown_clocks(record: Any, *, at: datetime) -> list[ShownDate]:
    """Every running clock of a case, the most pressing first."""
    running, now = running_clocks(record)
    shown = (shown_clock(record, clock, at=at, now=now) for clock in running)
    return sorted(shown, key=lambda each: (each.paused, each.on))


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
            note = "" if state == here and not machine.standing(here).station else machine.label_of(here)
        else:
            place = "past" if passed else "ahead"
        drawn.append({"label": machine.station_of(state), "state": place, "note": note})
    return drawn


def _last_on_path(record: Any) -> str:
    path = {str(state) for state in record.machine.path}
    visited = record.steps.order_by("-sequence").values_list("to_state", flat=True)
    return next((state for state in visited if state in path), str(record.machine.initial))


@cache
def _labels(kind: str, version: int) -> dict[tuple[str, str], Any]:
    """The (lazy) label of every step of a kind of case, by its name and the state where it starts."""
    return {
        (each.name, str(each.source)): manner_of(each).label
        for each in steps_under(record_models()[kind], version)
    }


def step_labels(record: Case) -> dict[str, str]:
    """The labels of a kind's steps, by name; the one that starts here where there are several."""
    labels = _labels(record.kind, record.definition_version)
    found = {name: str(label) for (name, _source), label in labels.items()}
    return found | {name: str(label) for (name, source), label in labels.items() if source == record.state}


def step_label(record: Case, step: Step) -> str:
    """A step's name as people know it; the record may be a bare case."""
    if step.nature == Step.Nature.OPENED:
        return _("Opened")
    labels = _labels(record.kind, step.definition_version)
    named = [text for (name, _source), text in labels.items() if name == step.name]
    known = labels.get((step.name, step.from_state)) or (
        named[0] if named else note_labels.LABELS.get(step.name)
    )
    label = str(known) if known else step.name.replace("_", " ").capitalize()
    if step.nature == Step.Nature.PROPOSED:
        return _("Proposed: %(step)s") % {"step": label}
    if step.nature == Step.Nature.SENT_BACK:
        return _("Sent back: %(step)s") % {"step": label}
    return label


def clock_labels(record: Case, step: Step) -> dict[str, str]:
    """The names of the clocks as they were when a step was taken, under its version and the one before."""
    machine = record_models()[record.kind].machine
    versions = (step.data.get("from_version", step.definition_version), step.definition_version)
    return {rule.key: str(rule.label) for each in versions for rule in machine.of(each).clocks}


def set_off(record: Any, step: Step) -> list[str]:
    """What a step started, paused or stopped, in words."""
    words = {
        "started": _("%(clock)s: due %(due)s"),
        "resumed": _("%(clock)s goes on: due %(due)s"),
        "paused": _("%(clock)s stands still"),
        "stopped": _("%(clock)s stopped"),
        "renamed": _("%(clock)s goes on under this name"),
    }
    labels = clock_labels(record, step)
    found = [
        _effect(words[effect["what"]], effect)
        % {
            "clock": labels.get(effect["clock"], effect["clock"]),
            "due": _day(effect.get("due") or ""),
            "authority": effect.get("authority", ""),
        }
        for effect in step.effects
        if effect.get("what") in words
    ]
    return [*_days_elsewhere(step, labels), *found, *rule_words.moved_dates(step, labels)]


def _days_elsewhere(step: Step, labels: Mapping[str, str]) -> Iterator[str]:
    """Where the case counts its days from this step on, and which dates that moved."""
    zone = step.data.get(TIME_ZONE)
    if not zone:
        return
    yield _("Days begin and end in the time zone %(zone)s from now on.") % {"zone": zone}
    for effect in step.effects:
        if effect.get("what") == "recomputed" and effect.get("due") != effect.get("old"):
            yield _("%(clock)s: was due %(old)s, is now due %(new)s") % {
                "clock": labels.get(effect["clock"], effect["clock"]),
                "old": _day(effect.get("old") or ""),
                "new": _day(effect.get("due") or ""),
            }


def _effect(words: str, effect: Mapping[str, Any]) -> str:
    """The sentence of an effect on a clock; an order may not be the only one.

    Its authority is one of the line's texts; lines written before it was sealed name it here.
    """
    if effect.get("authority"):
        return _("%(clock)s stands still by order (%(authority)s)")
    if effect["what"] == "paused" and "order" in effect:
        return _("%(clock)s stands still by order")
    if effect["what"] == "resumed" and not effect.get("due"):
        return _("%(clock)s still stands still, for another reason")
    return words


def _day(text: str) -> str:
    return days_in_words.day(date.fromisoformat(text)) if text else ""


def plain_value(value: Any) -> str:
    """A recorded value as people read it: a stored day or moment as a day, a list as its items."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return "; ".join(plain_value(each) for each in value)
    try:
        return days_in_words.day(datetime.fromisoformat(str(value))) if "-" in str(value) else str(value)
    except ValueError:
        return str(value)


def own_desk(record: Any) -> int | None:
    """The desk of the worker's representative."""
    desk: int | None = getattr(record, "representative_desk_id", None)
    return desk if desk is not None or not hasattr(record, "stay") else record.stay.representative_desk_id

"""Keeps the clocks of a case in step with its state: start, pause, resume, stop.

Called by the engine inside the step's own transaction, so that a step and its
deadlines are stored together or not at all.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from . import policies, terms
from .calendars import Calendar, calendar
from .machine import ClockRule
from .models import Case, Clock, Deadline, Pause

LAST_MOMENT = time(23, 59, 59)
DUE = "due"


@dataclass(frozen=True)
class Reckoning:
    """When a clock is due and how that comes about."""

    due: terms.Due
    label: str
    rule: Any


def calendar_of(case: Case) -> Calendar:
    return calendar("us-federal").with_timezone(case.time_zone)


def rule_of(case: Case, key: str) -> ClockRule:
    return next(rule for rule in case.machine.clocks if rule.key == key)


def _fixed(clock: Clock, until: datetime, days: Calendar) -> terms.Due:
    on = until.astimezone(days.timezone).date()
    return terms.Due(
        on=on,
        at=until,
        explanation=(_("This date is fixed: %(day)s.") % {"day": date_format(on, "D j M Y")},),
        paused=False,
    )


def reckon(case: Case, clock: Clock, *, at: datetime, pauses: Iterable[Pause] | None = None) -> terms.Due:
    """The due date of a clock at an instant, with its explanation, from what is stored."""
    days = calendar_of(case)
    if clock.until_at is not None:
        return _fixed(clock, clock.until_at, days)
    assert clock.policy is not None
    term = terms.Term.parse(clock.policy.value)
    hours = term.unit is terms.Unit.HOURS
    start: date | datetime = clock.started_at if hours else _first_day(clock, days)
    return terms.due(
        term,
        calendar=days,
        start=start,
        served=terms.Served(clock.served) if clock.served else None,
        pauses=[
            terms.Pause(pause.began_at, pause.ended_at, pause.reason, pause.authority)
            for pause in (clock.pauses.all() if pauses is None else pauses)
        ],
        tolling=policies.closures(case.jurisdiction),
        at=at,
    )


def _first_day(clock: Clock, days: Calendar) -> date:
    return clock.counts_from or clock.started_at.astimezone(days.timezone).date()


def _until(record: Case, rule: ClockRule) -> datetime | None:
    end = getattr(record, rule.until)
    if end is None or isinstance(end, datetime):
        return end
    return datetime.combine(end, LAST_MOMENT, ZoneInfo(record.time_zone))


def _arm(record: Case, clock: Clock, *, at: datetime) -> dict[str, Any]:
    """Replace the ladder of a clock by one computed now; rungs already past are not armed again."""
    found = reckon(record, clock, at=at)
    clock.deadlines.filter(state=Deadline.State.ARMED).update(state=Deadline.State.SUPERSEDED, settled_at=at)
    clock.due_on, clock.due_at = found.on, found.at
    clock.save(update_fields=["due_on", "due_at", "generation"])
    fired = set(clock.deadlines.filter(state=Deadline.State.FIRED).values_list("rung", flat=True))
    value = clock.policy.value if clock.policy else {}
    days = calendar_of(record)
    Deadline.objects.bulk_create(
        Deadline(
            case_id=record.pk,
            clock=clock,
            clock_key=clock.key,
            rung=rung.rung,
            generation=clock.generation,
            due_at=when,
        )
        for rung in terms.rungs(value)
        for when in [terms.rung_at(found, rung, days)]
        if rung.rung not in fired and (when > clock.started_at or rung.rung == DUE)
    )
    return {"clock": clock.key, "due": found.on.isoformat(), "rule": _version_of(clock)}


def _version_of(clock: Clock) -> str:
    """Which dated rule a clock runs under, as ``key/jurisdiction@first day``."""
    rule = clock.policy
    return f"{rule.key}/{rule.jurisdiction}@{rule.effective_from.isoformat()}" if rule else ""


def _start(record: Case, rule: ClockRule, *, at: datetime, book: policies.PolicyBook) -> dict[str, Any]:
    counts_from = getattr(record, rule.starts_from) if rule.starts_from else None
    if isinstance(counts_from, datetime):
        counts_from = counts_from.astimezone(ZoneInfo(record.time_zone)).date()
    until = _until(record, rule) if rule.until else None
    policy = book.policy(rule.rule, on=counts_from or at.date(), jurisdiction=record.jurisdiction)
    clock = Clock.objects.create(
        case_id=record.pk,
        key=rule.key,
        policy=policy,
        started_at=at,
        counts_from=counts_from,
        served=getattr(record, rule.served_by) if rule.served_by else "",
        until_at=until,
    )
    return {"what": "started", **_arm(record, clock, at=at)}


def _stop(clock: Clock, *, at: datetime) -> dict[str, Any]:
    clock.pauses.filter(ended_at__isnull=True).update(ended_at=at)
    clock.deadlines.filter(state=Deadline.State.ARMED).update(state=Deadline.State.CANCELLED, settled_at=at)
    clock.stopped_at = at
    clock.save(update_fields=["stopped_at"])
    return {"what": "stopped", "clock": clock.key}


def _pause(clock: Clock, rule: ClockRule, *, at: datetime) -> dict[str, Any]:
    Pause.objects.create(clock=clock, began_at=at, reason=str(rule.pause_reason))
    clock.deadlines.filter(state=Deadline.State.ARMED).update(state=Deadline.State.CANCELLED, settled_at=at)
    return {"what": "paused", "clock": clock.key}


def _resume(record: Case, clock: Clock, *, at: datetime) -> dict[str, Any]:
    clock.pauses.filter(ended_at__isnull=True).update(ended_at=at)
    clock.generation += 1
    clock = _fresh(clock)
    return {"what": "resumed", **_arm(record, clock, at=at)}


def _fresh(clock: Clock) -> Clock:
    """The clock without its prefetched pauses, one generation on."""
    generation = clock.generation
    again = Clock.objects.select_related("policy").get(pk=clock.pk)
    again.generation = generation
    return again


def _wanted(record: Case, rule: ClockRule) -> bool:
    if record.state not in rule.runs_in:
        return False
    return not rule.until or getattr(record, rule.until) is not None


def _changed(record: Case, rule: ClockRule, clock: Clock) -> bool:
    """Whether a fixed end moved, or a notice was served anew, while the clock ran."""
    if rule.until:
        return _until(record, rule) != clock.until_at
    counts_from = getattr(record, rule.starts_from) if rule.starts_from else None
    return (
        isinstance(counts_from, date)
        and not isinstance(counts_from, datetime)
        and (counts_from != clock.counts_from)
    )


def keep(record: Case, *, at: datetime, entered: bool) -> list[dict[str, Any]]:
    """Bring every clock in line with the state just entered; returns what was set off.

    ``entered`` tells whether the step changed the state: a clock that ``restarts``
    begins anew only then.
    """
    if not record.machine.clocks:
        return []
    running = {
        clock.key: clock
        for clock in Clock.objects.filter(case_id=record.pk, stopped_at__isnull=True)
        .select_related("policy")
        .prefetch_related("pauses")
    }
    effects: list[dict[str, Any]] = []
    book: policies.PolicyBook | None = None
    for rule in record.machine.clocks:
        clock = running.get(rule.key)
        if _wanted(record, rule):
            restart = clock is not None and ((rule.restarts and entered) or _changed(record, rule, clock))
            if restart and clock is not None:
                _stop(clock, at=at)
                clock = None
            if clock is None:
                book = book or policies.book()
                effects.append(_start(record, rule, at=at, book=book))
            elif clock.paused:
                effects.append(_resume(record, clock, at=at))
        elif clock is not None and record.state in rule.paused_in:
            if not clock.paused:
                effects.append(_pause(clock, rule, at=at))
        elif clock is not None:
            effects.append(_stop(clock, at=at))
    return effects


def next_due(record: Case) -> datetime | None:
    """The earliest legal date among the running clocks, for the order of the desk."""
    due = (
        Clock.objects.filter(case_id=record.pk, stopped_at__isnull=True, due_at__isnull=False)
        .exclude(pauses__ended_at__isnull=True, pauses__isnull=False)
        .order_by("due_at")
        .values_list("due_at", flat=True)
    )
    return due.first()

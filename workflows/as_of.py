"""A case as it stood at a past instant, from its history, its clocks and their pauses. Nothing is changed."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from . import clockwork, terms
from .machine import Machine
from .models import Case, Clock, Pause, Step
from .turn import TIME_ZONE_BEFORE


@dataclass(frozen=True)
class ClockThen:
    """A clock that ran, or stood still, at that instant.

    ``due_on`` is the day that had been computed for it by then, as the history has it; ``rule`` is the dated
    rule it followed then. ``explained`` is the date as the rows give it today, with the pauses known then: it
    differs where a rule or a closure was declared later.
    """

    clock: Clock
    label: str
    due_on: date
    rule: str
    paused: Pause | None
    explained: terms.Due

    @property
    def differs(self) -> bool:
        return self.paused is None and self.explained.on != self.due_on


@dataclass(frozen=True)
class AsOf:
    """State, holder, lines and clocks of a case at an instant, and the machine under which it lived then."""

    at: datetime
    state: str
    holder: str
    closed: bool
    steps: tuple[Step, ...]
    clocks: tuple[ClockThen, ...]
    machine: Machine


def as_of(record: Case, *, at: datetime) -> AsOf | None:
    """The case at an instant; None if it was not open yet."""
    lines = list(record.steps.select_related("actor").order_by("sequence"))
    steps = tuple(line for line in lines if line.at <= at)
    if not steps:
        return None
    record = _where_it_was(record, lines[len(steps) :])
    state = steps[-1].to_state
    machine = type(record).machine.of(steps[-1].definition_version)
    standing = machine.standing(state)
    return AsOf(
        at=at,
        state=state,
        holder=standing.holder,
        closed=standing.final,
        steps=steps,
        clocks=tuple(_clocks(record, machine, steps, at=at)),
        machine=machine,
    )


def _where_it_was(record: Case, since: list[Step]) -> Case:
    """The record with the time zone in which it counted its days before these lines."""
    zones = (line.data[TIME_ZONE_BEFORE] for line in since if TIME_ZONE_BEFORE in line.data)
    then = copy.copy(record)
    then.time_zone = next(zones, record.time_zone)
    return then


def _clocks(record: Case, machine: Machine, steps: tuple[Step, ...], *, at: datetime) -> list[ClockThen]:
    running = (
        record.clocks.filter(Q(stopped_at__isnull=True) | Q(stopped_at__gt=at), started_at__lte=at)
        .select_related("policy")
        .prefetch_related("pauses")
    )
    labels = {rule.key: str(rule.label) for rule in machine.clocks}
    found = []
    for clock in running:
        pauses = [_as_known(pause, at) for pause in clock.pauses.all() if pause.began_at <= at]
        explained = clockwork.reckon(record, clock, at=at, pauses=pauses)
        due_on, rule = _said(clock, steps, explained.on)
        found.append(
            ClockThen(
                clock=clock,
                label=labels.get(clock.key, clock.key.replace("_", " ")),
                due_on=due_on,
                rule=rule,
                paused=next((pause for pause in pauses if pause.ended_at is None), None),
                explained=explained,
            )
        )
    return sorted(found, key=lambda each: (each.paused is not None, each.due_on))


def _as_known(pause: Pause, at: datetime) -> Pause:
    """A pause as it was known at an instant: one that ended later still lasted."""
    ended = pause.ended_at if pause.ended_at is not None and pause.ended_at <= at else None
    return Pause(
        clock_id=pause.clock_id,
        began_at=pause.began_at,
        ended_at=ended,
        reason=pause.reason,
        authority=pause.authority,
    )


def _said(clock: Clock, steps: tuple[Step, ...], otherwise: date) -> tuple[date, str]:
    """The day last computed for a clock since it started, and the rule it followed, from the history."""
    names = {clock.key}
    for step in reversed(steps):
        if step.at < clock.started_at:
            break
        for effect in reversed(step.effects):
            if effect.get("clock") in names and effect.get("due"):
                return date.fromisoformat(effect["due"]), str(effect.get("rule", ""))
            if effect.get("clock") in names and effect.get("was"):
                names.add(effect["was"])
    return otherwise, ""

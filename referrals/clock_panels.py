"""The clocks of a case as one reader sees them: legal and planned date, every pause, what may be ordered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.urls import reverse

from workflows import clock_orders, clockwork, rules, terms
from workflows.clock_orders import Lifting, PauseOrder
from workflows.languages import as_told
from workflows.models import Clock, Pause
from workflows.refusals import Refusal
from workflows.rules import Rules

from . import announcements, presenting
from .models import User
from .notification_matrix import RULE_CHANGED
from .presenting import ShownDate


@dataclass(frozen=True)
class ShownPause:
    """A time in which the clock does not run: a pause by moments, or a closure by whole days."""

    began: datetime | date
    ended: datetime | date | None
    reason: str
    authority: str = ""
    line: int | None = None
    lift_url: str = ""
    closure: bool = False

    @property
    def lasts(self) -> bool:
        return self.ended is None


@dataclass(frozen=True)
class ClockPanel:
    """One clock: its legal date with the arithmetic, the date without any pause, and what held it."""

    shown: ShownDate
    planned: date | None
    turn: str
    pauses: tuple[ShownPause, ...]
    pause_url: str

    @property
    def moved(self) -> bool:
        """Whether the legal date is another than the planned one."""
        return self.planned is not None and self.planned != self.shown.on


def panels(record: Any, user: User, *, at: datetime) -> list[ClockPanel]:
    """Every running clock of a case, the most pressing first."""
    running, now = presenting.running_clocks(record)
    found = [_panel(record, clock, user, now or rules.current(), at=at) for clock in running]
    return sorted(found, key=lambda each: (each.shown.paused, each.shown.on))


def panel_of(record: Any, key: str, user: User, *, at: datetime) -> ClockPanel | None:
    """The running clock of this key; None if it does not run."""
    return next((each for each in panels(record, user, at=at) if each.shown.key == key), None)


def _panel(record: Any, clock: Clock, user: User, now: Rules, *, at: datetime) -> ClockPanel:
    shown = presenting.shown_clock(record, clock, at=at, now=now)
    closures = now.closures(record.jurisdiction)
    moves = clock_orders.moves_with_a_pause(clock)
    in_charge = moves and clock_orders.may_order(record, clockwork.rule_of(record, clock.key), user)
    return ClockPanel(
        shown=shown,
        planned=clockwork.reckon(record, clock, at=at, pauses=(), closures=(), book=now.book).on
        if moves
        else None,
        turn=presenting.whose_turn(record),
        pauses=(
            *(_pause(record, clock, pause, in_charge=in_charge) for pause in clock.stretches()),
            *(_closures(record, clock, closures, shown) if moves else ()),
        ),
        pause_url=reverse("clock_pause", args=[record.reference, clock.key]) if in_charge else "",
    )


def _pause(record: Any, clock: Clock, pause: Pause, *, in_charge: bool) -> ShownPause:
    liftable = in_charge and pause.ended_at is None and pause.ordered_in is not None
    return ShownPause(
        began=pause.began_at,
        ended=pause.ended_at,
        reason=as_told(pause.reason),
        authority=as_told(pause.authority),
        line=pause.ordered_in,
        lift_url=reverse("clock_lift", args=[record.reference, clock.key, pause.ordered_in])
        if liftable
        else "",
    )


def _closures(
    record: Any, clock: Clock, closures: Sequence[terms.Tolling], shown: ShownDate
) -> Iterator[ShownPause]:
    """The declared closures that lie in the time of the clock."""
    first = clock.counts_from or record.day_at(clock.started_at)
    for window in closures:
        if window.ends_on >= first and window.starts_on <= shown.on:
            yield ShownPause(window.starts_on, window.ends_on, window.authority, closure=True)


def label_of(record: Any, key: str) -> str:
    return str(clockwork.rule_of(record, key).label)


def refusals(record: Any, order: PauseOrder | Lifting, user: User) -> list[Refusal]:
    """Why this reader cannot give an order now; empty if they can."""
    running, _rules = presenting.running_clocks(record)
    return order.refusals(record, running, by=user)


def will_be_told(record: Any) -> list[announcements.WillBeTold]:
    """Who hears of an order about a clock of this case."""
    return announcements.who_hears(record, RULE_CHANGED.get(record.machine.kind, ()))

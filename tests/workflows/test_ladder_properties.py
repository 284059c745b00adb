"""Whatever happens to a clock, each rung of its ladder fires at most once for each date, and none is lost."""

from __future__ import annotations

import dataclasses
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from referrals.models import SoiRequest
from workflows import clockwork, terms
from workflows.clockwork import Bench, What
from workflows.models import Clock, Pause, Policy, TollingWindow
from workflows.policies import PolicyBook
from workflows.rules import Rules

START = datetime(2024, 8, 5, 15, 0, tzinfo=UTC)
LADDER = [
    {"rung": "warn_7", "before": {"amount": 7, "unit": "calendar_days"}},
    {"rung": "warn_1", "before": {"amount": 1, "unit": "business_days"}},
    {"rung": "due"},
    {"rung": "breach", "after": {"amount": 1, "unit": "business_days"}},
    {"rung": "supervisor", "after": {"amount": 7, "unit": "calendar_days"}},
]
RUNGS = [str(rung["rung"]) for rung in LADDER]


def row(amount: int, unit: str) -> Policy:
    return Policy(
        pk=amount, key="soi_determination", effective_from=date(2021, 1, 1), governs="filed",
        value={"amount": amount, "unit": unit, "rungs": LADDER},
    )  # fmt: skip


@dataclasses.dataclass
class Armed:
    """One rung as its row would stand in the database."""

    rung: str
    generation: int
    due_at: datetime
    state: str = "ARMED"


class World:
    """One clock in memory, with the rows of its deadlines, as the engine and the sweep treat them."""

    def __init__(self, amount: int, unit: str) -> None:
        self.at = self.computed_at = START
        self.windows: tuple[TollingWindow, ...] = ()
        self.record = SoiRequest(
            kind="SOI_REQUEST", jurisdiction="US", time_zone="America/Phoenix", version=1
        )
        self.clock = Clock(key="soi_determination", policy=row(amount, unit), started_at=START)
        self.clock.held_pauses = []
        self.rows: list[Armed] = []
        self.fired: list[tuple[str, int, datetime]] = []
        self.arm(self.bench.ladder(self.clock))

    @property
    def bench(self) -> Bench:
        rules = Rules(None, PolicyBook([]), {}, self.windows)
        return Bench(self.record, self.at, rules)

    def arm(self, rungs: Any) -> None:
        self.rows += [Armed(rung, self.clock.generation, when) for rung, when in rungs]

    def apply(self, change: clockwork.ClockChange) -> None:
        """As the writing statement does: what is armed goes, what is new comes."""
        for each in self.rows:
            if each.state == "ARMED":
                each.state = "CANCELLED" if change.what == What.PAUSED else "SUPERSEDED"
        self.arm(change.rungs)
        if change.what != What.PAUSED and not self.clock.paused:
            self.computed_at = self.at

    def pauses(self, *, ordered: bool) -> list[Pause]:
        return [
            each
            for each in self.clock.stretches()
            if each.ended_at is None and (each.ordered_in is not None) == ordered
        ]

    def order(self) -> None:
        self.record.version += 1
        self.apply(self.bench.pause(self.clock, reason="r", authority="a", ordered_in=self.record.version))

    def lift(self) -> None:
        for pause in self.pauses(ordered=True)[:1]:
            self.apply(self.bench.resume(self.clock, pause))

    def wait(self) -> None:
        if not self.pauses(ordered=False):
            self.apply(self.bench.pause(self.clock, reason="waits"))

    def answer(self) -> None:
        for pause in self.pauses(ordered=False):
            self.apply(self.bench.resume(self.clock, pause))

    def close(self, length: int) -> None:
        first = self.at.date() + timedelta(days=2)
        window = TollingWindow(starts_on=first, ends_on=first + timedelta(days=length))
        self.windows = (*self.windows, window)
        self.apply(self.bench.recompute(self.clock, self.clock.policy))

    def change_rule(self, amount: int, unit: str) -> None:
        self.apply(self.bench.recompute(self.clock, row(amount, unit)))

    def sweep(self) -> None:
        for each in sorted(self.rows, key=lambda each: each.due_at):
            if each.state == "ARMED" and each.due_at <= self.at:
                each.state = "FIRED"
                self.fired.append((each.rung, each.generation, each.due_at))
                known = self.clock.fired_rungs.get(each.rung, each.due_at)
                self.clock.fired_rungs = {**self.clock.fired_rungs, each.rung: max(known, each.due_at)}


UNITS = st.sampled_from(["calendar_days", "business_days"])
HAPPENINGS = st.one_of(
    st.just(("order",)),
    st.just(("lift",)),
    st.just(("wait",)),
    st.just(("answer",)),
    st.just(("sweep",)),
    st.tuples(st.just("close"), st.integers(0, 20)),
    st.tuples(st.just("change_rule"), st.integers(1, 40), UNITS),
)
STORIES = st.lists(st.tuples(st.integers(0, 9 * 24), HAPPENINGS), max_size=25)


def told(amount: int, unit: str, story: Any) -> World:
    """A clock to which things happen, each so many hours after the one before; at last all goes on."""
    world = World(amount, unit)
    for hours, (name, *how) in story:
        world.at += timedelta(hours=hours)
        getattr(world, name)(*how)
        assert not (world.clock.paused and any(each.state == "ARMED" for each in world.rows))
    world.at += timedelta(hours=1)
    world.answer()
    while world.pauses(ordered=True):
        world.lift()
    world.at += timedelta(days=400)
    world.sweep()
    return world


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 40), UNITS, STORIES)
def test_each_rung_fires_at_most_once_a_generation_and_never_twice_for_one_moment(
    amount: int, unit: str, story: Any
) -> None:
    world = told(amount, unit, story)
    assert max(Counter((each.rung, each.generation) for each in world.rows).values()) == 1
    moments = [(rung, when) for rung, _generation, when in world.fired]
    assert len(moments) == len(set(moments))
    for rung in RUNGS:
        own = [when for name, when in moments if name == rung]
        assert own == sorted(own), "a rung fires again only for a later moment"


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 40), UNITS, STORIES)
def test_no_rung_is_lost_however_often_its_date_moves(amount: int, unit: str, story: Any) -> None:
    world = told(amount, unit, story)
    found = clockwork.reckon(
        world.record, world.clock, at=world.at,
        closures=world.bench.rules.closures("US"), book=PolicyBook([]),
    )  # fmt: skip
    days = clockwork.calendar_of(world.record, world.clock, book=PolicyBook([]))
    for rung in terms.rungs({"rungs": LADDER}):
        when = terms.rung_at(found, rung, days)
        if when <= START and rung.rung != "due":
            continue
        last = max((at for name, _g, at in world.fired if name == rung.rung), default=None)
        assert last is not None, f"{rung.rung} never fired"
        assert last >= when or when <= world.computed_at, "what lay ahead when it was computed, fires"


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 40), UNITS, STORIES)
def test_pauses_that_overlap_move_a_date_as_their_union_does(amount: int, unit: str, story: Any) -> None:
    world = told(amount, unit, [each for each in story if each[1][0] not in ("close", "change_rule")])
    pauses = world.clock.stretches()
    found = clockwork.reckon(world.record, world.clock, at=world.at, closures=(), book=PolicyBook([]))
    union = list[Pause]()
    for pause in sorted(pauses, key=lambda each: each.began_at):
        assert pause.ended_at is not None
        if union and union[-1].ended_at is not None and pause.began_at <= union[-1].ended_at:
            union[-1].ended_at = max(union[-1].ended_at, pause.ended_at)
        else:
            union.append(Pause(began_at=pause.began_at, ended_at=pause.ended_at, reason="r"))
    once = clockwork.reckon(
        world.record, world.clock, at=world.at, pauses=union, closures=(), book=PolicyBook([])
    )
    assert (found.on, found.at) == (once.on, once.at)


@pytest.mark.parametrize("unit", ["calendar_days", "business_days"])
def test_a_due_date_that_has_passed_and_lies_ahead_again_is_announced_again(unit: str) -> None:
    world = World(5, unit)
    world.at += timedelta(days=30)
    world.sweep()
    assert [rung for rung, _g, _at in world.fired] == RUNGS[1:], "the first warning lies before the start"
    world.change_rule(60, unit)
    world.at += timedelta(days=200)
    world.sweep()
    assert Counter(rung for rung, _g, _at in world.fired)["due"] == 2

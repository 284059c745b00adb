"""Whether the lines of a history are legal, one by one, under the frozen definition of their version."""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, TypeAlias

from .definitions import Definition, definition
from .models import Step
from .models.second_person import FOR_ABSENT
from .models.version_change import MOVERS
from .version_maps import MapRefused, shipped_moves

NATURE = Step.Nature
COLUMNS = (
    "case_id", "sequence", "nature", "name", "from_state", "to_state", "actor_id", "capacity", "at", "reason",
    "definition_version", "data", "effects",
)  # fmt: skip


class Line(NamedTuple):
    """One line of a history, as it is stored."""

    case_id: int
    sequence: int
    nature: str
    name: str
    from_state: str
    to_state: str
    actor_id: int | None
    capacity: str
    at: datetime
    reason: str
    version: int
    data: Mapping[str, Any]
    effects: Iterable[Mapping[str, Any]]

    @property
    def people(self) -> set[int]:
        """Who stands behind the line: who took it, and for whom it was taken."""
        return {each for each in (self.actor_id, self.data.get(FOR_ABSENT)) if each is not None}


@dataclass
class Standstill:
    """Why a running clock stands still: by its state, or by orders, each named by its line."""

    own: bool = False
    orders: set[int] = field(default_factory=set)


class History:
    """One history, line by line; what it has led to so far."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.sequence = 0
        self.version = 0
        self.state = ""
        self.closed_at: datetime | None = None
        self.clocks: dict[str, Standstill] = {}
        self.proposal: Line | None = None
        self.takers: dict[str, set[int]] = {}

    def follow(self, line: Line) -> Iterator[str]:
        """What is illegal about the next line; afterwards the history stands where that line says."""
        under = definition(self.kind, line.version)
        yield from self._place(line)
        yield from JUDGES[line.nature](self, line, under)
        yield from self._effects(line)
        self.sequence, self.version, self.state = line.sequence, line.version, line.to_state
        self.takers.setdefault(line.name, set()).update(line.people)
        self.closed_at = (self.closed_at or line.at) if self.state in under.finals else None
        yield from self._kept(under)

    def _place(self, line: Line) -> Iterator[str]:
        if line.sequence != self.sequence + 1:
            yield f"follows line {self.sequence}: lines are missing"
        if (line.nature == NATURE.OPENED) != (self.sequence == 0):
            yield "a history begins with its opening, and nothing else does"
        if line.from_state != self.state:
            yield f"starts from {line.from_state or 'nothing'}, and the case was in {self.state or 'nothing'}"
        if self.version and line.version != self.version and line.nature != NATURE.MIGRATED:
            yield f"is of version {line.version}, and the case lives under version {self.version}"

    def _opened(self, line: Line, under: Definition) -> Iterator[str]:
        if line.to_state != under.initial:
            yield f"opens in {line.to_state}, and version {under.version} begins in {under.initial}"

    def _moved(self, line: Line, under: Definition) -> Iterator[str]:
        step = yield from self._declared(line, under)
        proposal, self.proposal = self.proposal, None
        if step is None:
            return
        targets = [line.from_state] if step["to"] is None else step["to"]
        if line.to_state not in targets:
            yield f"{line.name} leads to {line.to_state}, which is not declared from {line.from_state}"
        if step["countersigned_by"] is None:
            yield from self._party(line, step["by"])
            yield from self._excluded(line, step)
        else:
            yield from self._party(line, step["countersigned_by"])
            yield from self._excluded(line, step)
            yield from _second(line, proposal)

    def _proposed(self, line: Line, under: Definition) -> Iterator[str]:
        yield from _stays(line)
        step = yield from self._declared(line, under)
        if step is not None:
            yield from self._party(line, step["by"])
            if step["countersigned_by"] is None:
                yield f"{line.name} is proposed, and needs no countersignature"
        if self.proposal is not None:
            yield f"{self.proposal.name} still waits for its countersignature"
        self.proposal = line

    def _sent_back(self, line: Line, under: Definition) -> Iterator[str]:
        yield from _stays(line)
        proposal, self.proposal = self.proposal, None
        step = under.steps.get((line.name, line.from_state))
        if step is not None and step["countersigned_by"] is not None:
            yield from self._party(line, step["countersigned_by"])
        yield from _second(line, proposal)
        if not line.reason:
            yield "sends back without a reason"

    def _recorded(self, line: Line, _under: Definition) -> Iterator[str]:
        yield from _stays(line)

    def _migrated(self, line: Line, under: Definition) -> Iterator[str]:
        if line.to_state not in under.states:
            yield f"moves to {line.to_state}, a state that version {under.version} does not have"
        if line.version == self.version:
            yield f"moves to version {line.version}, under which the case lives already"
        told = (line.data.get("from_version"), line.data.get("to_version"))
        if told != (self.version, line.version):
            yield f"says it moves from version {told[0]} to {told[1]}"
        if line.capacity not in MOVERS:
            yield f"was taken by {line.capacity}"
        if not line.reason:
            yield "gives no reason"
        if self.version:
            yield from self._decides_nothing(line, under)
        self.proposal = None

    def _decides_nothing(self, line: Line, under: Definition) -> Iterator[str]:
        """A change of version takes no decision: what a trigger refuses, for histories from elsewhere too."""
        if self.state in definition(self.kind, self.version).finals or line.to_state in under.finals:
            yield f"ends the case, or opens it again: {line.from_state} to {line.to_state}"
        if line.from_state == line.to_state or line.to_state not in under.guarded:
            return
        try:
            declared = shipped_moves(self.kind, self.version, line.version)
        except MapRefused as refused:
            yield str(refused)
            return
        if (line.from_state, line.to_state) not in declared:
            yield f"moves to {line.to_state}, where a second person decides, and no shipped map leads there"

    def _declared(self, line: Line, under: Definition) -> Generator[str, None, Mapping[str, Any] | None]:
        """The step as it is declared where the line starts; None, and why, if it is not."""
        step = under.steps.get((line.name, line.from_state))
        if step is None:
            known = line.name in under.step_names
            why = f"does not start from {line.from_state}" if known else "is no step"
            yield f"{line.name} {why} in version {under.version}"
        elif step["needs_reason"] and not line.reason:
            yield f"{line.name} needs a reason and has none"
        return step

    def _party(self, line: Line, parties: Collection[Mapping[str, Any]]) -> Iterator[str]:
        if not any(line.capacity in party["capacities"] for party in parties):
            yield f"{line.name} was taken by {line.capacity}, whose step it is not"

    def _excluded(self, line: Line, step: Mapping[str, Any]) -> Iterator[str]:
        for name in step["not_by_those_who"]:
            if line.people & self.takers.get(name, set()):
                yield f"{line.name} was taken by somebody who took {name} before"

    def _effects(self, line: Line) -> Iterator[str]:
        for effect in line.effects:
            what, key = effect.get("what", ""), effect.get("clock", "")
            happened = EFFECTS.get(what)
            if happened is None:
                yield f"does to the clock {key} something unknown: {what}"
            elif not happened(self.clocks, effect):
                yield f"clock {key} {what}, which it could not be"

    def _kept(self, under: Definition) -> Iterator[str]:
        """Whether clocks run and stand still as the state asks for."""
        for key, rule in under.clocks.items():
            clock = self.clocks.get(key)
            if self.state in rule["runs_in"]:
                if clock is None and not rule["until"]:
                    yield f"clock {key} does not run in {self.state}"
                if clock is not None and clock.own:
                    yield f"clock {key} stands still in {self.state}"
            elif clock is not None and self.state not in rule["paused_in"]:
                yield f"clock {key} goes on in {self.state}"
            elif clock is not None and not clock.own:
                yield f"clock {key} does not stand still in {self.state}"
        for key in self.clocks.keys() - under.clocks.keys():
            yield f"clock {key} runs, which version {under.version} does not have"


JUDGES: Mapping[str, Callable[[History, Line, Definition], Iterator[str]]] = {
    NATURE.OPENED: History._opened,
    NATURE.MOVED: History._moved,
    NATURE.PROPOSED: History._proposed,
    NATURE.SENT_BACK: History._sent_back,
    NATURE.RECORDED: History._recorded,
    NATURE.MIGRATED: History._migrated,
}


def _stays(line: Line) -> Iterator[str]:
    if line.to_state != line.from_state:
        yield f"changes the state to {line.to_state} without a step"


def _second(line: Line, proposal: Line | None) -> Iterator[str]:
    """Whether somebody else had proposed what a second person settles here."""
    if proposal is None or proposal.name != line.name:
        yield f"{line.name} was settled, and nobody had proposed it"
    elif line.people & proposal.people:
        yield f"{line.name} was settled by the person who proposed it"


Clocks: TypeAlias = dict[str, Standstill]


def _started(clocks: Clocks, effect: Mapping[str, Any]) -> bool:
    fresh = effect["clock"] not in clocks
    clocks[effect["clock"]] = Standstill()
    return fresh


def _stopped(clocks: Clocks, effect: Mapping[str, Any]) -> bool:
    return clocks.pop(effect["clock"], None) is not None


def _paused(clocks: Clocks, effect: Mapping[str, Any]) -> bool:
    clock, order = clocks.get(effect["clock"]), effect.get("order")
    if clock is None:
        return False
    if order is None:
        was, clock.own = clock.own, True
        return not was
    known = order in clock.orders
    clock.orders.add(order)
    return not known


def _resumed(clocks: Clocks, effect: Mapping[str, Any]) -> bool:
    clock, order = clocks.get(effect["clock"]), effect.get("order")
    if clock is None:
        return False
    if order is None:
        was, clock.own = clock.own, False
        return was
    known = order in clock.orders
    clock.orders.discard(order)
    return known


def _recomputed(clocks: Clocks, effect: Mapping[str, Any]) -> bool:
    return effect["clock"] in clocks


def _renamed(clocks: Clocks, effect: Mapping[str, Any]) -> bool:
    was = clocks.pop(effect.get("was", ""), None)
    fresh = effect["clock"] not in clocks
    clocks[effect["clock"]] = was or Standstill()
    return was is not None and fresh


EFFECTS: Mapping[str, Callable[[Clocks, Mapping[str, Any]], bool]] = {
    "started": _started,
    "stopped": _stopped,
    "paused": _paused,
    "resumed": _resumed,
    "recomputed": _recomputed,
    "renamed": _renamed,
}

"""The words in which a machine is declared: steps, standings, facts and clocks.

A machine file reads like a procedure manual. ``step`` is django-fsm's
``transition`` with the rest of the procedure attached; nothing but
``workflows.engine`` calls what it decorates.
"""

from __future__ import annotations

import dis
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from django_fsm import GET_STATE, Transition, transition

from .languages import as_stored
from .parties import EitherParty, Party

if TYPE_CHECKING:
    from .parties import Text
    from .refusals import Refusal

FACT_PREFIX = "fact_"
# In a step's ``custom``: the version that it belongs to, if not the code's, and why nobody can take it then.
UNDER, REFUSED = "under", "refused"


@dataclass(frozen=True)
class Fact:
    """Something that must hold before a step: read from one ORM expression.

    ``label`` says what is missing, ``remedy`` what to do about it. The record
    class binds the name to an expression in ``fact_expressions``.
    """

    name: str
    label: Text
    remedy: Text

    def __call__(self, record: Any) -> bool:
        return bool(getattr(record, FACT_PREFIX + self.name))


@dataclass(frozen=True)
class Told:
    """A fact decided in Python, with the reason spelled for this very record."""

    holds: bool
    label: Text = ""
    remedy: Text = ""

    def __bool__(self) -> bool:
        return self.holds


@dataclass(frozen=True)
class Standing:
    """How a state is seen: by the public, by whose turn it is, by the clocks.

    ``holder`` names the record's ``<holder>_desk``. ``no_clock`` is the stated
    reason why nothing counts in an open state. ``beside`` is the station of the
    main path next to which a side state is drawn; ``station`` is a shorter name for the state there.
    """

    public: Text
    then: Text
    holder: str = ""
    tone: str = "waiting"
    no_clock: Text = ""
    final: bool = False
    beside: str = ""
    station: Text = ""


@dataclass(frozen=True)
class ClockRule:
    """A clock of a machine: what starts, pauses and stops it, what it fires.

    ``policy`` is the key of the dated rule. ``starts_from`` and ``served_by``
    name attributes of the record (the instant of the step if empty);
    ``until`` names the attribute that holds a fixed end instead of a term.
    ``fires`` maps a rung to the step that the system then takes. ``ordered_by`` is the party
    that may order this clock to stand still (nobody, for a fixed end); ``at_agency`` tells that
    it counts on the calendar of the case's labor agency, not on that of federal offices.
    """

    key: str
    label: Text
    runs_in: frozenset[str]
    policy: str = ""
    paused_in: frozenset[str] = frozenset()
    pause_reason: Text = ""
    starts_from: str = ""
    served_by: str = ""
    until: str = ""
    fires: Mapping[str, str] = field(default_factory=dict)
    restarts: bool = False
    ordered_by: Party | EitherParty | None = None
    at_agency: bool = False

    @property
    def rule(self) -> str:
        return self.policy or self.key

    @cached_property
    def stored_reason(self) -> str:
        """The reason of a pause as its row keeps it."""
        return as_stored(self.pause_reason)


@dataclass(frozen=True)
class Machine:
    """One kind of case: its states, their standings, its clocks, its main path.

    Read from a record class it is the newest version; read from a record, the version that the case lives
    under, answered from its frozen definition where that is another one.
    """

    kind: str
    label: Text
    states: type[Any]
    initial: str
    standings: Mapping[Any, Standing]
    path: Sequence[str]
    clocks: Sequence[ClockRule] = ()
    version: int = 1

    def __get__(self, record: Any, owner: type[Any] | None = None) -> Machine:
        if record is None:
            return self
        version = record.__dict__.get("definition_version")
        return self if version is None or version == self.version else self.of(version)

    def of(self, version: int) -> Machine:
        """This kind of case as it was, or will be, in another version. Raises UnknownDefinition."""
        if version == self.version:
            return self
        from .definitions import older

        return older.machine(str(self.kind), version)

    def standing(self, state: str) -> Standing:
        return self.standings[state]

    def station_of(self, state: str) -> str:
        """The name of a state as a station of the main path."""
        return str(self.standings[state].station) or self.label_of(state)

    def label_of(self, state: str) -> str:
        return str(self.states(state).label)


@dataclass(frozen=True)
class Manner:
    """What a step carries besides source, target, party and facts.

    ``records`` are the keyword arguments that enter the history as they are: codes, numbers, dates.
    ``words`` are those that somebody typed: they enter it sealed. ``countersigned_by`` makes the step a
    proposal first. ``not_by_those_who`` lists earlier steps whose takers are excluded: from the step, or,
    where it is countersigned, from countersigning it. ``given`` looks at what the step is given and at
    the dated rules (``given(record, at=…, **data)``), and returns a refusal, or None: asked before a
    proposal and again before the move.
    """

    label: Text
    consequence: Text = ""
    needs_reason: bool = False
    records: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    not_by_those_who: tuple[str, ...] = ()
    countersigned_by: Party | EitherParty | None = None
    main: bool = False
    quiet: bool = False
    final_word: bool = False
    given: Callable[..., Refusal | None] | None = None


def step(
    source: str | Iterable[str],
    target: Any,
    label: Text,
    *,
    by: Party | EitherParty,
    needs: Sequence[Fact] = (),
    **manner: Any,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare a step: imperative verb, from ``source`` to ``target``, taken ``by`` a party."""
    sources = [source] if isinstance(source, str) else list(source)
    return transition(
        field="state",
        source=sources,
        target=target,
        permission=by,
        conditions=list(needs),
        custom={"manner": Manner(label=label, **manner)},
    )


def back_to(attribute: str, states: Iterable[str]) -> GET_STATE:
    """A target that the record remembers: where a held case came from."""
    target = GET_STATE(lambda record, **_: getattr(record, attribute), states=list(states))
    target.remembered_in = attribute
    return target


def remembered_states(model: type[Any]) -> frozenset[str]:
    """The attributes in which a record remembers a state to go back to."""
    found = (getattr(declared.target, "remembered_in", "") for declared in steps_of(model))
    return frozenset(name for name in found if name)


def targets_of(declared: Transition) -> list[str]:
    """Every state that a transition can lead to."""
    target: Any = declared.target
    if target is None:
        return [str(declared.source)]
    return [str(state) for state in target.allowed_states] if hasattr(target, "get_state") else [str(target)]


def set_by(declared: Transition) -> frozenset[str]:
    """The attributes of the record that a step writes, as its method spells them."""
    return frozenset(
        str(each.argval) for each in dis.get_instructions(declared.method) if each.opname == "STORE_ATTR"
    )


def steps_of(model: type[Any]) -> tuple[Transition, ...]:
    """All declared transitions of a record class, by step name then source."""
    if model not in _STEPS:
        _STEPS[model] = _declared_on(model)
    return _STEPS[model]


def steps_for(record: Any) -> tuple[Transition, ...]:
    """All steps of the version that a record lives under, by step name then source."""
    return steps_under(type(record), record.definition_version)


def steps_from(record: Any) -> tuple[Transition, ...]:
    """The steps of a record's version that start in the state it is in, by name."""
    model: Any = type(record)
    return steps_by_state(model, record.definition_version).get(record.__dict__["state"], ())


@lru_cache(maxsize=128)
def steps_by_state(model: Any, version: int) -> dict[str, tuple[Transition, ...]]:
    """The steps that a record class has in a version, by the state in which they start."""
    found: dict[str, tuple[Transition, ...]] = {}
    for declared in steps_under(model, version):
        state = str(declared.source)
        found[state] = (*found.get(state, ()), declared)
    return found


def steps_under(model: Any, version: int) -> tuple[Transition, ...]:
    """All steps that a record class has in a version. Raises UnknownDefinition."""
    if version == model.machine.version:
        return steps_of(model)
    from .definitions import older

    return older.steps(model, version)


def carry_out(record: Any, declared: Transition, *, at: datetime, **data: Any) -> None:
    """Let a step do its work on the record, which then is in the step's target."""
    if UNDER not in declared.custom:
        getattr(record, declared.name)(at=at, **data)
        return
    result = declared.method(record, at=at, **data)
    target: Any = declared.target
    if hasattr(target, "get_state"):
        target = target.get_state(record, declared, result, kwargs={"at": at, **data})
    if target is not None:
        record.__dict__["state"] = str(target)


_STEPS: dict[type[Any], tuple[Transition, ...]] = {}


def _declared_on(model: type[Any]) -> tuple[Transition, ...]:
    found: list[Transition] = []
    for name in dir(model):
        declared = getattr(getattr(model, name, None), "_django_fsm", None)
        if declared is not None:
            found.extend(declared.transitions.values())
    return tuple(sorted(found, key=lambda each: (each.name, str(each.source))))

"""Whose turn it is: which capacities can move a case on from where it stands."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from workflows.machine import steps_of
from workflows.machines.statement_states import TO_BE_SIGNED
from workflows.models import Absence, Case, Kind, Proposal, Step
from workflows.openness import manner_of
from workflows.parties import Capacity

from .models import Act, Delegation, User, record_models


@cache
def _movers() -> dict[tuple[str, str], frozenset[str]]:
    """The capacities that can take a main step from each state; any step where there is no main one.

    Nobody where nobody has to act.
    """
    main: dict[tuple[str, str], set[str]] = defaultdict(set)
    others: dict[tuple[str, str], set[str]] = defaultdict(set)
    for kind, model in record_models().items():
        for declared in steps_of(model):
            manner = manner_of(declared)
            if manner.quiet:
                continue
            place = (kind, str(declared.source))
            (main if manner.main else others)[place].update(declared.permission.capacities)
    return {
        place: frozenset((main.get(place) or others[place]) - {Capacity.SYSTEM})
        for place in {*main, *others} - at_rest()
    }


@cache
def at_rest() -> frozenset[tuple[str, str]]:
    """Kinds and states in which nobody has to act: next comes a day that is known, or the system's own step.

    A grant in force runs to its end; a permit waits for the decision on deferred action and is then taken up.
    """
    return frozenset(
        (kind, str(state))
        for kind, model in record_models().items()
        for state in model.machine.states
        if not model.machine.standing(state).final
        and all(clock.until for clock in model.machine.clocks if state in clock.runs_in)
        and not any(
            manner_of(declared).main and Capacity.SYSTEM not in declared.permission.capacities
            for declared in steps_of(model)
            if str(declared.source) == state
        )
    )


@cache
def _countersigned(capacity: str) -> frozenset[tuple[str, str]]:
    """Kinds and steps that somebody in this capacity may countersign."""
    return frozenset(
        (kind, declared.name)
        for kind, model in record_models().items()
        for declared in steps_of(model)
        for second in [manner_of(declared).countersigned_by]
        if second is not None and capacity in second.capacities
    )


def _delegated_only() -> set[tuple[str, str]]:
    """Where the next step is a signature: an approver's turn only with a delegation for it."""
    return {(str(Kind.STATEMENT), str(state)) for state in TO_BE_SIGNED}


def can_move(user: User, *, kind: str, state: str) -> bool:
    """Whether somebody in this person's capacity can move such a case on."""
    if user.capacity == Capacity.AGENCY_APPROVER and (kind, state) in _delegated_only():
        return False
    return user.capacity in _movers().get((kind, state), frozenset())


def waiting_for(user: User, *, at: datetime) -> Q:
    """Cases that a person in this capacity can move on, or has to countersign, wherever they lie.

    While a proposal waits, the case waits for whoever may countersign it and for nobody else.
    """
    states: dict[str, list[str]] = defaultdict(list)
    signs = Q(pk__in=[])
    for (kind, state), capacities in _movers().items():
        if user.capacity == Capacity.AGENCY_APPROVER and (kind, state) in _delegated_only():
            signs |= Q(kind=kind, state=state)
        elif user.capacity in capacities:
            states[kind].append(state)
    found = Q(pk__in=[])
    if signs != Q(pk__in=[]):
        held = Delegation.objects.in_force().filter(official_id=user.pk, acts__contains=[Act.STATEMENT])
        found |= signs & Q(Exists(held))
    for kind, listed in states.items():
        found |= Q(kind=kind, state__in=listed)
    return (found & ~Q(Exists(_waiting("pk")))) | awaiting_countersignature(user, at=at)


def awaiting_countersignature(user: User, *, at: datetime) -> Q:
    """Cases with a proposal that this person may countersign: never one of their own.

    Nor one of somebody for whom they stand in then: a deputy is excluded where the absent person is.
    """
    return Q(Exists(_to_sign(user, "pk", at=at)))


def _waiting(case: str) -> QuerySet[Proposal]:
    """The proposals that wait in the case whose key stands in this column of the outer query."""
    return Proposal.objects.filter(case_id=OuterRef(case), fate=Proposal.Fate.WAITING)


def _to_sign(user: User, case: str, *, at: datetime) -> QuerySet[Proposal]:
    steps: dict[str, set[str]] = defaultdict(set)
    for kind, name in _countersigned(user.capacity):
        steps[kind].add(name)
    theirs = Q(pk__in=[])
    for kind, names in steps.items():
        theirs |= Q(case__kind=kind, step__in=names)
    absent = Absence.objects.at(at).filter(deputy_id=user.pk).values("person_id")
    return _waiting(case).filter(theirs).exclude(Q(proposed_by_id=user.pk) | Q(proposed_by_id__in=absent))


@dataclass(frozen=True)
class SecondPerson:
    """Whether a case waits for a countersignature, and whether for that of the reader."""

    waits: bool = False
    mine: bool = False


def read_with_last_steps(steps: QuerySet[Step], user: User, *, at: datetime) -> QuerySet[Step]:
    """Steps with what ``second_person`` finds beside the last one of each case."""
    return steps.annotate(
        case_waits=Exists(_waiting("case_id")),
        case_waits_for_reader=Exists(_to_sign(user, "case_id", at=at)),
    )


def second_person(last: Step | None) -> SecondPerson:
    """What was read with the last step of a case."""
    if last is None:
        return SecondPerson()
    read: Any = last
    return SecondPerson(waits=read.case_waits, mine=read.case_waits_for_reader)


def my_desks(user: User) -> list[int]:
    """The desk of the own office, and those of the people for whom this person stands in now."""
    own = my_desk(user)
    return [*([own] if own else []), *user.desks_stood_in_for]


def my_desk(user: User) -> int | None:
    """The desk of the office for which this person acts."""
    return user.acting.office.desk_id if user.acting else None


def turn_of(case: Case, user: User, second: SecondPerson) -> dict[str, Any] | None:
    """Whose turn it is, as ``whose_turn.html`` draws it; None when nobody has to act.

    That something is only proposed is said to nobody outside the desk.
    """
    if case.closed_at is not None or case.desk_id is None or (case.kind, case.state) in at_rest():
        return None
    here = case.desk_id in my_desks(user)
    if here and (second.mine if second.waits else can_move(user, kind=case.kind, state=case.state)):
        return {"mine": True, "who": ""}
    assert case.desk is not None
    if here and second.waits:
        return {"mine": False, "who": _("a second person at %(desk)s") % {"desk": case.desk.name}}
    if case.desk_id == my_desk(user):
        return {"mine": False, "who": _("a colleague at %(desk)s") % {"desk": case.desk.name}}
    return {"mine": False, "who": case.desk.name}

"""Whose turn it is: which capacities can move a case on from where it stands."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from workflows.machine import steps_of
from workflows.machines.statement_states import TO_BE_SIGNED
from workflows.models import Case, Kind, Proposal
from workflows.openness import manner_of
from workflows.parties import Capacity

from .models import Act, Delegation, User, record_models


@cache
def _movers() -> dict[tuple[str, str], frozenset[str]]:
    """The capacities that can take a main step from each state; any step where there is no main one."""
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
        place: frozenset((main.get(place) or others[place]) - {Capacity.SYSTEM}) for place in {*main, *others}
    }


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


def waiting_for(user: User) -> Q:
    """Cases that a person in this capacity can move on, or has to countersign, wherever they lie."""
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
    return found | awaiting_countersignature(user)


def awaiting_countersignature(user: User) -> Q:
    """Cases with a proposal that this person may countersign: never one of their own."""
    steps = _countersigned(user.capacity)
    if not steps:
        return Q(pk__in=[])
    waiting = Proposal.objects.filter(
        case_id=OuterRef("pk"), fate=Proposal.Fate.WAITING, step__in={name for _kind, name in steps}
    ).exclude(proposed_by_id=user.pk)
    return Q(Exists(waiting), kind__in={kind for kind, _name in steps})


def my_desks(user: User) -> list[int]:
    """The desk of the own office, and those of the people for whom this person stands in now."""
    own = my_desk(user)
    return [*([own] if own else []), *user.desks_stood_in_for]


def my_desk(user: User) -> int | None:
    """The desk of the office for which this person acts."""
    return user.acting.office.desk_id if user.acting else None


def turn_of(case: Case, user: User) -> dict[str, Any] | None:
    """Whose turn it is, as ``whose_turn.html`` draws it; None when nobody has to act."""
    if case.closed_at is not None or case.desk_id is None:
        return None
    if case.desk_id in my_desks(user) and can_move(user, kind=case.kind, state=case.state):
        return {"mine": True, "who": ""}
    assert case.desk is not None
    if case.desk_id == my_desk(user):
        return {"mine": False, "who": _("a colleague at %(desk)s") % {"desk": case.desk.name}}
    return {"mine": False, "who": case.desk.name}

"""A refusal takes something from somebody as finally as a grant gives it. So it needs as many people."""

from __future__ import annotations

import pytest

from referrals.models import record_models
from workflows.machine import steps_of
from workflows.models import Kind
from workflows.openness import manner_of
from workflows.parties import Capacity

OWN_SIDE = {Capacity.REPRESENTATIVE, Capacity.ORGANIZER, Capacity.SYSTEM}

# The steps by which an office gives, and those by which it refuses or takes away, for each kind of case.
COUNTERPARTS = {
    Kind.SOI_REQUEST: [("accept", ["decline", "refer"])],
    Kind.STATEMENT: [("sign", ["withdraw_at_once", "announce_withdrawal", "close", "cancel"])],
    Kind.WORKER_REQUEST: [
        ("grant", ["deny", "deny_for_no_show", "close_administratively"]),
        ("grant_at_ice", ["deny_at_ice"]),
        ("accept", ["reject"]),
    ],
    Kind.GRANT: [("keep", ["terminate", "terminate_at_once", "supersede"])],
    Kind.WORK_PERMIT: [("approve", ["deny"]), ("accept_fee", ["reject"])],
    Kind.STAY: [("grant", ["deny", "revoke", "end_as_moot", "renew"]), ("accept", ["reject"])],
    Kind.STAY_REFERRAL: [("approve", ["decline", "end_as_moot"]), ("support", ["not_support"])],
    Kind.RENEWAL: [],
}

# One person alone may take these, and why.
ALONE = {
    (
        Kind.SOI_REQUEST,
        "refer",
    ): "Decides nothing: it names the agency that is responsible, which then decides.",
    (Kind.STATEMENT, "cancel"): (
        "Nothing was in force. A draft of one's own is taken back by one person; one that lies before an "
        "approver was written by another."
    ),
    (Kind.WORKER_REQUEST, "reject"): "Gives the papers back undecided; to accept them takes one person too.",
    (
        Kind.WORK_PERMIT,
        "reject",
    ): "Gives the papers back for the fee; to accept the fee takes one person too.",
    (Kind.STAY, "reject"): "Gives the papers back undecided; to accept them takes one person too.",
    (Kind.STAY, "renew"): "Only after a new stay, which two people granted, has taken its place.",
    (
        Kind.STAY_REFERRAL,
        "not_support",
    ): "Records what the field office decided on the stay, with two people.",
    (Kind.GRANT, "supersede"): "Only where a newer grant, a fact of its own, has taken its place.",
}


def people(kind: str, name: str) -> int:
    """How many people a step takes at least, from every state."""
    manners = [manner_of(each) for each in steps_of(record_models()[kind]) if each.name == name]
    assert manners, f"{kind} has no step {name}"
    return min(2 if each.countersigned_by or each.not_by_those_who else 1 for each in manners)


def refusals() -> list[tuple[str, str, str]]:
    return [
        (kind, gives, refuses)
        for kind, pairs in COUNTERPARTS.items()
        for gives, refusing in pairs
        for refuses in refusing
    ]


@pytest.mark.parametrize(("kind", "gives", "refuses"), refusals())
def test_a_refusal_takes_as_many_people_as_the_grant_and_two_unless_a_reason_is_stated(
    kind: str, gives: str, refuses: str
) -> None:
    if (kind, refuses) in ALONE:
        assert people(kind, refuses) == 1, "the stated exception is out of date"
        return
    assert people(kind, refuses) >= max(2, people(kind, gives))


@pytest.mark.parametrize("kind", Kind)
def test_every_final_step_of_an_office_is_in_the_table(kind: str) -> None:
    """Whatever ends a case for good, and is not the other side's own wish or the clock, is judged above."""
    machine = record_models()[kind].machine
    listed = {name for gives, refusing in COUNTERPARTS[kind] for name in (gives, *refusing)}
    for declared in steps_of(record_models()[kind]):
        manner = manner_of(declared)
        ends = any(machine.standing(str(target)).final for target in _targets(declared))
        alone = not (manner.countersigned_by or manner.not_by_those_who)
        if ends and alone and not declared.permission.capacities <= OWN_SIDE and not manner.quiet:
            assert declared.name in listed | NEUTRAL.get(kind, set()), f"{kind}: {declared.name}"


# They end a case, and neither give nor refuse: the worker's side takes it back, or an office hands it on.
NEUTRAL = {
    Kind.WORK_PERMIT: {"withdraw"},
    Kind.WORKER_REQUEST: {"return_to_uscis"},
}


def _targets(declared: object) -> list[str]:
    from workflows.machine import targets_of

    return targets_of(declared)  # type: ignore[arg-type]


def test_each_exception_is_one_of_the_table() -> None:
    known = {(kind, refuses) for kind, _gives, refuses in refusals()}
    assert set(ALONE) <= known
    assert all(len(reason) > 20 for reason in ALONE.values())

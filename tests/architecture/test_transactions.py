"""Who begins a transaction also begins it again when the database has put it back: in one place."""

from __future__ import annotations

import ast

from tests.architecture import sources

THE_PLACE = "recordsets/collisions.py"
# Where a transaction is begun by hand, and why nobody has to do the whole of it again there.
BY_HAND = {
    "notifications/incidents.py": "a savepoint around a hook that may fail",
    "referrals/demo/world.py": "a command that fills an empty database",
    "referrals/services/steps.py": "a savepoint within one piece: what is refused together is taken alone",
    "referrals/tallies.py": "what could not be counted is kept for the next time",
    "workflows/history.py": "one instant for reading",
    "workflows/migrating.py": "a savepoint within one piece: what is refused together is moved alone",
    "workflows/policy_changes.py": "a savepoint within one piece",
    "workflows/recompute.py": "a batch that fails is left to the next tick, as one that is locked is",
    "workflows/sweep.py": "a batch that fails is fired case by case, each in one piece",
}


def begun_by_hand() -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for path in sources.product():
        for node in ast.walk(sources.tree(path)):
            named = isinstance(node, ast.Attribute) and node.attr == "atomic"
            if named and getattr(node.value, "id", "") == "transaction":
                found.setdefault(sources.where(path), []).append(node.lineno)
    return found


def test_a_transaction_is_begun_by_the_piece_that_begins_it_again() -> None:
    assert set(begun_by_hand()) - {THE_PLACE} == set(BY_HAND)

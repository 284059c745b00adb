"""Preparing to renew a grant: who may take which step from where, and where it leads."""

from __future__ import annotations

from tests.workflows.tables.capacities import CLOCK, REPRESENTATIVE
from workflows.machines.renewal import State

MOVES = {
    (State.OPEN, "ask_agency"): (REPRESENTATIVE, {State.AWAITING_STATEMENT}),
    (State.OPEN, "choose_extension"): (REPRESENTATIVE, {State.READY}),
    (State.OPEN, "choose_renewal"): (CLOCK | REPRESENTATIVE, {State.READY}),
    (State.OPEN, "lapse"): (CLOCK, {State.LAPSED}),
    (State.OPEN, "withdraw"): (REPRESENTATIVE, {State.WITHDRAWN}),
    (State.AWAITING_STATEMENT, "choose_renewal"): (CLOCK | REPRESENTATIVE, {State.READY}),
    (State.AWAITING_STATEMENT, "lapse"): (CLOCK, {State.LAPSED}),
    (State.AWAITING_STATEMENT, "withdraw"): (REPRESENTATIVE, {State.WITHDRAWN}),
    (State.READY, "open_request"): (REPRESENTATIVE, {State.FILED}),
    (State.READY, "lapse"): (CLOCK, {State.LAPSED}),
    (State.READY, "withdraw"): (REPRESENTATIVE, {State.WITHDRAWN}),
}
COUNTERSIGNED = {}
NOT_BY_THOSE_WHO = {}

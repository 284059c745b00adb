"""Deferred action once granted: who may take which step from where, and where it leads."""

from __future__ import annotations

from tests.workflows.tables.capacities import (
    CLOCK,
    ICE,
    ICE_SUPERVISOR,
    REPRESENTATIVE,
    USCIS,
    USCIS_SUPERVISOR,
)
from workflows.machines.grant_states import State

MOVES = {
    (State.ACTIVE, "begin_expiring"): (CLOCK, {State.EXPIRING}),
    (State.ACTIVE, "extend"): (CLOCK, {State.EXTENDED}),
    (State.ACTIVE, "renew"): (CLOCK, {State.RENEWED}),
    (State.ACTIVE, "supersede"): (USCIS_SUPERVISOR, {State.SUPERSEDED}),
    (State.ACTIVE, "give_notice"): (USCIS | ICE, {State.TERMINATION_NOTICE}),
    (State.ACTIVE, "terminate_at_once"): (USCIS | ICE, {State.TERMINATED}),
    (State.ACTIVE, "expire"): (CLOCK, {State.EXPIRED}),
    (State.EXPIRING, "extend"): (CLOCK, {State.EXTENDED}),
    (State.EXPIRING, "renew"): (CLOCK, {State.RENEWED}),
    (State.EXPIRING, "supersede"): (USCIS_SUPERVISOR, {State.SUPERSEDED}),
    (State.EXPIRING, "give_notice"): (USCIS | ICE, {State.TERMINATION_NOTICE}),
    (State.EXPIRING, "terminate_at_once"): (USCIS | ICE, {State.TERMINATED}),
    (State.EXPIRING, "expire"): (CLOCK, {State.EXPIRED}),
    (State.TERMINATION_NOTICE, "respond"): (REPRESENTATIVE, {State.RESPONDED}),
    (State.TERMINATION_NOTICE, "keep"): (USCIS_SUPERVISOR | ICE_SUPERVISOR, {State.ACTIVE}),
    (State.TERMINATION_NOTICE, "terminate_at_once"): (USCIS | ICE, {State.TERMINATED}),
    (State.TERMINATION_NOTICE, "expire"): (CLOCK, {State.EXPIRED}),
    (State.TERMINATION_NOTICE, "terminate"): (USCIS | ICE, {State.TERMINATED}),
    (State.RESPONDED, "keep"): (USCIS_SUPERVISOR | ICE_SUPERVISOR, {State.ACTIVE}),
    (State.RESPONDED, "expire"): (CLOCK, {State.EXPIRED}),
    (State.RESPONDED, "terminate"): (USCIS | ICE, {State.TERMINATED}),
}
EITHER_SUPERVISOR = USCIS_SUPERVISOR | ICE_SUPERVISOR
COUNTERSIGNED = {"terminate_at_once": EITHER_SUPERVISOR, "terminate": EITHER_SUPERVISOR}
NOT_BY_THOSE_WHO = {"terminate_at_once": {"write_grounds"}, "terminate": {"write_grounds"}}

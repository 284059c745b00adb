"""An agency's support of a stay: who may take which step from where, and where it leads."""

from __future__ import annotations

from tests.workflows.tables.capacities import AGENCY_APPROVERS, AGENCY_STAFF, CLOCK, ICE, REPRESENTATIVE
from workflows.machines.stay_referral import State

MOVES = {
    (State.ASKED, "draft"): (AGENCY_STAFF, {State.DRAFTED}),
    (State.ASKED, "decline"): (AGENCY_APPROVERS, {State.DECLINED}),
    (State.ASKED, "make_moot"): (CLOCK | REPRESENTATIVE, {State.MOOT}),
    (State.ASKED, "end_as_moot"): (AGENCY_STAFF, {State.MOOT}),
    (State.DRAFTED, "draft"): (AGENCY_STAFF, {State.DRAFTED}),
    (State.DRAFTED, "approve"): (AGENCY_APPROVERS, {State.APPROVED}),
    (State.DRAFTED, "return_to_drafter"): (AGENCY_APPROVERS, {State.ASKED}),
    (State.DRAFTED, "decline"): (AGENCY_APPROVERS, {State.DECLINED}),
    (State.DRAFTED, "make_moot"): (CLOCK | REPRESENTATIVE, {State.MOOT}),
    (State.DRAFTED, "end_as_moot"): (AGENCY_STAFF, {State.MOOT}),
    (State.APPROVED, "send"): (AGENCY_STAFF, {State.SENT}),
    (State.APPROVED, "make_moot"): (CLOCK | REPRESENTATIVE, {State.MOOT}),
    (State.APPROVED, "end_as_moot"): (AGENCY_STAFF, {State.MOOT}),
    (State.SENT, "hasten"): (CLOCK, {State.SENT_URGENT}),
    (State.SENT_URGENT, "acknowledge"): (ICE, {State.ACKNOWLEDGED}),
    (State.SENT_URGENT, "make_moot"): (CLOCK | REPRESENTATIVE, {State.MOOT}),
    (State.SENT_URGENT, "end_as_moot"): (AGENCY_STAFF, {State.MOOT}),
    (State.SENT, "acknowledge"): (ICE, {State.ACKNOWLEDGED}),
    (State.SENT, "make_moot"): (CLOCK | REPRESENTATIVE, {State.MOOT}),
    (State.SENT, "end_as_moot"): (AGENCY_STAFF, {State.MOOT}),
    (State.ACKNOWLEDGED, "forward"): (ICE, {State.FORWARDED}),
    (State.ACKNOWLEDGED, "make_moot"): (CLOCK | REPRESENTATIVE, {State.MOOT}),
    (State.ACKNOWLEDGED, "end_as_moot"): (AGENCY_STAFF, {State.MOOT}),
    (State.FORWARDED, "support"): (ICE, {State.SUPPORTED}),
    (State.FORWARDED, "not_support"): (ICE, {State.NOT_SUPPORTED}),
    (State.FORWARDED, "make_moot"): (CLOCK | REPRESENTATIVE, {State.MOOT}),
    (State.FORWARDED, "end_as_moot"): (AGENCY_STAFF, {State.MOOT}),
}
COUNTERSIGNED = {"decline": AGENCY_APPROVERS, "end_as_moot": AGENCY_APPROVERS}
NOT_BY_THOSE_WHO = {"approve": {"draft"}}

"""A work permit: who may take which step from where, and where it leads."""

from __future__ import annotations

from tests.workflows.tables.capacities import CLOCK, INTAKE, REPRESENTATIVE, USCIS, USCIS_SUPERVISOR
from workflows.machines.work_permit_states import State

MOVES = {
    (State.NOT_FILED, "file"): (CLOCK, {State.FILED}),
    (State.NOT_FILED, "withdraw"): (CLOCK | REPRESENTATIVE, {State.WITHDRAWN}),
    (State.FILED, "withdraw"): (CLOCK | REPRESENTATIVE, {State.WITHDRAWN}),
    (State.FILED, "accept_fee"): (USCIS | INTAKE, {State.AWAITING_GRANT}),
    (State.FILED, "take_up_waiver"): (USCIS | INTAKE, {State.WAIVER_REQUESTED}),
    (State.FILED, "reject"): (USCIS | INTAKE, {State.REJECTED}),
    (State.FILED, "deny_with_request"): (CLOCK, {State.DENIED}),
    (State.WAIVER_REQUESTED, "withdraw"): (CLOCK | REPRESENTATIVE, {State.WITHDRAWN}),
    (State.WAIVER_REQUESTED, "grant_waiver"): (USCIS, {State.AWAITING_GRANT}),
    (State.WAIVER_REQUESTED, "reject"): (USCIS | INTAKE, {State.REJECTED}),
    (State.WAIVER_REQUESTED, "deny_with_request"): (CLOCK, {State.DENIED}),
    (State.AWAITING_GRANT, "withdraw"): (CLOCK | REPRESENTATIVE, {State.WITHDRAWN}),
    (State.AWAITING_GRANT, "take_up"): (USCIS | CLOCK, {State.IN_ADJUDICATION}),
    (State.AWAITING_GRANT, "deny_with_request"): (CLOCK, {State.DENIED}),
    (State.IN_ADJUDICATION, "withdraw"): (CLOCK | REPRESENTATIVE, {State.WITHDRAWN}),
    (State.IN_ADJUDICATION, "request_evidence"): (USCIS, {State.RFE_ISSUED}),
    (State.IN_ADJUDICATION, "approve"): (USCIS, {State.APPROVED}),
    (State.IN_ADJUDICATION, "deny"): (USCIS, {State.DENIED}),
    (State.RFE_ISSUED, "withdraw"): (CLOCK | REPRESENTATIVE, {State.WITHDRAWN}),
    (State.RFE_ISSUED, "answer_rfe"): (REPRESENTATIVE, {State.IN_ADJUDICATION}),
    (State.RFE_ISSUED, "close_rfe"): (USCIS, {State.IN_ADJUDICATION}),
    (State.APPROVED, "produce_card"): (USCIS, {State.CARD_PRODUCED}),
    (State.APPROVED, "expire"): (CLOCK, {State.EXPIRED}),
    (State.APPROVED, "renew"): (CLOCK, {State.RENEWED}),
    (State.APPROVED, "revoke"): (CLOCK, {State.REVOKED}),
    (State.CARD_PRODUCED, "mail"): (USCIS, {State.MAILED}),
    (State.CARD_PRODUCED, "expire"): (CLOCK, {State.EXPIRED}),
    (State.CARD_PRODUCED, "renew"): (CLOCK, {State.RENEWED}),
    (State.CARD_PRODUCED, "revoke"): (CLOCK, {State.REVOKED}),
    (State.MAILED, "deliver"): (USCIS | REPRESENTATIVE, {State.DELIVERED}),
    (State.MAILED, "return_to_sender"): (USCIS, {State.UNDELIVERABLE}),
    (State.MAILED, "expire"): (CLOCK, {State.EXPIRED}),
    (State.MAILED, "renew"): (CLOCK, {State.RENEWED}),
    (State.MAILED, "revoke"): (CLOCK, {State.REVOKED}),
    (State.UNDELIVERABLE, "mail_again"): (USCIS | REPRESENTATIVE, {State.MAILED}),
    (State.UNDELIVERABLE, "expire"): (CLOCK, {State.EXPIRED}),
    (State.UNDELIVERABLE, "renew"): (CLOCK, {State.RENEWED}),
    (State.UNDELIVERABLE, "revoke"): (CLOCK, {State.REVOKED}),
    (State.DELIVERED, "begin_expiring"): (CLOCK, {State.EXPIRING}),
    (State.DELIVERED, "expire"): (CLOCK, {State.EXPIRED}),
    (State.DELIVERED, "renew"): (CLOCK, {State.RENEWED}),
    (State.DELIVERED, "revoke"): (CLOCK, {State.REVOKED}),
    (State.EXPIRING, "expire"): (CLOCK, {State.EXPIRED}),
    (State.EXPIRING, "renew"): (CLOCK, {State.RENEWED}),
    (State.EXPIRING, "revoke"): (CLOCK, {State.REVOKED}),
}
COUNTERSIGNED = {"deny": USCIS_SUPERVISOR}
NOT_BY_THOSE_WHO = {}

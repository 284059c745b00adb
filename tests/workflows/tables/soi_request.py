"""A request for a statement of interest: who may take which step from where, and where it leads."""

from __future__ import annotations

from tests.workflows.tables.capacities import AGENCY_APPROVERS, AGENCY_STAFF, CLOCK, REQUESTER
from workflows.machines.soi_request_states import State

MOVES = {
    (State.DRAFT, "revise"): (REQUESTER, {State.DRAFT}),
    (State.DRAFT, "submit"): (REQUESTER, {State.SUBMITTED}),
    (State.DRAFT, "withdraw"): (REQUESTER, {State.WITHDRAWN}),
    (State.SUBMITTED, "acknowledge"): (AGENCY_STAFF, {State.ACKNOWLEDGED}),
    (State.SUBMITTED, "withdraw"): (REQUESTER, {State.WITHDRAWN}),
    (State.SUBMITTED, "lapse"): (CLOCK, {State.LAPSED}),
    (State.ACKNOWLEDGED, "begin_review"): (AGENCY_STAFF, {State.UNDER_REVIEW}),
    (State.ACKNOWLEDGED, "request_information"): (AGENCY_STAFF, {State.INFO_REQUESTED}),
    (State.ACKNOWLEDGED, "refer"): (AGENCY_STAFF, {State.REFERRED}),
    (State.ACKNOWLEDGED, "withdraw"): (REQUESTER, {State.WITHDRAWN}),
    (State.UNDER_REVIEW, "assess"): (AGENCY_STAFF, {State.UNDER_REVIEW}),
    (State.UNDER_REVIEW, "request_information"): (AGENCY_STAFF, {State.INFO_REQUESTED}),
    (State.UNDER_REVIEW, "monitor"): (AGENCY_STAFF, {State.MONITORING}),
    (State.UNDER_REVIEW, "accept"): (AGENCY_APPROVERS, {State.ACCEPTED}),
    (State.UNDER_REVIEW, "decline"): (AGENCY_APPROVERS, {State.DECLINED}),
    (State.UNDER_REVIEW, "refer"): (AGENCY_STAFF, {State.REFERRED}),
    (State.UNDER_REVIEW, "withdraw"): (REQUESTER, {State.WITHDRAWN}),
    (State.INFO_REQUESTED, "answer"): (REQUESTER, {State.UNDER_REVIEW}),
    (State.INFO_REQUESTED, "withdraw"): (REQUESTER, {State.WITHDRAWN}),
    (State.MONITORING, "recheck"): (AGENCY_STAFF | CLOCK, {State.UNDER_REVIEW}),
    (State.MONITORING, "withdraw"): (REQUESTER, {State.WITHDRAWN}),
}
COUNTERSIGNED = {}
NOT_BY_THOSE_WHO = {"decline": {"assess"}}

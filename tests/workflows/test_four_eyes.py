"""Two kinds of second person: whoever prepared it does not approve it; nobody countersigns themselves."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from referrals.services import decisions
from referrals.services.steps import take_step
from tests.cases import OPEN_WORLD
from workflows import engine, history, sealing
from workflows.engine import StepRefused
from workflows.machines import statement_states, worker_request_states
from workflows.models import Proposal, Step
from workflows.openness import COUNTERSIGN, SEND_BACK

LATER = OPEN_WORLD + timedelta(days=1)
GRANTED = {"grant_starts_on": date(2024, 9, 10), "months": 48}


def propose(cast: Any, pending: Any) -> Step:
    return take_step(pending, "grant_at_ice", by=cast.ice_reviewer, at=LATER, **GRANTED)


def refusal(record: Any, step: str, **how: Any) -> list[str]:
    with pytest.raises(StepRefused) as refused:
        engine.advance(record, step, **how)
    return [each.code for each in refused.value.refusals]


def options(record: Any, person: Any) -> dict[str, Any]:
    return {each.name: each for each in engine.options_for(record, by=person, at=LATER)}


def test_a_proposal_moves_nothing_until_it_is_countersigned(cast: Any, pending: Any) -> None:
    step = propose(cast, pending)
    assert step.nature == Step.Nature.PROPOSED
    assert pending.state == worker_request_states.State.ICE_REVIEW
    step = take_step(pending, COUNTERSIGN, by=cast.ice_supervisor, at=LATER)
    assert (step.nature, step.name) == (Step.Nature.MOVED, "grant_at_ice")
    assert pending.state == worker_request_states.State.ICE_GRANTED
    assert step.data == {
        "grant_starts_on": "2024-09-10",
        "months": 48,
        "proposed_by": cast.ice_reviewer.pk,
    }
    assert history.verify().broken is None


def test_the_proposer_cannot_countersign_even_with_the_capacity_for_it(cast: Any, pending: Any) -> None:
    take_step(pending, "grant_at_ice", by=cast.ice_supervisor, at=LATER, **GRANTED)
    assert refusal(pending, COUNTERSIGN, by=cast.ice_supervisor, at=LATER) == ["four_eyes"]
    assert not options(pending, cast.ice_supervisor)[COUNTERSIGN].open


def test_who_is_not_of_the_countersigning_party_cannot_countersign(cast: Any, pending: Any) -> None:
    propose(cast, pending)
    for person in (cast.ice_reviewer, cast.ny_ice_reviewer, cast.supervisor, cast.representative):
        assert refusal(pending, COUNTERSIGN, by=person, at=LATER) == ["not_your_step"]


def test_the_database_refuses_a_countersignature_by_the_proposer(cast: Any, pending: Any) -> None:
    propose(cast, pending)
    proposal = pending.proposals.get()
    proposal.fate, proposal.decided_by = Proposal.Fate.COUNTERSIGNED, cast.ice_reviewer
    with pytest.raises(IntegrityError, match="nobody_countersigns_their_own_proposal"), transaction.atomic():
        proposal.save()
    proposal.decided_by = None
    with pytest.raises(IntegrityError, match="nobody_countersigns_their_own_proposal"), transaction.atomic():
        proposal.save()


def test_the_database_lets_one_proposal_wait_at_a_time(cast: Any, pending: Any) -> None:
    propose(cast, pending)
    proposal = pending.proposals.get()
    proposal.pk, proposal.line = None, Step(pk=0)
    with pytest.raises(IntegrityError, match="one_proposal_waits_at_a_time"), transaction.atomic():
        proposal.save()


def test_what_changed_since_it_was_proposed_is_not_countersigned(cast: Any, pending: Any) -> None:
    propose(cast, pending)
    decisions.write(
        pending, by=cast.ice_reviewer, at=LATER, outcome="GRANT", rationale="Another reason altogether."
    )
    assert refusal(pending, COUNTERSIGN, by=cast.ice_supervisor, at=LATER) == ["content_changed"]
    assert pending.proposals.get().fate == Proposal.Fate.WAITING
    take_step(pending, SEND_BACK, by=cast.ice_supervisor, at=LATER, reason="Propose it anew.")
    propose(cast, pending)
    take_step(pending, COUNTERSIGN, by=cast.ice_supervisor, at=LATER)
    assert pending.state == worker_request_states.State.ICE_GRANTED


def test_a_proposal_falls_when_the_case_takes_another_step(cast: Any, pending: Any) -> None:
    propose(cast, pending)
    take_step(pending, "withdraw", by=cast.representative, at=LATER, reason="The worker asks for it.")
    assert pending.proposals.get().fate == Proposal.Fate.FALLEN
    assert refusal(pending, COUNTERSIGN, by=cast.ice_supervisor, at=LATER) == ["nothing_waits"]


def test_only_one_decision_waits_at_a_time(cast: Any, pending: Any) -> None:
    propose(cast, pending)
    assert refusal(
        pending, "deny_at_ice", by=cast.ice_reviewer, at=LATER, reason="No.", reason_code="OTHER"
    ) == ["waits"]
    assert refusal(pending, "grant_at_ice", by=cast.ice_reviewer, at=LATER, **GRANTED) == ["waits"]


def test_a_page_shows_closed_what_the_door_refuses_while_a_decision_waits(cast: Any, pending: Any) -> None:
    assert options(pending, cast.ice_reviewer)["deny_at_ice"].open
    propose(cast, pending)
    closed = options(pending, cast.ice_reviewer)
    assert [each.code for each in closed["deny_at_ice"].refusals] == ["waits"]
    assert [each.code for each in closed["grant_at_ice"].refusals] == ["waits_for_countersignature"]


def test_whose_step_it_is_not_learns_nothing_of_a_decision_that_waits(cast: Any, pending: Any) -> None:
    propose(cast, pending)
    given = {"reason": "No.", "reason_code": "OTHER"}
    refused = refusal(pending, "deny_at_ice", by=cast.representative, at=LATER, **given)
    assert refused == ["not_your_step"]
    seen = options(pending, cast.representative)["deny_at_ice"]
    assert "waits" not in {each.code for each in seen.refusals}


def test_sending_back_needs_a_reason_and_moves_nothing(cast: Any, pending: Any) -> None:
    propose(cast, pending)
    assert refusal(pending, SEND_BACK, by=cast.ice_supervisor, at=LATER) == ["needs_reason"]
    step = take_step(pending, SEND_BACK, by=cast.ice_supervisor, at=LATER, reason="Say more.")
    assert (step.nature, sealing.reason_of(step)) == (Step.Nature.SENT_BACK, "Say more.")
    assert pending.state == worker_request_states.State.ICE_REVIEW
    assert pending.proposals.get().fate == Proposal.Fate.SENT_BACK
    assert SEND_BACK not in options(pending, cast.ice_supervisor)


def test_nothing_is_countersigned_where_nothing_waits(cast: Any, pending: Any) -> None:
    for step in (COUNTERSIGN, SEND_BACK):
        assert refusal(pending, step, by=cast.ice_supervisor, at=LATER, reason="x") == ["nothing_waits"]


def test_facts_must_still_hold_when_it_is_countersigned(
    cast: Any, pending: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(pending), "decided_content", lambda _record, _step: {})
    propose(cast, pending)
    pending.decisions.update(rationale="")
    assert refusal(pending, COUNTERSIGN, by=cast.ice_supervisor, at=LATER) == ["has_a_decision"]


# Whoever prepared it


def test_whoever_wrote_a_statement_does_not_approve_it(cast: Any, written: Any) -> None:
    from tests import cases

    cases.complete_draft(written, by=cast.approver, at=LATER)
    take_step(written, "send_for_approval", by=cast.investigator, at=LATER)
    assert refusal(written, "approve", by=cast.approver, at=LATER) == ["four_eyes"]
    assert not options(written, cast.approver)["approve"].open
    take_step(written, "approve", by=cast.second_approver, at=LATER)
    assert written.state == statement_states.State.APPROVED


def test_whoever_sent_it_for_approval_does_not_approve_it(cast: Any, written: Any) -> None:
    take_step(written, "send_for_approval", by=cast.approver, at=LATER)
    assert refusal(written, "approve", by=cast.approver, at=LATER) == ["four_eyes"]


def test_an_excluded_signer_stays_excluded_after_a_return(cast: Any, in_review: Any) -> None:
    take_step(in_review, "return_to_drafter", by=cast.approver, at=LATER, reason="Say more.")
    take_step(in_review, "send_for_approval", by=cast.investigator, at=LATER)
    take_step(in_review, "approve", by=cast.approver, at=LATER)
    assert in_review.state == statement_states.State.APPROVED
    assert "not_your_step" in refusal(
        in_review, "sign", by=cast.investigator, at=LATER, review_by_on=date(2026, 8, 5)
    )


def test_an_approver_announces_a_withdrawal_and_another_countersigns(cast: Any, active: Any) -> None:
    take_step(
        active,
        "announce_withdrawal",
        by=cast.approver,
        at=LATER,
        reason="The case settled.",
        withdrawal_on=date(2024, 9, 2),
    )
    assert refusal(active, COUNTERSIGN, by=cast.approver, at=LATER) == ["four_eyes"]
    take_step(active, COUNTERSIGN, by=cast.second_approver, at=LATER)
    assert active.withdrawal_on == date(2024, 9, 2)
    assert active.state == statement_states.State.WITHDRAWAL_NOTICE
    assert sealing.reason_of(active.steps.order_by("-sequence").first()) == "The case settled."

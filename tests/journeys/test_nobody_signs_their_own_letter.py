"""Whoever wrote a statement neither approves nor signs it, in whatever hat they come back."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from notifications.models import Message
from referrals.models import Delegation, Membership, Statement
from referrals.services import statements
from referrals.services.steps import take_step
from tests.cases import OPEN_WORLD, complete_draft, matter_of, reload
from workflows.engine import StepRefused, options_for
from workflows.machines.statement import State
from workflows.parties import Capacity

REVIEW_BY = date(2026, 8, 5)


@pytest.fixture
def drafted(cast: Any) -> Statement:
    """Written and sent for approval by the investigator."""
    statement = statements.open_draft(
        matter_of(cast), office=cast.offices["nlrb-region-28"], by=cast.investigator, at=OPEN_WORLD
    )
    complete_draft(statement, by=cast.investigator, at=OPEN_WORLD)
    take_step(statement, "send_for_approval", by=cast.investigator, at=OPEN_WORLD)
    return statement


def in_another_hat(cast: Any, person: Any, capacity: str) -> Any:
    """The same person acting in one more membership of the same office, with a delegation to sign."""
    first = person.memberships.get()
    hat = Membership.objects.create(
        user=person, organization=first.organization, office=first.office, capacity=capacity, title="Acting"
    )
    Delegation.objects.create(
        agency=first.organization,
        official=person,
        title="Acting",
        authority="Order 7",
        starts_on=date(2024, 1, 1),
        recorded_by=cast.approver,
        recorded_at=OPEN_WORLD,
        confirmed_by=cast.second_approver,
        confirmed_at=OPEN_WORLD,
    )
    again = type(person).objects.get(pk=person.pk)
    return again.act_as(hat)


def refused(statement: Statement, step: str, **how: Any) -> list[str]:
    messages, steps = Message.objects.count(), statement.steps.count()
    with pytest.raises(StepRefused) as refusal:
        take_step(statement, step, **how)
    assert (Message.objects.count(), statement.steps.count()) == (messages, steps)
    return [each.code for each in refusal.value.refusals]


class TestTheDrafter:
    def test_is_no_approver_in_the_first_place(self, cast: Any, drafted: Statement) -> None:
        assert refused(drafted, "approve", by=cast.investigator, at=OPEN_WORLD) == ["not_your_step"]

    def test_cannot_approve_in_the_hat_of_an_approver(self, cast: Any, drafted: Statement) -> None:
        same = in_another_hat(cast, cast.investigator, Capacity.AGENCY_APPROVER)
        assert refused(drafted, "approve", by=same, at=OPEN_WORLD) == ["four_eyes"]
        assert reload(drafted).state == State.AGENCY_REVIEW

    def test_is_told_why_before_pressing(self, cast: Any, drafted: Statement) -> None:
        same = in_another_hat(cast, cast.investigator, Capacity.AGENCY_APPROVER)
        option = next(each for each in options_for(drafted, by=same, at=OPEN_WORLD) if each.name == "approve")
        assert not option.open
        (why,) = option.refusals
        assert "prepared this yourself" in why.reason
        assert "second official" in why.remedy

    def test_cannot_sign_in_the_hat_of_a_signing_official(self, cast: Any, drafted: Statement) -> None:
        take_step(drafted, "approve", by=cast.approver, at=OPEN_WORLD)
        same = in_another_hat(cast, cast.investigator, Capacity.AGENCY_SIGNER)
        assert refused(drafted, "sign", by=same, at=OPEN_WORLD, review_by_on=REVIEW_BY) == ["four_eyes"]
        assert reload(drafted).version_in_force is None

    def test_who_changed_one_sentence_counts_as_a_drafter(self, cast: Any) -> None:
        statement = statements.open_draft(
            matter_of(cast), office=cast.offices["nlrb-region-28"], by=cast.investigator, at=OPEN_WORLD
        )
        complete_draft(statement, by=cast.investigator, at=OPEN_WORLD)
        complete_draft(statement, by=cast.approver, at=OPEN_WORLD, supports="Witnesses.")
        take_step(statement, "send_for_approval", by=cast.investigator, at=OPEN_WORLD)
        assert refused(statement, "approve", by=cast.approver, at=OPEN_WORLD) == ["four_eyes"]
        take_step(statement, "approve", by=cast.second_approver, at=OPEN_WORLD)
        assert statement.state == State.APPROVED


class TestASecondPairOfEyes:
    def test_approves_and_signs(self, cast: Any, drafted: Statement) -> None:
        take_step(drafted, "approve", by=cast.approver, at=OPEN_WORLD)
        take_step(drafted, "sign", by=cast.signer, at=OPEN_WORLD, review_by_on=REVIEW_BY)
        assert drafted.state == State.SIGNED
        assert drafted.signed is not None
        assert drafted.signed.signed_by == cast.signer

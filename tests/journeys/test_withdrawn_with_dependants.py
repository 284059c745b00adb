"""A statement is withdrawn while twenty-five requests rest on it: announced, countersigned, then done."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest

from notifications.models import Message
from referrals import tasks
from referrals.models import Person, Statement, WorkerRequest
from referrals.services import statements
from referrals.services.steps import take_step
from tests.cases import (
    active_statement,
    clock_of,
    draft_request,
    inbox_of,
    kept_for_many_tests,
    reload,
    routed_request,
)
from workflows import history
from workflows.engine import StepRefused
from workflows.machines.statement import State
from workflows.models import Step

ANNOUNCED = datetime(2024, 9, 2, 15, 0, tzinfo=UTC)
TWO_WEEKS_LATER = date(2024, 9, 16)
THREE_DAYS_BEFORE = datetime(2024, 9, 14, 15, 0, tzinfo=UTC)
WHEN_IT_IS_OVER = datetime(2024, 9, 17, 8, 0, tzinfo=UTC)
OF_ROSA, OF_RITA = 18, 5
EVENT = "statement.announce_withdrawal"


@pytest.fixture(scope="module")
def depended_on(django_db_setup: None, django_db_blocker: Any) -> Iterator[int]:
    """Twenty-five open requests rest on it: two with DHS, the others being prepared, of two organizations."""
    with kept_for_many_tests(django_db_blocker) as cast:
        statement = active_statement(cast)
        routed_request(cast, statement)
        routed_request(cast, statement, ice=True)
        for _number in range(OF_ROSA):
            draft_request(cast, statement)
        for _number in range(OF_RITA):
            draft_request(cast, statement, by=cast.river)
        yield statement.pk


@pytest.fixture
def statement(depended_on: int, db: None) -> Statement:
    return Statement.objects.get(pk=depended_on)


def propose(cast: Any, statement: Any) -> Step:
    return take_step(
        statement, "announce_withdrawal", by=cast.approver, at=ANNOUNCED,
        reason="The matter was settled.", withdrawal_on=TWO_WEEKS_LATER,
    )  # fmt: skip


def announce(cast: Any, statement: Any) -> None:
    propose(cast, statement)
    take_step(statement, "countersign", by=cast.second_approver, at=ANNOUNCED)


def told(person: Any, event: str = EVENT) -> int:
    return Message.objects.inbox_of(person).filter(event=event).count()


class TestBeforeTheSecondApproverSigns:
    def test_it_is_only_proposed_and_no_dependant_hears_of_it(self, cast: Any, statement: Any) -> None:
        assert propose(cast, statement).nature == Step.Nature.PROPOSED
        assert reload(statement).state == State.ACTIVE
        assert told(cast.representative) == told(cast.river) == told(cast.intake) == 0
        assert inbox_of(cast.second_approver, statement)

    def test_the_first_approver_cannot_sign_twice(self, cast: Any, statement: Any) -> None:
        propose(cast, statement)
        with pytest.raises(StepRefused) as refused:
            take_step(statement, "countersign", by=cast.approver, at=ANNOUNCED)
        assert [each.code for each in refused.value.refusals] == ["four_eyes"]


class TestOnceItIsAnnounced:
    def test_the_day_is_two_weeks_away_and_the_letter_still_counts(self, cast: Any, statement: Any) -> None:
        announce(cast, statement)
        assert statement.state == State.WITHDRAWAL_NOTICE
        assert statement.is_in_force
        assert clock_of(statement, "soi_withdrawal", at=ANNOUNCED).on == TWO_WEEKS_LATER

    def test_dhs_and_each_representative_are_told_once(self, cast: Any, statement: Any) -> None:
        announce(cast, statement)
        assert told(cast.intake) == 1
        assert told(cast.river) == 1
        asked_and_depends = Message.objects.inbox_of(cast.representative).filter(event=EVENT)
        keys = {message.key.rsplit(":", 1)[-1] for message in asked_and_depends}
        assert len(keys) == asked_and_depends.count()
        assert "dependants" in keys

    def test_the_agency_sees_twenty_five_as_a_number_and_nothing_else(
        self, cast: Any, statement: Any
    ) -> None:
        assert statements.dependants(statement, on=statement.day_at(ANNOUNCED)).exact == 2 + OF_ROSA + OF_RITA
        for person in (cast.approver, cast.second_approver, cast.signer, cast.investigator):
            assert not WorkerRequest.objects.visible_to(person).exists()
            assert not Person.objects.visible_to(person).exists()


class TestWhenTheDayComes:
    def test_a_warning_comes_three_days_before(self, cast: Any, statement: Any) -> None:
        announce(cast, statement)
        before = Message.objects.filter(event="soi_withdrawal.warn").count()
        tasks.fire(at=THREE_DAYS_BEFORE)
        assert reload(statement).state == State.WITHDRAWAL_NOTICE
        assert Message.objects.filter(event="soi_withdrawal.warn").count() > before

    def test_the_clock_withdraws_it_and_everybody_concerned_is_told(self, cast: Any, statement: Any) -> None:
        announce(cast, statement)
        tasks.fire(at=WHEN_IT_IS_OVER)
        stored = reload(statement)
        assert stored.state == State.WITHDRAWN
        assert not stored.is_in_force
        for person in (cast.representative, cast.river, cast.intake):
            assert told(person, "statement.withdraw")
        assert history.verify().broken is None

    def test_taken_back_in_time_it_stays(self, cast: Any, statement: Any) -> None:
        announce(cast, statement)
        take_step(
            statement, "take_back_withdrawal", by=cast.approver, at=THREE_DAYS_BEFORE,
            reason="The settlement failed.",
        )  # fmt: skip
        tasks.fire(at=WHEN_IT_IS_OVER)
        assert reload(statement).state == State.ACTIVE

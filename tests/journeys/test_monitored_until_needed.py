"""The agency needs the witnesses only later: the time for its decision stands still, the day is kept."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from referrals import tasks
from referrals.models import Statement
from referrals.services import soi_requests
from referrals.services.steps import take_step
from tests.cases import clock_of, inbox_of, matter_of, reload, request_draft
from workflows.machines import statement as statement_machine
from workflows.machines.soi_request import State
from workflows.parties import Capacity

SENT = datetime(2024, 8, 5, 15, 0, tzinfo=UTC)
DAY_20 = datetime(2024, 8, 25, 15, 0, tzinfo=UTC)
WHILE_IT_WAITS = datetime(2024, 9, 10, 15, 0, tzinfo=UTC)
LOOK_AGAIN = date(2024, 9, 24)
LAST_MINUTE_IN_PHOENIX = datetime(2024, 9, 25, 6, 59, 59, tzinfo=UTC)


@pytest.fixture
def monitored(cast: Any) -> Any:
    request = request_draft(cast, at=SENT)
    take_step(request, "submit", by=cast.representative, at=SENT)
    take_step(request, "acknowledge", by=cast.investigator, at=SENT)
    take_step(request, "begin_review", by=cast.investigator, at=SENT)
    soi_requests.link_matter(request, matter_of(cast), by=cast.investigator, at=SENT)
    soi_requests.assess(request, by=cast.investigator, at=SENT, values={"witnesses": 2})
    take_step(
        request, "monitor", by=cast.investigator, at=DAY_20,
        reason="The audit of the books comes first.", recheck_on=LOOK_AGAIN,
    )  # fmt: skip
    return request


class TestGivenARequestMonitoredOnDayTwenty:
    def test_the_requester_is_told_and_the_clock_stands_still(self, cast: Any, monitored: Any) -> None:
        assert monitored.state == State.MONITORING
        assert inbox_of(cast.representative, monitored)[-1]
        shown = clock_of(monitored, "soi_determination", at=WHILE_IT_WAITS)
        assert shown.paused
        assert not shown.late
        assert clock_of(monitored, "soi_recheck", at=WHILE_IT_WAITS).on == LOOK_AGAIN

    def test_no_date_of_the_decision_comes_up_meanwhile(self, cast: Any, monitored: Any) -> None:
        before = inbox_of(cast.approver, monitored)
        tasks.fire(at=datetime(2024, 9, 12, 15, 0, tzinfo=UTC))
        assert inbox_of(cast.approver, monitored) == before
        assert reload(monitored).state == State.MONITORING


class TestWhenTheDayComes:
    @pytest.fixture
    def taken_up(self, monitored: Any) -> Any:
        tasks.fire(at=LAST_MINUTE_IN_PHOENIX)
        return reload(monitored)

    def test_the_clock_takes_it_up_again(self, cast: Any, taken_up: Any) -> None:
        assert taken_up.state == State.UNDER_REVIEW
        last = taken_up.steps.last()
        assert (last.name, last.capacity, last.actor) == ("recheck", Capacity.SYSTEM, None)
        assert inbox_of(cast.investigator, taken_up)

    def test_the_thirty_days_go_on_where_they_stopped(self, taken_up: Any) -> None:
        """From 5 August thirty days end on 4 September; thirty days of waiting move that to 4 October."""
        shown = clock_of(taken_up, "soi_determination", at=LAST_MINUTE_IN_PHOENIX)
        assert shown.on == date(2024, 10, 4)
        assert not shown.paused
        told = " ".join(shown.explanation)
        assert "30 calendar days" in told
        assert "monitored" in told

    def test_it_can_still_become_a_statement(self, cast: Any, taken_up: Any) -> None:
        take_step(taken_up, "accept", by=cast.approver, at=datetime(2024, 10, 1, 15, 0, tzinfo=UTC))
        assert taken_up.state == State.ACCEPTED
        statement = Statement.objects.get(soi_request=taken_up)
        assert statement.state == statement_machine.State.DRAFT
        assert inbox_of(cast.representative, taken_up)[-1]

"""Three business days pass, with a federal holiday among them, and the agency has not answered."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from notifications.models import Message
from referrals import tasks
from referrals.services.steps import take_step
from tests.cases import clock_of, inbox_of, reload, request_draft
from workflows.machines.soi_request import State

FRIDAY = datetime(2024, 8, 30, 15, 0, tzinfo=UTC)
LABOR_DAY = date(2024, 9, 2)
THURSDAY_EVENING = datetime(2024, 9, 6, 5, 0, tzinfo=UTC)
DAY_AFTER_DUE = datetime(2024, 9, 6, 15, 0, tzinfo=UTC)
TWO_DAYS_AFTER = datetime(2024, 9, 7, 8, 0, tzinfo=UTC)
PUBLISHED_NUMBER = "202-273-2900"


@pytest.fixture
def sent_on_friday(cast: Any) -> Any:
    request = request_draft(cast, at=FRIDAY)
    take_step(request, "submit", by=cast.representative, at=FRIDAY)
    return request


class TestGivenARequestSentBeforeTheLaborDayWeekend:
    def test_it_is_due_on_the_third_business_day_and_the_holiday_is_named(self, sent_on_friday: Any) -> None:
        shown = clock_of(sent_on_friday, "soi_acknowledgement", at=FRIDAY)
        assert shown.on == date(2024, 9, 5)
        assert "Labor Day" in " ".join(shown.explanation)
        assert not shown.late

    def test_on_the_last_day_only_the_agency_is_reminded(self, cast: Any, sent_on_friday: Any) -> None:
        before = inbox_of(cast.representative, sent_on_friday)
        tasks.fire(at=THURSDAY_EVENING)
        assert inbox_of(cast.representative, sent_on_friday) == before
        assert inbox_of(cast.investigator, sent_on_friday)

    def test_a_business_day_later_the_requester_reads_what_to_do_now(
        self, cast: Any, sent_on_friday: Any
    ) -> None:
        tasks.fire(at=DAY_AFTER_DUE)
        assert not any(PUBLISHED_NUMBER in text for text in inbox_of(cast.representative))
        tasks.fire(at=TWO_DAYS_AFTER)
        told = inbox_of(cast.representative, sent_on_friday)[-1]
        assert PUBLISHED_NUMBER in told
        assert "not acknowledged" in told
        assert clock_of(sent_on_friday, "soi_acknowledgement", at=TWO_DAYS_AFTER).late

    def test_the_approvers_hear_of_it_and_cannot_turn_it_off(self, cast: Any, sent_on_friday: Any) -> None:
        tasks.fire(at=TWO_DAYS_AFTER)
        told = Message.objects.filter(about=sent_on_friday.reference, event="soi_acknowledgement.breach")
        for person in (cast.approver, cast.second_approver, cast.representative):
            assert {message.mandatory for message in told.filter(recipient=person)} == {True}

    def test_sweeping_again_tells_nobody_twice(self, sent_on_friday: Any) -> None:
        tasks.fire(at=TWO_DAYS_AFTER)
        written = Message.objects.count()
        tasks.fire(at=TWO_DAYS_AFTER)
        assert Message.objects.count() == written


class TestGivenAnAcknowledgementInTime:
    def test_nobody_is_sent_to_the_telephone(self, cast: Any, sent_on_friday: Any) -> None:
        take_step(sent_on_friday, "acknowledge", by=cast.investigator, at=THURSDAY_EVENING)
        tasks.fire(at=TWO_DAYS_AFTER)
        assert reload(sent_on_friday).state == State.ACKNOWLEDGED
        assert not any(PUBLISHED_NUMBER in text for text in inbox_of(cast.representative))

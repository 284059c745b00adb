"""The programme closes on a day: drafts go on hold, what is filed goes on, each person is told once."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from notifications.models import Message
from referrals import context
from referrals.services import programme
from referrals.services.steps import take_step
from tests.cases import (
    OPEN_WORLD,
    active_statement,
    draft_request,
    inbox_of,
    reload,
    routed_request,
    signed_request,
)
from workflows import history, sealing
from workflows.engine import StepRefused
from workflows.machines.worker_request import State

DAY_BEFORE = datetime(2025, 1, 23, 15, 0, tzinfo=UTC)
CLOSING_DAY = datetime(2025, 1, 24, 15, 0, tzinfo=UTC)
NEXT_WEEK = datetime(2025, 1, 31, 15, 0, tzinfo=UTC)


@pytest.fixture
def statement(cast: Any) -> Any:
    return active_statement(cast)


@pytest.fixture
def drafts(cast: Any, statement: Any) -> list[Any]:
    """Three of one organization, one of them signed, and one of another organization."""
    return [
        draft_request(cast, statement),
        draft_request(cast, statement),
        signed_request(cast, statement),
        draft_request(cast, statement, by=cast.river),
    ]


@pytest.fixture
def filed(cast: Any, statement: Any) -> Any:
    return routed_request(cast, statement)


def told_of_the_closing(person: Any) -> list[str]:
    return list(
        Message.objects.inbox_of(person).filter(event="programme.held").values_list("body", flat=True)
    )


class TestTheDayBefore:
    def test_nothing_is_held(self, drafts: list[Any]) -> None:
        assert programme.follow(at=DAY_BEFORE).held == 0
        assert State.HELD not in {reload(each).state for each in drafts}

    @pytest.mark.django_db
    def test_the_banner_says_open(self) -> None:
        shown = context.programme(DAY_BEFORE.date())
        assert shown is not None
        assert shown["open"] is True


class TestWhenItCloses:
    def test_every_draft_goes_on_hold_and_remembers_where_it_was(self, drafts: list[Any]) -> None:
        before = [each.state for each in drafts]
        assert programme.follow(at=CLOSING_DAY).held == len(drafts)
        stored = [reload(each) for each in drafts]
        assert [each.state for each in stored] == [State.HELD] * len(drafts)
        assert [each.held_from for each in stored] == before
        assert "24 Jan 2025" in sealing.reason_of(stored[0].steps.last())

    def test_what_is_filed_goes_on(self, cast: Any, drafts: list[Any], filed: Any) -> None:
        state = filed.state
        programme.follow(at=CLOSING_DAY)
        assert reload(filed).state == state
        take_step(filed, "record_biometrics", by=cast.adjudicator, at=NEXT_WEEK)
        assert filed.state == State.IN_ADJUDICATION

    def test_each_person_is_told_once_whatever_the_number_of_drafts(
        self, cast: Any, drafts: list[Any]
    ) -> None:
        programme.follow(at=CLOSING_DAY)
        (mine,) = told_of_the_closing(cast.representative)
        assert "3 requests" in mine
        assert "24 Jan 2025" in mine
        (theirs,) = told_of_the_closing(cast.river)
        assert "1 request " in theirs
        for person in (cast.organizer, cast.investigator, cast.adjudicator, cast.administrator):
            assert told_of_the_closing(person) == []
        assert not any("on hold" in text for each in drafts for text in inbox_of(cast.representative, each))

    def test_looking_again_changes_nothing(self, cast: Any, drafts: list[Any]) -> None:
        programme.follow(at=CLOSING_DAY)
        messages, versions = Message.objects.count(), [reload(each).version for each in drafts]
        assert programme.follow(at=NEXT_WEEK) == programme.Followed()
        assert (Message.objects.count(), [reload(each).version for each in drafts]) == (messages, versions)
        assert history.verify().broken is None

    def test_a_draft_begun_later_is_refused_at_the_filing_with_the_day(
        self, cast: Any, statement: Any
    ) -> None:
        request = signed_request(cast, statement, at=NEXT_WEEK)
        with pytest.raises(StepRefused) as refused:
            take_step(request, "file", by=cast.representative, at=NEXT_WEEK)
        (refusal,) = refused.value.refusals
        assert refusal.code == "programme_takes_it"
        assert "24 Jan 2025" in refusal.reason
        assert "override" in refusal.remedy

    @pytest.mark.django_db
    def test_the_banner_says_since_when_and_what_goes_on(self) -> None:
        shown = context.programme(NEXT_WEEK.date())
        assert shown is not None
        assert (shown["open"], shown["since"]) == (False, date(2025, 1, 24))
        assert "already filed" in shown["text"]


@pytest.mark.django_db
def test_the_open_world_is_what_the_other_journeys_use() -> None:
    shown = context.programme(OPEN_WORLD.date())
    assert shown is not None
    assert shown["open"] is True

"""A case as it stood on a past day, for those who had it before them then."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine

from referrals import past
from referrals.services.steps import take_step
from tests import cases
from tests.cases import OPEN_WORLD
from tests.laid_down import laid_down
from tests.referrals.pages.reading import Browse, main
from workflows import as_of
from workflows.machines.soi_request_states import State
from workflows.models import Case, Clock, Deadline, Pause, Step, TollingWindow

DAY = timedelta(days=1)
NOW = OPEN_WORLD + 30 * DAY
STORY = (
    (1, "submit", "representative"),
    (2, "acknowledge", "investigator"),
    (4, "begin_review", "investigator"),
    (6, "request_information", "investigator"),
    (9, "answer", "representative"),
    (12, "withdraw", "representative"),
)
Seen = tuple[str, set[tuple[str, date | None, bool]]]


def live(record: Any) -> Seen:
    """State and running clocks as the tables have them now."""
    running = Clock.objects.filter(case_id=record.pk, stopped_at__isnull=True).prefetch_related("pauses")
    return record.state, {(clock.key, clock.due_on, clock.paused) for clock in running}


@pytest.fixture
@laid_down
def told(cast: Any) -> tuple[Any, dict[int, Seen]]:
    """A request with its whole story, and how it stood right after each step."""
    request = cases.request_draft(cast)
    seen = {0: live(request)}
    for days, name, who in STORY:
        reason = "No longer needed." if name == "withdraw" else ""
        take_step(request, name, by=cast.people[who], at=OPEN_WORLD + days * DAY, reason=reason)
        seen[days] = live(request)
    return request, seen


@pytest.fixture
def story(told: Any) -> Any:
    return told[0]


def on(record: Any, days: int) -> date:
    return (OPEN_WORLD + days * DAY).astimezone(ZoneInfo(record.time_zone)).date()


def then(record: Any, person: Any, days: int) -> past.CaseThen:
    found = past.case_on(record, person, on(record, days), now=NOW)
    assert found is not None
    return found


def page(browse: Browse, person: Any, record: Any, day: object, *, now: datetime = NOW) -> str:
    with time_machine.travel(now, tick=False):
        return main(browse(person).get(f"/cases/{record.reference}/as-of/?on={day}"))


# The past itself


@pytest.mark.parametrize("days", range(14))
def test_the_past_is_what_was_seen_then(told: Any, days: int) -> None:
    request, seen = told
    found = as_of.as_of(request, at=OPEN_WORLD + days * DAY + timedelta(hours=1))
    state, clocks = seen[max(day for day in seen if day <= days)]
    assert found is not None
    assert found.state == state
    assert {(each.clock.key, each.due_on, each.paused is not None) for each in found.clocks} == clocks


def test_before_it_was_opened_there_is_no_case(story: Any) -> None:
    assert as_of.as_of(story, at=OPEN_WORLD - DAY) is None


def test_only_lines_until_then_are_told(cast: Any, story: Any) -> None:
    assert [entry.name for entry in then(story, cast.representative, 2).entries] == [
        "acknowledge",
        "submit",
        "revise",
        "open",
    ]


def test_a_date_stays_as_it_was_computed_when_a_closure_is_declared_later(story: Any) -> None:
    at = OPEN_WORLD + 3 * DAY
    before = as_of.as_of(story, at=at)
    TollingWindow.objects.create(
        starts_on=on(story, 1), ends_on=on(story, 10), reasons={"en": "Closed."}, authorities={"en": "Order"}
    )
    after = as_of.as_of(story, at=at)
    assert before is not None
    assert after is not None
    assert [each.due_on for each in after.clocks] == [each.due_on for each in before.clocks]
    assert any(each.differs and each.explained.on > each.due_on for each in after.clocks)


def test_a_pause_that_ended_later_still_lasted(story: Any) -> None:
    found = as_of.as_of(story, at=OPEN_WORLD + 7 * DAY)
    assert found is not None
    stood = next(each for each in found.clocks if each.clock.key == "soi_determination")
    assert stood.paused is not None
    assert stood.paused.ended_at is None


def test_looking_back_changes_nothing(browse: Browse, cast: Any, story: Any) -> None:
    def rows() -> list[Any]:
        models = (Case, Step, Clock, Pause, Deadline)
        return [list(model.objects.order_by("pk").values()) for model in models]

    before = rows()
    page(browse, cast.representative, story, on(story, 7))
    assert rows() == before


# The page


def test_the_page_tells_state_turn_clocks_and_lines(browse: Browse, cast: Any, story: Any) -> None:
    text = page(browse, cast.representative, story, on(story, 7))
    assert str(State.INFO_REQUESTED.label) in text
    assert "Determination: stood still" in text
    assert "Waiting for" in text
    assert "Ask for more information" in text
    assert "Withdraw" not in text


def test_today_is_shown_up_to_now(browse: Browse, cast: Any, story: Any) -> None:
    text = page(browse, cast.representative, story, on(story, 30))
    assert "Today, up to now" in text
    assert str(State.WITHDRAWN.label) in text
    assert "Nobody has to act" in text


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        ("2031-01-01", "This day has not come yet."),
        ("2020-01-01", "The case was not before you yet. The first day you can choose is"),
        ("yesterday", "is not a date"),
        ("2024-13-45", "2024-13-45"),
        ("", "required"),
        ("9" * 80, "at most"),
    ],
)
def test_a_day_that_cannot_be_shown_gets_a_sentence(
    browse: Browse, cast: Any, story: Any, day: str, sentence: str
) -> None:
    assert sentence in page(browse, cast.representative, story, day)


def test_without_a_day_the_page_asks_for_one(browse: Browse, cast: Any, story: Any) -> None:
    text = main(browse(cast.representative).get(f"/cases/{story.reference}/as-of/"))
    assert "Show this day" in text
    assert "What had happened by then" not in text


def test_the_agency_does_not_see_the_days_before_it_was_asked(browse: Browse, cast: Any, story: Any) -> None:
    text = page(browse, cast.investigator, story, on(story, 0))
    assert "The case was not before you yet." in text
    assert str(State.DRAFT.label) not in text
    assert str(State.SUBMITTED.label) in page(browse, cast.investigator, story, on(story, 1))


def test_whoever_may_not_see_the_case_does_not_see_its_past(browse: Browse, cast: Any, story: Any) -> None:
    for who in ("river", "ny_investigator", "intake", "administrator"):
        path = f"/cases/{story.reference}/as-of/?on={on(story, 3)}"
        assert browse(cast.people[who]).get(path).status_code == 404


def test_the_page_reads_in_spanish(browse: Browse, cast: Any, story: Any) -> None:
    with time_machine.travel(NOW, tick=False):
        response = browse(cast.representative).get(
            f"/cases/{story.reference}/as-of/?on={on(story, 7)}", headers={"accept-language": "es"}
        )
    assert "El caso en un día pasado" in main(response)

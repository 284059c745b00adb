"""Each clock counts on the calendar of its office: an agency's own, or that of federal offices."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.utils import translation

from referrals.services.steps import take_step
from tests import cases
from tests.cases import reload
from tests.policies.conftest import carry_out, steward
from workflows import clockwork, policies, policy_changes, policy_drafts, policy_values, what_if
from workflows.models import Clock

__all__ = ["steward"]

# Friday, 30 October 2026: Tuesday after it is Election Day, which New York keeps and federal offices do not.
FRIDAY = datetime(2026, 10, 30, 15, 0, tzinfo=UTC)


def submitted_to(cast: Any, agency: str, at: datetime = FRIDAY) -> Any:
    request = cases.request_draft(cast, at=at, agency=agency)
    take_step(request, "submit", by=cast.representative, at=at)
    return request


def due(record: Any, key: str = "soi_acknowledgement") -> date | None:
    return Clock.objects.get(case_id=record.pk, key=key, stopped_at=None).due_on


def explained(record: Any, key: str = "soi_acknowledgement") -> str:
    clock = Clock.objects.get(case_id=record.pk, key=key, stopped_at=None)
    return " ".join(clockwork.reckon(record, clock, at=FRIDAY).explanation)


def test_an_agencys_clock_counts_on_the_agencys_calendar(cast: Any) -> None:
    assert due(submitted_to(cast, "NYSDOL")) == date(2026, 11, 5)
    assert due(submitted_to(cast, "NLRB")) == date(2026, 11, 4)


def test_the_explanation_names_the_calendar_the_zone_and_the_holiday(cast: Any) -> None:
    told = explained(submitted_to(cast, "NYSDOL"))
    assert "Working days and holidays: New York State offices;" in told
    assert "time zone America/New_York" in told
    assert "Tue 3 Nov 2026 is not counted: Election Day." in told
    told = explained(submitted_to(cast, "NLRB"))
    assert "Working days and holidays: U.S. federal offices;" in told
    assert "time zone America/Phoenix" in told
    with translation.override("es"):
        assert "Oficinas federales de los EE. UU." in explained(submitted_to(cast, "NLRB"))


def test_a_case_of_an_agency_still_counts_the_clocks_of_dhs_on_the_federal_calendar(cast: Any) -> None:
    record = submitted_to(cast, "NYSDOL")
    own = Clock(key="soi_acknowledgement", started_at=FRIDAY)
    record.kind, theirs = "STATEMENT", Clock(key="dhs_acknowledgement", started_at=FRIDAY)
    assert clockwork.calendar_of(record, theirs).key == "us-federal"
    record.kind = "SOI_REQUEST"
    assert clockwork.calendar_of(record, own).key == "us-ny"
    assert clockwork.calendar_of(record).key == "us-federal"


def test_an_agency_that_changes_its_calendar_moves_its_open_clocks_and_no_others(
    cast: Any, steward: Any
) -> None:
    """From 2 November on the agency keeps federal days; Election Day is then counted."""
    theirs, others = submitted_to(cast, "NYSDOL"), submitted_to(cast, "NLRB")
    change = policy_drafts.draft_rule(
        key=policies.CALENDAR, jurisdiction="NYSDOL", first_day=date(2026, 11, 2), value="us-federal",
        governs="pending", source="Order 9", reason="One calendar for all.", by=cast.administrator, at=FRIDAY,
    )  # fmt: skip
    foreseen = what_if.impact_of(change, at=FRIDAY).touched
    assert [(each.clock, each.old_on, each.new_on) for each in foreseen] == [
        ("soi_acknowledgement", date(2026, 11, 5), date(2026, 11, 4))
    ]
    policy_changes.propose(change, at=FRIDAY)
    policy_changes.approve(change, by=steward, at=FRIDAY)
    assert carry_out(FRIDAY).cases == 0
    assert carry_out(FRIDAY + timedelta(days=3)).cases == 1
    assert (due(theirs), due(others)) == (date(2026, 11, 4), date(2026, 11, 4))
    assert reload(theirs).steps.last().name == "rule_changed"
    assert reload(others).version == others.version


@pytest.mark.parametrize(("value", "problems"), [("us-ca", 0), ("us-xx", 1), ("", 1)])
def test_an_agency_chooses_one_of_the_calendars(value: str, problems: int) -> None:
    assert len(policy_values.problems_of(policies.CALENDAR, value, like="us-federal")) == problems

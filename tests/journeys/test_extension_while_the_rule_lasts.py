"""Two years can become four only while that rule is in force; a renewal is something else."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from referrals.models import Grant, WorkerRequest
from referrals.services import grants
from referrals.services.steps import take_step
from tests.cases import active_statement, granted_request, reload
from workflows import engine
from workflows.engine import StepRefused
from workflows.machines import renewal as renewal_machine

GRANTED = datetime(2024, 3, 4, 15, 0, tzinfo=UTC)
BEFORE = datetime(2024, 7, 19, 15, 0, tzinfo=UTC)
WHILE_IN_FORCE = datetime(2024, 8, 1, 15, 0, tzinfo=UTC)
AFTER = datetime(2025, 2, 3, 15, 0, tzinfo=UTC)


@pytest.fixture
def two_years(cast: Any) -> Grant:
    statement = active_statement(cast, at=GRANTED)
    return granted_request(cast, statement, at=GRANTED, starts_on=date(2024, 3, 11), months=24)


def offered(cast: Any, renewal: Any, *, at: datetime) -> dict[str, bool]:
    return {option.name: option.open for option in engine.options_for(renewal, by=cast.representative, at=at)}


class TestGivenAGrantOfTwoYears:
    @pytest.mark.parametrize(
        ("on", "possible"), [(BEFORE, False), (WHILE_IN_FORCE, True), (AFTER, False)], ids=str
    )
    def test_the_extension_is_offered_only_while_the_rule_is_in_force(
        self, cast: Any, two_years: Grant, on: datetime, possible: bool
    ) -> None:
        renewal = grants.open_renewal(two_years, by=cast.representative, at=on)
        assert offered(cast, renewal, at=on)["choose_extension"] is possible

    def test_a_renewal_is_not_offered_in_its_place(self, cast: Any, two_years: Grant) -> None:
        """It needs a statement that was confirmed since the grant."""
        renewal = grants.open_renewal(two_years, by=cast.representative, at=WHILE_IN_FORCE)
        assert offered(cast, renewal, at=WHILE_IN_FORCE)["choose_renewal"] is False
        with pytest.raises(StepRefused, match="not confirmed its interest"):
            take_step(renewal, "choose_renewal", by=cast.representative, at=WHILE_IN_FORCE)

    def test_the_refusal_says_what_may_be_possible_instead(self, cast: Any, two_years: Grant) -> None:
        renewal = grants.open_renewal(two_years, by=cast.representative, at=AFTER)
        with pytest.raises(StepRefused) as refused:
            take_step(renewal, "choose_extension", by=cast.representative, at=AFTER)
        (refusal,) = refused.value.refusals
        assert "not possible" in refusal.reason
        assert "renewal may be possible" in refusal.remedy

    def test_the_extension_opens_a_filing_of_its_own_kind(self, cast: Any, two_years: Grant) -> None:
        renewal = grants.open_renewal(two_years, by=cast.representative, at=WHILE_IN_FORCE)
        take_step(renewal, "choose_extension", by=cast.representative, at=WHILE_IN_FORCE)
        take_step(renewal, "open_request", by=cast.representative, at=WHILE_IN_FORCE)
        request = WorkerRequest.objects.get(earlier_grant=two_years)
        assert request.filing == WorkerRequest.Filing.EXTENSION
        assert {"g325a_marked", "approval_notice"} <= {item.key for item in request.items.all()}
        assert "updated_statement" not in {item.key for item in request.items.all()}
        assert reload(renewal).state == renewal_machine.State.FILED

    def test_one_prepared_in_time_is_not_opened_after_the_rule_ended(
        self, cast: Any, two_years: Grant
    ) -> None:
        renewal = grants.open_renewal(two_years, by=cast.representative, at=WHILE_IN_FORCE)
        take_step(renewal, "choose_extension", by=cast.representative, at=WHILE_IN_FORCE)
        with pytest.raises(StepRefused):
            take_step(renewal, "open_request", by=cast.representative, at=AFTER)
        assert not WorkerRequest.objects.filter(earlier_grant=two_years).exists()


class TestGivenAGrantOfFourYears:
    def test_it_is_never_extended(self, cast: Any) -> None:
        statement = active_statement(cast, at=WHILE_IN_FORCE)
        grant = granted_request(cast, statement, at=WHILE_IN_FORCE, starts_on=date(2024, 8, 5), months=48)
        renewal = grants.open_renewal(grant, by=cast.representative, at=WHILE_IN_FORCE)
        assert offered(cast, renewal, at=WHILE_IN_FORCE)["choose_extension"] is False

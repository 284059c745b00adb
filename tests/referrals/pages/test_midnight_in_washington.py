"""Dated rules begin and end at midnight in Washington, also on the pages that say what holds now."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import time_machine

from referrals import agency_rules
from referrals.demo.cast import Cast
from tests.cases import request_draft
from tests.referrals.pages.reading import Browse
from workflows.models import Policy

EVENING = datetime(2025, 1, 24, 3, 0, tzinfo=UTC)
"""Ten in the evening of the 23rd in Washington, the 24th in London."""
NEXT_DAY = datetime(2025, 1, 24, 6, 0, tzinfo=UTC)


@pytest.mark.parametrize(("at", "closed"), [(EVENING, False), (NEXT_DAY, True)])
def test_the_banner_closes_the_programme_with_its_first_day_there(
    cast: Cast, browse: Browse, at: datetime, closed: bool
) -> None:
    with time_machine.travel(at, tick=False):
        page = browse(cast.representative).get("/").content.decode()
    assert ("New requests for deferred action are not taken." in page) is closed


@pytest.mark.parametrize(("at", "open_to_it"), [(EVENING, True), (NEXT_DAY, False)])
def test_an_answer_is_given_by_the_rule_of_the_day_of_sending_there(
    cast: Cast, at: datetime, open_to_it: bool
) -> None:
    request = request_draft(cast)
    request.submitted_at = at
    row = Policy.objects.get(key="agency.outcomes", jurisdiction="US", effective_to=None)
    row.pk, row.jurisdiction, row.governs = None, "NLRB", "filed"
    row.effective_from, row.value = datetime(2025, 1, 24, tzinfo=UTC).date(), ["decline"]
    row.save(force_insert=True)
    told = agency_rules.answer_facts(request, on=NEXT_DAY.date())
    assert told["gives_statements"].holds is open_to_it

"""Cases at rest in some state, reached by real steps."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from referrals.demo.cast import Cast
from referrals.models import SoiRequest, Statement
from referrals.services import decisions, statements
from referrals.services.steps import take_step
from tests import cases
from tests.cases import OPEN_WORLD
from tests.laid_down import laid_down


@pytest.fixture
@laid_down
def draft(cast: Cast) -> SoiRequest:
    """A complete request for a statement that its agency has not seen yet."""
    return cases.request_draft(cast)


@pytest.fixture
@laid_down
def submitted(cast: Cast, draft: SoiRequest) -> SoiRequest:
    take_step(draft, "submit", by=cast.representative, at=OPEN_WORLD)
    return draft


@pytest.fixture
@laid_down
def written(cast: Cast) -> Statement:
    """A complete draft of a statement, written by the investigator."""
    statement = statements.open_draft(
        cases.matter_of(cast), office=cast.offices["nlrb-region-28"], by=cast.investigator, at=OPEN_WORLD
    )
    cases.complete_draft(statement, by=cast.investigator, at=OPEN_WORLD)
    return statement


@pytest.fixture
@laid_down
def in_review(cast: Cast, written: Statement) -> Statement:
    take_step(written, "send_for_approval", by=cast.investigator, at=OPEN_WORLD)
    return written


@pytest.fixture
@laid_down
def active(cast: Cast, in_review: Statement) -> Statement:
    """A signed statement that DHS has recorded as complete; its review is due in two years."""
    review_by = (OPEN_WORLD + timedelta(days=730)).date()
    take_step(in_review, "approve", by=cast.approver, at=OPEN_WORLD)
    take_step(in_review, "sign", by=cast.signer, at=OPEN_WORLD, review_by_on=review_by)
    take_step(in_review, "transmit", by=cast.investigator, at=OPEN_WORLD)
    take_step(in_review, "confirm_receipt", by=cast.intake, at=OPEN_WORLD)
    take_step(in_review, "accept", by=cast.intake, at=OPEN_WORLD)
    return in_review


@pytest.fixture
@laid_down
def pending(cast: Cast) -> Any:
    """A worker's request under review at the Phoenix field office, with its grounds written."""

    request = cases.routed_request(cast, cases.active_statement(cast), ice=True)
    take_step(request, "receive_at_ice", by=cast.ice_reviewer, at=OPEN_WORLD)
    take_step(request, "begin_ice_review", by=cast.ice_reviewer, at=OPEN_WORLD)
    decisions.write(
        request, by=cast.ice_reviewer, at=OPEN_WORLD, outcome="GRANT", rationale="The witness is needed."
    )
    return request

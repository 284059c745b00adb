"""Open cases whose clocks run, and people who may change the rules."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from referrals.demo.cast import Cast
from referrals.models import Membership, User
from referrals.services.steps import take_step
from tests.cases import OPEN_WORLD, request_draft
from tests.laid_down import laid_down
from workflows import policy_changes, policy_drafts, recompute
from workflows.models import PolicyChange
from workflows.parties import Capacity

MONDAY = OPEN_WORLD
TERM_OF_45 = {
    "amount": 45,
    "unit": "calendar_days",
    "rungs": [
        {"rung": "warn_7", "before": {"amount": 7, "unit": "calendar_days"}},
        {"rung": "due"},
        {"rung": "breach", "after": {"amount": 1, "unit": "calendar_days"}},
        {"rung": "supervisor", "after": {"amount": 7, "unit": "calendar_days"}},
        {"rung": "head", "after": {"amount": 14, "unit": "calendar_days"}},
    ],
}


@pytest.fixture
@laid_down
def steward(cast: Cast) -> User:
    """A second system administrator, beside the one of the cast."""
    first = cast.administrator.memberships.get()
    person = User.objects.create(email="second-administrator@example.org", name="Sara Steward")
    Membership.objects.create(
        user=person, organization=first.organization, office=first.office, capacity=Capacity.ADMINISTRATOR
    )
    return person


def submitted(cast: Cast, number: int = 1, *, at: datetime = MONDAY) -> list[Any]:
    """Requests to the labor board that wait for its acknowledgement and its determination."""
    found = []
    for _each in range(number):
        request = request_draft(cast, at=at)
        take_step(request, "submit", by=cast.representative, at=at)
        found.append(request)
    return found


def drafted(by: Any, *, at: datetime = MONDAY, **fields: Any) -> PolicyChange:
    """A change of the determination's term that applies to every open case, from today on."""
    values = {
        "key": "soi_determination",
        "first_day": at.date(),
        "value": TERM_OF_45,
        "governs": "pending",
        "source": "Order 7 of the board",
        "reason": "The board has fewer people than before.",
        **fields,
    }
    return policy_drafts.draft_rule(by=by, at=at, **values)


def approved(by: Any, second: Any, *, at: datetime = MONDAY, **fields: Any) -> PolicyChange:
    change = drafted(by, at=at, **fields)
    policy_changes.propose(change, at=at)
    return policy_changes.approve(change, by=second, at=at)


def carry_out(at: datetime, told: list[Any] | None = None, **options: Any) -> recompute.CarriedOut:
    from referrals.models import records_of

    def tell(followed: Any, **_more: Any) -> None:
        if told is not None:
            told.extend(followed)

    return recompute.carry_out(at=at, tell=tell, records_of=records_of, **options)


def day(number: int) -> datetime:
    return MONDAY + timedelta(days=number)


def on(number: int) -> date:
    return day(number).date()

"""The programme closes and opens again by a proposed and approved row; each person is told once."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from notifications.models import Message
from referrals import context, tasks
from referrals.services import policy_changes as service
from tests.cases import OPEN_WORLD, active_statement, draft_request, reload, routed_request, signed_request
from tests.laid_down import laid_down
from workflows import history, policies, policy_drafts
from workflows.machines.worker_request import State
from workflows.models import Policy, PolicyChange

PROPOSED = datetime(2024, 8, 6, 15, 0, tzinfo=UTC)
CLOSING = datetime(2024, 9, 2, 15, 0, tzinfo=UTC)
OPENING = datetime(2024, 10, 1, 15, 0, tzinfo=UTC)


@pytest.fixture
@laid_down
def statement(cast: Any) -> Any:
    return active_statement(cast)


@pytest.fixture
@laid_down
def drafts(cast: Any, statement: Any) -> list[Any]:
    return [
        draft_request(cast, statement),
        signed_request(cast, statement),
        draft_request(cast, statement, by=cast.river),
    ]


def decided(by: Any, second: Any, *, value: str, first: datetime, at: datetime) -> PolicyChange:
    change = policy_drafts.draft_rule(
        key=policies.PROGRAMME, first_day=first.date(), value=value, authority="Memorandum 4",
        source="Memorandum of the secretary", reason="Ordered by memorandum.", by=by, at=at,
    )  # fmt: skip
    seen = service.propose(change, by=by, at=at).fingerprint
    return service.approve(change, by=second, at=at, seen=seen)


def heard(person: Any, event: str) -> int:
    return Message.objects.inbox_of(person).filter(event=event).count()


def test_the_drafts_that_would_be_held_are_foreseen(cast: Any, drafts: list[Any], statement: Any) -> None:
    routed_request(cast, statement)
    change = policy_drafts.draft_rule(
        key=policies.PROGRAMME, first_day=CLOSING.date(), value="closed_to_new", source="Memorandum",
        reason="Ordered.", by=cast.officer, at=PROPOSED,
    )  # fmt: skip
    foreseen = service.foresee(change, at=PROPOSED)
    assert {each.pk for each in foreseen.held} == {each.pk for each in drafts}
    assert foreseen.released == ()
    assert {reload(each).state for each in drafts}.isdisjoint({State.HELD})


def test_it_closes_on_its_day_and_opens_again(cast: Any, drafts: list[Any], statement: Any) -> None:
    filed = routed_request(cast, statement)
    before = [each.state for each in drafts]
    decided(cast.officer, cast.administrator, value="closed_to_new", first=CLOSING, at=PROPOSED)
    tasks.fire(at=PROPOSED)
    assert {reload(each).state for each in drafts}.isdisjoint({State.HELD})
    tasks.fire(at=CLOSING)
    tasks.fire(at=CLOSING)
    assert {reload(each).state for each in drafts} == {State.HELD}
    assert reload(filed).state == filed.state
    assert (heard(cast.representative, "programme.held"), heard(cast.river, "programme.held")) == (1, 1)
    shown = context.programme(CLOSING.date())
    assert shown is not None
    assert (shown["open"], shown["since"]) == (False, CLOSING.date())

    opening = policy_drafts.draft_rule(
        key=policies.PROGRAMME, first_day=OPENING.date(), value="open", source="Memorandum",
        reason="Ordered.", by=cast.officer, at=CLOSING,
    )  # fmt: skip
    assert len(service.foresee(opening, at=CLOSING).released) == len(drafts)
    seen = service.propose(opening, by=cast.officer, at=CLOSING).fingerprint
    service.approve(opening, by=cast.administrator, at=CLOSING, seen=seen)
    tasks.fire(at=OPENING)
    tasks.fire(at=OPENING)
    assert [reload(each).state for each in drafts] == before
    assert (heard(cast.representative, "programme.released"), heard(cast.river, "programme.released")) == (
        1,
        1,
    )
    assert history.verify().broken is None


def test_a_scheduled_closing_is_announced_on_every_page(cast: Any) -> None:
    decided(cast.officer, cast.administrator, value="closed_to_new", first=CLOSING, at=PROPOSED)
    shown = context.programme(PROPOSED.date())
    assert shown is not None
    assert shown["open"] is True
    assert shown["coming"] == {"on": CLOSING.date(), "open": False}


def test_nobody_else_closes_the_programme(cast: Any) -> None:
    from django.core.exceptions import PermissionDenied

    for person in (cast.representative, cast.approver, cast.adjudicator, cast.supervisor, cast.intake):
        with pytest.raises(PermissionDenied):
            decided(person, cast.administrator, value="suspended", first=CLOSING, at=OPEN_WORLD)
    assert Policy.objects.filter(key=policies.PROGRAMME).count() == 2

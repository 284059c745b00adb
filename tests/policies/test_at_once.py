"""Two ticks at once, and somebody who works on a case while a change is carried out."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction

from notifications.models import Message
from referrals.demo.cast import gather
from referrals.models import Membership, User
from referrals.services import policy_changes as service
from tests.policies.conftest import approved, day, submitted
from workflows import history, policies, recompute
from workflows.models import Case, PolicyChange, Step
from workflows.parties import Capacity

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world() -> Any:
    policies.load(day(-400))
    cast = gather(password="a password for tests")
    hat = cast.administrator.memberships.get()
    second = User.objects.create(email="second-administrator@example.org", name="Sara Steward")
    Membership.objects.create(
        user=second, organization=hat.organization, office=hat.office, capacity=Capacity.ADMINISTRATOR
    )
    requests = submitted(cast, 6)
    approved(cast.administrator, second)
    return requests


def carried_out() -> recompute.CarriedOut:
    """As another process does it: over a connection of its own."""
    try:
        return service.carry_out(at=day(0))
    finally:
        connection.close()


def lines() -> list[int]:
    """How many lines of history about the change each case has."""
    return [
        Step.objects.filter(case_id=pk, name=recompute.STEP).count()
        for pk in Case.objects.filter(kind="SOI_REQUEST").order_by("pk").values_list("pk", flat=True)
    ]


def test_two_ticks_at_once_move_each_case_once(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recompute, "BATCH", 2)
    with ThreadPoolExecutor(3) as ticks:
        for done in [ticks.submit(carried_out) for _ in range(3)]:
            done.result()
    carried_out()
    assert lines() == [1] * 6
    assert PolicyChange.objects.get().finished_at is not None
    told = Message.objects.filter(event="rule.changed", channel="inbox", about=world[0].reference)
    assert len({message.recipient_id for message in told}) == told.count() > 0
    assert history.verify().broken is None


def test_a_case_somebody_works_on_is_left_for_the_next_tick(world: Any) -> None:
    with ThreadPoolExecutor(1) as ticks:
        with transaction.atomic():
            Case.objects.select_for_update().get(pk=world[2].pk)
            done = ticks.submit(carried_out).result(timeout=60)
        assert (done.cases, done.postponed) == (5, 1)
        assert PolicyChange.objects.get().left == [world[2].pk]
        assert ticks.submit(carried_out).result(timeout=60).cases == 1
    assert lines() == [1] * 6

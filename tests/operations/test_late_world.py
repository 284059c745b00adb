"""The demo's world after its last story has been told."""

from __future__ import annotations

from datetime import timedelta

from django.test import override_settings

from referrals.demo import passing, world
from referrals.demo.cast import Cast
from workflows import stuck


def test_a_world_that_begins_after_the_last_story_lives_on_to_its_day(cast: Cast) -> None:
    """Grants of 2024 end in 2028, and their stories with them: the days after that have to pass."""
    now = world.TOLD_UNTIL + timedelta(days=60)
    with override_settings(NOTIFICATIONS_EMAIL="keep"):
        built = world.build(cast, now=now)
    assert built.new
    assert passing.lived_until() == now
    assert stuck.find(at=now) == []

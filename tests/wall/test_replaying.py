"""What the demo's people did was all legal: every stored history replays under its version."""

from __future__ import annotations

from tests.wall.world import World
from workflows import replay
from workflows.models import Case, Step


def test_every_history_of_the_demo_world_is_legal(world: World) -> None:
    outcome = replay.replay()
    assert [str(each) for each in outcome.illegal] == []
    assert (outcome.cases, outcome.lines) == (Case.objects.count(), Step.objects.count())
    assert outcome.cases > 30

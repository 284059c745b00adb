"""Pages of two editions in one form: found before it is filed, with the reason."""

from __future__ import annotations

from typing import Any

import pytest

from notifications.models import Message
from referrals.services import packets, worker_requests
from referrals.services.steps import take_step
from tests.cases import OPEN_WORLD, active_statement, reload, signed_request
from workflows.engine import StepRefused
from workflows.machines.worker_request import State

EDITIONS = "edition_is_accepted"


@pytest.fixture
def signed(cast: Any) -> Any:
    return signed_request(cast, active_statement(cast))


def mix(cast: Any, request: Any) -> None:
    take_step(request, "reopen", by=cast.representative, at=OPEN_WORLD, reason="A page was printed anew.")
    worker_requests.revise(request, by=cast.representative, at=OPEN_WORLD, editions_mixed=True)


class TestGivenAPacketWithPagesOfTwoEditions:
    def test_the_preflight_says_so_long_before_the_filing(self, cast: Any, signed: Any) -> None:
        assert EDITIONS not in codes(packets.preflight(signed, by=cast.representative, at=OPEN_WORLD))
        mix(cast, signed)
        found = packets.preflight(signed, by=cast.representative, at=OPEN_WORLD)
        assert EDITIONS in codes(found)
        said = next(str(each) for each in found if each.code == EDITIONS)
        assert "different editions" in said
        assert "Print the current edition" in said

    def test_it_cannot_be_filed_and_nobody_hears_of_the_attempt(self, cast: Any, signed: Any) -> None:
        mix(cast, signed)
        take_step(signed, "make_ready", by=cast.representative, at=OPEN_WORLD)
        take_step(signed, "sign", by=cast.representative, at=OPEN_WORLD, signed_on=OPEN_WORLD.date())
        told, steps = Message.objects.count(), signed.steps.count()
        with pytest.raises(StepRefused) as refused:
            take_step(signed, "file", by=cast.representative, at=OPEN_WORLD)
        assert codes(refused.value.refusals) == [EDITIONS]
        stored = reload(signed)
        assert (stored.state, stored.filed_at) == (State.SIGNED, None)
        assert (Message.objects.count(), stored.steps.count()) == (told, steps)

    def test_printed_anew_in_one_edition_it_goes_through(self, cast: Any, signed: Any) -> None:
        mix(cast, signed)
        worker_requests.revise(signed, by=cast.representative, at=OPEN_WORLD, editions_mixed=False)
        take_step(signed, "make_ready", by=cast.representative, at=OPEN_WORLD)
        take_step(signed, "sign", by=cast.representative, at=OPEN_WORLD, signed_on=OPEN_WORLD.date())
        take_step(signed, "file", by=cast.representative, at=OPEN_WORLD)
        assert signed.state == State.FILED


def codes(refusals: Any) -> list[str]:
    return [each.code for each in refusals]

"""A request goes through a desk of several people: taken, given on, put back, and handed over."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from referrals import queues
from referrals.models import SoiRequest
from referrals.services import assignments, soi_requests
from referrals.services.steps import take_step
from tests.cases import OPEN_WORLD, inbox_of, matter_of, reload, request_draft
from workflows import history, replay
from workflows.engine import StepRefused
from workflows.models import Step

DAY = timedelta(days=1)
GIVEN = "A colleague at your desk gave you this case to work on."


class TestARequestAtARegionalOffice:
    @pytest.fixture(autouse=True)
    def _world(self, cast: Any) -> None:
        self.cast = cast

    def test_from_hand_to_hand_until_it_leaves_the_desk(self) -> None:
        self.given_a_request_that_waits_for_the_region()
        self.when_the_coordinator_takes_it()
        self.then_it_is_hers_and_her_colleagues_see_so()
        self.then_a_colleague_acknowledges_it_all_the_same()
        self.when_she_weighed_it_and_gives_it_to_the_approver_to_decide()
        self.then_he_is_told_and_finds_it_among_his_own()
        self.when_the_agency_asks_the_organization_a_question()
        self.then_it_is_in_nobodys_hands_at_the_other_desk()
        self.when_the_organization_has_answered()
        self.then_it_is_nobodys_at_the_region_too()
        self.then_every_history_holds()

    def given_a_request_that_waits_for_the_region(self) -> None:
        self.request: SoiRequest = request_draft(self.cast)
        take_step(self.request, "submit", by=self.cast.representative, at=OPEN_WORLD)
        assert self.hands(self.cast.investigator) == {"mine": 0, "nobody": 1, "colleagues": 0}

    def when_the_coordinator_takes_it(self) -> None:
        self.assign(self.cast.investigator, by=self.cast.investigator)

    def then_it_is_hers_and_her_colleagues_see_so(self) -> None:
        assert self.hands(self.cast.investigator) == {"mine": 1, "nobody": 0, "colleagues": 0}
        assert self.hands(self.cast.approver) == {"mine": 0, "nobody": 0, "colleagues": 1}
        with pytest.raises(StepRefused) as refused:
            assignments.assign(
                self.request, self.cast.signer.pk, by=self.cast.signer, at=OPEN_WORLD, seen=None
            )
        assert "Ian Investigator has this case now" in str(refused.value.refusals[0].reason)

    def then_a_colleague_acknowledges_it_all_the_same(self) -> None:
        take_step(self.request, "acknowledge", by=self.cast.approver, at=OPEN_WORLD + DAY)
        assert reload(self.request).assignee_id == self.cast.investigator.pk

    def when_she_weighed_it_and_gives_it_to_the_approver_to_decide(self) -> None:
        by, at = self.cast.investigator, OPEN_WORLD + DAY
        take_step(self.request, "begin_review", by=by, at=at)
        soi_requests.link_matter(self.request, matter_of(self.cast), by=by, at=at)
        soi_requests.assess(self.request, by=by, at=at, values={"witnesses": 3})
        self.assign(self.cast.approver, by=by, reason="Please decide by Friday.")

    def then_he_is_told_and_finds_it_among_his_own(self) -> None:
        assert GIVEN in inbox_of(self.cast.approver, self.request)
        assert GIVEN not in inbox_of(self.cast.investigator, self.request)
        assert self.hands(self.cast.approver) == {"mine": 1, "nobody": 0, "colleagues": 0}

    def when_the_agency_asks_the_organization_a_question(self) -> None:
        by, at = self.cast.approver, OPEN_WORLD + 2 * DAY
        soi_requests.ask(self.request, "Who else was there?", at=at)
        self.step = take_step(self.request, "request_information", by=by, at=at)

    def then_it_is_in_nobodys_hands_at_the_other_desk(self) -> None:
        stored = reload(self.request)
        assert (stored.assignee_id, stored.desk_id) == (None, stored.requester_desk_id)
        assert self.step.data["assignee_falls"] is True
        assert self.hands(self.cast.representative) == {"mine": 0, "nobody": 1, "colleagues": 0}

    def when_the_organization_has_answered(self) -> None:
        self.assign(self.cast.organizer, by=self.cast.organizer)
        at = OPEN_WORLD + 3 * DAY
        soi_requests.answer(self.request, "Nobody else.", at=at)
        take_step(self.request, "answer", by=self.cast.organizer, at=at)

    def then_it_is_nobodys_at_the_region_too(self) -> None:
        assert reload(self.request).assignee_id is None
        assert self.hands(self.cast.approver) == {"mine": 0, "nobody": 1, "colleagues": 0}

    def then_every_history_holds(self) -> None:
        names = (
            Step.objects.filter(case_id=self.request.pk).order_by("sequence").values_list("name", flat=True)
        )
        assert [name for name in names if name in ("take_up", "hand_over")] == [
            "take_up", "hand_over", "take_up",
        ]  # fmt: skip
        assert history.verify().broken is None
        assert replay.replay().found == 0

    def assign(self, to: Any, *, by: Any, reason: str = "") -> None:
        seen = reload(self.request).assignee_id
        assignments.assign(self.request, to.pk, by=by, at=OPEN_WORLD + DAY, seen=seen, reason=reason)

    def hands(self, person: Any) -> dict[str, int]:
        return queues.counts_by_hand(person, queues.Show.DESK, at=OPEN_WORLD + DAY)

"""What a dated rule asks of a step holds at the door, not only in the form before it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from referrals import choices
from referrals.demo.cast import Cast
from referrals.models import Statement, Stay, StayReferral, WorkerRequest
from referrals.services import programme, stay_support, stays, worker_requests
from referrals.services.steps import take_step
from tests.cases import OPEN_WORLD, active_statement, draft_request, inbox_of, reload, signed_request
from tests.laid_down import laid_down
from workflows import engine
from workflows.machines.statement import State
from workflows.machines.stay_referral import State as ReferralState
from workflows.models import Policy, Proposal
from workflows.refusals import StepRefused

FOURTEEN_DAYS_ON = date(2024, 8, 19)


@pytest.fixture
@laid_down
def statement(cast: Cast) -> Statement:
    return active_statement(cast)


class TestAnAnnouncedWithdrawal:
    def announce(self, cast: Cast, statement: Statement, day: date, *, at: datetime = OPEN_WORLD) -> None:
        take_step(
            statement, "announce_withdrawal", by=cast.approver, at=at, reason="Settled.", withdrawal_on=day
        )

    def test_one_day_too_early_is_refused_with_the_first_possible_day(
        self, cast: Cast, statement: Statement
    ) -> None:
        with pytest.raises(StepRefused, match=r"need time to act\. Choose 19 Aug 2024 or a later day\."):
            self.announce(cast, statement, FOURTEEN_DAYS_ON - timedelta(days=1))
        assert not Proposal.objects.exists()
        assert statement.state == State.ACTIVE

    def test_the_fourteenth_day_is_taken(self, cast: Cast, statement: Statement) -> None:
        self.announce(cast, statement, FOURTEEN_DAYS_ON)
        take_step(statement, "countersign", by=cast.second_approver, at=OPEN_WORLD)
        assert (statement.state, statement.withdrawal_on) == (State.WITHDRAWAL_NOTICE, FOURTEEN_DAYS_ON)

    def test_days_are_those_of_the_agency(self, cast: Cast, statement: Statement) -> None:
        """Shortly after midnight in London it is still the day before in New York."""
        self.announce(cast, statement, FOURTEEN_DAYS_ON, at=OPEN_WORLD.replace(day=6, hour=2))

    def test_a_countersignature_that_comes_too_late_for_the_notice_is_refused(
        self, cast: Cast, statement: Statement
    ) -> None:
        self.announce(cast, statement, FOURTEEN_DAYS_ON)
        late = OPEN_WORLD + timedelta(days=2)
        with pytest.raises(StepRefused, match=r"Choose 21 Aug 2024 or a later day\. Send the proposal back"):
            take_step(statement, "countersign", by=cast.second_approver, at=late)
        take_step(statement, "send_back", by=cast.second_approver, at=late, reason="Too late for that day.")
        assert statement.withdrawal_on is None

    def test_the_agencys_own_rule_counts(self, cast: Cast, statement: Statement) -> None:
        rule = Policy.objects.get(key="soi_withdrawal", jurisdiction="US")
        rule.pk, rule.jurisdiction = None, statement.jurisdiction
        rule.value = {**rule.value, "amount": 30}
        rule.save(force_insert=True)
        with pytest.raises(StepRefused, match="Choose 4 Sep 2024"):
            self.announce(cast, statement, FOURTEEN_DAYS_ON)
        self.announce(cast, statement, date(2024, 9, 4))


class TestClocksThatAreAnnounced:
    def announced(self, record: Any, name: str, *, by: Any) -> str:
        option = choices.option_named(record, name, by=by, at=OPEN_WORLD)
        assert option is not None
        return " ".join(choices.effects_of(record, option, at=OPEN_WORLD).clocks)

    def stay_of(self, cast: Cast, **fields: Any) -> Stay:
        worker = worker_requests.add_person(
            by=cast.representative, at=OPEN_WORLD, given_names="Prudencia", family_names="Ejemplo"
        )
        office = cast.offices["ice-phoenix"]
        return stays.open_stay(worker, ice_office=office, by=cast.representative, at=OPEN_WORLD, **fields)

    def test_a_removal_date_that_nobody_knows_starts_nothing(self, cast: Cast) -> None:
        assert "Removal date" not in self.announced(self.stay_of(cast), "make_ready", by=cast.representative)

    def test_the_announcement_agrees_with_what_the_step_then_does(
        self, cast: Cast, statement: Statement
    ) -> None:
        told = self.announced(statement, "announce_withdrawal", by=cast.approver)
        assert "Starts to count: Announced withdrawal." in told
        take_step(
            statement,
            "announce_withdrawal",
            by=cast.approver,
            at=OPEN_WORLD,
            reason="Settled.",
            withdrawal_on=FOURTEEN_DAYS_ON,
        )
        told = self.announced(statement, "countersign", by=cast.second_approver)
        assert "Starts to count: Announced withdrawal." in told
        take_step(statement, "countersign", by=cast.second_approver, at=OPEN_WORLD)
        assert statement.clocks.filter(key="soi_withdrawal", stopped_at=None).exists()

    def test_the_day_of_an_appointment_starts_with_the_step_that_names_it(self, cast: Cast) -> None:
        stay = self.stay_of(
            cast, reasons="A witness.", identity_papers="B", form_signed=True, fee_ready=True,
            final_order=True, consented_on=OPEN_WORLD.date(),
        )  # fmt: skip
        take_step(stay, "make_ready", by=cast.representative, at=OPEN_WORLD)
        told = self.announced(stay, "make_appointment", by=cast.representative)
        assert "Starts to count: Appointment to file." in told
        assert "Removal date" not in told


class TestAStayReferral:
    """The liaison acknowledges within a business day, and within hours when removal may be near."""

    def sent(self, cast: Cast, **stay: Any) -> StayReferral:
        worker = worker_requests.add_person(
            by=cast.representative, at=OPEN_WORLD, given_names="Prudencia", family_names="Ejemplo"
        )
        opened = stays.open_stay(
            worker, ice_office=cast.offices["ice-phoenix"], by=cast.representative, at=OPEN_WORLD, **stay
        )
        referral = stays.ask_support(
            opened, agency=cast.organizations["NLRB"], consent_signed_on=OPEN_WORLD.date(),
            by=cast.representative, at=OPEN_WORLD,
        )  # fmt: skip
        letter = {
            "ground": StayReferral.Ground.TESTIMONY, "presence_needed": "To testify.", "months_asked": 12,
            "contact_phone": "555-0100", "matter": None,
        }  # fmt: skip
        stay_support.write(referral, by=cast.investigator, values=letter)
        take_step(referral, "draft", by=cast.investigator, at=OPEN_WORLD)
        take_step(referral, "approve", by=cast.approver, at=OPEN_WORLD)
        take_step(referral, "send", by=cast.investigator, at=OPEN_WORLD)
        return referral

    @pytest.mark.parametrize(
        "stay",
        [
            {"detained": True},
            {"removal_at": OPEN_WORLD + timedelta(days=7)},
            {"removal_at": OPEN_WORLD + timedelta(hours=3)},
        ],
        ids=["detained", "a week", "hours"],
    )
    def test_an_urgent_one_is_due_in_four_hours(self, cast: Cast, stay: dict[str, Any]) -> None:
        referral = self.sent(cast, **stay)
        assert referral.state == ReferralState.SENT_URGENT
        clock = referral.clocks.get(key="stay_referral_ack_urgent", stopped_at=None)
        assert clock.due_at == OPEN_WORLD + timedelta(hours=4)
        assert set(referral.clocks.filter(stopped_at=None).values_list("key", flat=True)) == {clock.key}
        take_step(referral, "acknowledge", by=cast.ice_reviewer, at=OPEN_WORLD)
        assert referral.state == ReferralState.ACKNOWLEDGED

    @pytest.mark.parametrize("stay", [{}, {"removal_at": OPEN_WORLD + timedelta(days=7, minutes=1)}])
    def test_another_is_due_the_next_business_day(self, cast: Cast, stay: dict[str, Any]) -> None:
        referral = self.sent(cast, **stay)
        assert referral.state == ReferralState.SENT
        clock = referral.clocks.get(key="stay_referral_ack", stopped_at=None)
        assert clock.due_on == OPEN_WORLD.date() + timedelta(days=1)

    def test_it_becomes_urgent_when_a_near_removal_becomes_known(self, cast: Cast) -> None:
        referral = self.sent(cast)
        before = len(inbox_of(cast.ice_reviewer, referral))
        later = OPEN_WORLD + timedelta(hours=1)
        stays.revise(
            referral.stay, by=cast.representative, at=later,
            values={"removal_at": later + timedelta(days=2)},
        )  # fmt: skip
        again = StayReferral.objects.get(pk=referral.pk)
        assert again.state == ReferralState.SENT_URGENT
        clock = again.clocks.get(key="stay_referral_ack_urgent", stopped_at=None)
        assert clock.due_at == later + timedelta(hours=4)
        assert len(inbox_of(cast.ice_reviewer, again)) == before + 1
        stays.revise(referral.stay, by=cast.representative, at=later, values={"detained": True})
        assert StayReferral.objects.get(pk=referral.pk).version == again.version


class TestTheDayOnWhichARuleBegins:
    """The programme closed on 24 January 2025: at midnight in Washington, not five hours before."""

    def reasons(self, request: WorkerRequest, cast: Cast, at: datetime) -> set[str]:
        options = engine.options_for(request, by=cast.representative, at=at)
        return {refusal.code for each in options if each.name == "file" for refusal in each.refusals}

    def test_on_the_last_evening_a_request_can_still_be_filed(self, cast: Cast, statement: Statement) -> None:
        request = signed_request(cast, statement)
        midnight = datetime(2025, 1, 24, 5, 0, tzinfo=UTC)
        assert "programme_takes_it" not in self.reasons(request, cast, midnight - timedelta(seconds=1))
        assert "programme_takes_it" in self.reasons(request, cast, midnight)

    def test_a_draft_of_that_evening_is_held_and_one_of_the_day_itself_is_not(
        self, cast: Cast, statement: Statement
    ) -> None:
        midnight = datetime(2025, 1, 24, 5, 0, tzinfo=UTC)
        early = draft_request(cast, statement, at=midnight - timedelta(minutes=1))
        late = draft_request(cast, statement, at=midnight + timedelta(minutes=1))
        programme.follow(at=midnight + timedelta(hours=1))
        assert (reload(early).state, reload(late).state) == ("HELD", "DRAFT")

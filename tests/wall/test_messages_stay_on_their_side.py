"""Messages that a clock writes by default go to those whose turn it is, never across the wall."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from notifications.models import Message
from referrals import tasks
from referrals.demo.cast import Cast
from referrals.models import Person
from referrals.services import grants, stays
from referrals.services.steps import take_step
from tests.cases import OPEN_WORLD, active_statement, granted_request, inbox_of
from tests.wall.people import ADMINISTRATOR, AGENCY, ICE_PHOENIX, OWN_ORGANIZER
from workflows.models import Case


def told(about: Case) -> set[str]:
    """The local parts of the addresses of everybody who was told about a case."""
    addresses = Message.objects.filter(about=about.reference).values_list("recipient__email", flat=True)
    return {address.split("@")[0].replace("-", "_") for address in addresses}


class TestAnAgencyAskedToConfirmItsInterest:
    def test_is_told_about_its_statement_and_not_about_a_workers_case(self, cast: Cast) -> None:
        statement = active_statement(cast)
        grant = granted_request(cast, statement, at=OPEN_WORLD, starts_on=OPEN_WORLD.date(), months=48)
        before = len(inbox_of(cast.approver, statement))
        grant_end_is_near = datetime.combine(grant.ends_on, time(), UTC) - timedelta(days=100)
        renewal = grants.open_renewal(grant, by=cast.representative, at=OPEN_WORLD)
        take_step(renewal, "ask_agency", by=cast.representative, at=OPEN_WORLD)
        tasks.fire(at=OPEN_WORLD + timedelta(days=33))
        tasks.fire(at=grant_end_is_near)
        assert told(renewal) == {"representative"}
        assert told(grant) & AGENCY == set()
        assert len(inbox_of(cast.approver, statement)) > before + 1


class TestAStayReferralThatWasNotSent:
    def test_is_no_news_for_ice_however_late_the_letter_is(self, cast: Cast) -> None:
        by = cast.representative
        person = Person.objects.create(
            token="W-0000000001",
            given_names="Lázaro",
            family_names="Relato",
            added_at=OPEN_WORLD,
            added_by=by,
        )
        office = cast.offices["ice-phoenix"]
        stay = stays.open_stay(person, ice_office=office, by=by, at=OPEN_WORLD)
        referral = stays.ask_support(
            stay, agency=cast.organizations["NLRB"], consent_signed_on=OPEN_WORLD.date(), by=by, at=OPEN_WORLD
        )
        tasks.fire(at=OPEN_WORLD + timedelta(days=2))
        assert told(referral)
        assert told(referral) & ICE_PHOENIX == set()
        assert told(referral) <= AGENCY | {"representative"}


class TestAWorkersCase:
    def test_an_organizer_at_the_same_desk_never_hears_of_one(self, cast: Cast) -> None:
        statement = active_statement(cast)
        grant = granted_request(cast, statement, at=OPEN_WORLD, starts_on=OPEN_WORLD.date(), months=24)
        for day in (365, 560, 600, 640, 680, 720, 732):
            tasks.fire(at=OPEN_WORLD + timedelta(days=day))
        cases = [grant, grant.worker_request, *grant.worker_request.permits.all()]
        for case in cases:
            assert told(case) & (OWN_ORGANIZER | ADMINISTRATOR | AGENCY) == set()
        assert "representative" in told(grant)


class TestAProposalSentBackAtAnAgency:
    def test_the_colleague_who_proposed_hears_of_it(self, cast: Cast) -> None:
        statement = active_statement(cast)
        at = OPEN_WORLD + timedelta(days=3)
        take_step(
            statement,
            "announce_withdrawal",
            by=cast.approver,
            at=at,
            reason="Settled.",
            withdrawal_on=(at + timedelta(days=14)).date(),
        )
        before = len(inbox_of(cast.approver, statement))
        take_step(statement, "send_back", by=cast.second_approver, at=at, reason="Not settled yet.")
        assert len(inbox_of(cast.approver, statement)) == before + 1

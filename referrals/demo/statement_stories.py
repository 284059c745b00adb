"""What happens on the statement side of the demo: requests in every state, statements of every fate."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from ..models import Matter, Statement
from ..services import overrides, soi_requests, statements
from ..services.steps import take_step
from . import agencies, places
from .stage import Stage, Story, on

Signed = dict[str, Statement]
REVIEW = timedelta(days=728)


class StatementSide:
    """The stories of requests and statements; ``signed`` collects the statements that workers rely on."""

    def __init__(self, stage: Stage, matters: dict[str, Matter], signed: Signed) -> None:
        self.stage = stage
        self.cast = stage.cast
        self.matters = matters
        self.signed = signed

    def stories(self) -> Iterator[Story[None]]:
        yield self.packing()
        yield self.laundry()
        yield self.hotel()
        yield self.roofing()
        yield self.let_in()
        yield self.dairy()
        yield self.closed_matter()
        yield self.waiting_for_approval()
        yield self.waiting_for_dhs()
        yield self.returned()
        yield self.being_drafted()
        yield self.fresh()
        yield self.overdue()
        yield self.under_review()
        yield self.information_requested()
        yield self.monitored()
        yield self.declined()
        yield self.still_a_draft()
        yield self.asked_in_new_york()

    def _kept_alive(self, statement: Statement) -> Story[None]:
        """The agency confirms its interest before each review date."""
        office = agencies.office_of(self.cast, statement.agency.code)
        while True:
            statement = Statement.objects.get(pk=statement.pk)
            assert statement.review_by is not None
            due = on(statement.review_by.year, statement.review_by.month, statement.review_by.day)
            at = due - timedelta(days=200)
            if at > self.stage.now - timedelta(days=30):
                return
            at = yield at
            take_step(
                statement, "continue_interest", by=office.approver, at=at,
                reason="The matter goes on and the witnesses are still needed.",
                review_by_on=(at + REVIEW).date(),
            )  # fmt: skip

    def packing(self) -> Story[None]:
        """The statement most workers rely on: amended once, confirmed since."""
        place = places.PACKING
        at = yield on(2023, 10, 16)
        statement = agencies.settled(
            place, self.matters[place.number], cast=self.cast, by=self.cast.representative, at=at
        )
        self.signed[place.number] = statement
        at = yield on(2024, 5, 14)
        take_step(
            statement, "amend", by=self.cast.investigator, at=at,
            reason="Workers of the night shift are paid by a staffing agency that the letter does not name.",
        )  # fmt: skip
        statements.revise(
            statement, by=self.cast.investigator, at=at, values={},
            names=[*place.names_to_type, {"name": "Sample Temps", "kind": places.S}],
        )  # fmt: skip
        agencies.signed(statement, cast=self.cast, at=at)
        agencies.in_force(statement, cast=self.cast, at=at + timedelta(hours=3))
        yield from self._kept_alive(statement)

    def laundry(self) -> Story[None]:
        """Its review date is near; nobody has confirmed it yet."""
        place = places.LAUNDRY
        at = yield on(2024, 3, 11)
        statement = agencies.settled(
            place, self.matters[place.number], cast=self.cast, by=self.cast.representative, at=at
        )
        self.signed[place.number] = statement
        at = yield min(self.stage.ago(300), on(2025, 11, 3))
        take_step(
            statement, "continue_interest", by=self.cast.approver, at=at,
            reason="A hearing is set.", review_by_on=self.stage.day(41),
        )  # fmt: skip

    def hotel(self) -> Story[None]:
        """Its withdrawal is announced while requests depend on it."""
        place = places.HOTEL
        at = yield on(2024, 4, 8)
        statement = agencies.settled(
            place, self.matters[place.number], cast=self.cast, by=self.cast.representative, at=at
        )
        self.signed[place.number] = statement
        at = yield min(self.stage.ago(200), on(2025, 9, 1))
        take_step(
            statement, "continue_interest", by=self.cast.approver, at=at,
            reason="Talks about a settlement go on.", review_by_on=self.stage.day(400),
        )  # fmt: skip
        at = yield self.stage.ago(5)
        take_step(
            statement, "announce_withdrawal", by=self.cast.approver, at=at,
            reason="The matter was settled with all workers paid; no testimony is needed any more.",
            withdrawal_on=self.stage.day(10),
        )  # fmt: skip
        at = yield self.stage.ago(4)
        take_step(statement, "countersign", by=self.cast.second_approver, at=at)

    def roofing(self) -> Story[None]:
        """A programme officer lets new requests under this one in."""
        place = places.ROOFING
        at = yield on(2024, 9, 9)
        statement = agencies.settled(
            place, self.matters[place.number], cast=self.cast, by=self.cast.representative, at=at
        )
        self.signed[place.number] = statement
        yield from self._kept_alive(statement)

    def let_in(self) -> Story[None]:
        """A recorded override lets new requests under one statement in while the programme is closed."""
        at = yield self.stage.ago(200)
        overrides.record_override(
            self.signed[places.ROOFING.number],
            by=self.cast.officer,
            at=at,
            starts_on=at.date(),
            ends_on=self.stage.day(60),
            authority="Memorandum 2026-07 (invented for training)",
            reason="The agency's hearing depends on these witnesses.",
        )

    def dairy(self) -> Story[None]:
        """A statement of a state agency for another organization."""
        place = places.DAIRY
        at = yield on(2024, 2, 20)
        statement = agencies.settled(
            place, self.matters[place.number], cast=self.cast, by=self.cast.river, at=at
        )
        self.signed[place.number] = statement
        yield from self._kept_alive(statement)

    def closed_matter(self) -> Story[None]:
        place = places.DAIRY
        at = yield on(2024, 3, 18)
        statement = agencies.settled(
            place, self.matters[place.number], cast=self.cast, by=self.cast.river, at=at
        )
        at = yield on(2025, 6, 2)
        take_step(
            statement, "close", by=self.cast.ny_approver, at=at,
            reason="The case at the second farm ended with a consent order.", outcome="settled",
        )  # fmt: skip
        at = yield on(2025, 6, 4)
        take_step(statement, "countersign", by=self.cast.ny_signer, at=at)

    def waiting_for_approval(self) -> Story[None]:
        place = places.WAREHOUSE
        at = yield self.stage.ago(24)
        request = agencies.submitted(place, cast=self.cast, by=self.cast.representative, at=at)
        at = yield self.stage.ago(22)
        agencies.taken_up(request, self.matters[place.number], cast=self.cast, at=at)
        at = yield self.stage.ago(12)
        statement = agencies.drafted(request, cast=self.cast, at=at)
        take_step(statement, "send_for_approval", by=self.cast.investigator, at=at)

    def waiting_for_dhs(self) -> Story[None]:
        place = places.NURSERY
        at = yield self.stage.ago(40)
        request = agencies.submitted(place, cast=self.cast, by=self.cast.representative, at=at)
        at = yield self.stage.ago(38)
        agencies.taken_up(request, self.matters[place.number], cast=self.cast, at=at)
        at = yield self.stage.ago(9)
        statement = agencies.drafted(request, cast=self.cast, at=at)
        agencies.signed(statement, cast=self.cast, at=at)
        at = yield self.stage.ago(2)
        take_step(statement, "transmit", by=self.cast.investigator, at=at, channel="portal")

    def returned(self) -> Story[None]:
        place = places.BAKERY
        at = yield self.stage.ago(47)
        request = agencies.submitted(place, cast=self.cast, by=self.cast.representative, at=at)
        at = yield self.stage.ago(45)
        agencies.taken_up(request, self.matters[place.number], cast=self.cast, at=at)
        at = yield self.stage.ago(20)
        statement = agencies.signed(agencies.drafted(request, cast=self.cast, at=at), cast=self.cast, at=at)
        take_step(
            statement, "transmit", by=self.cast.investigator, at=at + timedelta(hours=3), channel="portal"
        )
        at = yield self.stage.ago(11)
        take_step(
            statement, "return_incomplete", by=self.cast.intake, at=at,
            reason="The letter does not say which period it covers at the second shift.",
            deficiencies=["period"],
        )  # fmt: skip

    def being_drafted(self) -> Story[None]:
        place = places.POULTRY
        at = yield self.stage.ago(21)
        request = agencies.submitted(place, cast=self.cast, by=self.cast.representative, at=at)
        at = yield self.stage.ago(19)
        agencies.taken_up(request, self.matters[place.number], cast=self.cast, at=at)
        at = yield self.stage.ago(3)
        take_step(request, "accept", by=self.cast.approver, at=at)

    def fresh(self) -> Story[None]:
        """Nobody has acknowledged it; the time for that ends today or on the next business day."""
        at = yield self.stage.filed_to_be_due("soi_acknowledgement", agency="NLRB")
        agencies.submitted(places.POULTRY, cast=self.cast, by=self.cast.representative, at=at)

    def overdue(self) -> Story[None]:
        """Nobody has acknowledged it in time: the requester was told what to do now."""
        at = yield self.stage.ago(9)
        agencies.submitted(
            places.BAKERY, cast=self.cast, by=self.cast.organizer, at=at, requester_kind="organization",
            urgent=True, urgent_reason="The season ends soon and the crew will scatter.",
        )  # fmt: skip

    def under_review(self) -> Story[None]:
        place = places.WAREHOUSE
        at = yield self.stage.ago(26)
        request = agencies.submitted(place, cast=self.cast, by=self.cast.representative, at=at)
        at = yield self.stage.ago(24)
        agencies.taken_up(request, self.matters[place.number], cast=self.cast, at=at)

    def information_requested(self) -> Story[None]:
        place = places.NURSERY
        at = yield self.stage.ago(18)
        request = agencies.submitted(place, cast=self.cast, by=self.cast.representative, at=at)
        at = yield self.stage.ago(17)
        take_step(request, "acknowledge", by=self.cast.investigator, at=at)
        take_step(request, "begin_review", by=self.cast.investigator, at=at)
        at = yield self.stage.ago(12)
        soi_requests.ask(request, "In which months did the second crew work in the fields?", at=at)
        take_step(request, "request_information", by=self.cast.investigator, at=at)

    def monitored(self) -> Story[None]:
        place = places.CARWASH
        at = yield self.stage.ago(60)
        request = agencies.submitted(place, cast=self.cast, by=self.cast.representative, at=at)
        at = yield self.stage.ago(58)
        agencies.taken_up(request, self.matters[place.number], cast=self.cast, at=at)
        at = yield self.stage.ago(40)
        take_step(
            request, "monitor", by=self.cast.ny_investigator, at=at,
            reason="The audit of the books comes first; witnesses are needed after that.",
            recheck_on=self.stage.day(3),
        )  # fmt: skip

    def declined(self) -> Story[None]:
        place = places.LAUNDRY
        at = yield on(2024, 1, 15)
        request = agencies.submitted(place, cast=self.cast, by=self.cast.representative, at=at)
        at = yield on(2024, 1, 17)
        agencies.taken_up(request, self.matters[place.number], cast=self.cast, at=at)
        at = yield on(2024, 2, 6)
        take_step(
            request, "decline", by=self.cast.approver, at=at,
            reason="The charge was not yet docketed. Ask again when it is.", reason_code="NO_OPEN_MATTER",
        )  # fmt: skip

    def still_a_draft(self) -> Story[None]:
        at = yield self.stage.ago(1)
        agencies.asked(
            places.HOTEL, cast=self.cast, by=self.cast.organizer, at=at, requester_kind="organization",
            fear="", certifies_no_names=False,
        )  # fmt: skip

    def asked_in_new_york(self) -> Story[None]:
        place = places.CARWASH
        at = yield self.stage.ago(25)
        request = agencies.submitted(place, cast=self.cast, by=self.cast.river, at=at)
        at = yield self.stage.ago(23)
        agencies.taken_up(request, self.matters[place.number], cast=self.cast, at=at)

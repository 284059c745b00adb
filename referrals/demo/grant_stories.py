"""Grants of the demo and what follows them: work permits, renewals, a notice of termination."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from ..models import Grant, User, WorkerRequest, WorkPermit
from ..services import decisions, grants, renewals
from ..services.steps import take_step
from . import places, workers
from .places import Place
from .stage import Story, on
from .worker_stories import WorkerSide
from .workers import Worker


class GrantSide(WorkerSide):
    """The stories of requests that were granted."""

    def stories(self) -> Iterator[Story[None]]:
        yield self.card_delivered()
        yield self.card_came_back()
        yield self.two_years_end()
        yield self.granted_by_ice()
        yield self.termination_intended()

    def granted(self, request: WorkerRequest, *, at: datetime, starts_on: date, months: int) -> Grant:
        take_step(request, "record_biometrics", by=self.cast.adjudicator, at=at)
        decisions.write(
            request, by=self.cast.adjudicator, at=at, outcome="GRANT",
            favorable="Interest of the agency, long residence, family ties.", adverse="None found.",
            rationale="The agency's interest and the worker's record weigh in favor.",
        )  # fmt: skip
        take_step(request, "grant", by=self.cast.adjudicator, at=at, grant_starts_on=starts_on, months=months)
        return Grant.objects.get(worker_request=request)

    def permitted(self, request: WorkerRequest, *, at: datetime, until: date) -> WorkPermit:
        """The permit approved, the card made and mailed."""
        officer = self.cast.adjudicator
        permit: WorkPermit = request.permits.get()
        take_step(permit, "approve", by=officer, at=at, valid_from_on=at.date(), valid_until_on=until)
        take_step(permit, "produce_card", by=officer, at=at + timedelta(days=3))
        take_step(permit, "mail", by=officer, at=at + timedelta(days=4))
        return permit

    def _filed_in_summer(
        self,
        worker: Worker,
        *,
        filed_at: datetime,
        by: User | None = None,
        place: Place = places.PACKING,
    ) -> Story[WorkerRequest]:
        days = (self.stage.now - filed_at).total_seconds() / 86_400
        return (yield from self.filed_on(worker, place, days=days, by=by))

    def card_delivered(self) -> Story[None]:
        """The whole road, to a card in the worker's hand and a grant until 2028."""
        request = yield from self._filed_in_summer(workers.PRUDENCIA, filed_at=on(2024, 7, 29))
        at = yield on(2024, 9, 9)
        grant = self.granted(request, at=at, starts_on=at.date(), months=48)
        at = yield on(2024, 9, 30)
        permit = self.permitted(request, at=at, until=grant.ends_on)
        at = yield on(2024, 10, 11)
        take_step(permit, "deliver", by=self.cast.representative, at=at)

    def card_came_back(self) -> Story[None]:
        """Granted in time; the card was made late and came back from the old address."""
        request = yield from self._filed_in_summer(workers.MODESTO, filed_at=on(2024, 8, 12))
        at = yield on(2024, 9, 23)
        grant = self.granted(request, at=at, starts_on=at.date(), months=48)
        at = yield self.stage.ago(24)
        permit = self.permitted(request, at=at, until=grant.ends_on)
        at = yield self.stage.ago(4)
        take_step(
            permit, "return_to_sender", by=self.cast.adjudicator, at=at,
            reason="Returned by the postal service: no such addressee.",
        )  # fmt: skip

    def two_years_end(self) -> Story[None]:
        """A grant of two years that ends in weeks, with its renewal under way."""
        request = yield from self._filed_in_summer(workers.CONSTANZA, filed_at=on(2024, 1, 29))
        starts_on = self.stage.day(75 - 730)
        at = yield max(on(starts_on.year, starts_on.month, starts_on.day), on(2024, 3, 1))
        grant = self.granted(request, at=at, starts_on=starts_on, months=24)
        at = yield at + timedelta(days=14)
        permit = self.permitted(request, at=at, until=grant.ends_on)
        at = yield at + timedelta(days=10)
        take_step(permit, "deliver", by=self.cast.adjudicator, at=at)
        at = yield self.stage.ago(30)
        renewal = renewals.prepare(grant, by=self.cast.representative, at=at)
        at = yield self.stage.ago(26)
        take_step(renewal, "ask_agency", by=self.cast.representative, at=at)

    def granted_by_ice(self) -> Story[None]:
        """Decided by the field office with two signatures; USCIS has the work permit now."""
        request = yield from self.filed(workers.JUSTO, places.LAUNDRY, ice="ice-phoenix")
        at = yield on(2024, 12, 16)
        reviewer = self.cast.ice_reviewer
        take_step(request, "receive_at_ice", by=reviewer, at=at)
        take_step(request, "begin_ice_review", by=reviewer, at=at)
        at = yield self.stage.ago(42)
        decisions.write(
            request, by=reviewer, at=at, outcome="GRANT",
            favorable="Interest of the agency.", adverse="None found.", rationale="The testimony is needed.",
        )  # fmt: skip
        take_step(request, "grant_at_ice", by=reviewer, at=at, grant_starts_on=at.date(), months=48)
        at = yield self.stage.ago(40)
        take_step(request, "countersign", by=self.cast.ice_supervisor, at=at)
        take_step(request, "return_to_uscis", by=reviewer, at=at)

    def termination_intended(self) -> Story[None]:
        """DHS gave notice; the time to answer ends within a week."""
        by = self.cast.river
        request = yield from self._filed_in_summer(
            workers.CANDIDO, filed_at=on(2024, 8, 19), by=by, place=places.DAIRY
        )
        at = yield on(2024, 10, 7)
        grant = self.granted(request, at=at, starts_on=at.date(), months=48)
        at = yield on(2024, 10, 28)
        permit = self.permitted(request, at=at, until=grant.ends_on)
        at = yield on(2024, 11, 12)
        take_step(permit, "deliver", by=by, at=at)
        at = yield self.stage.ago(30)
        grants.write_grounds(
            grant, by=self.cast.adjudicator, at=at, authority="Discretion of DHS (invented for training)",
            reason="New facts about the record came to light.", requested_by="USCIS",
        )  # fmt: skip
        take_step(
            grant, "give_notice", by=self.cast.adjudicator, at=at,
            reason="New facts have to be answered.", notice_served_on=at.date(), notice_served_by="mail",
        )  # fmt: skip

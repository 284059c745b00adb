"""What happens on the worker side of the demo while requests are prepared, filed and reviewed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from ..models import Statement, User, WorkerRequest
from ..services import decisions, worker_requests
from ..services.steps import take_step
from . import places, workers
from .places import Place
from .stage import Stage, Story, on
from .workers import Worker


class WorkerSide:
    """The stories of requests that are not decided yet, or were refused."""

    def __init__(self, stage: Stage, signed: dict[str, Statement]) -> None:
        self.stage = stage
        self.cast = stage.cast
        self.signed = signed

    def stories(self) -> Iterator[Story[None]]:
        yield self.evidence_requested()
        yield self.rejected()
        yield self.begun_before_the_end()
        yield self.too_late()
        yield self.ready_to_file()
        yield self.out_of_scope()
        yield self.in_the_mail()
        yield self.being_routed()
        yield self.appointment_set()
        yield self.nearly_decided()
        yield self.with_ice()
        yield self.asked_by_ice()
        yield self.denied()
        yield self.denial_proposed()
        yield self.depends_on_the_hotel(workers.REMEDIOS)
        yield self.depends_on_the_hotel(workers.SEVERO)

    def filed(
        self, worker: Worker, place: Place, *, by: User | None = None, ice: str = ""
    ) -> Story[WorkerRequest]:
        """One day of paperwork, then filed, accepted and routed two weeks later."""
        at = yield on(2024, 11, 4)
        return (yield from self.filed_on(worker, place, by=by, ice=ice, days=(self.stage.now - at).days))

    def filed_on(
        self, worker: Worker, place: Place, *, days: float, by: User | None = None, ice: str = ""
    ) -> Story[WorkerRequest]:
        by = by or self.cast.representative
        at = yield self.stage.ago(days)
        request = workers.begun(worker, place, self.signed[place.number], by=by, at=at)
        workers.signed(request, by=by, at=at)
        workers.accepted(request, cast=self.cast, by=by, at=at)
        at = yield self.stage.ago(days - 4)
        for permit in request.permits.all():
            take_step(permit, "accept_fee", by=self.cast.adjudicator, at=at)
        return workers.routed(request, cast=self.cast, at=at, ice=ice)

    def evidence_requested(self) -> Story[None]:
        """The answer to the request for evidence is due within a week."""
        request = yield from self.filed(workers.FIDEL, places.PACKING)
        at = yield self.stage.ago(82)
        take_step(request, "record_biometrics", by=self.cast.adjudicator, at=at)
        worker_requests.ask_items(
            request, "RFE",
            [
                {"text": "Proof of work between March and August 2023.", "legal_basis": "8 CFR 103.2(b)(8)"},
                {"text": "A readable copy of the passport page.", "legal_basis": "8 CFR 103.2(b)(8)"},
            ],
            at=at,
        )  # fmt: skip
        take_step(
            request, "request_evidence", by=self.cast.adjudicator, at=at,
            rfe_served_on=at.date(), rfe_served_by="mail",
        )  # fmt: skip

    def rejected(self) -> Story[None]:
        by = self.cast.representative
        at = yield on(2024, 10, 1)
        request = workers.begun(
            workers.INOCENCIO, places.PACKING, self.signed[places.PACKING.number], by=by, at=at
        )
        workers.signed(request, by=by, at=at)
        take_step(request, "file", by=by, at=at)
        at = yield on(2024, 10, 8)
        take_step(request, "confirm_receipt", by=self.cast.intake, at=at)
        take_step(
            request, "reject", by=self.cast.intake, at=at,
            reason="The form was not signed by hand.", defects=["unsigned"],
        )  # fmt: skip

    def begun_before_the_end(self) -> Story[None]:
        """Still a draft when the programme closed."""
        at = yield on(2025, 1, 13)
        workers.begun(
            workers.AMPARO, places.PACKING, self.signed[places.PACKING.number],
            by=self.cast.representative, at=at,
        )  # fmt: skip

    def too_late(self) -> Story[None]:
        """Signed, but the closed programme does not take it."""
        by = self.cast.representative
        at = yield self.stage.ago(6)
        request = workers.begun(
            workers.BENIGNO, places.PACKING, self.signed[places.PACKING.number], by=by, at=at
        )
        workers.signed(request, by=by, at=at)

    def ready_to_file(self) -> Story[None]:
        """Signed under a statement with an override: it can be filed today."""
        by = self.cast.representative
        at = yield self.stage.ago(2)
        request = workers.begun(
            workers.SOCORRO, places.ROOFING, self.signed[places.ROOFING.number], by=by, at=at
        )
        workers.signed(request, by=by, at=at)

    def out_of_scope(self) -> Story[None]:
        """The name on the paystub is not in the statement."""
        at = yield self.stage.ago(3)
        workers.begun(
            workers.GENEROSA, places.ROOFING, self.signed[places.ROOFING.number],
            by=self.cast.representative, at=at,
        )  # fmt: skip

    def in_the_mail(self) -> Story[None]:
        """Filed; intake has to open it within days."""
        by = self.cast.representative
        at = yield self.stage.ago(11)
        request = workers.begun(
            workers.VENTURA, places.ROOFING, self.signed[places.ROOFING.number], by=by, at=at
        )
        workers.signed(request, by=by, at=at)
        take_step(request, "file", by=by, at=at)

    def being_routed(self) -> Story[None]:
        by = self.cast.representative
        at = yield self.stage.ago(6)
        request = workers.begun(
            workers.TADEO, places.ROOFING, self.signed[places.ROOFING.number], by=by, at=at
        )
        workers.signed(request, by=by, at=at)
        workers.accepted(request, cast=self.cast, by=by, at=at)

    def appointment_set(self) -> Story[None]:
        request = yield from self.filed_on(workers.MILAGROS, places.ROOFING, days=30)
        at = yield self.stage.ago(14)
        take_step(
            request, "schedule_biometrics", by=self.cast.adjudicator, at=at, biometrics_on=self.stage.day(2)
        )

    def nearly_decided(self) -> Story[None]:
        """The target for the decision ends this week."""
        request = yield from self.filed_on(workers.HONORIO, places.ROOFING, days=56)
        at = yield self.stage.ago(20)
        take_step(request, "record_biometrics", by=self.cast.adjudicator, at=at)

    def with_ice(self) -> Story[None]:
        """ICE has had it for longer than its target."""
        request = yield from self.filed_on(workers.PLACIDO, places.ROOFING, days=134, ice="ice-phoenix")
        at = yield self.stage.ago(125)
        take_step(request, "receive_at_ice", by=self.cast.ice_reviewer, at=at)
        take_step(request, "begin_ice_review", by=self.cast.ice_reviewer, at=at)

    def asked_by_ice(self) -> Story[None]:
        """The New York field office asked a question; the answer is due within a week."""
        request = yield from self.filed(
            workers.ESPERANZA, places.DAIRY, by=self.cast.river, ice="ice-new-york"
        )
        at = yield on(2024, 12, 2)
        take_step(request, "receive_at_ice", by=self.cast.ny_ice_reviewer, at=at)
        take_step(request, "begin_ice_review", by=self.cast.ny_ice_reviewer, at=at)
        at = yield self.stage.ago(28)
        worker_requests.ask_items(request, "ICE", [{"text": "Where does the worker live now?"}], at=at)
        take_step(
            request, "request_ice_information", by=self.cast.ny_ice_reviewer, at=at,
            ice_info_served_on=at.date(), ice_info_served_by="electronic",
        )  # fmt: skip

    def denied(self) -> Story[None]:
        request = yield from self.filed(workers.DOLORES, places.PACKING)
        at = yield on(2024, 12, 9)
        take_step(request, "record_biometrics", by=self.cast.adjudicator, at=at)
        self._propose_denial(request, at=at)
        at = yield on(2024, 12, 12)
        take_step(request, "countersign", by=self.cast.supervisor, at=at)

    def denial_proposed(self) -> Story[None]:
        """A denial waits for the supervisor's countersignature."""
        request = yield from self.filed(workers.CLEMENCIA, places.LAUNDRY)
        at = yield on(2025, 1, 6)
        take_step(request, "record_biometrics", by=self.cast.adjudicator, at=at)
        at = yield self.stage.ago(1)
        self._propose_denial(request, at=at)

    def _propose_denial(self, request: WorkerRequest, *, at: datetime) -> None:
        decisions.write(
            request, by=self.cast.adjudicator, at=at, outcome="DENY",
            favorable="Interest of the agency.", adverse="Employment in the period is not shown.",
            rationale="The papers do not show work in the period that the statement covers.",
        )  # fmt: skip
        take_step(
            request, "deny", by=self.cast.adjudicator, at=at,
            reason="Employment in the covered period is not shown.", reason_code="not_in_scope",
        )  # fmt: skip

    def depends_on_the_hotel(self, worker: Worker) -> Story[None]:
        """Pending under a statement whose withdrawal is announced."""
        request = yield from self.filed(worker, places.HOTEL)
        at = yield on(2025, 1, 9) + timedelta(days=worker.number % 5)
        take_step(request, "record_biometrics", by=self.cast.adjudicator, at=at)

"""Stays of removal in the demo: one that is urgent now, and one that runs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from ..models import Statement, Stay, StayReferral
from ..services import stays
from ..services.steps import take_step
from . import places, workers
from .stage import Stage, Story
from .workers import Worker

HOURS_LEFT = 61


class StaySide:
    """The stories of stays and of an agency's letter of support."""

    def __init__(self, stage: Stage, signed: dict[str, Statement]) -> None:
        self.stage = stage
        self.cast = stage.cast
        self.signed = signed

    def stories(self) -> Iterator[Story[None]]:
        yield self.urgent()
        yield self.running()

    def asked(self, worker: Worker, place: places.Place, *, at: datetime, **values: Any) -> Stay:
        """A complete request for a stay at the Phoenix field office."""
        by = self.cast.representative
        stay = stays.open_stay(
            workers.add(worker, by=by, at=at),
            ice_office=self.cast.offices["ice-phoenix"],
            by=by,
            at=at,
            statement=self.signed[place.number],
            final_order=True,
            order_on=date(2021, 5, 6),
            reasons="Witness in a labor investigation; two children in school.",
            identity_papers=Stay.IdentityPapers.COPY,
            fee_ready=True,
            form_signed=True,
            attorney_phone="555-0100",
            consented_on=at.date(),
            **values,
        )
        take_step(stay, "make_ready", by=by, at=at)
        return stay

    def urgent(self) -> Story[None]:
        """Pending while removal is set in less than three days; the agency's letter waits for approval."""
        by = self.cast.representative
        at = yield self.stage.ago(2)
        stay = self.asked(
            workers.LAZARO, places.ROOFING, at=at, detained=True, detained_at="Invented Processing Center",
            removal_at=self.stage.ago(hours=-HOURS_LEFT),
        )  # fmt: skip
        take_step(stay, "file", by=by, at=at)
        at = yield self.stage.ago(hours=30)
        take_step(stay, "accept", by=self.cast.ice_reviewer, at=at)
        take_step(stay, "begin_review", by=self.cast.ice_reviewer, at=at)
        at = yield self.stage.ago(hours=14)
        referral = stays.ask_support(
            stay, agency=self.cast.organizations["NLRB"], consent_signed_on=at.date(), by=by, at=at
        )
        at = yield self.stage.ago(hours=9)
        referral.ground = StayReferral.Ground.TESTIMONY
        referral.presence_needed = "The hearing is set, and no other witness saw the accident."
        referral.contact_phone = "555-0100"
        referral.save()
        take_step(referral, "draft", by=self.cast.investigator, at=at)

    def running(self) -> Story[None]:
        """Granted for a year, under an order of supervision."""
        by = self.cast.representative
        at = yield self.stage.ago(215)
        stay = self.asked(workers.CONSUELO, places.PACKING, at=at)
        take_step(stay, "file", by=by, at=at)
        at = yield self.stage.ago(210)
        take_step(stay, "accept", by=self.cast.ice_reviewer, at=at)
        take_step(stay, "begin_review", by=self.cast.ice_reviewer, at=at)
        at = yield self.stage.ago(190)
        take_step(
            stay, "grant", by=self.cast.ice_reviewer, at=at,
            starts_on=at.date(), ends_on=self.stage.day(174),
        )  # fmt: skip
        at = yield self.stage.ago(189)
        take_step(stay, "countersign", by=self.cast.ice_supervisor, at=at)
        stay.conditions = "Report every three months; keep the address up to date."
        stay.save(update_fields=["conditions"])
        take_step(stay, "issue_supervision", by=self.cast.ice_reviewer, at=at)

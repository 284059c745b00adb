"""The ICE track of a worker's request: a field office decides, with two pairs of eyes."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from .. import parties
from ..machine import step
from . import worker_request_facts as facts
from .worker_request_states import ICE_PENDING, State


class IceTrack:
    """Steps of the ICE track, mixed into the machine."""

    track: str
    ice_info_served_on: date | None
    ice_info_served_by: str
    decided_at: datetime | None

    @step(
        ICE_PENDING,
        State.IN_ADJUDICATION,
        _("Re-route to USCIS"),
        by=parties.ice_reviewer,
        needs=[facts.belongs_to_uscis],
        needs_reason=True,
    )
    def reroute_to_uscis(self, *, at: datetime) -> None:
        self.track = "USCIS"

    @step(
        State.ROUTED_ICE, State.ICE_RECEIVED, _("Confirm receipt by ICE"), by=parties.ice_reviewer, main=True
    )
    def receive_at_ice(self, *, at: datetime) -> None:
        """The field office has it."""

    @step(State.ICE_RECEIVED, State.ICE_REVIEW, _("Begin the review"), by=parties.ice_reviewer, main=True)
    def begin_ice_review(self, *, at: datetime) -> None:
        """Who began is in the history."""

    @step(
        State.ICE_REVIEW,
        State.ICE_INFO_REQUESTED,
        _("Ask for information"),
        by=parties.ice_reviewer,
        needs=[facts.asks_for_something],
        records=("ice_info_served_on", "ice_info_served_by"),
    )
    def request_ice_information(
        self, *, at: datetime, ice_info_served_on: date, ice_info_served_by: str
    ) -> None:
        self.ice_info_served_on, self.ice_info_served_by = ice_info_served_on, ice_info_served_by

    @step(
        State.ICE_INFO_REQUESTED,
        State.ICE_REVIEW,
        _("Answer ICE"),
        by=parties.representative,
        main=True,
        needs=[facts.answers_every_item],
    )
    def answer_ice(self, *, at: datetime) -> None:
        """The answer is saved by the service."""

    @step(
        State.ICE_REVIEW,
        State.ICE_GRANTED,
        _("Grant deferred action"),
        by=parties.ice_reviewer,
        needs=[facts.has_a_decision],
        records=("grant_starts_on", "months"),
        main=True,
        not_by_those_who=("write_decision",),
        countersigned_by=parties.ice_supervisor,
    )
    def grant_at_ice(self, *, at: datetime, grant_starts_on: date, months: int) -> None:
        self.decided_at = at

    @step(
        State.ICE_REVIEW,
        State.DENIED,
        _("Deny"),
        by=parties.ice_reviewer,
        needs=[facts.has_a_decision],
        needs_reason=True,
        records=("reason_code",),
        not_by_those_who=("write_decision",),
        countersigned_by=parties.ice_supervisor,
    )
    def deny_at_ice(self, *, at: datetime, reason_code: str) -> None:
        self.decided_at = at

    @step(
        State.ICE_GRANTED,
        State.GRANTED,
        _("Return to USCIS for the work permit"),
        by=parties.ice_reviewer,
        main=True,
    )
    def return_to_uscis(self, *, at: datetime) -> None:
        """USCIS decides the work permit on both tracks."""

"""The USCIS track of a worker's request: checks, biometrics, evidence, decision.

Terms of 84 and 30 days, three more by mail: 72 FR 19100 and 8 CFR 103.8(b).
"""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from .. import parties
from ..machine import step
from . import worker_request_facts as facts
from .worker_request_states import USCIS_PENDING, State


class UscisTrack:
    """Steps of the USCIS track, mixed into the machine."""

    track: str
    biometrics_on: date | None
    rfe_served_on: date | None
    rfe_served_by: str
    noid_served_on: date | None
    noid_served_by: str
    decided_at: datetime | None

    @step(
        USCIS_PENDING,
        State.ROUTED_ICE,
        _("Re-route to ICE"),
        by=parties.uscis_adjudicator,
        needs=[facts.belongs_to_ice, facts.has_a_field_office],
        needs_reason=True,
    )
    def reroute_to_ice(self, *, at: datetime) -> None:
        self.track = "ICE"

    @step(
        [State.BACKGROUND_CHECKS, State.BIOMETRICS_SCHEDULED],
        State.BIOMETRICS_SCHEDULED,
        _("Set the biometrics appointment"),
        by=parties.uscis_adjudicator,
        records=("biometrics_on",),
        main=True,
    )
    def schedule_biometrics(self, *, at: datetime, biometrics_on: date) -> None:
        self.biometrics_on = biometrics_on

    @step(
        [State.BACKGROUND_CHECKS, State.BIOMETRICS_SCHEDULED],
        State.IN_ADJUDICATION,
        _("Checks and biometrics done"),
        by=parties.uscis_adjudicator,
    )
    def record_biometrics(self, *, at: datetime) -> None:
        self.biometrics_on = None

    @step(
        State.BIOMETRICS_SCHEDULED,
        State.ABANDONED,
        _("Deny for not appearing"),
        by=parties.uscis_adjudicator,
        needs_reason=True,
        countersigned_by=parties.uscis_supervisor,
    )
    def deny_for_no_show(self, *, at: datetime) -> None:
        self.decided_at = at

    @step(
        State.IN_ADJUDICATION,
        State.RFE_ISSUED,
        _("Request evidence (RFE)"),
        by=parties.uscis_adjudicator,
        records=("rfe_served_on", "rfe_served_by"),
        needs=[facts.asks_for_something],
        consequence=_("The worker's side has until the due date. There is no extension."),
    )
    def request_evidence(self, *, at: datetime, rfe_served_on: date, rfe_served_by: str) -> None:
        self.rfe_served_on, self.rfe_served_by = rfe_served_on, rfe_served_by

    @step(
        State.RFE_ISSUED,
        State.RFE_ANSWERED,
        _("Answer the request for evidence"),
        by=parties.representative,
        needs=[facts.answers_every_item],
        main=True,
        consequence=_("One answer, all at once. It cannot be added to later."),
    )
    def answer_rfe(self, *, at: datetime) -> None:
        """The answer is saved by the service."""

    @step(
        State.RFE_ISSUED,
        State.IN_ADJUDICATION,
        _("Go on without an answer"),
        by=parties.uscis_adjudicator,
        needs=[facts.rfe_time_is_over],
        needs_reason=True,
    )
    def close_rfe(self, *, at: datetime) -> None:
        """The record is decided as it stands."""

    @step(
        [State.RFE_ANSWERED, State.NOID_ANSWERED],
        State.IN_ADJUDICATION,
        _("Take up the answer"),
        by=parties.uscis_adjudicator,
        main=True,
    )
    def take_up_answer(self, *, at: datetime) -> None:
        """The clock for the decision goes on."""

    @step(
        State.IN_ADJUDICATION,
        State.NOID_ISSUED,
        _("Give notice of intent to deny (NOID)"),
        by=parties.uscis_adjudicator,
        needs_reason=True,
        records=("noid_served_on", "noid_served_by"),
    )
    def intend_to_deny(self, *, at: datetime, noid_served_on: date, noid_served_by: str) -> None:
        self.noid_served_on, self.noid_served_by = noid_served_on, noid_served_by

    @step(
        State.NOID_ISSUED,
        State.NOID_ANSWERED,
        _("Answer the notice"),
        by=parties.representative,
        main=True,
        needs=[facts.answers_the_notice],
    )
    def answer_noid(self, *, at: datetime) -> None:
        """The answer is saved by the service."""

    @step(
        State.NOID_ISSUED,
        State.IN_ADJUDICATION,
        _("Go on without an answer"),
        by=parties.uscis_adjudicator,
        needs=[facts.noid_time_is_over],
        needs_reason=True,
    )
    def close_noid(self, *, at: datetime) -> None:
        """The record is decided as it stands."""

    @step(
        State.IN_ADJUDICATION,
        State.GRANTED,
        _("Grant deferred action"),
        by=parties.uscis_adjudicator,
        needs=[facts.has_a_decision],
        records=("grant_starts_on", "months"),
        main=True,
        consequence=_("The grant begins, its expiry starts counting, and the work permit can be decided."),
    )
    def grant(self, *, at: datetime, grant_starts_on: date, months: int) -> None:
        self.decided_at = at

    @step(
        State.IN_ADJUDICATION,
        State.DENIED,
        _("Deny"),
        by=parties.uscis_adjudicator,
        needs=[facts.has_a_decision],
        needs_reason=True,
        records=("reason_code",),
        not_by_those_who=("write_decision",),
        countersigned_by=parties.uscis_supervisor,
        consequence=_("There is no appeal. The work permit is denied with it."),
    )
    def deny(self, *, at: datetime, reason_code: str) -> None:
        self.decided_at = at

    @step(
        [*USCIS_PENDING, State.RECEIVED, State.COMPLETENESS_CHECK],
        State.CLOSED,
        _("Close administratively"),
        by=parties.uscis_adjudicator,
        needs_reason=True,
        countersigned_by=parties.uscis_supervisor,
    )
    def close_administratively(self, *, at: datetime) -> None:
        self.decided_at = at

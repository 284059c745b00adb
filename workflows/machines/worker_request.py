"""One worker's request for deferred action: a common front, then USCIS or ICE decides.

States, steps and clocks: domain notes, federal process 3.6 and 6.3. USCIS checks
completeness and forwards people in removal proceedings or with a final order to
ICE, which decides; the work permit is a machine of its own.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from .. import parties
from ..machine import ClockRule, Machine, back_to, step
from ..models import Case, Kind
from . import worker_request_facts as facts
from .worker_request_states import (
    BEFORE_ACCEPTANCE,
    BEFORE_DECISION,
    ICE_PENDING,
    PREPARING,
    STANDINGS,
    USCIS_PENDING,
    State,
)

CLOCKS = [
    ClockRule("worker_receipt", _("Receipt by intake"), frozenset({State.FILED, State.RECEIVED})),
    ClockRule("routing", _("Completeness check and routing"), frozenset({State.COMPLETENESS_CHECK})),
    ClockRule("biometrics", _("Biometrics appointment"), frozenset({State.BIOMETRICS_SCHEDULED}), until="biometrics_on"),
    ClockRule(
        "uscis_decision", _("Decision by USCIS"),
        frozenset({State.BACKGROUND_CHECKS, State.BIOMETRICS_SCHEDULED, State.IN_ADJUDICATION}),
        paused_in=frozenset({State.RFE_ISSUED, State.NOID_ISSUED, State.HELD}),
        pause_reason=_("The other side has to answer, or a hold is in place."),
        starts_from="accepted_at",
    ),
    ClockRule("rfe", _("Response to the request for evidence"), frozenset({State.RFE_ISSUED}),
              starts_from="rfe_served_on", served_by="rfe_served_by"),
    ClockRule("noid", _("Response to the notice of intent to deny"), frozenset({State.NOID_ISSUED}),
              starts_from="noid_served_on", served_by="noid_served_by"),
    ClockRule("ice_forwarding", _("Receipt by ICE"), frozenset({State.ROUTED_ICE})),
    ClockRule(
        "ice_decision", _("Decision by ICE"),
        frozenset({State.ROUTED_ICE, State.ICE_RECEIVED, State.ICE_REVIEW}),
        paused_in=frozenset({State.ICE_INFO_REQUESTED, State.HELD}),
        pause_reason=_("The other side has to answer, or a hold is in place."),
        starts_from="accepted_at",
    ),
    ClockRule("ice_info", _("Answer to ICE"), frozenset({State.ICE_INFO_REQUESTED}),
              starts_from="ice_info_served_on", served_by="ice_info_served_by"),
    ClockRule("ice_return", _("Return to USCIS for the work permit"), frozenset({State.ICE_GRANTED})),
    ClockRule("removal_date", _("Removal date"), frozenset([*PREPARING, *BEFORE_ACCEPTANCE, *USCIS_PENDING, *ICE_PENDING]),
              until="removal_at"),
]  # fmt: skip


class WorkerRequestMachine(Case):
    machine = Machine(
        kind=Kind.WORKER_REQUEST,
        label=Kind.WORKER_REQUEST.label,
        states=State,
        initial=State.DRAFT,
        standings=STANDINGS,
        path=[
            State.DRAFT, State.READY_FOR_SIGNATURE, State.SIGNED, State.FILED, State.COMPLETENESS_CHECK,
            State.IN_ADJUDICATION, State.GRANTED,
        ],
        clocks=CLOCKS,
    )  # fmt: skip

    case_ptr = models.OneToOneField(
        Case, models.PROTECT, parent_link=True, primary_key=True, related_name="%(class)s_record"
    )
    representative_desk = models.ForeignKey("workflows.Desk", models.PROTECT, related_name="+")
    intake_desk = models.ForeignKey("workflows.Desk", models.PROTECT, related_name="+")
    uscis_desk = models.ForeignKey("workflows.Desk", models.PROTECT, null=True, blank=True, related_name="+")
    ice_desk = models.ForeignKey("workflows.Desk", models.PROTECT, null=True, blank=True, related_name="+")
    signed_on = models.DateField(null=True, blank=True, editable=False)
    filed_at = models.DateTimeField(null=True, blank=True, editable=False)
    accepted_at = models.DateTimeField(null=True, blank=True, editable=False)
    track = models.CharField(max_length=8, blank=True, editable=False)
    biometrics_on = models.DateField(null=True, blank=True, editable=False)
    rfe_served_on = models.DateField(null=True, blank=True, editable=False)
    rfe_served_by = models.CharField(max_length=12, blank=True, editable=False)
    noid_served_on = models.DateField(null=True, blank=True, editable=False)
    noid_served_by = models.CharField(max_length=12, blank=True, editable=False)
    ice_info_served_on = models.DateField(null=True, blank=True, editable=False)
    ice_info_served_by = models.CharField(max_length=12, blank=True, editable=False)
    removal_at = models.DateTimeField(null=True, blank=True, editable=False)
    held_from = models.CharField(max_length=40, blank=True, editable=False)
    decided_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        abstract = True

    @step(PREPARING, None, _("Edit the request"), by=parties.representative, quiet=True)
    def revise(self, *, at: datetime) -> None:
        """The content is saved by the service."""

    @step(State.DRAFT, State.READY_FOR_SIGNATURE, _("Ready for signature"), by=parties.representative,
          needs=[facts.packet_is_complete, facts.scope_is_checked], main=True)
    def make_ready(self, *, at: datetime) -> None:
        """The packet stands still for the signature."""

    @step([State.READY_FOR_SIGNATURE, State.SIGNED], State.DRAFT, _("Reopen for changes"),
          by=parties.representative, needs_reason=True)
    def reopen(self, *, at: datetime) -> None:
        self.signed_on = None

    @step(State.READY_FOR_SIGNATURE, State.SIGNED, _("Record the worker's signature"),
          by=parties.representative, records=("signed_on",), main=True,
          needs=[facts.worker_was_counselled, facts.worker_consents],
          consequence=_("A signature by hand; a typed or stamped name leads to rejection."))
    def sign(self, *, at: datetime, signed_on: date) -> None:
        self.signed_on = signed_on

    @step(State.SIGNED, State.FILED, _("File with DHS"), by=parties.representative, main=True,
          needs=[
              facts.programme_takes_it, facts.statement_is_in_force, facts.packet_is_complete,
              facts.edition_is_accepted, facts.worker_consents, facts.renewal_rests_on_a_grant,
          ],
          consequence=_("DHS intake sees the whole packet from now on. It cannot be unseen."))
    def file(self, *, at: datetime) -> None:
        self.filed_at = at

    @step(State.FILED, State.RECEIVED, _("Confirm receipt"), by=parties.dhs_intake, main=True)
    def confirm_receipt(self, *, at: datetime) -> None:
        """The envelope is open; completeness comes next."""

    @step(State.RECEIVED, State.REJECTED, _("Reject"), by=parties.dhs_intake, needs_reason=True,
          records=("defects",),
          consequence=_("The packet goes back with each defect named. No filing date is kept."))
    def reject(self, *, at: datetime, defects: list[str]) -> None:
        self.decided_at = at

    @step(State.RECEIVED, State.COMPLETENESS_CHECK, _("Accept and issue a receipt"), by=parties.dhs_intake,
          main=True, consequence=_("The representative gets the receipt notice."))
    def accept(self, *, at: datetime) -> None:
        self.accepted_at = at

    @step(State.COMPLETENESS_CHECK, State.BACKGROUND_CHECKS, _("Route to USCIS"), by=parties.dhs_intake,
          needs=[facts.routing_is_answered, facts.belongs_to_uscis], main=True)
    def route_to_uscis(self, *, at: datetime) -> None:
        self.track = "USCIS"

    @step(State.COMPLETENESS_CHECK, State.ROUTED_ICE, _("Forward to ICE"), by=parties.dhs_intake,
          needs=[facts.routing_is_answered, facts.belongs_to_ice, facts.has_a_field_office], main=True,
          consequence=_("ICE decides on deferred action; USCIS still decides on the work permit."))
    def route_to_ice(self, *, at: datetime) -> None:
        self.track = "ICE"

    @step(USCIS_PENDING, State.ROUTED_ICE, _("Re-route to ICE"), by=parties.uscis_adjudicator,
          needs=[facts.belongs_to_ice, facts.has_a_field_office], needs_reason=True)
    def reroute_to_ice(self, *, at: datetime) -> None:
        self.track = "ICE"

    @step(ICE_PENDING, State.IN_ADJUDICATION, _("Re-route to USCIS"), by=parties.ice_reviewer,
          needs=[facts.belongs_to_uscis], needs_reason=True)
    def reroute_to_uscis(self, *, at: datetime) -> None:
        self.track = "USCIS"

    @step([State.BACKGROUND_CHECKS, State.BIOMETRICS_SCHEDULED], State.BIOMETRICS_SCHEDULED,
          _("Set the biometrics appointment"), by=parties.uscis_adjudicator, records=("biometrics_on",), main=True)
    def schedule_biometrics(self, *, at: datetime, biometrics_on: date) -> None:
        self.biometrics_on = biometrics_on

    @step([State.BACKGROUND_CHECKS, State.BIOMETRICS_SCHEDULED], State.IN_ADJUDICATION,
          _("Checks and biometrics done"), by=parties.uscis_adjudicator)
    def record_biometrics(self, *, at: datetime) -> None:
        self.biometrics_on = None

    @step(State.BIOMETRICS_SCHEDULED, State.ABANDONED, _("Deny for not appearing"), by=parties.uscis_adjudicator,
          needs_reason=True, countersigned_by=parties.uscis_supervisor)
    def deny_for_no_show(self, *, at: datetime) -> None:
        self.decided_at = at

    @step(State.IN_ADJUDICATION, State.RFE_ISSUED, _("Request evidence (RFE)"), by=parties.uscis_adjudicator,
          records=("rfe_served_on", "rfe_served_by"), needs=[facts.asks_for_something],
          consequence=_("The worker's side has until the due date. There is no extension."))
    def request_evidence(self, *, at: datetime, rfe_served_on: date, rfe_served_by: str) -> None:
        self.rfe_served_on, self.rfe_served_by = rfe_served_on, rfe_served_by

    @step(State.RFE_ISSUED, State.RFE_ANSWERED, _("Answer the request for evidence"), by=parties.representative,
          needs=[facts.answers_every_item], main=True,
          consequence=_("One answer, all at once. It cannot be added to later."))
    def answer_rfe(self, *, at: datetime) -> None:
        """The answer is saved by the service."""

    @step(State.RFE_ISSUED, State.IN_ADJUDICATION, _("Go on without an answer"), by=parties.uscis_adjudicator,
          needs=[facts.rfe_time_is_over], needs_reason=True)
    def close_rfe(self, *, at: datetime) -> None:
        """The record is decided as it stands."""

    @step([State.RFE_ANSWERED, State.NOID_ANSWERED], State.IN_ADJUDICATION, _("Take up the answer"),
          by=parties.uscis_adjudicator, main=True)
    def take_up_answer(self, *, at: datetime) -> None:
        """The clock for the decision goes on."""

    @step(State.IN_ADJUDICATION, State.NOID_ISSUED, _("Give notice of intent to deny (NOID)"),
          by=parties.uscis_adjudicator, needs_reason=True, records=("noid_served_on", "noid_served_by"))
    def intend_to_deny(self, *, at: datetime, noid_served_on: date, noid_served_by: str) -> None:
        self.noid_served_on, self.noid_served_by = noid_served_on, noid_served_by

    @step(State.NOID_ISSUED, State.NOID_ANSWERED, _("Answer the notice"), by=parties.representative, main=True,
          needs=[facts.answers_the_notice])
    def answer_noid(self, *, at: datetime) -> None:
        """The answer is saved by the service."""

    @step(State.NOID_ISSUED, State.IN_ADJUDICATION, _("Go on without an answer"), by=parties.uscis_adjudicator,
          needs=[facts.noid_time_is_over], needs_reason=True)
    def close_noid(self, *, at: datetime) -> None:
        """The record is decided as it stands."""

    @step(State.IN_ADJUDICATION, State.GRANTED, _("Grant deferred action"), by=parties.uscis_adjudicator,
          needs=[facts.has_a_decision], records=("grant_starts_on", "months"), main=True,
          consequence=_("The grant begins, its expiry starts counting, and the work permit can be decided."))
    def grant(self, *, at: datetime, grant_starts_on: date, months: int) -> None:
        self.decided_at = at

    @step(State.IN_ADJUDICATION, State.DENIED, _("Deny"), by=parties.uscis_adjudicator,
          needs=[facts.has_a_decision], needs_reason=True, records=("reason_code",),
          countersigned_by=parties.uscis_supervisor,
          consequence=_("There is no appeal. The work permit is denied with it."))
    def deny(self, *, at: datetime, reason_code: str) -> None:
        self.decided_at = at

    @step(State.ROUTED_ICE, State.ICE_RECEIVED, _("Confirm receipt by ICE"), by=parties.ice_reviewer, main=True)
    def receive_at_ice(self, *, at: datetime) -> None:
        """The field office has it."""

    @step(State.ICE_RECEIVED, State.ICE_REVIEW, _("Begin the review"), by=parties.ice_reviewer, main=True)
    def begin_ice_review(self, *, at: datetime) -> None:
        """Who began is in the history."""

    @step(State.ICE_REVIEW, State.ICE_INFO_REQUESTED, _("Ask for information"), by=parties.ice_reviewer,
          needs=[facts.asks_for_something], records=("ice_info_served_on", "ice_info_served_by"))
    def request_ice_information(self, *, at: datetime, ice_info_served_on: date, ice_info_served_by: str) -> None:
        self.ice_info_served_on, self.ice_info_served_by = ice_info_served_on, ice_info_served_by

    @step(State.ICE_INFO_REQUESTED, State.ICE_REVIEW, _("Answer ICE"), by=parties.representative, main=True,
          needs=[facts.answers_every_item])
    def answer_ice(self, *, at: datetime) -> None:
        """The answer is saved by the service."""

    @step(State.ICE_REVIEW, State.ICE_GRANTED, _("Grant deferred action"), by=parties.ice_reviewer,
          needs=[facts.has_a_decision], records=("grant_starts_on", "months"), main=True,
          countersigned_by=parties.ice_supervisor)
    def grant_at_ice(self, *, at: datetime, grant_starts_on: date, months: int) -> None:
        self.decided_at = at

    @step(State.ICE_REVIEW, State.DENIED, _("Deny"), by=parties.ice_reviewer, needs=[facts.has_a_decision],
          needs_reason=True, records=("reason_code",), countersigned_by=parties.ice_supervisor)
    def deny_at_ice(self, *, at: datetime, reason_code: str) -> None:
        self.decided_at = at

    @step(State.ICE_GRANTED, State.GRANTED, _("Return to USCIS for the work permit"), by=parties.ice_reviewer,
          main=True)
    def return_to_uscis(self, *, at: datetime) -> None:
        """USCIS decides the work permit on both tracks."""

    @step(BEFORE_DECISION, State.HELD, _("Hold"),
          by=parties.uscis_supervisor | parties.programme_officer | parties.the_clock,
          needs_reason=True, records=("authority",),
          consequence=_("Clocks of the decision stand still until the hold is lifted."))
    def hold(self, *, at: datetime, authority: str = "") -> None:
        self.held_from = self.state

    @step(State.HELD, back_to("held_from", BEFORE_DECISION), _("Lift the hold"),
          by=parties.uscis_supervisor | parties.programme_officer | parties.the_clock, needs_reason=True, main=True)
    def release(self, *, at: datetime) -> None:
        """Back to where it was held from."""

    @step([*USCIS_PENDING, State.RECEIVED, State.COMPLETENESS_CHECK], State.CLOSED, _("Close administratively"),
          by=parties.uscis_supervisor, needs_reason=True)
    def close_administratively(self, *, at: datetime) -> None:
        self.decided_at = at

    @step([*PREPARING, *BEFORE_ACCEPTANCE, *USCIS_PENDING, *ICE_PENDING, State.HELD], State.WITHDRAWN,
          _("Withdraw the request"), by=parties.representative, needs_reason=True,
          consequence=_("DHS stops the review. What DHS has already seen stays in its records."))
    def withdraw(self, *, at: datetime) -> None:
        self.decided_at = at

"""One worker's request for deferred action: a common front, then USCIS or ICE decides.

DHS process announcement of January 2023 as reported by Berardi Immigration Law. USCIS checks
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
from .worker_request_ice import IceTrack
from .worker_request_states import (
    ANSWERING,
    BEFORE_ACCEPTANCE,
    BEFORE_DECISION,
    ICE_PENDING,
    PREPARING,
    STANDINGS,
    USCIS_PENDING,
    State,
)
from .worker_request_uscis import UscisTrack

ON_HOLD = frozenset({State.HELD})
HOLD = _("A hold is in place.")
IN_CHARGE = parties.uscis_supervisor | parties.programme_officer
AT_INTAKE = IN_CHARGE | parties.dhs_intake

CLOCKS = [
    ClockRule("worker_receipt", _("Receipt by intake"), frozenset({State.FILED, State.RECEIVED}),
              paused_in=ON_HOLD, pause_reason=HOLD,
              ordered_by=AT_INTAKE),
    ClockRule("routing", _("Completeness check and routing"), frozenset({State.COMPLETENESS_CHECK}),
              paused_in=ON_HOLD, pause_reason=HOLD,
              ordered_by=AT_INTAKE),
    ClockRule("biometrics", _("Biometrics appointment"), frozenset({State.BIOMETRICS_SCHEDULED}),
              until="biometrics_on"),
    ClockRule(
        "uscis_decision", _("Decision by USCIS"),
        frozenset({State.BACKGROUND_CHECKS, State.BIOMETRICS_SCHEDULED, State.IN_ADJUDICATION,
                   State.RFE_ANSWERED, State.NOID_ANSWERED}),
        paused_in=frozenset({State.RFE_ISSUED, State.NOID_ISSUED, State.HELD}),
        pause_reason=_("The other side has to answer, or a hold is in place."),
        starts_from="accepted_at",
        ordered_by=IN_CHARGE,
    ),
    ClockRule("rfe", _("Response to the request for evidence"), frozenset({State.RFE_ISSUED}),
              starts_from="rfe_served_on", served_by="rfe_served_by", paused_in=ON_HOLD, pause_reason=HOLD,
              ordered_by=IN_CHARGE),
    ClockRule("noid", _("Response to the notice of intent to deny"), frozenset({State.NOID_ISSUED}),
              starts_from="noid_served_on", served_by="noid_served_by", paused_in=ON_HOLD, pause_reason=HOLD,
              ordered_by=IN_CHARGE),
    ClockRule("ice_forwarding", _("Receipt by ICE"), frozenset({State.ROUTED_ICE}),
              paused_in=ON_HOLD, pause_reason=HOLD,
              ordered_by=parties.ice_supervisor),
    ClockRule(
        "ice_decision", _("Decision by ICE"),
        frozenset({State.ROUTED_ICE, State.ICE_RECEIVED, State.ICE_REVIEW}),
        paused_in=frozenset({State.ICE_INFO_REQUESTED, State.HELD}),
        pause_reason=_("The other side has to answer, or a hold is in place."),
        starts_from="accepted_at",
        ordered_by=parties.ice_supervisor,
    ),
    ClockRule("ice_info", _("Answer to ICE"), frozenset({State.ICE_INFO_REQUESTED}),
              starts_from="ice_info_served_on", served_by="ice_info_served_by",
              paused_in=ON_HOLD, pause_reason=HOLD,
              ordered_by=parties.ice_supervisor),
    ClockRule("ice_return", _("Return to USCIS for the work permit"), frozenset({State.ICE_GRANTED}),
              ordered_by=parties.ice_supervisor),
    ClockRule(
        "removal_date", _("Removal date"),
        frozenset([*PREPARING, *BEFORE_ACCEPTANCE, *USCIS_PENDING, *ICE_PENDING, State.HELD]),
        until="removal_at",
    ),
]  # fmt: skip


class WorkerRequestMachine(UscisTrack, IceTrack, Case):
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

    @step(ANSWERING, None, _("Gather evidence for the answer"), by=parties.representative, quiet=True)
    def gather_evidence(self, *, at: datetime) -> None:
        """The content is saved by the service; DHS sees it with the answer."""

    @step(
        State.DRAFT,
        State.READY_FOR_SIGNATURE,
        _("Ready for signature"),
        by=parties.representative,
        needs=[facts.packet_is_complete, facts.scope_is_checked],
        main=True,
    )
    def make_ready(self, *, at: datetime) -> None:
        """The packet stands still for the signature."""

    @step(
        [State.READY_FOR_SIGNATURE, State.SIGNED],
        State.DRAFT,
        _("Reopen for changes"),
        by=parties.representative,
        needs_reason=True,
    )
    def reopen(self, *, at: datetime) -> None:
        self.signed_on = None

    @step(
        State.READY_FOR_SIGNATURE,
        State.SIGNED,
        _("Record the worker's signature"),
        by=parties.representative,
        records=("signed_on",),
        main=True,
        needs=[facts.worker_was_counselled, facts.worker_consents],
        consequence=_("A signature by hand; a typed or stamped name leads to rejection."),
    )
    def sign(self, *, at: datetime, signed_on: date) -> None:
        self.signed_on = signed_on

    @step(
        State.SIGNED,
        State.FILED,
        _("File with DHS"),
        by=parties.representative,
        main=True,
        needs=[
            facts.programme_takes_it,
            facts.statement_is_in_force,
            facts.packet_is_complete,
            facts.edition_is_accepted,
            facts.worker_consents,
            facts.renewal_rests_on_a_grant,
        ],
        consequence=_("DHS intake sees the whole packet from now on. It cannot be unseen."),
    )
    def file(self, *, at: datetime) -> None:
        self.filed_at = at

    @step(State.FILED, State.RECEIVED, _("Confirm receipt"), by=parties.dhs_intake, main=True)
    def confirm_receipt(self, *, at: datetime) -> None:
        """The envelope is open; completeness comes next."""

    @step(
        State.RECEIVED,
        State.REJECTED,
        _("Reject"),
        by=parties.dhs_intake,
        needs_reason=True,
        records=("defects",),
        consequence=_("The packet goes back with each defect named. No filing date is kept."),
    )
    def reject(self, *, at: datetime, defects: list[str]) -> None:
        self.decided_at = at

    @step(
        State.RECEIVED,
        State.COMPLETENESS_CHECK,
        _("Accept and issue a receipt"),
        by=parties.dhs_intake,
        main=True,
        consequence=_("The representative gets the receipt notice."),
    )
    def accept(self, *, at: datetime) -> None:
        self.accepted_at = at

    @step(
        State.COMPLETENESS_CHECK,
        State.BACKGROUND_CHECKS,
        _("Route to USCIS"),
        by=parties.dhs_intake,
        needs=[facts.routing_is_answered, facts.belongs_to_uscis],
        main=True,
    )
    def route_to_uscis(self, *, at: datetime) -> None:
        self.track = "USCIS"

    @step(
        State.COMPLETENESS_CHECK,
        State.ROUTED_ICE,
        _("Forward to ICE"),
        by=parties.dhs_intake,
        needs=[facts.routing_is_answered, facts.belongs_to_ice, facts.has_a_field_office],
        main=True,
        consequence=_("ICE decides on deferred action; USCIS still decides on the work permit."),
    )
    def route_to_ice(self, *, at: datetime) -> None:
        self.track = "ICE"

    @step(PREPARING, State.HELD, _("Hold"), by=parties.the_clock, needs_reason=True, records=("authority",))
    @step(
        [state for state in BEFORE_DECISION if state not in PREPARING],
        State.HELD,
        _("Hold"),
        by=parties.uscis_supervisor | parties.programme_officer | parties.the_clock,
        needs_reason=True,
        records=("authority",),
        consequence=_("Clocks of the decision stand still until the hold is lifted."),
    )
    def hold(self, *, at: datetime, authority: str = "") -> None:
        self.held_from = self.state

    @step(
        State.HELD,
        back_to("held_from", BEFORE_DECISION),
        _("Lift the hold"),
        by=parties.uscis_supervisor | parties.programme_officer | parties.the_clock,
        needs_reason=True,
        main=True,
    )
    def release(self, *, at: datetime) -> None:
        """Back to where it was held from."""

    @step(
        [*PREPARING, *BEFORE_ACCEPTANCE, *USCIS_PENDING, *ICE_PENDING, State.HELD],
        State.WITHDRAWN,
        _("Withdraw the request"),
        by=parties.representative,
        needs_reason=True,
        consequence=_("DHS stops the review. What DHS has already seen stays in its records."),
    )
    def withdraw(self, *, at: datetime) -> None:
        self.decided_at = at

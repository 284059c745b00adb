"""The work permit, category (c)(14): decided by USCIS on both tracks, after the grant.

8 CFR 274a.12(c)(14); USCIS, Form I-765 instructions.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from .. import parties
from ..machine import ClockRule, Fact, Machine, step
from ..models import Case, Kind
from .work_permit_states import PENDING, STANDINGS, VALID, State

__all__ = ["PENDING", "STANDINGS", "VALID", "State", "WorkPermitMachine"]

CLOCKS = [
    ClockRule("fee_check", _("Fee check"), frozenset({State.FILED, State.WAIVER_REQUESTED}),
              ordered_by=parties.uscis_supervisor),
    ClockRule("ead_decision", _("Decision on the work permit"), frozenset({State.IN_ADJUDICATION}),
              paused_in=frozenset({State.RFE_ISSUED}), pause_reason=_("The other side has to answer."),
              ordered_by=parties.uscis_supervisor),
    ClockRule("ead_rfe", _("Response to the request for evidence"), frozenset({State.RFE_ISSUED}), policy="rfe",
              starts_from="rfe_served_on", served_by="rfe_served_by",
              ordered_by=parties.uscis_supervisor),
    ClockRule("card_production", _("Production of the card"), frozenset({State.APPROVED}),
              ordered_by=parties.uscis_supervisor),
    ClockRule("card_delivery", _("Delivery of the card"),
              frozenset({State.CARD_PRODUCED, State.MAILED, State.UNDELIVERABLE}),
              ordered_by=parties.uscis_supervisor),
    ClockRule("ead_expiry", _("End of the work permit"), frozenset(VALID), until="valid_until",
              fires={"warn_180": "begin_expiring", "due": "expire"}),
]  # fmt: skip

deferred_action_is_granted = Fact(
    "deferred_action_is_granted",
    _("Deferred action is not granted, or no longer in force."),
    _("The work permit can be approved only after the grant (8 CFR 274a.12(c)(14))."),
)
deferred_action_is_denied = Fact(
    "deferred_action_is_denied", _("Deferred action is not denied."), _("Wait for that decision.")
)
shows_economic_necessity = Fact(
    "shows_economic_necessity",
    _("Economic necessity is not shown."),
    _("The worksheet needs income, expenses and assets (Form I-765WS)."),
)
newer_permit_exists = Fact(
    "newer_permit_exists", _("No newer work permit follows this one."), _("Decide the later request first.")
)


class WorkPermitMachine(Case):
    machine = Machine(
        kind=Kind.WORK_PERMIT,
        label=Kind.WORK_PERMIT.label,
        states=State,
        initial=State.NOT_FILED,
        standings=STANDINGS,
        path=[
            State.NOT_FILED, State.FILED, State.AWAITING_GRANT, State.IN_ADJUDICATION, State.APPROVED,
            State.CARD_PRODUCED, State.MAILED, State.DELIVERED,
        ],
        clocks=CLOCKS,
    )  # fmt: skip

    case_ptr = models.OneToOneField(
        Case, models.PROTECT, parent_link=True, primary_key=True, related_name="%(class)s_record"
    )
    representative_desk = models.ForeignKey("workflows.Desk", models.PROTECT, related_name="+")
    uscis_desk = models.ForeignKey("workflows.Desk", models.PROTECT, related_name="+")
    filed_at = models.DateTimeField(null=True, blank=True, editable=False)
    decided_at = models.DateTimeField(null=True, blank=True, editable=False)
    rfe_served_on = models.DateField(null=True, blank=True, editable=False)
    rfe_served_by = models.CharField(max_length=12, blank=True, editable=False)
    valid_from = models.DateField(null=True, blank=True, editable=False)
    valid_until = models.DateField(null=True, blank=True, editable=False)

    class Meta:
        abstract = True

    @step(State.NOT_FILED, State.FILED, _("File with the packet"), by=parties.the_clock, quiet=True)
    def file(self, *, at: datetime) -> None:
        self.filed_at = at

    @step(
        State.NOT_FILED,
        State.WITHDRAWN,
        _("Withdraw with the packet"),
        by=parties.the_clock | parties.representative,
        quiet=True,
    )
    @step(
        [each for each in PENDING if each != State.NOT_FILED],
        State.WITHDRAWN,
        _("Withdraw the request"),
        by=parties.representative | parties.the_clock,
        needs_reason=True,
    )
    def withdraw(self, *, at: datetime) -> None:
        self.decided_at = at

    @step(
        State.FILED,
        State.AWAITING_GRANT,
        _("Fee is right"),
        by=parties.uscis_adjudicator | parties.dhs_intake,
        main=True,
    )
    def accept_fee(self, *, at: datetime) -> None:
        """Paid in the amount and manner in force on the filing date."""

    @step(
        State.FILED,
        State.WAIVER_REQUESTED,
        _("Take up the fee waiver"),
        by=parties.uscis_adjudicator | parties.dhs_intake,
    )
    def take_up_waiver(self, *, at: datetime) -> None:
        """Form I-912 was filed with it."""

    @step(
        State.WAIVER_REQUESTED,
        State.AWAITING_GRANT,
        _("Grant the fee waiver"),
        by=parties.uscis_adjudicator,
        main=True,
    )
    def grant_waiver(self, *, at: datetime) -> None:
        """No fee is due."""

    @step(
        [State.FILED, State.WAIVER_REQUESTED],
        State.REJECTED,
        _("Reject because of the fee"),
        by=parties.uscis_adjudicator | parties.dhs_intake,
        needs_reason=True,
    )
    def reject(self, *, at: datetime) -> None:
        self.decided_at = at

    @step(
        State.AWAITING_GRANT,
        State.IN_ADJUDICATION,
        _("Take up after the grant"),
        by=parties.the_clock | parties.uscis_adjudicator,
        needs=[deferred_action_is_granted],
        main=True,
    )
    def take_up(self, *, at: datetime) -> None:
        """The gate is open."""

    @step(
        [State.FILED, State.WAIVER_REQUESTED, State.AWAITING_GRANT],
        State.DENIED,
        _("Deny with the deferred action"),
        by=parties.the_clock,
        needs=[deferred_action_is_denied],
        quiet=True,
    )
    def deny_with_request(self, *, at: datetime) -> None:
        self.decided_at = at

    @step(
        State.IN_ADJUDICATION,
        State.RFE_ISSUED,
        _("Request evidence (RFE)"),
        by=parties.uscis_adjudicator,
        needs_reason=True,
        records=("rfe_served_on", "rfe_served_by"),
    )
    def request_evidence(self, *, at: datetime, rfe_served_on: date, rfe_served_by: str) -> None:
        self.rfe_served_on, self.rfe_served_by = rfe_served_on, rfe_served_by

    @step(
        State.RFE_ISSUED,
        State.IN_ADJUDICATION,
        _("Answer the request for evidence"),
        by=parties.representative,
        needs_reason=True,
        main=True,
    )
    def answer_rfe(self, *, at: datetime) -> None:
        """One answer, all at once."""

    @step(
        State.RFE_ISSUED,
        State.IN_ADJUDICATION,
        _("Go on without an answer"),
        by=parties.uscis_adjudicator,
        needs_reason=True,
    )
    def close_rfe(self, *, at: datetime) -> None:
        """Decided as the record stands."""

    @step(
        State.IN_ADJUDICATION,
        State.APPROVED,
        _("Approve the work permit"),
        by=parties.uscis_adjudicator,
        needs=[deferred_action_is_granted, shows_economic_necessity],
        records=("valid_from_on", "valid_until_on"),
        main=True,
    )
    def approve(self, *, at: datetime, valid_from_on: date, valid_until_on: date) -> None:
        self.decided_at = at
        self.valid_from, self.valid_until = valid_from_on, valid_until_on

    @step(
        State.IN_ADJUDICATION,
        State.DENIED,
        _("Deny the work permit"),
        by=parties.uscis_adjudicator,
        needs_reason=True,
        records=("reason_code",),
        countersigned_by=parties.uscis_supervisor,
    )
    def deny(self, *, at: datetime, reason_code: str) -> None:
        self.decided_at = at

    @step(State.APPROVED, State.CARD_PRODUCED, _("Card produced"), by=parties.uscis_adjudicator, main=True)
    def produce_card(self, *, at: datetime) -> None:
        """Normally within two weeks of the approval."""

    @step(State.CARD_PRODUCED, State.MAILED, _("Card mailed"), by=parties.uscis_adjudicator, main=True)
    def mail(self, *, at: datetime) -> None:
        """To the safe address, if there is one."""

    @step(
        State.MAILED,
        State.DELIVERED,
        _("Card delivered"),
        by=parties.uscis_adjudicator | parties.representative,
        main=True,
    )
    def deliver(self, *, at: datetime) -> None:
        """The worker has it."""

    @step(
        State.MAILED,
        State.UNDELIVERABLE,
        _("Card came back"),
        by=parties.uscis_adjudicator,
        needs_reason=True,
    )
    def return_to_sender(self, *, at: datetime) -> None:
        """The address did not work."""

    @step(
        State.UNDELIVERABLE,
        State.MAILED,
        _("Mail the card again"),
        by=parties.uscis_adjudicator | parties.representative,
        needs_reason=True,
        main=True,
    )
    def mail_again(self, *, at: datetime) -> None:
        """The address was confirmed or corrected."""

    @step(State.DELIVERED, State.EXPIRING, _("The end is near"), by=parties.the_clock, quiet=True)
    def begin_expiring(self, *, at: datetime) -> None:
        """A hundred and eighty days before the end."""

    @step(VALID, State.EXPIRED, _("Expire"), by=parties.the_clock, quiet=True)
    def expire(self, *, at: datetime) -> None:
        """Its last day has passed."""

    @step(
        VALID,
        State.RENEWED,
        _("Replace by the renewal"),
        by=parties.the_clock,
        needs=[newer_permit_exists],
        quiet=True,
    )
    def renew(self, *, at: datetime) -> None:
        """A newer permit is delivered."""

    @step(
        VALID,
        State.REVOKED,
        _("Revoke with the deferred action"),
        by=parties.the_clock,
        needs_reason=True,
        quiet=True,
    )
    def revoke(self, *, at: datetime) -> None:
        self.decided_at = at

"""An administrative stay of removal, Form I-246, decided by the ICE field office.

8 CFR 241.6. A pending request does
not stop removal: every page that shows one says so.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from .. import parties
from ..machine import ClockRule, Fact, Machine, step
from ..models import Case, Kind
from .stay_states import DECIDED_FOR, NOT_STOPPED, PENDING, PREPARING, STANDINGS, WITH_ICE, State

__all__ = [
    "DECIDED_FOR",
    "NOT_STOPPED",
    "PENDING",
    "PREPARING",
    "STANDINGS",
    "WITH_ICE",
    "State",
    "StayMachine",
]

CLOCKS = [
    ClockRule("stay_appointment", _("Appointment to file"), frozenset({State.APPOINTMENT_MADE}), until="appointment_on"),
    ClockRule("stay_acceptance", _("Acceptance of the papers"), frozenset({State.FILED}),
              ordered_by=parties.ice_supervisor),
    ClockRule("stay_review", _("Review by ICE"), frozenset({State.CHECKS, State.UNDER_REVIEW}),
              paused_in=frozenset({State.INFO_REQUESTED}), pause_reason=_("The other side has to answer."),
              ordered_by=parties.ice_supervisor),
    ClockRule("stay_information", _("Answer to ICE"), frozenset({State.INFO_REQUESTED}), restarts=True,
              ordered_by=parties.ice_supervisor),
    ClockRule("osup_issue", _("Order of supervision"), frozenset({State.GRANTED}),
              ordered_by=parties.ice_supervisor),
    ClockRule("bond_posting", _("Posting of the bond"), policy="stay_bond", runs_in= frozenset({State.BOND_REQUIRED}), until="bond_due_on"),
    ClockRule("removal_date", _("Removal date"), frozenset(PENDING), until="removal_at"),
    ClockRule("stay_expiry", _("End of the stay"), frozenset(DECIDED_FOR), until="ends_on",
              fires={"warn_60": "begin_expiring", "due": "expire"}),
]  # fmt: skip

papers_are_complete = Fact(
    "papers_are_complete",
    _("The papers for Form I-246 are not complete."),
    _("Complete what the checklist marks as missing."),
)
order_is_final = Fact(
    "order_is_final",
    _("There is no final order."),
    _("Before a final order, ask the court or the ICE attorneys instead."),
)
newer_stay_is_granted = Fact(
    "newer_stay_is_granted", _("No newer stay of this worker is granted."), _("Decide the new request first.")
)
worker_consents = Fact(
    "worker_consents",
    _("The worker's consent is not recorded, or was withdrawn."),
    _("Record the worker's consent."),
)


class StayMachine(Case):
    machine = Machine(
        kind=Kind.STAY,
        label=Kind.STAY.label,
        states=State,
        initial=State.DRAFT,
        standings=STANDINGS,
        path=[
            State.DRAFT, State.READY, State.APPOINTMENT_MADE, State.FILED, State.CHECKS, State.UNDER_REVIEW,
            State.GRANTED, State.ACTIVE,
        ],
        clocks=CLOCKS,
    )  # fmt: skip

    case_ptr = models.OneToOneField(
        Case, models.PROTECT, parent_link=True, primary_key=True, related_name="%(class)s_record"
    )
    representative_desk = models.ForeignKey("workflows.Desk", models.PROTECT, related_name="+")
    ice_desk = models.ForeignKey("workflows.Desk", models.PROTECT, related_name="+")
    appointment_on = models.DateField(null=True, blank=True, editable=False)
    removal_at = models.DateTimeField(null=True, blank=True, editable=False)
    filed_at = models.DateTimeField(null=True, blank=True, editable=False)
    decided_at = models.DateTimeField(null=True, blank=True, editable=False)
    bond_due_on = models.DateField(null=True, blank=True, editable=False)
    starts_on = models.DateField(null=True, blank=True, editable=False)
    ends_on = models.DateField(null=True, blank=True, editable=False)

    class Meta:
        abstract = True

    @property
    def does_not_stop_removal(self) -> bool:
        """True while the request is pending: 8 CFR 241.6; shown wherever the stay is shown."""
        return self.state in PENDING

    @step(PREPARING, None, _("Edit the request"), by=parties.representative, quiet=True)
    def revise(self, *, at: datetime) -> None:
        """The content is saved by the service."""

    @step(
        State.DRAFT,
        State.READY,
        _("Ready to file"),
        by=parties.representative,
        main=True,
        needs=[papers_are_complete, order_is_final, worker_consents],
    )
    def make_ready(self, *, at: datetime) -> None:
        """Everything is signed and copied."""

    @step(State.READY, State.DRAFT, _("Reopen for changes"), by=parties.representative)
    def reopen(self, *, at: datetime) -> None:
        """Back on the table."""

    @step(
        [State.READY, State.APPOINTMENT_MADE],
        State.APPOINTMENT_MADE,
        _("Record the appointment"),
        by=parties.representative,
        records=("appointment_on",),
        main=True,
    )
    def make_appointment(self, *, at: datetime, appointment_on: date) -> None:
        self.appointment_on = appointment_on

    @step(
        [State.READY, State.APPOINTMENT_MADE],
        State.FILED,
        _("Record the filing in person"),
        by=parties.representative,
        needs=[worker_consents],
        main=True,
        consequence=NOT_STOPPED,
    )
    def file(self, *, at: datetime) -> None:
        self.filed_at = at

    @step(
        State.FILED,
        State.REJECTED,
        _("Reject the papers"),
        by=parties.ice_reviewer,
        needs_reason=True,
        records=("defects",),
    )
    def reject(self, *, at: datetime, defects: list[str]) -> None:
        self.decided_at = at

    @step(State.FILED, State.CHECKS, _("Accept the papers"), by=parties.ice_reviewer, main=True)
    def accept(self, *, at: datetime) -> None:
        """Fingerprints, photo and checks follow."""

    @step(State.CHECKS, State.UNDER_REVIEW, _("Begin the review"), by=parties.ice_reviewer, main=True)
    def begin_review(self, *, at: datetime) -> None:
        """Checks are done."""

    @step(
        State.UNDER_REVIEW,
        State.INFO_REQUESTED,
        _("Ask for information"),
        by=parties.ice_reviewer,
        needs_reason=True,
    )
    def request_information(self, *, at: datetime) -> None:
        """The question is in the history."""

    @step(
        State.INFO_REQUESTED,
        State.UNDER_REVIEW,
        _("Answer ICE"),
        by=parties.representative,
        needs_reason=True,
        main=True,
    )
    def answer(self, *, at: datetime) -> None:
        """The answer is in the history."""

    @step(
        State.UNDER_REVIEW,
        State.GRANTED,
        _("Grant the stay"),
        by=parties.ice_reviewer,
        main=True,
        records=("starts_on", "ends_on"),
        countersigned_by=parties.ice_supervisor,
    )
    def grant(self, *, at: datetime, starts_on: date, ends_on: date) -> None:
        self.decided_at = at
        self.starts_on, self.ends_on = starts_on, ends_on

    @step(
        State.UNDER_REVIEW,
        State.DENIED,
        _("Deny the stay"),
        by=parties.ice_reviewer,
        needs_reason=True,
        records=("reason_code",),
        countersigned_by=parties.ice_supervisor,
        consequence=_("There is no appeal. Removal may proceed."),
    )
    def deny(self, *, at: datetime, reason_code: str) -> None:
        self.decided_at = at

    @step(
        State.GRANTED, State.ACTIVE, _("Issue the order of supervision"), by=parties.ice_reviewer, main=True
    )
    def issue_supervision(self, *, at: datetime) -> None:
        """Form I-220B with its conditions."""

    @step(
        State.GRANTED,
        State.BOND_REQUIRED,
        _("Require a bond"),
        by=parties.ice_reviewer,
        records=("bond_due_on", "amount"),
    )
    def require_bond(self, *, at: datetime, bond_due_on: date, amount: int) -> None:
        self.bond_due_on = bond_due_on

    @step(State.BOND_REQUIRED, State.ACTIVE, _("Bond posted"), by=parties.ice_reviewer, main=True)
    def post_bond(self, *, at: datetime) -> None:
        self.bond_due_on = None

    @step(
        [State.ACTIVE, State.GRANTED, State.BOND_REQUIRED],
        State.EXPIRING,
        _("The end is near"),
        by=parties.the_clock,
        quiet=True,
    )
    def begin_expiring(self, *, at: datetime) -> None:
        """Sixty days before the end."""

    @step(DECIDED_FOR, State.EXPIRED, _("Expire"), by=parties.the_clock, quiet=True)
    def expire(self, *, at: datetime) -> None:
        """Its last day has passed."""

    @step(
        [State.ACTIVE, State.EXPIRING],
        State.RENEWED,
        _("Replace by a new stay"),
        by=parties.ice_reviewer,
        needs=[newer_stay_is_granted],
        needs_reason=True,
    )
    def renew(self, *, at: datetime) -> None:
        """A new I-246 was granted."""

    @step(
        DECIDED_FOR,
        State.REVOKED,
        _("Revoke the stay"),
        by=parties.ice_reviewer,
        needs_reason=True,
        countersigned_by=parties.ice_supervisor,
    )
    def revoke(self, *, at: datetime) -> None:
        self.decided_at = at

    @step(PENDING, State.WITHDRAWN, _("Withdraw the request"), by=parties.representative, needs_reason=True)
    def withdraw(self, *, at: datetime) -> None:
        self.decided_at = at

    @step(
        [*PREPARING, *WITH_ICE, *DECIDED_FOR],
        State.MOOT,
        _("Record as no longer needed"),
        by=parties.representative,
        needs_reason=True,
    )
    def make_moot(self, *, at: datetime) -> None:
        self.decided_at = at

    @step(
        [*WITH_ICE, *DECIDED_FOR],
        State.MOOT,
        _("End as no longer needed"),
        by=parties.ice_reviewer,
        needs_reason=True,
        countersigned_by=parties.ice_supervisor,
        consequence=_("The representative is told. A stay that is in force ends with it."),
    )
    def end_as_moot(self, *, at: datetime) -> None:
        self.decided_at = at

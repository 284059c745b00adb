"""A labor agency's statement of interest to DHS about a worksite.

DHS receives or returns it; DHS does not approve or deny it. An amendment is drafted while the earlier version stays in
force and takes its place when it is signed.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from .. import parties
from ..machine import ClockRule, Fact, Machine, step
from ..models import Case, Kind
from .signature import holds_a_delegation
from .statement_endings import StatementEndings
from .statement_states import DRAFTING, ENDED, IN_FORCE, SETTLED, STANDINGS, State

__all__ = ["DRAFTING", "ENDED", "IN_FORCE", "SETTLED", "STANDINGS", "State", "StatementMachine"]

CLOCKS = [
    ClockRule(
        "soi_approval", _("Approval and signature"),
        frozenset({State.AGENCY_REVIEW, State.APPROVED, State.AMENDMENT_REVIEW, State.AMENDMENT_APPROVED}),
        ordered_by=parties.agency_approver, at_agency=True,
    ),
    ClockRule("soi_transmittal", _("Sending to DHS"), frozenset({State.SIGNED}),
              ordered_by=parties.agency_approver, at_agency=True),
    ClockRule("dhs_acknowledgement", _("Acknowledgement by DHS"), frozenset({State.TRANSMITTED, State.RECEIVED}),
              ordered_by=parties.uscis_supervisor | parties.programme_officer),
    ClockRule("soi_completion", _("Completion of the returned statement"), frozenset({State.RETURNED}),
              ordered_by=parties.agency_approver, at_agency=True),
    ClockRule(
        "soi_review", _("Review of the statement"),
        frozenset(IN_FORCE), until="review_by", fires={"warn_90": "begin_expiring", "breach": "expire"},
        at_agency=True,
    ),
    ClockRule(
        "soi_withdrawal", _("Announced withdrawal"), frozenset({State.WITHDRAWAL_NOTICE}),
        until="withdrawal_on", fires={"due": "withdraw"},
        at_agency=True,
    ),
]  # fmt: skip

checklist_is_complete = Fact(
    "checklist_is_complete",
    _("The checklist still has open required items."),
    _("Open the draft and complete what the checklist marks as missing."),
)
dhs_has_seen_the_draft = Fact(
    "dhs_has_seen_the_draft",
    _("This agency signs only after DHS has seen the draft."),
    _("Send the draft to DHS and record its answer on the page of the case."),
)


class StatementMachine(StatementEndings, Case):
    machine = Machine(
        kind=Kind.STATEMENT,
        label=Kind.STATEMENT.label,
        states=State,
        initial=State.DRAFT,
        standings=STANDINGS,
        path=[
            State.DRAFT, State.AGENCY_REVIEW, State.APPROVED, State.SIGNED, State.TRANSMITTED,
            State.RECEIVED, State.ACTIVE,
        ],
        clocks=CLOCKS,
    )  # fmt: skip

    case_ptr = models.OneToOneField(
        Case, models.PROTECT, parent_link=True, primary_key=True, related_name="%(class)s_record"
    )
    agency_desk = models.ForeignKey("workflows.Desk", models.PROTECT, related_name="+")
    intake_desk = models.ForeignKey("workflows.Desk", models.PROTECT, related_name="+")
    working_version = models.PositiveSmallIntegerField(default=1, editable=False)
    version_in_force = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
    signed_at = models.DateTimeField(null=True, blank=True, editable=False)
    transmitted_at = models.DateTimeField(null=True, blank=True, editable=False)
    received_at = models.DateTimeField(null=True, blank=True, editable=False)
    review_by = models.DateField(null=True, blank=True, editable=False)
    withdrawal_on = models.DateField(null=True, blank=True, editable=False)
    ended_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        abstract = True

    @step(DRAFTING, None, _("Edit the draft"), by=parties.agency_staff, quiet=True)
    def revise(self, *, at: datetime) -> None:
        """The content is saved by the service; the step excludes the writer from approving."""

    @step(
        State.DRAFT,
        State.AGENCY_REVIEW,
        _("Send for approval"),
        by=parties.agency_staff,
        needs=[checklist_is_complete],
        main=True,
    )
    @step(
        State.AMENDING,
        State.AMENDMENT_REVIEW,
        _("Send the amendment for approval"),
        by=parties.agency_staff,
        needs=[checklist_is_complete],
        main=True,
    )
    def send_for_approval(self, *, at: datetime) -> None:
        """The content stands still from here on."""

    @step(
        [State.AGENCY_REVIEW, State.APPROVED],
        State.DRAFT,
        _("Return to the drafter"),
        by=parties.agency_approver,
        needs_reason=True,
    )
    @step(
        [State.AMENDMENT_REVIEW, State.AMENDMENT_APPROVED],
        State.AMENDING,
        _("Return to the drafter"),
        by=parties.agency_approver,
        needs_reason=True,
    )
    def return_to_drafter(self, *, at: datetime) -> None:
        """The reason is in the history."""

    @step(
        State.AGENCY_REVIEW,
        State.APPROVED,
        _("Approve"),
        by=parties.agency_approver,
        needs=[checklist_is_complete],
        not_by_those_who=("revise", "send_for_approval"),
        main=True,
    )
    @step(
        State.AMENDMENT_REVIEW,
        State.AMENDMENT_APPROVED,
        _("Approve the amendment"),
        by=parties.agency_approver,
        needs=[checklist_is_complete],
        not_by_those_who=("revise", "send_for_approval"),
        main=True,
    )
    def approve(self, *, at: datetime) -> None:
        """Who approved is in the history."""

    @step(
        [State.APPROVED, State.AMENDMENT_APPROVED],
        State.SIGNED,
        _("Sign"),
        by=parties.signing_official,
        needs=[checklist_is_complete, holds_a_delegation, dhs_has_seen_the_draft],
        not_by_those_who=("revise", "send_for_approval"),
        records=("review_by_on",),
        main=True,
        consequence=_(
            "The letter is fixed with its number and fingerprint. It can no longer be edited, only amended."
        ),
    )
    def sign(self, *, at: datetime, review_by_on: date) -> None:
        self.signed_at = at
        self.version_in_force = self.working_version
        self.review_by = review_by_on

    @step(
        State.SIGNED,
        State.TRANSMITTED,
        _("Send to DHS"),
        by=parties.agency_staff | parties.signing_official,
        records=("channel",),
        main=True,
        consequence=_("DHS receives the letter, and the requester gets a copy."),
    )
    def transmit(self, *, at: datetime, channel: str = "portal") -> None:
        self.transmitted_at = at

    @step(
        State.TRANSMITTED,
        State.RECEIVED,
        _("Confirm receipt"),
        by=parties.dhs_intake,
        main=True,
        consequence=_("The agency gets a receipt. A receipt gives no status and decides nothing."),
    )
    def confirm_receipt(self, *, at: datetime) -> None:
        self.received_at = at

    @step(State.RECEIVED, State.ACTIVE, _("Record as complete"), by=parties.dhs_intake, main=True)
    def accept(self, *, at: datetime) -> None:
        """From now on it counts for workers' requests."""

    @step(
        [State.TRANSMITTED, State.RECEIVED],
        State.RETURNED,
        _("Return as incomplete"),
        by=parties.dhs_intake,
        needs_reason=True,
        records=("deficiencies",),
    )
    def return_incomplete(self, *, at: datetime, deficiencies: list[str]) -> None:
        """The deficiencies are in the history."""

    @step(State.RETURNED, State.DRAFT, _("Take up again"), by=parties.agency_staff, main=True)
    def take_up_again(self, *, at: datetime) -> None:
        self.working_version = (self.version_in_force or 0) + 1

    @step(
        SETTLED,
        State.AMENDING,
        _("Amend"),
        by=parties.agency_staff,
        needs_reason=True,
        consequence=_(
            "A new version is drafted. The present one stays in force until the new one is signed."
        ),
    )
    def amend(self, *, at: datetime) -> None:
        self.working_version = (self.version_in_force or 0) + 1

    @step(State.AMENDING, State.ACTIVE, _("Drop the amendment"), by=parties.agency_staff, needs_reason=True)
    def drop_amendment(self, *, at: datetime) -> None:
        self.working_version = self.version_in_force or 1

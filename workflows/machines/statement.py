"""A labor agency's statement of interest to DHS about a worksite.

DHS receives or returns it; DHS does not approve or deny it (domain notes,
federal process 6.2). An amendment is drafted while the earlier version stays in
force and takes its place when it is signed.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from .. import parties
from ..machine import ClockRule, Fact, Machine, Standing, step
from ..models import Case, Kind


class State(models.TextChoices):
    DRAFT = "DRAFT", _("Draft")
    AGENCY_REVIEW = "AGENCY_REVIEW", _("Waiting for approval")
    APPROVED = "APPROVED", _("Approved, waiting for signature")
    SIGNED = "SIGNED", _("Signed")
    TRANSMITTED = "TRANSMITTED", _("Sent to DHS")
    RECEIVED = "RECEIVED", _("Received by DHS")
    RETURNED = "RETURNED", _("Returned as incomplete")
    ACTIVE = "ACTIVE", _("In force")
    AMENDING = "AMENDING", _("In force; an amendment is being drafted")
    AMENDMENT_REVIEW = "AMENDMENT_REVIEW", _("In force; an amendment waits for approval")
    AMENDMENT_APPROVED = "AMENDMENT_APPROVED", _("In force; an amendment waits for signature")
    SUSPENDED = "SUSPENDED", _("Suspended")
    EXPIRING = "EXPIRING", _("In force; review is near")
    WITHDRAWAL_NOTICE = "WITHDRAWAL_NOTICE", _("In force; withdrawal is announced")
    EXPIRED = "EXPIRED", _("Expired")
    WITHDRAWN = "WITHDRAWN", _("Withdrawn")
    CLOSED = "CLOSED", _("Closed: the matter ended")
    CANCELLED = "CANCELLED", _("Cancelled before signature")


DRAFTING = [State.DRAFT, State.AMENDING]
IN_FORCE = [
    State.SIGNED,
    State.TRANSMITTED,
    State.RECEIVED,
    State.ACTIVE,
    State.AMENDING,
    State.AMENDMENT_REVIEW,
    State.AMENDMENT_APPROVED,
    State.EXPIRING,
    State.WITHDRAWAL_NOTICE,
]
SETTLED = [State.ACTIVE, State.EXPIRING]
ENDED = [State.EXPIRED, State.WITHDRAWN, State.CLOSED, State.CANCELLED]

STANDINGS = {
    State.DRAFT: Standing(
        public=_("The agency is writing the statement."),
        then=_("A second official of the agency reviews it."),
        holder="agency",
        tone="neutral",
        no_clock=_("A draft waits for its writer."),
    ),
    State.AGENCY_REVIEW: Standing(
        public=_("The agency is checking the statement."),
        then=_("If it is approved, a signing official signs it."),
        holder="agency",
    ),
    State.APPROVED: Standing(
        public=_("The statement is approved and waits for its signature."),
        then=_("A signing official signs it."),
        holder="agency",
    ),
    State.SIGNED: Standing(
        public=_("The agency signed the statement."),
        then=_("The agency sends it to DHS."),
        holder="agency",
    ),
    State.TRANSMITTED: Standing(
        public=_("The agency's letter was sent to DHS."),
        then=_("DHS confirms that it received the letter."),
        holder="intake",
    ),
    State.RECEIVED: Standing(
        public=_("DHS received the agency's letter."),
        then=_("DHS checks that the letter is complete."),
        holder="intake",
    ),
    State.RETURNED: Standing(
        public=_("DHS sent the letter back because something is missing."),
        then=_("The agency completes it and sends it again."),
        holder="agency",
        tone="bad",
        beside=State.RECEIVED,
    ),
    State.ACTIVE: Standing(
        public=_("The statement is in force."),
        then=_("Workers in its scope can attach it to their requests."),
        holder="agency",
        tone="good",
    ),
    State.AMENDING: Standing(
        public=_("The statement is in force, and the agency is changing it."),
        then=_("Until the change is signed, the present version counts."),
        holder="agency",
        tone="good",
        beside=State.ACTIVE,
    ),
    State.AMENDMENT_REVIEW: Standing(
        public=_("The statement is in force, and a change to it is being checked."),
        then=_("Until the change is signed, the present version counts."),
        holder="agency",
        tone="good",
        beside=State.ACTIVE,
    ),
    State.AMENDMENT_APPROVED: Standing(
        public=_("The statement is in force, and a change to it waits for its signature."),
        then=_("Until the change is signed, the present version counts."),
        holder="agency",
        tone="good",
        beside=State.ACTIVE,
    ),
    State.SUSPENDED: Standing(
        public=_("The agency suspended the statement."),
        then=_("The agency resumes or withdraws it."),
        holder="agency",
        tone="bad",
        no_clock=_("A suspension lasts until the agency resumes or withdraws the statement."),
        beside=State.ACTIVE,
    ),
    State.EXPIRING: Standing(
        public=_("The statement is in force; the agency must soon say whether it continues."),
        then=_("The agency confirms its interest, amends the statement, or lets it expire."),
        holder="agency",
        tone="good",
        beside=State.ACTIVE,
    ),
    State.WITHDRAWAL_NOTICE: Standing(
        public=_("The statement is in force until the agency withdraws it on the announced day."),
        then=_("On that day it ends, unless the agency takes the announcement back."),
        holder="agency",
        tone="bad",
        beside=State.ACTIVE,
    ),
    State.EXPIRED: Standing(
        public=_("The statement expired."),
        then=_("Ask the agency for an updated statement."),
        tone="bad",
        final=True,
    ),
    State.WITHDRAWN: Standing(
        public=_("The agency withdrew the statement."),
        then=_("Talk to your representative about pending requests."),
        tone="bad",
        final=True,
    ),
    State.CLOSED: Standing(
        public=_("The agency's matter ended, and the statement with it."),
        then=_("Talk to your representative about pending requests."),
        tone="neutral",
        final=True,
    ),
    State.CANCELLED: Standing(
        public=_("The statement was not issued."),
        then=_("Ask the agency why, or ask another agency."),
        tone="neutral",
        final=True,
    ),
}

CLOCKS = [
    ClockRule(
        "soi_approval", _("Approval and signature"),
        frozenset({State.AGENCY_REVIEW, State.APPROVED, State.AMENDMENT_REVIEW, State.AMENDMENT_APPROVED}),
    ),
    ClockRule("soi_transmittal", _("Sending to DHS"), frozenset({State.SIGNED})),
    ClockRule("dhs_acknowledgement", _("Acknowledgement by DHS"), frozenset({State.TRANSMITTED, State.RECEIVED})),
    ClockRule("soi_completion", _("Completion of the returned statement"), frozenset({State.RETURNED})),
    ClockRule(
        "soi_review", _("Review of the statement"),
        frozenset(IN_FORCE), until="review_by", fires={"warn_90": "begin_expiring", "breach": "expire"},
    ),
    ClockRule(
        "soi_withdrawal", _("Announced withdrawal"), frozenset({State.WITHDRAWAL_NOTICE}),
        until="withdrawal_on", fires={"due": "withdraw"},
    ),
]  # fmt: skip

checklist_is_complete = Fact(
    "checklist_is_complete",
    _("The checklist still has open required items."),
    _("Open the draft and complete what the checklist marks as missing."),
)
holds_a_delegation = Fact(
    "holds_a_delegation",
    _("You hold no delegation of signature for this agency on this day."),
    _("Ask an official who holds one, or have the delegation recorded."),
)


class StatementMachine(Case):
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

    @step(State.DRAFT, State.AGENCY_REVIEW, _("Send for approval"), by=parties.agency_staff,
          needs=[checklist_is_complete], main=True)
    @step(State.AMENDING, State.AMENDMENT_REVIEW, _("Send the amendment for approval"), by=parties.agency_staff,
          needs=[checklist_is_complete], main=True)
    def send_for_approval(self, *, at: datetime) -> None:
        """The content stands still from here on."""

    @step([State.AGENCY_REVIEW, State.APPROVED], State.DRAFT, _("Return to the drafter"),
          by=parties.agency_approver, needs_reason=True)
    @step([State.AMENDMENT_REVIEW, State.AMENDMENT_APPROVED], State.AMENDING, _("Return to the drafter"),
          by=parties.agency_approver, needs_reason=True)
    def return_to_drafter(self, *, at: datetime) -> None:
        """The reason is in the history."""

    @step(State.AGENCY_REVIEW, State.APPROVED, _("Approve"), by=parties.agency_approver,
          needs=[checklist_is_complete], not_by_those_who=("revise", "send_for_approval"), main=True)
    @step(State.AMENDMENT_REVIEW, State.AMENDMENT_APPROVED, _("Approve the amendment"),
          by=parties.agency_approver, needs=[checklist_is_complete],
          not_by_those_who=("revise", "send_for_approval"), main=True)
    def approve(self, *, at: datetime) -> None:
        """Who approved is in the history."""

    @step([State.APPROVED, State.AMENDMENT_APPROVED], State.SIGNED, _("Sign"), by=parties.signing_official,
          needs=[checklist_is_complete, holds_a_delegation],
          not_by_those_who=("revise", "send_for_approval"), records=("review_by_on",), main=True,
          consequence=_("The letter is fixed with its number and fingerprint. It can no longer be edited, only amended."))
    def sign(self, *, at: datetime, review_by_on: date) -> None:
        self.signed_at = at
        self.version_in_force = self.working_version
        self.review_by = review_by_on

    @step(State.SIGNED, State.TRANSMITTED, _("Send to DHS"), by=parties.agency_staff | parties.signing_official,
          records=("channel",), main=True,
          consequence=_("DHS receives the letter, and the requester gets a copy."))
    def transmit(self, *, at: datetime, channel: str = "portal") -> None:
        self.transmitted_at = at

    @step(State.TRANSMITTED, State.RECEIVED, _("Confirm receipt"), by=parties.dhs_intake, main=True,
          consequence=_("The agency gets a receipt. A receipt gives no status and decides nothing."))
    def confirm_receipt(self, *, at: datetime) -> None:
        self.received_at = at

    @step(State.RECEIVED, State.ACTIVE, _("Record as complete"), by=parties.dhs_intake, main=True)
    def accept(self, *, at: datetime) -> None:
        """From now on it counts for workers' requests."""

    @step([State.TRANSMITTED, State.RECEIVED], State.RETURNED, _("Return as incomplete"), by=parties.dhs_intake,
          needs_reason=True, records=("deficiencies",))
    def return_incomplete(self, *, at: datetime, deficiencies: list[str]) -> None:
        """The deficiencies are in the history."""

    @step(State.RETURNED, State.DRAFT, _("Take up again"), by=parties.agency_staff, main=True)
    def take_up_again(self, *, at: datetime) -> None:
        self.working_version = (self.version_in_force or 0) + 1

    @step(SETTLED, State.AMENDING, _("Amend"), by=parties.agency_staff, needs_reason=True,
          consequence=_("A new version is drafted. The present one stays in force until the new one is signed."))
    def amend(self, *, at: datetime) -> None:
        self.working_version = (self.version_in_force or 0) + 1

    @step(State.AMENDING, State.ACTIVE, _("Drop the amendment"), by=parties.agency_staff, needs_reason=True)
    def drop_amendment(self, *, at: datetime) -> None:
        self.working_version = self.version_in_force or 1

    @step([*SETTLED, State.AMENDING, State.TRANSMITTED, State.RECEIVED], State.SUSPENDED, _("Suspend"),
          by=parties.agency_approver, needs_reason=True)
    def suspend(self, *, at: datetime) -> None:
        """The reason is in the history."""

    @step(State.SUSPENDED, State.ACTIVE, _("Resume"), by=parties.agency_approver, needs_reason=True, main=True)
    def resume(self, *, at: datetime) -> None:
        self.working_version = self.version_in_force or 1

    @step(State.ACTIVE, State.EXPIRING, _("Review is near"), by=parties.the_clock, quiet=True)
    def begin_expiring(self, *, at: datetime) -> None:
        """Ninety days before the review date."""

    @step(SETTLED, State.ACTIVE, _("Confirm continued interest"), by=parties.agency_approver, needs_reason=True,
          records=("review_by_on",), main=True)
    def continue_interest(self, *, at: datetime, review_by_on: date) -> None:
        self.review_by = review_by_on

    @step([*SETTLED, State.AMENDING, State.AMENDMENT_REVIEW, State.AMENDMENT_APPROVED], State.EXPIRED,
          _("Expire"), by=parties.the_clock, quiet=True)
    def expire(self, *, at: datetime) -> None:
        self.ended_at = at

    @step(SETTLED, State.WITHDRAWAL_NOTICE, _("Announce the withdrawal"), by=parties.agency_approver,
          needs_reason=True, records=("withdrawal_on",), countersigned_by=parties.agency_approver,
          consequence=_("DHS and every representative with a request that depends on it are told, at least 14 days before."))
    def announce_withdrawal(self, *, at: datetime, withdrawal_on: date) -> None:
        self.withdrawal_on = withdrawal_on

    @step(State.WITHDRAWAL_NOTICE, State.ACTIVE, _("Take the announcement back"), by=parties.agency_approver,
          needs_reason=True, main=True)
    def take_back_withdrawal(self, *, at: datetime) -> None:
        self.withdrawal_on = None

    @step(State.WITHDRAWAL_NOTICE, State.WITHDRAWN, _("Withdraw"), by=parties.the_clock, quiet=True)
    def withdraw(self, *, at: datetime) -> None:
        self.ended_at = at

    @step([each for each in [*IN_FORCE, State.SUSPENDED] if each != State.WITHDRAWAL_NOTICE], State.WITHDRAWN,
          _("Withdraw at once (emergency)"), by=parties.agency_approver, needs_reason=True,
          countersigned_by=parties.agency_approver,
          consequence=_("DHS and every representative with a request that depends on it are told today."))
    def withdraw_at_once(self, *, at: datetime) -> None:
        self.ended_at = at

    @step([*IN_FORCE, State.SUSPENDED], State.CLOSED, _("Close: the matter ended"), by=parties.agency_approver,
          needs_reason=True, records=("outcome",),
          consequence=_("DHS and every representative with a request that depends on it are told."))
    def close(self, *, at: datetime, outcome: str) -> None:
        self.ended_at = at

    @step([State.DRAFT, State.AGENCY_REVIEW, State.APPROVED, State.RETURNED], State.CANCELLED, _("Cancel"),
          by=parties.agency_approver, needs_reason=True)
    def cancel(self, *, at: datetime) -> None:
        self.ended_at = at

"""The work permit, category (c)(14): decided by USCIS on both tracks, after the grant.

Domain notes, federal process 3.7 and 6.5; 8 CFR 274a.12(c)(14).
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from .. import parties
from ..machine import ClockRule, Fact, Machine, Standing, step
from ..models import Case, Kind


class State(models.TextChoices):
    NOT_FILED = "NOT_FILED", _("Asked for in a packet that is not filed yet")
    FILED = "FILED", _("Filed, fee being checked")
    WAIVER_REQUESTED = "WAIVER_REQUESTED", _("Fee waiver asked for")
    AWAITING_GRANT = "AWAITING_GRANT", _("Waiting for deferred action")
    IN_ADJUDICATION = "IN_ADJUDICATION", _("Under review")
    RFE_ISSUED = "RFE_ISSUED", _("Evidence requested (RFE)")
    APPROVED = "APPROVED", _("Approved")
    CARD_PRODUCED = "CARD_PRODUCED", _("Card produced")
    MAILED = "MAILED", _("Card mailed")
    UNDELIVERABLE = "UNDELIVERABLE", _("Card came back")
    DELIVERED = "DELIVERED", _("Card delivered")
    EXPIRING = "EXPIRING", _("Valid; the end is near")
    REJECTED = "REJECTED", _("Rejected: fee")
    DENIED = "DENIED", _("Denied")
    RENEWED = "RENEWED", _("Renewed")
    EXPIRED = "EXPIRED", _("Expired")
    REVOKED = "REVOKED", _("Revoked")
    WITHDRAWN = "WITHDRAWN", _("Withdrawn")


VALID = [State.APPROVED, State.CARD_PRODUCED, State.MAILED, State.UNDELIVERABLE, State.DELIVERED, State.EXPIRING]
PENDING = [State.NOT_FILED, State.FILED, State.WAIVER_REQUESTED, State.AWAITING_GRANT, State.IN_ADJUDICATION, State.RFE_ISSUED]

STANDINGS = {
    State.NOT_FILED: Standing(
        public=_("Your packet asks for a work permit. It is not filed yet."),
        then=_("It is filed together with the request."), holder="representative", tone="neutral",
        no_clock=_("It is filed together with the packet."),
    ),
    State.FILED: Standing(
        public=_("USCIS has the request for a work permit and checks the fee."),
        then=_("If the fee is right, it waits for deferred action."), holder="uscis",
    ),
    State.WAIVER_REQUESTED: Standing(
        public=_("USCIS is deciding whether you need to pay the fee."),
        then=_("If the waiver is granted, the request goes on."), holder="uscis", beside=State.FILED,
    ),
    State.AWAITING_GRANT: Standing(
        public=_("The request for a work permit waits until deferred action is decided."),
        then=_("USCIS can decide it only after deferred action is granted."), holder="uscis",
        no_clock=_("It waits for another decision, whose own clock counts."),
    ),
    State.IN_ADJUDICATION: Standing(
        public=_("USCIS is reviewing the request for a work permit."), then=_("USCIS decides."), holder="uscis",
    ),
    State.RFE_ISSUED: Standing(
        public=_("USCIS asked for more papers for the work permit."),
        then=_("Your representative must answer by the date shown. There is no extension."),
        holder="representative", tone="bad", beside=State.IN_ADJUDICATION,
    ),
    State.APPROVED: Standing(
        public=_("The work permit was approved."), then=_("The card is produced, normally within two weeks."),
        holder="uscis", tone="good",
    ),
    State.CARD_PRODUCED: Standing(
        public=_("The card was produced."), then=_("It is mailed to the address on file."), holder="uscis", tone="good",
    ),
    State.MAILED: Standing(
        public=_("The card is in the mail."), then=_("Watch your mail. If it does not come, tell your representative."),
        holder="uscis", tone="good",
    ),
    State.UNDELIVERABLE: Standing(
        public=_("The card came back to USCIS."), then=_("Your representative confirms the address; then it is mailed again."),
        holder="representative", tone="bad", beside=State.MAILED,
    ),
    State.DELIVERED: Standing(
        public=_("You have your work permit."), then=_("It is valid until the date on it. Renew it in time."),
        holder="representative", tone="good",
    ),
    State.EXPIRING: Standing(
        public=_("Your work permit ends soon."), then=_("There is no automatic extension. Ask your representative today."),
        holder="representative", tone="bad", beside=State.DELIVERED,
    ),
    State.REJECTED: Standing(
        public=_("The request for a work permit was rejected because of the fee."),
        then=_("Your representative can file it again with the right fee."), tone="bad", final=True,
    ),
    State.DENIED: Standing(
        public=_("The work permit was denied."), then=_("Talk to your representative about what is possible."),
        tone="bad", final=True,
    ),
    State.RENEWED: Standing(
        public=_("A newer work permit took the place of this one."), then=_("Use the new card."), tone="good", final=True,
    ),
    State.EXPIRED: Standing(
        public=_("Your work permit expired."), then=_("You may not work on it any longer. Talk to your representative."),
        tone="bad", final=True,
    ),
    State.REVOKED: Standing(
        public=_("Your work permit was revoked."), then=_("Talk to your representative today."), tone="bad", final=True,
    ),
    State.WITHDRAWN: Standing(
        public=_("The request for a work permit was withdrawn."), then=_("Nothing more happens with it."),
        tone="neutral", final=True,
    ),
}  # fmt: skip

CLOCKS = [
    ClockRule("fee_check", _("Fee check"), frozenset({State.FILED, State.WAIVER_REQUESTED})),
    ClockRule("ead_decision", _("Decision on the work permit"), frozenset({State.IN_ADJUDICATION}),
              paused_in=frozenset({State.RFE_ISSUED}), pause_reason=_("The other side has to answer.")),
    ClockRule("ead_rfe", _("Response to the request for evidence"), frozenset({State.RFE_ISSUED}), policy="rfe",
              starts_from="rfe_served_on", served_by="rfe_served_by"),
    ClockRule("card_production", _("Production of the card"), frozenset({State.APPROVED})),
    ClockRule("card_delivery", _("Delivery of the card"),
              frozenset({State.CARD_PRODUCED, State.MAILED, State.UNDELIVERABLE})),
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

    @step(State.NOT_FILED, State.WITHDRAWN, _("Withdraw with the packet"), by=parties.the_clock | parties.representative,
          quiet=True)
    @step([each for each in PENDING if each != State.NOT_FILED], State.WITHDRAWN, _("Withdraw the request"),
          by=parties.representative | parties.the_clock, needs_reason=True)
    def withdraw(self, *, at: datetime) -> None:
        self.decided_at = at

    @step(State.FILED, State.AWAITING_GRANT, _("Fee is right"), by=parties.uscis_adjudicator | parties.dhs_intake, main=True)
    def accept_fee(self, *, at: datetime) -> None:
        """Paid in the amount and manner in force on the filing date."""

    @step(State.FILED, State.WAIVER_REQUESTED, _("Take up the fee waiver"), by=parties.uscis_adjudicator | parties.dhs_intake)
    def take_up_waiver(self, *, at: datetime) -> None:
        """Form I-912 was filed with it."""

    @step(State.WAIVER_REQUESTED, State.AWAITING_GRANT, _("Grant the fee waiver"), by=parties.uscis_adjudicator, main=True)
    def grant_waiver(self, *, at: datetime) -> None:
        """No fee is due."""

    @step([State.FILED, State.WAIVER_REQUESTED], State.REJECTED, _("Reject because of the fee"),
          by=parties.uscis_adjudicator | parties.dhs_intake, needs_reason=True)
    def reject(self, *, at: datetime) -> None:
        self.decided_at = at

    @step(State.AWAITING_GRANT, State.IN_ADJUDICATION, _("Take up after the grant"),
          by=parties.the_clock | parties.uscis_adjudicator, needs=[deferred_action_is_granted], main=True)
    def take_up(self, *, at: datetime) -> None:
        """The gate is open."""

    @step([State.FILED, State.WAIVER_REQUESTED, State.AWAITING_GRANT], State.DENIED,
          _("Deny with the deferred action"), by=parties.the_clock, needs=[deferred_action_is_denied], quiet=True)
    def deny_with_request(self, *, at: datetime) -> None:
        self.decided_at = at

    @step(State.IN_ADJUDICATION, State.RFE_ISSUED, _("Request evidence (RFE)"), by=parties.uscis_adjudicator,
          needs_reason=True, records=("rfe_served_on", "rfe_served_by"))
    def request_evidence(self, *, at: datetime, rfe_served_on: date, rfe_served_by: str) -> None:
        self.rfe_served_on, self.rfe_served_by = rfe_served_on, rfe_served_by

    @step(State.RFE_ISSUED, State.IN_ADJUDICATION, _("Answer the request for evidence"),
          by=parties.representative, needs_reason=True, main=True)
    def answer_rfe(self, *, at: datetime) -> None:
        """One answer, all at once."""

    @step(State.RFE_ISSUED, State.IN_ADJUDICATION, _("Go on without an answer"), by=parties.uscis_adjudicator,
          needs_reason=True)
    def close_rfe(self, *, at: datetime) -> None:
        """Decided as the record stands."""

    @step(State.IN_ADJUDICATION, State.APPROVED, _("Approve the work permit"), by=parties.uscis_adjudicator,
          needs=[deferred_action_is_granted, shows_economic_necessity],
          records=("valid_from_on", "valid_until_on"), main=True)
    def approve(self, *, at: datetime, valid_from_on: date, valid_until_on: date) -> None:
        self.decided_at = at
        self.valid_from, self.valid_until = valid_from_on, valid_until_on

    @step(State.IN_ADJUDICATION, State.DENIED, _("Deny the work permit"), by=parties.uscis_adjudicator,
          needs_reason=True, records=("reason_code",), countersigned_by=parties.uscis_supervisor)
    def deny(self, *, at: datetime, reason_code: str) -> None:
        self.decided_at = at

    @step(State.APPROVED, State.CARD_PRODUCED, _("Card produced"), by=parties.uscis_adjudicator, main=True)
    def produce_card(self, *, at: datetime) -> None:
        """Normally within two weeks of the approval."""

    @step(State.CARD_PRODUCED, State.MAILED, _("Card mailed"), by=parties.uscis_adjudicator, main=True)
    def mail(self, *, at: datetime) -> None:
        """To the safe address, if there is one."""

    @step(State.MAILED, State.DELIVERED, _("Card delivered"), by=parties.uscis_adjudicator | parties.representative, main=True)
    def deliver(self, *, at: datetime) -> None:
        """The worker has it."""

    @step(State.MAILED, State.UNDELIVERABLE, _("Card came back"), by=parties.uscis_adjudicator, needs_reason=True)
    def return_to_sender(self, *, at: datetime) -> None:
        """The address did not work."""

    @step(State.UNDELIVERABLE, State.MAILED, _("Mail the card again"), by=parties.uscis_adjudicator | parties.representative,
          needs_reason=True, main=True)
    def mail_again(self, *, at: datetime) -> None:
        """The address was confirmed or corrected."""

    @step(State.DELIVERED, State.EXPIRING, _("The end is near"), by=parties.the_clock, quiet=True)
    def begin_expiring(self, *, at: datetime) -> None:
        """A hundred and eighty days before the end."""

    @step(VALID, State.EXPIRED, _("Expire"), by=parties.the_clock, quiet=True)
    def expire(self, *, at: datetime) -> None:
        """Its last day has passed."""

    @step(VALID, State.RENEWED, _("Replace by the renewal"), by=parties.the_clock, needs=[newer_permit_exists], quiet=True)
    def renew(self, *, at: datetime) -> None:
        """A newer permit is delivered."""

    @step(VALID, State.REVOKED, _("Revoke with the deferred action"), by=parties.the_clock, needs_reason=True, quiet=True)
    def revoke(self, *, at: datetime) -> None:
        self.decided_at = at

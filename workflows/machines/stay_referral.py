"""A labor agency supports a worker's stay of removal with a letter and a liaison.

The one flow in which a name crosses from the worker's side to the agency, with
the worker's signed consent; 8 USC 1231(c)(2). It is linked
to the worker's own Form I-246 and never replaces it.
"""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from .. import parties
from ..machine import ClockRule, Fact, Machine, Standing, step
from ..models import Case, Kind
from .signature import holds_a_delegation


class State(models.TextChoices):
    ASKED = "ASKED", _("Support asked for")
    DRAFTED = "DRAFTED", _("Letter drafted")
    APPROVED = "APPROVED", _("Letter approved and signed")
    SENT = "SENT", _("Sent to the liaison")
    SENT_URGENT = "SENT_URGENT", _("Sent to the liaison; removal may be near")
    ACKNOWLEDGED = "ACKNOWLEDGED", _("Acknowledged by the liaison")
    FORWARDED = "FORWARDED", _("Forwarded to the field office")
    SUPPORTED = "SUPPORTED", _("Supported")
    NOT_SUPPORTED = "NOT_SUPPORTED", _("Not supported")
    DECLINED = "DECLINED", _("Declined by the agency")
    MOOT = "MOOT", _("No longer needed")


STANDINGS = {
    State.ASKED: Standing(
        public=_("The agency was asked to support the stay."), then=_("The agency drafts a letter, or declines."),
        holder="agency",
    ),
    State.DRAFTED: Standing(
        public=_("The agency is checking its letter of support."), then=_("A second official signs it."), holder="agency",
    ),
    State.APPROVED: Standing(
        public=_("The agency signed its letter of support."), then=_("The agency sends it to ICE."), holder="agency",
    ),
    State.SENT: Standing(
        public=_("The agency's letter was sent to ICE."), then=_("ICE acknowledges it."), holder="ice",
    ),
    State.SENT_URGENT: Standing(
        public=_("The agency's letter was sent to ICE, and it is urgent: the worker is detained or removal is near."),
        then=_("ICE acknowledges it within hours."), holder="ice", tone="bad", beside=State.SENT,
    ),
    State.ACKNOWLEDGED: Standing(
        public=_("ICE has the agency's letter."), then=_("ICE puts it before the field office."), holder="ice",
    ),
    State.FORWARDED: Standing(
        public=_("The field office has the agency's letter."), then=_("The field office weighs it with the request."),
        holder="ice",
    ),
    State.SUPPORTED: Standing(
        public=_("ICE took the agency's support into account."), then=_("Follow the stay itself from here."),
        tone="good", final=True,
    ),
    State.NOT_SUPPORTED: Standing(
        public=_("ICE did not follow the agency's letter."), then=_("Follow the stay itself from here."),
        tone="bad", final=True,
    ),
    State.DECLINED: Standing(
        public=_("The agency declined to support the stay."), then=_("The stay can go on without it."),
        tone="bad", final=True,
    ),
    State.MOOT: Standing(
        public=_("The agency's support is no longer needed."), then=_("Nothing more happens with it."),
        tone="neutral", final=True,
    ),
}  # fmt: skip

CLOCKS = [
    ClockRule(
        "stay_support_letter",
        _("Letter of support"),
        frozenset({State.ASKED, State.DRAFTED, State.APPROVED}),
        ordered_by=parties.agency_approver,
        at_agency=True,
    ),
    ClockRule(
        "stay_referral_ack",
        _("Acknowledgement by the liaison"),
        policy="stay_referral_acknowledgement",
        runs_in=frozenset({State.SENT}),
    ),
    ClockRule(
        "stay_referral_ack_urgent",
        _("Urgent acknowledgement by the liaison"),
        policy="stay_referral_acknowledgement_urgent",
        runs_in=frozenset({State.SENT_URGENT}),
    ),
    ClockRule(
        "stay_referral_answer",
        _("Answer of the field office"),
        frozenset({State.ACKNOWLEDGED, State.FORWARDED}),
    ),
]

worker_consents = Fact(
    "worker_consents",
    _("The worker's signed consent to naming them to the agency is not recorded, or was withdrawn."),
    _("Record the consent before a name crosses to the agency."),
)
letter_is_complete = Fact(
    "letter_is_complete",
    _("The letter lacks its ground or why the worker's presence is needed."),
    _("Choose the ground (8 USC 1231(c)(2)) and write why presence is needed."),
)
OPEN = [
    State.ASKED,
    State.DRAFTED,
    State.APPROVED,
    State.SENT,
    State.SENT_URGENT,
    State.ACKNOWLEDGED,
    State.FORWARDED,
]


class StayReferralMachine(Case):
    machine = Machine(
        kind=Kind.STAY_REFERRAL,
        label=Kind.STAY_REFERRAL.label,
        states=State,
        initial=State.ASKED,
        standings=STANDINGS,
        path=[
            State.ASKED,
            State.DRAFTED,
            State.APPROVED,
            State.SENT,
            State.ACKNOWLEDGED,
            State.FORWARDED,
            State.SUPPORTED,
        ],
        clocks=CLOCKS,
    )

    case_ptr = models.OneToOneField(
        Case, models.PROTECT, parent_link=True, primary_key=True, related_name="%(class)s_record"
    )
    agency_desk = models.ForeignKey("workflows.Desk", models.PROTECT, related_name="+")
    ice_desk = models.ForeignKey("workflows.Desk", models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(null=True, blank=True, editable=False)
    sent_at = models.DateTimeField(null=True, blank=True, editable=False)
    ended_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        abstract = True

    @step(
        [State.ASKED, State.DRAFTED],
        State.DRAFTED,
        _("Save the letter"),
        by=parties.agency_staff,
        needs=[worker_consents],
        main=True,
    )
    def draft(self, *, at: datetime) -> None:
        """The content is saved by the service."""

    @step(
        State.DRAFTED,
        State.APPROVED,
        _("Approve and sign"),
        by=parties.agency_approver,
        needs=[worker_consents, letter_is_complete, holds_a_delegation],
        not_by_those_who=("draft",),
        main=True,
    )
    def approve(self, *, at: datetime) -> None:
        self.signed_at = at

    @step(
        State.DRAFTED, State.ASKED, _("Return to the drafter"), by=parties.agency_approver, needs_reason=True
    )
    def return_to_drafter(self, *, at: datetime) -> None:
        """The reason is in the history."""

    @step(
        State.APPROVED,
        State.SENT,
        _("Send to the ICE liaison"),
        by=parties.agency_staff,
        needs=[worker_consents],
        main=True,
    )
    def send(self, *, at: datetime) -> None:
        self.sent_at = at

    @step(State.SENT, State.SENT_URGENT, _("Removal may be near"), by=parties.the_clock, quiet=True)
    def hasten(self, *, at: datetime) -> None:
        """Hours count instead of days: the worker is detained, or the removal date is close."""

    @step(
        [State.SENT, State.SENT_URGENT],
        State.ACKNOWLEDGED,
        _("Acknowledge"),
        by=parties.ice_reviewer,
        main=True,
    )
    def acknowledge(self, *, at: datetime) -> None:
        """The liaison has it."""

    @step(
        State.ACKNOWLEDGED,
        State.FORWARDED,
        _("Put before the field office"),
        by=parties.ice_reviewer,
        main=True,
    )
    def forward(self, *, at: datetime) -> None:
        """It lies with the request."""

    @step(
        State.FORWARDED, State.SUPPORTED, _("Record: taken into account"), by=parties.ice_reviewer, main=True
    )
    def support(self, *, at: datetime) -> None:
        self.ended_at = at

    @step(
        State.FORWARDED,
        State.NOT_SUPPORTED,
        _("Record: not followed"),
        by=parties.ice_reviewer,
        needs_reason=True,
    )
    def not_support(self, *, at: datetime) -> None:
        self.ended_at = at

    @step(
        [State.ASKED, State.DRAFTED],
        State.DECLINED,
        _("Decline to support"),
        by=parties.agency_approver,
        needs_reason=True,
        countersigned_by=parties.agency_approver,
    )
    def decline(self, *, at: datetime) -> None:
        self.ended_at = at

    @step(
        OPEN,
        State.MOOT,
        _("Record as no longer needed"),
        by=parties.representative | parties.the_clock,
        needs_reason=True,
    )
    def make_moot(self, *, at: datetime) -> None:
        """The worker's own side no longer wants it, so nobody is refused anything: one person is enough."""
        self.ended_at = at

    @step(
        OPEN,
        State.MOOT,
        _("End as no longer needed"),
        by=parties.agency_staff,
        needs_reason=True,
        countersigned_by=parties.agency_approver,
        consequence=_("The representative is told. The agency's letter no longer stands behind the stay."),
    )
    def end_as_moot(self, *, at: datetime) -> None:
        """Said by the agency, it takes the support away as declining does, and needs as many people."""
        self.ended_at = at

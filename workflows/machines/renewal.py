"""Preparing to renew a grant: ask the agency for its interest, prepare, file in time.

DHS FAQ Q22, as printed by AILA: an extension (two years to four, same
statement) and a subsequent request (updated statement) are different filings.
The filing itself is a worker's request.
"""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from .. import parties
from ..machine import ClockRule, Fact, Machine, Standing, step
from ..models import Case, Kind


class State(models.TextChoices):
    OPEN = "OPEN", _("Open")
    AWAITING_STATEMENT = "AWAITING_STATEMENT", _("Waiting for an updated statement")
    READY = "READY", _("Ready to prepare the packet")
    FILED = "FILED", _("A request was opened")
    LAPSED = "LAPSED", _("Lapsed")
    WITHDRAWN = "WITHDRAWN", _("Not pursued")


STANDINGS = {
    State.OPEN: Standing(
        public=_("Your representative is preparing to renew your deferred action."),
        then=_("An extension uses the same statement; a renewal needs an updated one."), holder="representative",
    ),
    State.AWAITING_STATEMENT: Standing(
        public=_("The agency was asked to confirm its interest."), then=_("When it does, the packet can be prepared."),
        holder="agency",
    ),
    State.READY: Standing(
        public=_("The papers for the renewal can be prepared."), then=_("Your representative opens the new request."),
        holder="representative",
    ),
    State.FILED: Standing(
        public=_("A request to renew was opened."), then=_("Follow that request from here."), tone="good", final=True,
    ),
    State.LAPSED: Standing(
        public=_("The deferred action ended before a renewal was filed."),
        then=_("Talk to your representative about what is possible."), tone="bad", final=True,
    ),
    State.WITHDRAWN: Standing(
        public=_("The renewal is not pursued."), then=_("Talk to your representative if that is a mistake."),
        tone="neutral", final=True,
    ),
}  # fmt: skip

CLOCKS = [
    ClockRule("grant_renewal", _("Last day of the deferred action"),
              frozenset({State.OPEN, State.AWAITING_STATEMENT, State.READY}), until="grant_ends_on", fires={"due": "lapse"}),
    ClockRule("soi_renewal_answer", _("Answer of the agency"), frozenset({State.AWAITING_STATEMENT}),
              at_agency=True),
]  # fmt: skip

extension_is_possible = Fact(
    "extension_is_possible",
    _("An extension is not possible for this grant today."),
    _(
        "Only two-year grants can be extended, and only while that rule is in force. A renewal may be possible."
    ),
)
statement_is_updated = Fact(
    "statement_is_updated",
    _("The agency has not confirmed its interest since the grant."),
    _("Wait for the updated statement, or remind the agency."),
)
programme_renews = Fact(
    "programme_renews",
    _("The programme takes no renewals now."),
    _("A programme officer can record an override."),
)


class RenewalMachine(Case):
    machine = Machine(
        kind=Kind.RENEWAL,
        label=Kind.RENEWAL.label,
        states=State,
        initial=State.OPEN,
        standings=STANDINGS,
        path=[State.OPEN, State.AWAITING_STATEMENT, State.READY, State.FILED],
        clocks=CLOCKS,
    )

    case_ptr = models.OneToOneField(
        Case, models.PROTECT, parent_link=True, primary_key=True, related_name="%(class)s_record"
    )
    representative_desk = models.ForeignKey("workflows.Desk", models.PROTECT, related_name="+")
    agency_desk = models.ForeignKey("workflows.Desk", models.PROTECT, related_name="+")
    grant_ends_on = models.DateField(editable=False)
    chosen = models.CharField(max_length=12, blank=True, editable=False)
    ended_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        abstract = True

    @step(
        State.OPEN,
        State.AWAITING_STATEMENT,
        _("Ask the agency for an updated statement"),
        by=parties.representative,
        main=True,
    )
    def ask_agency(self, *, at: datetime) -> None:
        self.chosen = "SUBSEQUENT"

    @step(
        State.OPEN,
        State.READY,
        _("Prepare an extension"),
        by=parties.representative,
        needs=[extension_is_possible],
    )
    def choose_extension(self, *, at: datetime) -> None:
        self.chosen = "EXTENSION"

    @step(
        [State.OPEN, State.AWAITING_STATEMENT],
        State.READY,
        _("Prepare a renewal"),
        by=parties.representative | parties.the_clock,
        needs=[statement_is_updated],
    )
    def choose_renewal(self, *, at: datetime) -> None:
        self.chosen = "SUBSEQUENT"

    @step(
        State.READY,
        State.FILED,
        _("Open the new request"),
        by=parties.representative,
        needs=[programme_renews],
        main=True,
    )
    def open_request(self, *, at: datetime) -> None:
        self.ended_at = at

    @step(
        [State.OPEN, State.AWAITING_STATEMENT, State.READY],
        State.LAPSED,
        _("Lapse"),
        by=parties.the_clock,
        quiet=True,
    )
    def lapse(self, *, at: datetime) -> None:
        self.ended_at = at

    @step(
        [State.OPEN, State.AWAITING_STATEMENT, State.READY],
        State.WITHDRAWN,
        _("Do not pursue"),
        by=parties.representative,
        needs_reason=True,
    )
    def withdraw(self, *, at: datetime) -> None:
        self.ended_at = at

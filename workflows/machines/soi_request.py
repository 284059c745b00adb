"""A worker's side asks a labor agency for a statement of interest.

Acknowledgement in three business days: NLRB, immigrant worker rights page; outcomes beside yes and no
(monitor, refer): New York State Department of Labor, "Statement of interest" page.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from .. import parties
from ..machine import ClockRule, Fact, Machine, step
from ..models import Case, Kind
from .soi_request_states import AT_AGENCY, OPEN, STANDINGS, State

__all__ = ["AT_AGENCY", "OPEN", "STANDINGS", "SoiRequestMachine", "State"]

CLOCKS = [
    ClockRule(
        "soi_acknowledgement",
        _("Acknowledgement"),
        frozenset({State.SUBMITTED}),
        starts_from="submitted_at",
        ordered_by=parties.agency_approver,
        at_agency=True,
    ),
    ClockRule(
        "soi_request_lapse",
        _("Lapse without an answer"),
        frozenset({State.SUBMITTED}),
        fires={"due": "lapse"},
        ordered_by=parties.agency_approver,
        at_agency=True,
    ),
    ClockRule(
        "soi_determination",
        _("Determination"),
        frozenset({State.SUBMITTED, *AT_AGENCY}),
        starts_from="submitted_at",
        paused_in=frozenset({State.INFO_REQUESTED, State.MONITORING}),
        pause_reason=_("Waiting for the other side, or monitored until needed."),
        ordered_by=parties.agency_approver,
        at_agency=True,
    ),
    ClockRule(
        "soi_information",
        _("Answer to the agency's questions"),
        frozenset({State.INFO_REQUESTED}),
        restarts=True,
        ordered_by=parties.agency_approver,
        at_agency=True,
    ),
    ClockRule(
        "soi_recheck",
        _("Look again"),
        frozenset({State.MONITORING}),
        until="recheck_on",
        fires={"due": "recheck"},
        at_agency=True,
    ),
]

names_an_employer = Fact(
    "names_an_employer",
    _("No employer is named."),
    _("Give at least one name of the employer, best as on the paystub."),
)
names_a_worksite = Fact("names_a_worksite", _("No worksite is named."), _("Name at least one place of work."))
tells_what_happened = Fact(
    "tells_what_happened",
    _("What happened, the retaliation or the fear is not described yet."),
    _("Fill in step 4: what happened, and why people are afraid."),
)
agency_takes_requests = Fact(
    "agency_takes_requests", _("This agency does not take requests now."), _("Choose another agency.")
)
requester_may_ask = Fact(
    "requester_may_ask", _("This agency does not take requests from you."), _("Ask through someone who may.")
)
shows_a_complaint = Fact(
    "shows_a_complaint",
    _("This agency acts only where a complaint or case exists."),
    _("Give the case or charge number, or file a complaint first."),
)
has_an_assessment = Fact(
    "has_an_assessment", _("The request has not been assessed."), _("Fill in the assessment first.")
)
belongs_to_a_matter = Fact(
    "belongs_to_a_matter", _("The request is not linked to a matter."), _("Link it to one of your matters.")
)


def _answer(name: str) -> Fact:
    """The agency gives this kind of answer at all."""
    return Fact(
        name,
        _("This agency does not give this answer."),
        _("Its settings say which answers it gives. Choose another one, or have them changed."),
    )


gives_statements = _answer("gives_statements")
asks_for_more = _answer("asks_for_more")
monitors = _answer("monitors")
declines = _answer("declines")
refers = _answer("refers")


class SoiRequestMachine(Case):
    machine = Machine(
        kind=Kind.SOI_REQUEST,
        label=Kind.SOI_REQUEST.label,
        states=State,
        initial=State.DRAFT,
        standings=STANDINGS,
        path=[State.DRAFT, State.SUBMITTED, State.ACKNOWLEDGED, State.UNDER_REVIEW, State.ACCEPTED],
        clocks=CLOCKS,
    )

    case_ptr = models.OneToOneField(
        Case, models.PROTECT, parent_link=True, primary_key=True, related_name="%(class)s_record"
    )
    requester_desk = models.ForeignKey("workflows.Desk", models.PROTECT, related_name="+")
    agency_desk = models.ForeignKey("workflows.Desk", models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(null=True, blank=True, editable=False)
    acknowledged_at = models.DateTimeField(null=True, blank=True, editable=False)
    decided_at = models.DateTimeField(null=True, blank=True, editable=False)
    recheck_on = models.DateField(null=True, blank=True, editable=False)

    class Meta:
        abstract = True

    @step(State.DRAFT, None, _("Edit the request"), by=parties.requester, quiet=True)
    def revise(self, *, at: datetime) -> None:
        """The content is saved by the service; the step marks who changed it when."""

    @step(
        State.DRAFT,
        State.SUBMITTED,
        _("Send to the agency"),
        by=parties.requester,
        needs=[
            names_an_employer,
            names_a_worksite,
            tells_what_happened,
            agency_takes_requests,
            requester_may_ask,
            shows_a_complaint,
        ],
        main=True,
        consequence=_("The agency sees the request. Its time to acknowledge and to decide begins."),
    )
    def submit(self, *, at: datetime) -> None:
        self.submitted_at = at

    @step(
        State.SUBMITTED,
        State.ACKNOWLEDGED,
        _("Acknowledge"),
        by=parties.agency_staff,
        main=True,
        consequence=_(
            "The requester gets an acknowledgement with the reference and the date of the determination."
        ),
    )
    def acknowledge(self, *, at: datetime) -> None:
        self.acknowledged_at = at

    @step(State.ACKNOWLEDGED, State.UNDER_REVIEW, _("Begin the review"), by=parties.agency_staff, main=True)
    def begin_review(self, *, at: datetime) -> None:
        """Who began is in the history."""

    @step(State.UNDER_REVIEW, None, _("Save the assessment"), by=parties.agency_staff, quiet=True)
    def assess(self, *, at: datetime) -> None:
        """The assessment is saved by the service and never leaves the agency."""

    @step(
        AT_AGENCY,
        State.INFO_REQUESTED,
        _("Ask for more information"),
        by=parties.agency_staff,
        needs=[asks_for_more],
        consequence=_("The time for the determination stands still until the requester answers."),
    )
    def request_information(self, *, at: datetime) -> None:
        """The questions are saved by the service."""

    @step(
        State.INFO_REQUESTED, State.UNDER_REVIEW, _("Answer the questions"), by=parties.requester, main=True
    )
    def answer(self, *, at: datetime) -> None:
        """The answer is saved by the service."""

    @step(
        State.UNDER_REVIEW,
        State.MONITORING,
        _("Monitor until needed"),
        by=parties.agency_staff,
        needs=[has_an_assessment, monitors],
        needs_reason=True,
        records=("recheck_on",),
        consequence=_("The requester is told, with the day on which you look again."),
    )
    def monitor(self, *, at: datetime, recheck_on: date) -> None:
        self.recheck_on = recheck_on

    @step(
        State.MONITORING,
        State.UNDER_REVIEW,
        _("Take up again"),
        by=parties.agency_staff | parties.the_clock,
        main=True,
        consequence=_("The time for the determination goes on where it stopped."),
    )
    def recheck(self, *, at: datetime) -> None:
        self.recheck_on = None

    @step(
        State.UNDER_REVIEW,
        State.ACCEPTED,
        _("Accept and prepare a statement"),
        by=parties.agency_approver,
        needs=[belongs_to_a_matter, has_an_assessment, gives_statements],
        main=True,
        consequence=_("A draft statement is opened from the matter. The requester is told."),
    )
    def accept(self, *, at: datetime) -> None:
        self.decided_at = at

    @step(
        State.UNDER_REVIEW,
        State.DECLINED,
        _("Decline"),
        by=parties.agency_approver,
        needs=[has_an_assessment, declines],
        needs_reason=True,
        not_by_those_who=("assess",),
        records=("reason_code",),
        consequence=_("The requester gets a letter with the reason."),
    )
    def decline(self, *, at: datetime, reason_code: str) -> None:
        self.decided_at = at

    @step(
        AT_AGENCY,
        State.REFERRED,
        _("Refer to another agency"),
        by=parties.agency_staff,
        needs=[refers],
        needs_reason=True,
        words=("other_agency",),
    )
    def refer(self, *, at: datetime, other_agency: str) -> None:
        self.decided_at = at

    @step(
        [State.DRAFT, *OPEN],
        State.WITHDRAWN,
        _("Withdraw the request"),
        by=parties.requester,
        needs_reason=True,
    )
    def withdraw(self, *, at: datetime) -> None:
        self.decided_at = at

    @step(State.SUBMITTED, State.LAPSED, _("Lapse"), by=parties.the_clock, quiet=True)
    def lapse(self, *, at: datetime) -> None:
        self.decided_at = at

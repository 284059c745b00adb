"""Deferred action once granted: it runs, is extended or renewed, expires or is terminated.

DHS may terminate at any time; the
response time after a notice is policy, no rule for it was found.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from .. import parties
from ..machine import ClockRule, Fact, Machine, step
from ..models import Case, Kind
from .grant_states import IN_FORCE, STANDINGS, State

__all__ = ["IN_FORCE", "STANDINGS", "GrantMachine", "State"]

CLOCKS = [
    ClockRule(
        "grant_expiry", _("End of the deferred action"), frozenset(IN_FORCE), until="ends_on",
        fires={"warn_120": "begin_expiring", "due": "expire"},
    ),
    ClockRule("termination_response", _("Answer to the notice of intent to terminate"),
              frozenset({State.TERMINATION_NOTICE}), starts_from="notice_served_on", served_by="notice_served_by",
              ordered_by=parties.uscis_supervisor | parties.ice_supervisor),
]  # fmt: skip

has_grounds = Fact(
    "has_grounds",
    _("The grounds are not written."),
    _("Write the authority and the reason of the termination first."),
)
response_time_is_over = Fact(
    "response_time_is_over",
    _("The time to answer the notice is not over."),
    _("Wait for the answer, or terminate at once with the authority for it."),
)
newer_grant_exists = Fact(
    "newer_grant_exists", _("No newer grant follows this one."), _("Decide the later request first.")
)


class GrantMachine(Case):
    machine = Machine(
        kind=Kind.GRANT,
        label=Kind.GRANT.label,
        states=State,
        initial=State.ACTIVE,
        standings=STANDINGS,
        path=[State.ACTIVE, State.RENEWED],
        clocks=CLOCKS,
    )

    case_ptr = models.OneToOneField(
        Case, models.PROTECT, parent_link=True, primary_key=True, related_name="%(class)s_record"
    )
    representative_desk = models.ForeignKey("workflows.Desk", models.PROTECT, related_name="+")
    decider_desk = models.ForeignKey("workflows.Desk", models.PROTECT, related_name="+")
    starts_on = models.DateField(editable=False)
    ends_on = models.DateField(editable=False)
    notice_served_on = models.DateField(null=True, blank=True, editable=False)
    notice_served_by = models.CharField(max_length=12, blank=True, editable=False)
    ended_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        abstract = True

    @step(State.ACTIVE, State.EXPIRING, _("The end is near"), by=parties.the_clock, quiet=True)
    def begin_expiring(self, *, at: datetime) -> None:
        """A hundred and twenty days before the end."""

    @step(
        [State.ACTIVE, State.EXPIRING, State.RESPONDED],
        State.EXPIRED,
        _("Expire"),
        by=parties.the_clock,
        quiet=True,
    )
    @step(State.TERMINATION_NOTICE, State.EXPIRED, _("Expire"), by=parties.the_clock, quiet=True)
    def expire(self, *, at: datetime) -> None:
        self.ended_at = at

    @step(
        [State.ACTIVE, State.EXPIRING],
        State.EXTENDED,
        _("Replace by the extension"),
        by=parties.the_clock,
        needs=[newer_grant_exists],
        quiet=True,
    )
    def extend(self, *, at: datetime) -> None:
        self.ended_at = at

    @step(
        [State.ACTIVE, State.EXPIRING],
        State.RENEWED,
        _("Replace by the renewal"),
        by=parties.the_clock,
        needs=[newer_grant_exists],
        quiet=True,
    )
    def renew(self, *, at: datetime) -> None:
        self.ended_at = at

    @step(
        [State.ACTIVE, State.EXPIRING],
        State.SUPERSEDED,
        _("Replace by another grant"),
        by=parties.uscis_supervisor,
        needs=[newer_grant_exists],
        needs_reason=True,
    )
    def supersede(self, *, at: datetime) -> None:
        self.ended_at = at

    @step(
        [State.ACTIVE, State.EXPIRING],
        State.TERMINATION_NOTICE,
        _("Give notice of intent to terminate"),
        by=parties.uscis_adjudicator | parties.ice_reviewer,
        needs=[has_grounds],
        needs_reason=True,
        records=("notice_served_on", "notice_served_by"),
        consequence=_("The representative can answer until the date shown."),
    )
    def give_notice(self, *, at: datetime, notice_served_on: date, notice_served_by: str) -> None:
        self.notice_served_on, self.notice_served_by = notice_served_on, notice_served_by

    @step(
        State.TERMINATION_NOTICE,
        State.RESPONDED,
        _("Answer the notice"),
        by=parties.representative,
        main=True,
        needs_reason=True,
    )
    def respond(self, *, at: datetime) -> None:
        """The answer is in the history."""

    @step(
        [State.TERMINATION_NOTICE, State.RESPONDED],
        State.ACTIVE,
        _("Keep the grant"),
        by=parties.uscis_supervisor | parties.ice_supervisor,
        needs_reason=True,
        main=True,
    )
    def keep(self, *, at: datetime) -> None:
        self.notice_served_on = None

    @step(
        State.RESPONDED,
        State.TERMINATED,
        _("Terminate"),
        by=parties.uscis_adjudicator | parties.ice_reviewer,
        needs=[has_grounds],
        needs_reason=True,
        not_by_those_who=("write_grounds",),
        countersigned_by=parties.uscis_supervisor | parties.ice_supervisor,
        consequence=_("The work permit that rests on it is revoked with it."),
    )
    @step(
        State.TERMINATION_NOTICE,
        State.TERMINATED,
        _("Terminate"),
        by=parties.uscis_adjudicator | parties.ice_reviewer,
        needs=[has_grounds, response_time_is_over],
        needs_reason=True,
        not_by_those_who=("write_grounds",),
        countersigned_by=parties.uscis_supervisor | parties.ice_supervisor,
        consequence=_("The work permit that rests on it is revoked with it."),
    )
    def terminate(self, *, at: datetime) -> None:
        self.ended_at = at

    @step(
        [State.ACTIVE, State.EXPIRING, State.TERMINATION_NOTICE],
        State.TERMINATED,
        _("Terminate at once"),
        by=parties.uscis_adjudicator | parties.ice_reviewer,
        needs=[has_grounds],
        needs_reason=True,
        not_by_those_who=("write_grounds",),
        countersigned_by=parties.uscis_supervisor | parties.ice_supervisor,
        consequence=_("The work permit that rests on it is revoked with it."),
    )
    def terminate_at_once(self, *, at: datetime) -> None:
        self.ended_at = at

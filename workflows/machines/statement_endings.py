"""How a statement of interest is kept alive and how it ends: review, suspension, withdrawal, closing."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .. import days_in_words, parties, policies, terms
from ..calendars import calendar
from ..machine import step
from ..models import Case
from ..refusals import Refusal
from .statement_states import IN_FORCE, SETTLED, State


def earliest_withdrawal(statement: Case, *, at: datetime) -> date:
    """The first day on which a withdrawal announced at an instant may take effect, by the dated rule.

    Calendar days in the statement's own time zone; the last one may be a weekend or a holiday.
    """
    days = calendar("us-federal").with_timezone(statement.time_zone)
    today = at.astimezone(days.timezone).date()
    notice = policies.term("soi_withdrawal", on=today, jurisdiction=statement.jurisdiction)
    return terms.due(terms.Term(notice.amount, notice.unit, rolls=False), calendar=days, start=today).on


def short_notice(statement: Case, *, at: datetime, withdrawal_on: date) -> Refusal | None:
    """Why a withdrawal cannot be announced for this day: those who depend on the statement need time."""
    earliest = earliest_withdrawal(statement, at=at)
    if withdrawal_on >= earliest:
        return None
    return Refusal(
        "short_notice",
        gettext("The people who depend on this statement need time to act."),
        gettext("Choose %(day)s or a later day.") % {"day": days_in_words.day(earliest)},
    )


class StatementEndings:
    """Steps after a statement is in force, mixed into the machine."""

    working_version: int
    version_in_force: int | None
    review_by: date | None
    withdrawal_on: date | None
    ended_at: datetime | None

    @step(
        [*SETTLED, State.AMENDING, State.TRANSMITTED, State.RECEIVED],
        State.SUSPENDED,
        _("Suspend"),
        by=parties.agency_approver,
        needs_reason=True,
    )
    def suspend(self, *, at: datetime) -> None:
        """The reason is in the history."""

    @step(
        State.SUSPENDED, State.ACTIVE, _("Resume"), by=parties.agency_approver, needs_reason=True, main=True
    )
    def resume(self, *, at: datetime) -> None:
        self.working_version = self.version_in_force or 1

    @step(State.ACTIVE, State.EXPIRING, _("Review is near"), by=parties.the_clock, quiet=True)
    def begin_expiring(self, *, at: datetime) -> None:
        """Ninety days before the review date."""

    @step(
        SETTLED,
        State.ACTIVE,
        _("Confirm continued interest"),
        by=parties.agency_approver,
        needs_reason=True,
        records=("review_by_on",),
        main=True,
    )
    def continue_interest(self, *, at: datetime, review_by_on: date) -> None:
        self.review_by = review_by_on

    @step(
        IN_FORCE,
        State.EXPIRED,
        _("Expire"),
        by=parties.the_clock,
        quiet=True,
    )
    def expire(self, *, at: datetime) -> None:
        self.ended_at = at

    @step(
        SETTLED,
        State.WITHDRAWAL_NOTICE,
        _("Announce the withdrawal"),
        by=parties.agency_approver,
        needs_reason=True,
        records=("withdrawal_on",),
        given=short_notice,
        countersigned_by=parties.agency_approver,
        consequence=_(
            "DHS and every representative with a request that depends on it are told, at least 14 days before."
        ),
    )
    def announce_withdrawal(self, *, at: datetime, withdrawal_on: date) -> None:
        self.withdrawal_on = withdrawal_on

    @step(
        State.WITHDRAWAL_NOTICE,
        State.ACTIVE,
        _("Take the announcement back"),
        by=parties.agency_approver,
        needs_reason=True,
        main=True,
    )
    def take_back_withdrawal(self, *, at: datetime) -> None:
        self.withdrawal_on = None

    @step(State.WITHDRAWAL_NOTICE, State.WITHDRAWN, _("Withdraw"), by=parties.the_clock, quiet=True)
    def withdraw(self, *, at: datetime) -> None:
        self.ended_at = at

    @step(
        [each for each in [*IN_FORCE, State.SUSPENDED] if each != State.WITHDRAWAL_NOTICE],
        State.WITHDRAWN,
        _("Withdraw at once (emergency)"),
        by=parties.agency_approver,
        needs_reason=True,
        countersigned_by=parties.agency_approver,
        consequence=_("DHS and every representative with a request that depends on it are told today."),
    )
    def withdraw_at_once(self, *, at: datetime) -> None:
        self.ended_at = at

    @step(
        [*IN_FORCE, State.SUSPENDED],
        State.CLOSED,
        _("Close: the matter ended"),
        by=parties.agency_approver,
        needs_reason=True,
        records=("outcome",),
        countersigned_by=parties.agency_approver,
        consequence=_("DHS and every representative with a request that depends on it are told."),
    )
    def close(self, *, at: datetime, outcome: str) -> None:
        self.ended_at = at

    @step(
        [State.DRAFT, State.AGENCY_REVIEW, State.APPROVED, State.RETURNED],
        State.CANCELLED,
        _("Cancel"),
        by=parties.agency_approver,
        needs_reason=True,
    )
    def cancel(self, *, at: datetime) -> None:
        self.ended_at = at

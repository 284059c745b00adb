"""The quarterly look at who may act for an organization: opened, decided line by line, or stopped."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from django.db.models import Count, Max, Q
from django.utils.translation import gettext as _

from recordsets.collisions import in_one_piece
from workflows.calendars import calendar
from workflows.days import moved_by, rule_day
from workflows.deadline_sentences import Unit

from .. import access_announcements, access_limits
from ..models import Access, AccessReview, AccessReviewLine, Membership, Organization, User
from ..models.onboarding import ADMIT
from ..second_factors import FACTORS
from . import capacities
from .invitations import PeopleRefused

SOON = timedelta(days=3)
"""So long before a review is due its reviewers are told again."""
Stage, Outcome = AccessReview.Stage, AccessReviewLine.Outcome
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Followed:
    """What one look at the reviews did, in numbers."""

    opened: int = 0
    told: int = 0
    suspended: int = 0


def follow(*, at: datetime) -> Followed:
    """Open the reviews whose time has come, remind, and stop what nobody decided about; safe to repeat."""
    on = rule_day(at)
    opened = sum(_open(each, at=at) for each in _without_review(on))
    told = suspended = 0
    for review in AccessReview.objects.open().order_by("pk"):
        told_now, stopped = _remind(review, at=at)
        told, suspended = told + told_now, suspended + stopped
    return Followed(opened, told, suspended)


def _without_review(on: date) -> Iterable[Organization]:
    """Organizations that somebody acts for and whose last review began a whole period ago, or never."""
    months = access_limits.review_months(on=on)
    before = moved_by(on, -months, Unit.MONTHS, calendar("us-federal"))
    lately = Q(access_reviews__opened_at__date__gt=before) | Q(
        access_reviews__isnull=False, access_reviews__closed_at=None
    )
    held = Membership.objects.current().values("organization_id")
    reviewed = Organization.objects.filter(lately).values("pk")
    return Organization.objects.filter(pk__in=held).exclude(pk__in=reviewed).order_by("pk")


@in_one_piece
def _open(organization: Organization, *, at: datetime) -> bool:
    """A line for everybody who holds a capacity now."""
    Organization.objects.select_for_update().get(pk=organization.pk)
    if AccessReview.objects.open().filter(organization=organization).exists():
        return False
    on = rule_day(at)
    due = on + access_limits.review_lasts(on=on)
    review = AccessReview.objects.create(
        organization=organization, opened_at=at, due_on=due, told_of=Stage.OPENED,
        grace_until=due + access_limits.review_grace(on=on),
    )  # fmt: skip
    AccessReviewLine.objects.bulk_create(
        AccessReviewLine(review=review, membership=each)
        for each in Membership.objects.current().filter(organization=organization)
    )
    access_announcements.review_stage(review, Stage.OPENED, at=at)
    return True


def stage_of(review: AccessReview, *, on: date) -> str:
    """How far a review that is still open has come on a day."""
    if on > review.grace_until:
        return Stage.SUSPENDED
    if on > review.due_on:
        return Stage.OVERDUE
    return Stage.SOON if on >= review.due_on - SOON else Stage.OPENED


@in_one_piece
def _remind(review: AccessReview, *, at: datetime) -> tuple[int, int]:
    """Tell of a new stage once; after the grace stop what nobody decided about. Numbers of both."""
    kept = AccessReview.objects.select_for_update().get(pk=review.pk)
    _note_what_ended(kept, at=at)
    if kept.closed_at is not None:
        return 0, 0
    stage = stage_of(kept, on=rule_day(at))
    if stage == kept.told_of:
        return 0, 0
    stopped = _suspend(kept, at=at) if stage == Stage.SUSPENDED else 0
    kept.told_of = stage
    kept.save(update_fields=["told_of"])
    access_announcements.review_stage(kept, stage, at=at)
    return 1, stopped


def _suspend(review: AccessReview, *, at: datetime) -> int:
    stopped = 0
    for line in review.lines.filter(outcome="", suspended_at=None).select_related("membership"):
        if capacities.is_last_administrator(line.membership):
            log.warning(
                "capacity %s was not reviewed and goes on: nobody else administers", line.membership_id
            )
            continue
        capacities.stop(line.membership, at=at, suspended=True)
        line.suspended_at = at
        line.save(update_fields=["suspended_at"])
        stopped += 1
    return stopped


def _note_what_ended(review: AccessReview, *, at: datetime) -> None:
    """Nobody has to decide about a capacity that has ended meanwhile."""
    gone = review.lines.filter(
        outcome="", membership__ended_on__isnull=False, membership__suspended_at__isnull=True
    )
    gone.update(outcome=Outcome.GONE, decided_at=at)
    _close_if_done(review, at=at)


def _close_if_done(review: AccessReview, *, at: datetime) -> None:
    if not review.lines.filter(outcome="").exists():
        review.closed_at = at
        review.save(update_fields=["closed_at"])


@in_one_piece
def decide(line: AccessReviewLine, *, outcome: str, reason: str, by: User, at: datetime) -> AccessReviewLine:
    """Keep or end one capacity, with a reason; one that had stopped begins again when it is kept.

    Raises PeopleRefused.
    """
    review = AccessReview.objects.select_for_update().get(pk=line.review_id)
    locked = AccessReviewLine.objects.select_for_update(of=("self",)).select_related(
        "membership__organization"
    )
    kept: AccessReviewLine = locked.get(pk=line.pk)
    if not capacities.may_review(by, kept.membership):
        raise PeopleRefused("", _("Somebody else decides about this capacity: nobody does about their own."))
    if kept.outcome:
        raise PeopleRefused("", _("This is decided already."))
    if outcome not in (Outcome.KEEP, Outcome.END):
        raise PeopleRefused("outcome", _("Choose whether it is kept or ended."))
    if not reason.strip():
        raise PeopleRefused("reason", _("Say why."))
    if outcome == Outcome.END:
        capacities.end(kept.membership, because=reason, by=by, at=at)
    elif kept.membership.suspended_at is not None:
        capacities.resume(kept.membership, at=at)
    kept.outcome, kept.reason, kept.decided_by, kept.decided_at = outcome, reason.strip(), by, at
    kept.save(update_fields=["outcome", "reason", "decided_by", "decided_at"])
    _close_if_done(review, at=at)
    return kept


def facts_of(review: AccessReview, user: User) -> list[dict[str, Any]]:
    """Each line that this person answers for, with what they should know before they decide.

    That is the last sign-in, the number of second factors, and of reads since the last review. Overseers see
    every line.
    """
    every = review.lines.select_related("membership__user", "membership__office", "decided_by")
    all_of_them = user.capacity in ADMIT
    lines = [each for each in every if all_of_them or capacities.oversees(user, each.membership)]
    people = {each.membership.user_id for each in lines}
    factors = _numbers(Authenticator.objects.filter(user_id__in=people, type__in=FACTORS), "user_id")
    earlier = AccessReview.objects.filter(organization=review.organization_id, pk__lt=review.pk)
    since = earlier.aggregate(last=Max("opened_at"))["last"]
    reads = Access.objects.filter(user_id__in=people, organization=review.organization_id)
    if since is not None:
        reads = reads.filter(at__gte=since)
    read = {
        (row["user_id"], row["capacity"]): row["number"]
        for row in reads.order_by().values("user_id", "capacity").annotate(number=Count("pk"))
    }
    return [
        {
            "line": each,
            "held": each.membership,
            "last_login": each.membership.user.last_login,
            "factors": factors.get(each.membership.user_id, 0),
            "reads": read.get((each.membership.user_id, each.membership.capacity), 0),
        }
        for each in lines
    ]


def _numbers(rows: Any, column: str) -> dict[int, int]:
    return dict(rows.order_by().values_list(column).annotate(Count("pk")))

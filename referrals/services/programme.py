"""What the programme's own state does to requests that are still being prepared.

When the programme is closed to new requests, drafts begun before that day go on hold. They come back
when it opens again, or when a programme officer lets their statement in.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from django.db.models import Exists, Max, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from recordsets.collisions import in_one_piece
from workflows import days_in_words, policies
from workflows.days import rule_day, rules_of
from workflows.machines.worker_request import State
from workflows.machines.worker_request_states import PREPARING
from workflows.models import Step
from workflows.parties import SYSTEM
from workflows.refusals import StepRefused

from .. import programme_announcements
from ..models import ProgrammeOverride, WorkerRequest
from .steps import take_steps

log = logging.getLogger(__name__)

AUTHORITY = "dale.status"


@dataclass
class Followed:
    """How many requests were put on hold and how many were released."""

    held: int = 0
    released: int = 0


def follow(*, at: datetime) -> Followed:
    """Hold and release drafts as the programme's state on this day asks for; doing it again changes nothing.

    Only first requests begun before the closing day and not under a valid override are held; a filed
    request goes on. Each representative is told once for all of theirs.
    """
    done = Followed()
    on = rule_day(at)
    try:
        status = policies.programme(on)
    except policies.NoPolicy:
        return done
    if status.takes_new_requests:
        done.released = _release(_held_by_the_programme(on), since=status.since, because="open", at=at)
        return done
    under_override = _held_by_the_programme(on).filter(overridden=True)
    done.released = _release(under_override, since=on, because="override", at=at)
    done.held = _hold(status.status, status.since, at=at)
    return done


def would_hold(closed_on: date, on: date) -> Any:
    """The drafts that a closing on one day would put on hold by another."""
    return _to_hold(closed_on, on)


def would_release(on: date) -> Any:
    """The drafts on hold that would go on if the programme took new requests on a day."""
    return _held_by_the_programme(on)


def _overrides(on: date) -> QuerySet[ProgrammeOverride]:
    return ProgrammeOverride.objects.valid_on(on).filter(statement_id=OuterRef("statement_id"))


def _held_by_the_programme(on: date) -> Any:
    """Requests on hold whose last hold was this one, with whether their statement is let in."""
    last_hold = Step.objects.filter(case_id=OuterRef("pk"), name="hold").order_by("-sequence")
    return (
        WorkerRequest.objects.filter(state=State.HELD)
        .annotate(
            held_under=Subquery(last_hold.values("data__authority")[:1]), overridden=Exists(_overrides(on))
        )
        .filter(held_under=AUTHORITY, held_from__in=PREPARING)
        .order_by("representative_desk_id", "pk")
    )


def _to_hold(closed_on: date, on: date) -> Any:
    """Drafts that the closing stops, with the last day of an override that ran out."""
    ended = (
        ProgrammeOverride.objects.filter(statement_id=OuterRef("statement_id"), ends_on__lt=on)
        .values("statement_id")
        .annotate(last=Max("ends_on"))
        .values("last")
    )
    return (
        WorkerRequest.objects.filter(
            ~Exists(_overrides(on)),
            state__in=PREPARING,
            filing=WorkerRequest.Filing.INITIAL,
            opened_at__lt=rules_of(closed_on),
        )
        .annotate(override_ended=Subquery(ended))
        .order_by("representative_desk_id", "pk")
    )


def _hold(status: str, closed_on: date, *, at: datetime) -> int:
    count = 0
    found = list(_to_hold(closed_on, rule_day(at)))

    def since_of(request: Any) -> date:
        ended: date | None = request.override_ended
        return max(closed_on, ended + timedelta(days=1)) if ended else closed_on

    found.sort(key=lambda each: (each.representative_desk_id, since_of(each), each.pk))
    for (_desk, since), requests in groupby(
        found, key=lambda each: (each.representative_desk_id, since_of(each))
    ):
        reason = _("The programme is closed to new requests since %(day)s.") % {
            "day": days_in_words.day(since)
        }
        count += _hold_together(list(requests), status=status, since=since, reason=reason, at=at)
    return count


def _release(requests: Any, *, since: date, because: str, at: datetime) -> int:
    count = 0
    reasons = {
        "open": _("The programme takes new requests again."),
        "override": _("A programme officer lets new requests under this statement in."),
    }
    for _desk, own in groupby(list(requests), key=lambda each: each.representative_desk_id):
        key = f"programme:{because}:{since}"
        count += _release_together(list(own), key=key, reason=reasons[because], at=at)
    return count


@in_one_piece
def _hold_together(requests: list[Any], *, status: str, since: date, reason: str, at: datetime) -> int:
    held = _take(requests, "hold", reason=reason, at=at, authority=AUTHORITY)
    if held:
        programme_announcements.held(held, key=f"programme:{status}:{since}", since=since, at=at)
    return len(held)


@in_one_piece
def _release_together(requests: list[Any], *, key: str, reason: str, at: datetime) -> int:
    released = _take(requests, "release", reason=reason, at=at)
    if released:
        programme_announcements.released(released, key=key, at=at)
    return len(released)


def _take(requests: Sequence[Any], step: str, *, reason: str, at: datetime, **data: Any) -> list[Any]:
    """Take one step on each, without a message of its own; those that moved meanwhile are left alone."""
    verdicts = take_steps(requests, step, by=SYSTEM, at=at, reason=reason, tell=False, **data)
    return [request for request in requests if not isinstance(verdicts[request.pk], StepRefused)]

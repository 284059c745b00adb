"""What lies on somebody's desk: filters with counts, in the order of urgency, page by page.

A page is found by key (due date, opening, number), never by counting rows, so
that the hundredth page costs what the first one does.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.enums import TextChoices
from django.utils.translation import gettext_lazy as _

from workflows import assigning
from workflows.models import Case, Clock

from . import turns
from .models import User, visible_cases

PAGE = 50
URGENT = 10
SEPARATOR = "~"
LATELY = timedelta(days=90)
REMOVAL = "removal_date"


class Show(TextChoices):
    """The parts of the desk that a link can ask for."""

    MINE = "mine", _("Waiting for me")
    LATE = "late", _("Late")
    WEEK = "week", _("Due in 7 days")
    DESK = "desk", _("On our desk")
    OTHERS = "waiting", _("Waiting for others")
    DECIDED = "decided", _("Lately decided")


class Whose(TextChoices):
    """Of what lies on our desk: who has it in hand."""

    MINE = "mine", _("Mine")
    NOBODYS = "nobody", _("Nobody's")
    COLLEAGUES = "colleagues", _("My colleagues'")


OURS = (Show.MINE, Show.LATE, Show.WEEK, Show.DESK)
"""The parts that lie on our desk, in which somebody of us can have a case in hand."""


@dataclass(frozen=True)
class Page:
    """One page of a list and the keys of its neighbours (empty where there is none)."""

    cases: list[Case]
    after: str = ""
    before: str = ""


def _parts(user: User, *, at: datetime) -> dict[str, Q]:
    desks = turns.my_desks(user)
    ours = Q(closed_at__isnull=True, desk_id__in=desks) if desks else Q(pk__in=[])
    week = at + timedelta(days=7)
    return {
        Show.MINE: ours & turns.waiting_for(user, at=at),
        Show.LATE: ours & Q(next_due_at__lt=at),
        Show.WEEK: ours & Q(next_due_at__gte=at, next_due_at__lt=week),
        Show.DESK: ours,
        Show.OTHERS: Q(closed_at__isnull=True) & (~Q(desk_id__in=desks) | Q(desk_id__isnull=True)),
        Show.DECIDED: Q(closed_at__gte=at - LATELY),
    }


def _hands(user: User) -> dict[str, Q]:
    """Who has a case in hand: this person or one they stand in for, nobody who is still there, others."""
    there = Q(assigning.still_there())
    mine = Q(assignee_id__in=[user.pk, *user.people_stood_in_for])
    return {
        Whose.MINE: there & mine,
        Whose.NOBODYS: Q(assignee_id__isnull=True) | ~there,
        Whose.COLLEAGUES: there & ~mine & Q(assignee_id__isnull=False),
    }


def counts_by_hand(user: User, show: str, *, at: datetime) -> dict[str, int]:
    """How many cases of a part that lies on our desk are in whose hands, in one query; else nothing."""
    if show not in OURS:
        return {}
    hands = _hands(user)
    found: dict[str, int] = (
        visible_cases(user)
        .filter(_parts(user, at=at)[show])
        .aggregate(**{str(whose): Count("pk", filter=wanted) for whose, wanted in hands.items()})
    )
    return found


def counts(user: User, *, at: datetime) -> dict[str, int]:
    """How many cases each part holds, in one query."""
    parts = _parts(user, at=at)
    found: dict[str, int] = visible_cases(user).aggregate(
        **{str(part): Count("pk", filter=wanted) for part, wanted in parts.items()}
    )
    return found


def urgent(user: User, *, at: datetime) -> list[Case]:
    """What cannot wait: late or due within a day for this person, and any removal date within a week."""
    removal = Clock.objects.filter(
        case_id=OuterRef("pk"), key=REMOVAL, stopped_at__isnull=True, due_at__lt=at + timedelta(days=7)
    )
    mine = _parts(user, at=at)[Show.MINE]
    pressing = (mine & Q(next_due_at__lt=at + timedelta(days=1))) | Q(Exists(removal), closed_at__isnull=True)
    countersign = turns.awaiting_countersignature(user, at=at) & mine
    return list(
        visible_cases(user)
        .filter(pressing | countersign)
        .select_related("desk")
        .order_by(F("next_due_at").asc(nulls_last=True), "opened_at", "pk")[:URGENT]
    )


def part(user: User, show: str, *, at: datetime, whose: str = "") -> QuerySet[Case]:
    """All cases of one part, or of it what is in certain hands, in the order in which its pages show them."""
    return _order(show).sort(_of(user, show, at=at, whose=whose), backwards=False)


def _of(user: User, show: str, *, at: datetime, whose: str) -> QuerySet[Case]:
    cases = visible_cases(user).filter(_parts(user, at=at)[show]).select_related("desk")
    return cases.filter(_hands(user)[whose]) if whose and show in OURS else cases


def _order(show: str) -> _Recent | _Pressing:
    return _Recent() if show == Show.DECIDED else _Pressing()


def page(user: User, show: str, *, at: datetime, whose: str = "", after: str = "", before: str = "") -> Page:
    """Fifty cases of one part, or of it what is in certain hands: after a key, before one, or the first."""
    cases, order = _of(user, show, at=at, whose=whose), _order(show)
    backwards = bool(before and not after)
    key = order.read(before if backwards else after)
    if key is not None:
        cases = cases.filter(order.beyond(key, backwards=backwards))
    found = list(order.sort(cases, backwards=backwards)[: PAGE + 1])
    more = len(found) > PAGE
    found = found[:PAGE]
    if backwards:
        found.reverse()
    if not found:
        return Page([])
    has_next = more if not backwards else True
    has_previous = more if backwards else key is not None
    return Page(
        found,
        after=order.write(found[-1]) if has_next else "",
        before=order.write(found[0]) if has_previous else "",
    )


class _Order(ABC):
    """How a part is sorted, and where a page of it begins."""

    def read(self, key: str) -> Any:
        try:
            return self.parse(key.split(SEPARATOR)) if key else None
        except (ValueError, IndexError, OverflowError):
            return None

    @abstractmethod
    def parse(self, parts: list[str]) -> Any:
        """The key of a row from its parts. Raises ValueError, IndexError or OverflowError."""


class _Pressing(_Order):
    """The most pressing first; cases without a date last; then the oldest."""

    def parse(self, parts: list[str]) -> tuple[datetime | None, datetime, int]:
        due, opened, pk = parts
        return (_moment(due) if due else None, _moment(opened), _number(pk))

    def write(self, case: Case) -> str:
        due = case.next_due_at.isoformat() if case.next_due_at else ""
        return SEPARATOR.join([due, case.opened_at.isoformat(), str(case.pk)])

    def sort(self, cases: QuerySet[Case], *, backwards: bool) -> QuerySet[Case]:
        if backwards:
            return cases.order_by(F("next_due_at").desc(nulls_first=True), "-opened_at", "-pk")
        return cases.order_by(F("next_due_at").asc(nulls_last=True), "opened_at", "pk")

    def beyond(self, key: tuple[datetime | None, datetime, int], *, backwards: bool) -> Q:
        due, opened, pk = key
        side = "lt" if backwards else "gt"
        later = Q(**{f"opened_at__{side}": opened}) | Q(opened_at=opened, **{f"pk__{side}": pk})
        undated = Q(next_due_at__isnull=True)
        if due is None:
            return (undated & later) | (~undated if backwards else Q(pk__in=[]))
        dated = Q(**{f"next_due_at__{side}": due}) | (Q(next_due_at=due) & later)
        return dated if backwards else dated | undated


class _Recent(_Order):
    """The last closed first."""

    def parse(self, parts: list[str]) -> tuple[datetime, int]:
        closed, pk = parts
        return (_moment(closed), _number(pk))

    def write(self, case: Case) -> str:
        assert case.closed_at is not None
        return SEPARATOR.join([case.closed_at.isoformat(), str(case.pk)])

    def sort(self, cases: QuerySet[Case], *, backwards: bool) -> QuerySet[Case]:
        return cases.order_by("closed_at", "pk") if backwards else cases.order_by("-closed_at", "-pk")

    def beyond(self, key: tuple[datetime, int], *, backwards: bool) -> Q:
        closed, pk = key
        side = "gt" if backwards else "lt"
        return Q(**{f"closed_at__{side}": closed}) | Q(closed_at=closed, **{f"pk__{side}": pk})


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment


def _number(text: str) -> int:
    number = int(text)
    if not 0 <= number < 2**63:
        raise ValueError(text)
    return number

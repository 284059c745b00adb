"""A case as its reader could know it at the end of a past day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from workflows import as_of
from workflows.models import Desk

from . import diary, disclosure
from .models import User

LAST_MOMENT = time.max


@dataclass(frozen=True)
class CaseThen:
    """What the page of a past day shows."""

    on: date
    at: datetime
    standing: dict[str, str]
    public: str
    turn: dict[str, Any] | None
    clocks: tuple[as_of.ClockThen, ...]
    entries: list[diary.Entry]
    is_today: bool


def first_day(record: Any, user: User) -> date | None:
    """The first day of the case that this reader may ask for; None if none of it was before them."""
    since = disclosure.before_them_since(record, user)
    return record.day_at(since) if since else None


def end_of(record: Any, on: date, *, now: datetime) -> datetime:
    """The end of a day where the case is; of today, now."""
    return min(datetime.combine(on, LAST_MOMENT, ZoneInfo(record.time_zone)), now)


def case_on(record: Any, user: User, on: date, *, now: datetime) -> CaseThen | None:
    """The case at the end of a day; None if it was not open yet."""
    at = end_of(record, on, now=now)
    then = as_of.as_of(record, at=at)
    if then is None:
        return None
    standing = then.machine.standing(then.state)
    return CaseThen(
        on=on,
        at=at,
        standing={"label": then.machine.label_of(then.state), "tone": standing.tone, "icon": ""},
        public=str(standing.public),
        turn=_turn(record, user, then),
        clocks=then.clocks,
        entries=[entry for entry in diary.entries(record, user) if entry.at <= at],
        is_today=at == now,
    )


def _turn(record: Any, user: User, then: as_of.AsOf) -> dict[str, Any] | None:
    """Whose turn it was: the desk that holds this part of the case today."""
    desk = record.desk_of(then.holder)
    if then.closed or desk is None:
        return None
    return {"mine": False, "who": Desk.objects.get(pk=desk).name}

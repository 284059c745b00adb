"""When a person wants mail: the next summary, and the end of quiet hours, on the person's own clock."""

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models.expressions import RawSQL

from notifications.models import Schedule


def choose(
    *,
    user: AbstractBaseUser,
    time_zone: str,
    summary: str = Schedule.Summary.NONE,
    weekday: int = 0,
    hour: int = 8,
    quiet_from: time | None = None,
    quiet_until: time | None = None,
) -> Schedule:
    """Store when a person wants mail. Raises ValueError for an unknown time zone or half of quiet hours."""
    if (quiet_from is None) != (quiet_until is None) or (quiet_from and quiet_from == quiet_until):
        raise ValueError("Quiet hours need a beginning and another end.")
    try:
        ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as problem:
        raise ValueError("Unknown time zone.") from problem
    schedule, _created = Schedule.objects.update_or_create(
        user_id=user.pk,
        defaults={
            "summary": summary,
            "weekday": weekday,
            "hour": hour,
            "quiet_from": quiet_from,
            "quiet_until": quiet_until,
            "time_zone": time_zone,
        },
    )
    return schedule


def schedules_of(user_ids: Collection[Any]) -> dict[Any, Schedule]:
    """The schedules of those who have one, by user id."""
    wanted = RawSQL("SELECT unnest(%s)", [list(user_ids)])
    return {each.user_id: each for each in Schedule.objects.filter(user_id__in=wanted)} if user_ids else {}


def next_summary(schedule: Schedule, at: datetime) -> datetime | None:
    """The first summary after ``at``; None for somebody who wants each message at once."""
    if schedule.summary == Schedule.Summary.NONE:
        return None
    zone = zone_of(schedule)
    day = at.astimezone(zone).date()
    if schedule.summary == Schedule.Summary.WEEKLY:
        day += timedelta(days=(schedule.weekday - day.weekday()) % 7)
    days = 7 if schedule.summary == Schedule.Summary.WEEKLY else 1
    slot = _instant(day, time(schedule.hour), zone)
    return slot if slot > at else _instant(day + timedelta(days=days), time(schedule.hour), zone)


def end_of_quiet(schedule: Schedule, at: datetime) -> datetime | None:
    """When the quiet hours end in which ``at`` lies; None outside quiet hours."""
    if schedule.quiet_from is None or schedule.quiet_until is None:
        return None
    zone = zone_of(schedule)
    today = at.astimezone(zone).date()
    over_midnight = timedelta(days=int(schedule.quiet_from > schedule.quiet_until))
    for evening in (today - timedelta(days=1), today):
        end = _instant(evening + over_midnight, schedule.quiet_until, zone)
        if _instant(evening, schedule.quiet_from, zone) <= at < end:
            return end
    return None


def zone_of(schedule: Schedule) -> ZoneInfo:
    """The schedule's time zone; UTC should the machine no longer know it."""
    try:
        return ZoneInfo(schedule.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def _instant(day: date, hour: time, zone: ZoneInfo) -> datetime:
    """In UTC, so that comparing and subtracting count real hours on days when clocks change."""
    return datetime.combine(day, hour, tzinfo=zone).astimezone(UTC)

"""On which day the demo lives: reading ``--at``, how far its records have come, how far ahead that is."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from config.local.trouble import Trouble, say

FIRST_DAY = datetime(2025, 7, 1, tzinfo=UTC)
"""As `referrals.demo.world.BEGINS_ON` has it: earlier, the world is not whole."""
LAST_DAY = datetime(2036, 1, 1, tzinfo=UTC)
"""By then every case of the demo has long ended."""
ZONE = ZoneInfo("America/New_York")
"""Of days and times that name no zone."""
MORNING = time(9)
"""When a day begins for whoever names no time."""
CLOCKS_DIFFER = timedelta(minutes=1)
VARIABLE = "CLOCK_AHEAD_SECONDS"
EXAMPLES = "Write a day, or a day and a time: --at 2028-06-01, or --at 2028-06-01T14:30 (New York time)."


@dataclass(frozen=True)
class Wish:
    """An instant to live on; ``whole_day`` when only the day was named, so that any time of it will do."""

    at: datetime
    whole_day: bool


def wished(text: str) -> Wish:
    """What ``--at`` asks for. Raises Trouble for anything but a day that the demo can live on."""
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        raise Trouble(f"“{text}” is no day that the demo can read. {EXAMPLES}") from None
    whole_day = len(text.strip()) <= len("2028-06-01")
    if whole_day:
        at = datetime.combine(at.date(), MORNING)
    wish = Wish(at if at.tzinfo else at.replace(tzinfo=ZONE), whole_day)
    if not FIRST_DAY <= wish.at < LAST_DAY:
        raise Trouble(
            f"The demo's world begins on {in_words(FIRST_DAY)} and can be lived until {in_words(LAST_DAY)}; "
            f"{text} lies outside. {EXAMPLES}"
        )
    return wish


def in_words(at: datetime) -> str:
    """ "1 June 2028"; with the time in New York unless the day begins in UTC."""
    if at.tzinfo is UTC and at.time() == time(0):
        return f"{at.day} {at:%B %Y}"
    here = at.astimezone(ZONE)
    return f"{here.day} {here:%B %Y, %H:%M} (New York)"


def chosen(wish: Wish | None, *, lived: datetime | None, moved: bool, now: datetime) -> datetime:
    """The instant on which the demo is to live; ``lived`` is how far its records have come, if there are any.

    Without a wish it lives now, or goes on where it stopped if its records were ``moved`` or are ahead of the
    real clock. Raises Trouble for a wish that lies before what was lived.
    """
    if wish is None:
        ahead = lived is not None and lived > now + CLOCKS_DIFFER
        return lived if lived is not None and (moved or ahead) else now
    if lived is None or wish.at >= lived:
        return wish.at
    if wish.whole_day and wish.at.date() == lived.astimezone(ZONE).date():
        return lived
    raise Trouble(
        f"The demo's records have lived until {in_words(lived)}, and time does not go back. "
        "Choose a later day, or begin again with --fresh."
    )


def begin(wish: Wish | None, *, home: Path, url: str, shared: bool) -> datetime | None:
    """Set the present for everything that will be started; the instant if it is another than the real one.

    ``shared`` tells that other commands already live with these records; then nobody can move the day.
    Raises Trouble before anything has been changed if the records have lived past the wish.
    """
    now, ahead = real_now(), remembered(home, url)
    if not shared:
        at = chosen(wish, lived=lived_until(url), moved=ahead != 0, now=now)
    elif wish is None:
        at = now + timedelta(seconds=ahead)
    else:
        raise Trouble("Another command uses the demo's records. Let it end first, then move the day.")
    seconds = round((at - now).total_seconds())
    remember(home, url, seconds)
    if not seconds:
        os.environ.pop(VARIABLE, None)
        return None
    os.environ[VARIABLE] = str(seconds)
    say(f"The demo lives on {in_words(at)}; every date and every mail until then comes in its order")
    return at


def real_now() -> datetime:
    """The real clock, which only the command that sets the present may read."""
    return datetime.now(UTC)


def lived_until(url: str) -> datetime | None:
    """The last instant of a demo's records, as `referrals.demo.passing.lived_until` has it; None without."""
    import psycopg

    try:
        with psycopg.connect(url) as connection:
            row = connection.execute(
                "SELECT max(at), (SELECT max(created_at) FROM notifications_message),"
                " (SELECT max(at) FROM referrals_heartbeat) FROM workflows_step"
            ).fetchone()
    except psycopg.errors.UndefinedTable:
        return None
    if row is None or row[0] is None:
        return None
    found: datetime = max(at for at in row if at is not None)
    return found


def note(home: Path) -> Path:
    return home / "present.json"


def remembered(home: Path, url: str) -> int:
    """The seconds by which the demo on these records is ahead of the real clock."""
    try:
        found = json.loads(note(home).read_text())
        return int(found["ahead"]) if found["records"] == name_of(url) else 0
    except (OSError, ValueError, TypeError, KeyError):
        return 0


def remember(home: Path, url: str, seconds: int) -> None:
    """Note it for other commands, which have to live in the same present while they work on these records."""
    home.mkdir(parents=True, exist_ok=True)
    note(home).write_text(json.dumps({"ahead": seconds, "records": name_of(url)}))


def name_of(url: str) -> str:
    """A database, recognizable without its password."""
    return hashlib.sha256(url.encode()).hexdigest()

"""The present: the one place that reads the clock for casework.

Views, tasks and commands ask here what time it is and hand the answer on; whatever decides something takes
it as ``at`` or ``on``. In a demonstration and in tests the present can be moved (``settings.CLOCK_AHEAD``);
then everything that people read, sign and wait for moves together, at normal speed.

Not moved, because they are about this machine and not about casework: sessions, cookies, signed links and
limits on sign-in (Django and allauth read the real clock themselves), time spent (``time.monotonic``), and
beat's timetable. Leases, back-off and signs of life are stretches between two readings of the present. All
processes of a demonstration are ahead by the same amount, so stretches are as long as on the real clock.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.conf import settings
from django.utils import timezone


def now() -> datetime:
    """This instant, aware, in UTC."""
    return timezone.now() + ahead()


def today() -> date:
    """The day it is now in the active time zone: the office's own while a page is made."""
    return timezone.localdate(now())


def on_this_machine() -> datetime:
    """This instant by the machine's own clock, whatever day a demonstration lives on: for sign-ins."""
    return now() - ahead()


def ahead() -> timedelta:
    """By how much the present is ahead of the real clock; negative behind it, zero outside demonstrations."""
    moved: timedelta = settings.CLOCK_AHEAD
    return moved

"""What is said when a disk is full or the database is away: a sentence, and what was typed stays.

Nothing half-done is kept: what failed was one transaction, or a file that was never read. What was typed
comes back in the form, or can be sent again from the page that says what happened.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import DatabaseError, InterfaceError, OperationalError
from django.utils.translation import gettext as _

from .keys.keepers import KeeperAway

NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
DISK_FULL = "53100"
# PostgreSQL manual, appendix A: connection exceptions, insufficient resources, operators (shutdown, a crash,
# starting up, a limit on time), a lock waited for in vain, transactions that were put back.
AWAY = ("08", "53", "57", "55P03", "40")


@dataclass(frozen=True)
class Outage:
    """Something that will pass; ``what`` happened and what to ``do``, in sentences."""

    what: str
    do: str

    def __str__(self) -> str:
        return f"{self.what} {self.do}"


def outage_in(failure: BaseException | None) -> Outage | None:
    """The outage behind an exception, or None for a mistake of the program."""
    for each in _chain(failure):
        if isinstance(each, KeeperAway):
            return keys_away()
        if isinstance(each, OSError) and each.errno in NO_ROOM:
            return no_room()
        if isinstance(each, DatabaseError | InterfaceError):
            return _of_database(each)
    return None


def _of_database(failure: BaseException) -> Outage | None:
    code = getattr(failure.__cause__, "sqlstate", None)
    if code == DISK_FULL:
        return no_room()
    if isinstance(failure, OperationalError | InterfaceError) and (not code or code.startswith(AWAY)):
        return away()
    return None


def no_room() -> Outage:
    return Outage(
        _("There is no room left on the server to store this."),
        _("Nothing of it was stored. The people who run this system have to make room; then send it again."),
    )


def keys_away() -> Outage:
    return Outage(
        _("The keys that open workers' files cannot be reached at the moment."),
        _("Nothing was stored, and nothing is lost. Try again in a few minutes."),
    )


def away() -> Outage:
    return Outage(
        _("The records cannot be reached at this moment."),
        _("This usually passes within a minute. To send the same thing twice does no harm."),
    )


def _chain(failure: BaseException | None) -> Iterator[BaseException]:
    """An exception and those behind it."""
    seen = 0
    while failure is not None and seen < 10:
        yield failure
        failure, seen = failure.__cause__ or failure.__context__, seen + 1

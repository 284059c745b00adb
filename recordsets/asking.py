"""For whom the database is asked: the role of each statement, and what PostgreSQL's row policies are told.

``visible_to`` is the first wall; row policies are the second, for the day on which somebody forgets the
first. Pages ask as ``PAGES``: this role sees nothing before the request has said who it acts for, then what
that person may see, and it writes no record of a case at all. What is decided and stored in one piece goes
through the ``DOOR``, which sees what it decides on. Commands have a role of their own; whoever owns the
tables migrates and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import astuple, dataclass

PAGES = "casework_pages"
DOOR = "casework_door"
COMMANDS = "casework_commands"
ROLES = (PAGES, DOOR, COMMANDS)
SIGNED_IN = "none"
"""PostgreSQL's word for the role that the connection was made with; it owns the tables."""


@dataclass(frozen=True, slots=True)
class Asking:
    """The role, and of the person the keys that policies compare with; empty where there is none."""

    role: str
    person: str = ""
    capacity: str = ""
    organization: str = ""
    office: str = ""


OWNER = Asking(SIGNED_IN)
NOBODY = Asking(PAGES)
THE_DOOR = Asking(DOOR)
A_COMMAND = Asking(COMMANDS)

TELL = (
    "SELECT set_config('role', %s, false), set_config('wall.person', %s, false),"
    " set_config('wall.capacity', %s, false), set_config('wall.organization', %s, false),"
    " set_config('wall.office', %s, false)"
)
"""The statement that tells the session; its parameters are ``told``."""

_at_rest = OWNER
_now: ContextVar[Asking | None] = ContextVar("asking", default=None)
_page: ContextVar[Asking | None] = ContextVar("page", default=None)


def at_rest(asking: Asking) -> None:
    """What holds in this process wherever nothing else was said; said once, when it starts."""
    global _at_rest
    _at_rest = asking


def now() -> Asking:
    """For whom the next statement is sent."""
    return _now.get() or _at_rest


def told(asking: Asking) -> tuple[str, ...]:
    """The parameters of ``TELL``."""
    return astuple(asking)


@contextmanager
def acting(asking: Asking) -> Iterator[None]:
    """Statements within are sent for ``asking``."""
    token, page = _now.set(asking), _page.set(asking if asking.role == PAGES else _page.get())
    try:
        yield
    finally:
        _now.reset(token)
        _page.reset(page)


@contextmanager
def as_the_page() -> Iterator[None]:
    """Statements within are sent for the person of the page, although the piece goes through the door.

    For what leaves with the answer, such as the rows of a file. Without a page nothing is changed.
    """
    token = _now.set(_page.get() or _now.get())
    try:
        yield
    finally:
        _now.reset(token)


def through_the_door() -> _Door:
    """Statements within decide or store for the system itself, past the policies of the person's rows.

    Only pages are narrowed; the owner, commands and workers already see what they work on.
    """
    return _Door()


class _Door:
    """A light context manager: every step goes through it."""

    __slots__ = ("_token",)

    def __enter__(self) -> None:
        self._token = _now.set(THE_DOOR) if now().role == PAGES else None

    def __exit__(self, *_failure: object) -> None:
        if self._token is not None:
            _now.reset(self._token)

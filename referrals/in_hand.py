"""What this thread is working on, for its log lines: the request's number, the case, the account.

Opaque identifiers only. Whoever reads a log learns which case to open, not whom it is about.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

request_id: ContextVar[str] = ContextVar("request_id", default="")
case: ContextVar[str] = ContextVar("case", default="")
account: ContextVar[int | None] = ContextVar("account", default=None)


@contextmanager
def a_request(number: str) -> Iterator[None]:
    """Everything logged inside carries this number, and nothing of an earlier request."""
    before = request_id.set(number), case.set(""), account.set(None)
    try:
        yield
    finally:
        request_id.reset(before[0])
        case.reset(before[1])
        account.reset(before[2])


@contextmanager
def a_case(reference: str) -> Iterator[None]:
    """Everything logged inside names this case."""
    before = case.set(reference)
    try:
        yield
    finally:
        case.reset(before)

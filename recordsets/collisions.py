"""Doing a whole unit of work again when the database has put it back: a deadlock, or a lost serialization.

PostgreSQL undoes one of several transactions that stand in each other's way, and says so with a code of
class 40 (PostgreSQL manual, appendix A): nothing was done, and the same work may succeed a moment later. Only
whoever began the transaction can do it again, for everything in it is gone. A connection that broke off in a
commit says nothing of the kind, so that is never done again here; a person's second try with the same
idempotency key is harmless.
"""

from __future__ import annotations

import functools
import logging
import random
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any, ParamSpec, TypeVar

from django.db import Error, models, transaction
from django.db.models.base import ModelState

from .asking import through_the_door

log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

TIMES = 6
"""How often a unit of work is begun at most; together the pauses between take less than two seconds."""
SHORTEST_PAUSE = 0.03  # seconds; doubled each time
PUT_BACK = {"40001": "serialization failure", "40P01": "deadlock"}


def code_of(failure: BaseException) -> str:
    """The SQLSTATE of what the database said, or nothing."""
    return str(getattr(failure.__cause__, "sqlstate", None) or getattr(failure, "sqlstate", None) or "")


@contextmanager
def unless_put_back() -> Iterator[None]:
    """End the block without an error where the database has put back its only statement, to be repeated."""
    try:
        yield
    except Error as failure:
        if code_of(failure) not in PUT_BACK:
            raise


def one_at_a_time(what: str) -> None:
    """Wait until nobody else is at ``what``; others wait until the caller's transaction ends.

    A lock of a table would ask for the right to change it, which nobody has for what is only added to.
    """
    with transaction.get_connection().cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [what])


def in_one_piece(work: Callable[P, T]) -> Callable[P, T]:
    """As ``transaction.atomic``, and again from the start when the database has put the transaction back.

    Within a caller's transaction it runs once, under a savepoint: that transaction is the caller's to do
    again. The records among its arguments are as they were before each try, so it must read again whatever
    it decides on.
    """

    @functools.wraps(work)
    def whole(*args: P.args, **kwargs: P.kwargs) -> T:
        return whole_again(lambda: work(*args, **kwargs), records=_records_among((*args, *kwargs.values())))

    return whole


def whole_again(
    work: Callable[[], T],
    *,
    records: Iterable[models.Model] = (),
    savepoint: bool = True,
    durable: bool = False,
) -> T:
    """``work`` in a transaction of its own, up to ``TIMES`` times; ``records`` are put back in between.

    In a caller's transaction it is done once, without a savepoint if that is not wanted: then it must write
    nothing before it is sure. What has to be ``durable`` raises RuntimeError there instead, as
    ``transaction.atomic`` does. Raises what the database said the last time.
    """
    if transaction.get_connection().in_atomic_block:
        with (
            through_the_door(),
            as_they_were(records),
            transaction.atomic(durable=durable) if savepoint else nullcontext(),
        ):
            return work()
    kept = list(records)
    for turn in range(1, TIMES + 1):
        try:
            with through_the_door(), as_they_were(kept), transaction.atomic():
                return work()
        except Error as failure:
            if code_of(failure) not in PUT_BACK or turn == TIMES:
                raise
            log.info("%s, try %s: the whole step is begun again", PUT_BACK[code_of(failure)], turn)
        time.sleep(random.uniform(0.5, 1) * SHORTEST_PAUSE * 2 ** (turn - 1))  # noqa: S311 (not a secret)
    raise AssertionError("unreachable")


def _records_among(given: Iterable[object]) -> list[models.Model]:
    """The records among some arguments, alone or in lists."""
    several = [each if isinstance(each, list | tuple) else (each,) for each in given]
    return [each for some in several for each in some if isinstance(each, models.Model)]


@contextmanager
def as_they_were(records: Iterable[models.Model]) -> Iterator[None]:
    """Where the block ends with an error, and the database forgets what was done, these records do too."""
    before = [(record, _memory_of(record)) for record in records]
    try:
        yield
    except BaseException:
        for record, memory in before:
            _put_back(record, memory)
        raise


def _memory_of(record: models.Model) -> dict[str, Any]:
    """What a record holds, with what Django notes about it: whether it is stored, what it has fetched."""
    return {**record.__dict__, "_state": _state_like(record._state)}


def _state_like(state: ModelState) -> ModelState:
    copied = ModelState()
    copied.__dict__.update(state.__dict__)
    if "fields_cache" in state.__dict__:
        copied.fields_cache = dict(state.fields_cache)
    return copied


def _put_back(record: models.Model, memory: dict[str, Any]) -> None:
    kept = {**memory, "_state": _state_like(memory["_state"])}
    record.__dict__.clear()
    record.__dict__.update(kept)

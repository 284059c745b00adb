"""Records that many tests begin with: made once by real steps, then laid down again row by row.

A function that is ``laid_down`` is carried out the first time. When it is called again with the same
arguments in a database that holds the same, its rows are copied back as they were stored, and its answer is
given once more. "The same" is proved, not assumed: a chain of such functions begins in a transaction that
has written nothing yet, and goes on only while nothing else was written in it but that people signed in.
In every other case the function is carried out.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache, wraps
from typing import Any, ParamSpec, TypeVar

from django.conf import UserSettingsHolder, settings
from django.db import connection, models
from django.utils import timezone, translation

from referrals.demo.cast import Cast
from workflows import definitions
from workflows.checks import machine_models

P = ParamSpec("P")
T = TypeVar("T")
Chain = tuple[Any, ...]
SIGNS_OF_VISITORS = {"referrals_signin", "referrals_user"}


@dataclass(frozen=True)
class Written:
    """What a transaction has written: so many rows in each table. It gets its number with the first of them.

    What was taken back to a savepoint counts too. ``people`` is a digest of all accounts, but for when they
    last signed in.
    """

    transaction: str
    rows: dict[str, int]
    people: str

    def same_as(self, other: Written) -> bool:
        """Whether nothing was written since but signs of people who signed in."""
        return self._of_cases() == other._of_cases()

    def since(self, other: Written) -> list[str]:
        """The tables that were written in since."""
        return [table for table, number in self.rows.items() if number != other.rows.get(table)]

    def _of_cases(self) -> tuple[str, str, dict[str, int]]:
        rows = {table: number for table, number in self.rows.items() if table not in SIGNS_OF_VISITORS}
        return self.transaction, self.people, rows


@dataclass(frozen=True)
class Place:
    """How far a transaction has come: what it has written, and by which chain of functions."""

    written: Written
    savepoints: tuple[str, ...]
    chain: Chain


@dataclass(frozen=True)
class Kept:
    """What a function answered, and all rows of the tables in which it wrote."""

    answer: bytes
    rows: dict[str, bytes]


_kept: dict[Chain, Kept] = {}
_place: Place | None = None
_by_steps = False


def laid_down(make: Callable[P, T]) -> Callable[P, T]:
    """Lay down what ``make`` has made before, where that comes to the same."""

    @wraps(make)
    def made(*args: P.args, **kwargs: P.kwargs) -> T:
        global _place
        said = _said((args, kwargs))
        if _by_steps or said is None or not connection.in_atomic_block or not _may_lay():
            return make(*args, **kwargs)
        before = _written()
        chain = _chain_until(before)
        if chain is None:
            return make(*args, **kwargs)
        chain = (*chain, make.__module__, make.__qualname__, said, *_surroundings())
        if kept := _kept.get(chain):
            _lay(kept.rows)
            answer: T = pickle.loads(kept.answer)  # noqa: S301 - our own
            now = _written()
        else:
            answer = make(*args, **kwargs)
            now = _written()
            _kept[chain] = Kept(pickle.dumps(answer), {table: _read(table) for table in now.since(before)})
        _place = Place(now, tuple(connection.savepoint_ids), chain)
        return answer

    return made


@contextmanager
def by_real_steps() -> Iterator[None]:
    """Within this block nothing is laid down: for tests of what a step does besides writing rows."""
    global _by_steps
    _by_steps = True
    try:
        yield
    finally:
        _by_steps = False


def _chain_until(now: Written) -> Chain | None:
    """The chain that goes on or may begin; None where something else was written."""
    if not now.transaction:
        return _beginning()
    if _place is None or not now.same_as(_place.written):
        return None
    still_open = tuple(connection.savepoint_ids[: len(_place.savepoints)])
    return _place.chain if still_open == _place.savepoints else None


def _beginning() -> Chain | None:
    """The start of a chain: nobody is there, and the rules are those that were loaded last."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM referrals_user) OR EXISTS (SELECT FROM workflows_case),"
            " count(*), max(id) FROM workflows_policy"
        )
        inhabited, *rules = cursor.fetchone()
    return None if inhabited else (connection.settings_dict["NAME"], *rules)


def _written() -> Written:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(pg_current_xact_id_if_assigned()::text, ''), (SELECT coalesce(md5(string_agg("
            "(to_jsonb(person) - 'last_login')::text, '' ORDER BY id)), '') FROM referrals_user person)"
        )
        transaction, people = cursor.fetchone()
        cursor.execute(
            "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables"
            " WHERE n_tup_ins + n_tup_upd + n_tup_del > 0"
        )
        return Written(transaction, dict(cursor.fetchall()), people)


@cache
def _may_lay() -> bool:
    """Whether the role may write past triggers: where it may not, everything is made by real steps."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('is_superuser') = 'on'")
        return bool(cursor.fetchone()[0])


def _read(table: str) -> bytes:
    with connection.cursor() as cursor, cursor.copy(f'COPY "{table}" TO STDOUT (FORMAT BINARY)') as rows:
        return b"".join(bytes(part) for part in rows)


def _lay(rows: dict[str, bytes]) -> None:
    """Bring tables to what they were. What triggers would look at, they have looked at the first time."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for table, content in rows.items():
            cursor.execute(f'DELETE FROM "{table}"')  # noqa: S608 - the name is the database's own
            with cursor.copy(f'COPY "{table}" FROM STDIN (FORMAT BINARY)') as copy:
                copy.write(content)
            for column, sequence in _numbered(table):
                cursor.execute(
                    f"SELECT setval(%s, greatest((SELECT last_value FROM {sequence}), "  # noqa: S608
                    f'(SELECT coalesce(max("{column}"), 1) FROM "{table}")))',
                    [sequence],
                )
        cursor.execute("SET LOCAL session_replication_role = origin")


@cache
def _numbered(table: str) -> list[tuple[str, str]]:
    """The columns of a table that a sequence numbers: it may have begun anew since the rows were read."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attname, pg_get_serial_sequence(%s, attname) FROM pg_attribute "
            "WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped "
            "AND pg_get_serial_sequence(%s, attname) IS NOT NULL",
            [table, table, table],
        )
        return list(cursor.fetchall())


def _said(value: Any) -> Any:
    """What an argument says, for comparing: a record its key, everything else itself; None if never again.

    A moment with microseconds is the present, and a function that is given that is carried out.
    """
    match value:
        case models.Model():
            return (value._meta.label, value.pk)
        case Cast():
            return "cast"
        case datetime() if value.microsecond:
            return None
        case dict():
            return _said([each for pair in sorted(value.items()) for each in pair])
        case list() | tuple():
            said = tuple(_said(each) for each in value)
            return None if None in said else said
        case _ if type(value).__repr__ is object.__repr__:
            return type(value).__qualname__
        case _:
            return repr(value)


def _surroundings() -> Chain:
    """What else a step looks at: the day, the language, the machines, settings that a test has changed."""
    changed, holder = [], settings._wrapped
    while isinstance(holder, UserSettingsHolder):
        changed.append(sorted((name, repr(value)) for name, value in vars(holder).items() if name.isupper()))
        holder = holder.default_settings
    machines = (
        *(str(folder) for folder in definitions.FOLDERS),
        *(model.machine.version for model in machine_models()),
    )
    return (timezone.now().date(), translation.get_language(), machines, repr(changed))

"""What every benchmark stands on: the project's tables in a database of their own, many copies of one case,
and ratios of ways that took turns."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TICKS = os.sysconf("SC_CLK_TCK")


@contextmanager
def database(name: str) -> Iterator[None]:
    """The project's tables, emptied, in a database that goes afterwards."""
    from django.db import connection

    connection.settings_dict["TEST"]["NAME"] = os.environ.get("TEST_DATABASE_NAME", f"test_{name}_benchmark")
    before = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        connection.creation.destroy_test_db(before, verbosity=0)


def copies(record: Any, number: int, *, beside: Sequence[type[Any]] = ()) -> list[int]:
    """As many copies of a case, with its last step and its running clocks; returns their keys.

    ``beside`` are further models whose rows for the case are copied too, each with a foreign key to it. The
    copies' histories begin with their last step: good for measuring, not for verifying.
    """
    from django.db import connection

    from referrals.models.fields import is_sealed
    from workflows.models import Case, Clock, Deadline, Step

    model = type(record)
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM workflows_case")
        first = cursor.fetchone()[0] + 1
        numbers = f"generate_series({first}, {first + number - 1}) AS n(n)"

        def copy(source: type[Any], where: str, **instead: str) -> None:
            fields = [
                each
                for each in source._meta.local_concrete_fields
                if each.column in instead or not each.primary_key
            ]
            names = ", ".join(f'"{each.column}"' for each in fields)
            values = ", ".join(instead.get(each.column, f't."{each.column}"') for each in fields)
            cursor.execute(
                f'INSERT INTO "{source._meta.db_table}" ({names}) SELECT {values} '  # noqa: S608
                f'FROM "{source._meta.db_table}" t, {numbers} WHERE {where}'
            )

        copy(Case, f"t.id = {record.pk}", id="n.n", reference="'COPY-' || n.n")
        own = model._meta.pk.column
        # What is encrypted for one row can be read in no other.
        empty = {each.column: "''" for each in model._meta.local_concrete_fields if is_sealed(each)}
        copy(model, f't."{own}" = {record.pk}', **{own: "n.n"}, **empty)
        copy(Step, f"t.case_id = {record.pk} AND t.sequence = {record.version}", case_id="n.n")
        copy(Clock, f"t.case_id = {record.pk} AND t.stopped_at IS NULL", case_id="n.n")
        armed = (
            f"SELECT k.case_id, k.id, d.clock_key, d.rung, d.generation, d.due_at, d.state, d.collapsed "  # noqa: S608
            f"FROM workflows_deadline d JOIN workflows_clock own ON own.id = d.clock_id "
            f"JOIN workflows_clock k ON k.key = own.key AND k.case_id >= {first} "
            f"WHERE d.case_id = {record.pk}"
        )
        columns = "case_id, clock_id, clock_key, rung, generation, due_at, state, collapsed"
        cursor.execute(f"INSERT INTO {Deadline._meta.db_table} ({columns}) {armed}")
        for each in beside:
            to_case = next(
                field.column
                for field in each._meta.local_concrete_fields
                if field.is_relation and field.related_model in (model, Case)
            )
            copy(each, f't."{to_case}" = {record.pk}', **{to_case: "n.n"})
        cursor.execute("ANALYZE")
    return list(range(first, first + number))


def cpu_of(pid: int) -> float:
    """Seconds of processor time that a process has used."""
    after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(after_name[11]) + int(after_name[12])) / TICKS


def finely(pid: int) -> float:
    """The same to the nanosecond, but of the threads that are alive: for jobs of a millisecond."""
    return (
        sum(int(each.read_text().split()[0]) for each in Path(f"/proc/{pid}/task").glob("*/schedstat")) / 1e9
    )


@dataclass
class Measured:
    """Jobs a second and processor milliseconds a job, round by round."""

    rates: list[float]
    costs: list[float]

    @property
    def rate(self) -> float:
        return statistics.median(self.rates)

    @property
    def cost(self) -> float:
        return statistics.median(self.costs)


def taking_turns(
    ways: Mapping[str, Callable[[Sequence[int]], None]],
    jobs: Callable[[str], Sequence[int]],
    *,
    rounds: int,
    processes: Callable[[str], Sequence[int]],
    spent: Callable[[int], float] = cpu_of,
) -> dict[str, Measured]:
    """Let each way do its jobs, round by round, in alternating order; rounds share the machine's noise.

    ``jobs(way)`` gives the keys for one round, ``processes(way)`` the processes whose time counts.
    """
    found = {name: Measured([], []) for name in ways}
    for turn in range(rounds):
        order = list(ways) if turn % 2 == 0 else list(reversed(ways))
        for name in order:
            keys = jobs(name)
            pids = processes(name)
            cpu, start = sum(spent(pid) for pid in pids), time.perf_counter()
            ways[name](keys)
            seconds = time.perf_counter() - start
            found[name].rates.append(len(keys) / seconds)
            found[name].costs.append((sum(spent(pid) for pid in pids) - cpu) / len(keys) * 1000)
    return found


def ratio(one: Sequence[float], other: Sequence[float]) -> float:
    """The median of the rounds' own ratios."""
    return statistics.median(a / b for a, b in zip(one, other, strict=True))

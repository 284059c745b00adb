"""What goes on in the door: read, let a turn decide, store; for one record or for many.

Only ``workflows.engine`` calls this.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import TypeAlias, TypeVar

from django.db import transaction
from django.utils.translation import gettext as _

from recordsets import Rider
from recordsets.asking import through_the_door
from recordsets.collisions import unless_put_back, whole_again

from .days_in_words import instant
from .machine import steps_for
from .models import Case, Step
from .openness import manner_of
from .parties import Actor
from .reading import Reading, lock, read
from .refusals import Refusal, StalePage, StepRefused
from .storing import store
from .turn import Plan

Record = TypeVar("Record", bound=Case)


def refuse_if_stale(case: Case, expected: int | None) -> None:
    if expected is None or expected == case.version:
        return
    since = case.steps.filter(sequence__gt=expected).order_by("-sequence").first()
    what = _("The case changed while you were looking at it.")
    if since is not None:
        about = {"at": instant(since.at), "who": since.get_capacity_display()}
        label = next((str(manner_of(each).label) for each in steps_for(case) if each.name == since.name), "")
        if label:
            words = _("The case changed while you were looking at it: “%(step)s” on %(at)s by %(who)s.")
            what = words % {**about, "step": label}
        else:
            what = _("The case changed while you were looking at it, on %(at)s by %(who)s.") % about
    raise StalePage(Refusal("stale", what, _("Read what is new, then decide again.")))


Along: TypeAlias = Callable[[Case, Step], Rider | None]
"""What is to be written with a step, asked once it is known how the record will stand after it."""


def stored(plans: Sequence[Plan], *, rider: Rider | None = None, only_whole: bool = False) -> set[int]:
    """Store what turns at records of one kind planned; the keys of those that nobody else was faster with."""
    written = store([plan.change for plan in plans], rider=rider, only_whole=only_whole)
    for plan in plans:
        if plan.then is not None and plan.change.record.pk in written:
            plan.then()
    return written


def _taken_before(reading: Reading) -> Step | None:
    """The step that the same key made earlier."""
    if reading.repeated_id is None:
        return None
    taken: Step = Step.objects.get(pk=reading.repeated_id)
    taken.repeated = True
    return taken


def read_and_write(
    record: Record,
    plan: Callable[[Reading], Plan],
    *,
    by: Actor,
    at: datetime,
    step: str | None,
    key: str,
    expected: int | None,
    along: Along | None = None,
) -> Step:
    """Read, let ``plan`` decide, store; whoever loses the race does it again under the lock.

    Outside a transaction the first try needs none: what was read is still true if the version is, and what
    is written is one statement.
    """

    def tried(write: Callable[[Plan, Rider | None], object]) -> Step | None:
        found = read(type(record), [record.pk], by=by, at=at, step=step, keys={record.pk: key})
        if not found:
            raise type(record).DoesNotExist(record.pk)
        reading = found[record.pk]
        taken = _taken_before(reading)
        if taken is None:
            refuse_if_stale(reading.record, expected)
            planned = plan(reading)
            taken = planned.change.step
            rider = along(reading.record, taken) if along is not None else None
            if not write(planned, rider):
                return None
        record.__dict__.update(reading.record.__dict__)
        return taken

    def whole() -> Step:
        taken = tried(_written)
        if taken is None:
            lock([record.pk])
            taken = tried(_written)
        if taken is None:
            raise RuntimeError(f"case {record.pk} changed under its own lock")
        return taken

    taken = None
    if not transaction.get_connection().in_atomic_block:
        with through_the_door(), unless_put_back():
            taken = tried(_written_at_once)
    return taken or whole_again(whole, records=[record], savepoint=False)


def _written(planned: Plan, rider: Rider | None) -> object:
    return stored([planned], rider=rider)


def _written_at_once(planned: Plan, rider: Rider | None) -> object:
    """The same, in one statement that needs no transaction around it if that is all there is to write."""
    if planned.then is None and stored([planned], rider=rider, only_whole=True):
        return True
    return whole_again(partial(_written, planned, rider))


def read_and_write_all(
    records: Sequence[Case],
    plan: Callable[[Reading], Plan],
    *,
    by: Actor,
    at: datetime,
    step: str | None,
    keys: Mapping[int, str],
) -> dict[int, Step | StepRefused]:
    """Lock all of them, then for each kind: read, let ``plan`` decide each on its own, store in one piece."""
    by_model: dict[type[Case], dict[int, Case]] = {}
    for record in records:
        by_model.setdefault(type(record), {})[record.pk] = record

    def whole() -> dict[int, Step | StepRefused]:
        lock(record.pk for record in records)
        verdicts: dict[int, Step | StepRefused] = {}
        for model, own in by_model.items():
            readings = read(model, list(own), by=by, at=at, step=step, keys=keys)
            if len(readings) < len(own):
                raise model.DoesNotExist(sorted(own.keys() - readings.keys()))
            verdicts |= _settled(readings, plan)
            for pk, reading in readings.items():
                if isinstance(verdicts[pk], Step):
                    own[pk].__dict__.update(reading.record.__dict__)
        return verdicts

    return whole_again(whole, records=records, savepoint=False) if records else {}


def _settled(
    readings: Mapping[int, Reading], plan: Callable[[Reading], Plan]
) -> dict[int, Step | StepRefused]:
    """Decide each of these locked records of one kind, and store what was decided in one piece."""
    verdicts: dict[int, Step | StepRefused] = {}
    plans: list[Plan] = []
    for pk, reading in readings.items():
        try:
            taken = _taken_before(reading)
            if taken is None:
                plans.append(plan(reading))
                taken = plans[-1].change.step
            verdicts[pk] = taken
        except StepRefused as refused:
            verdicts[pk] = refused
    if plans and len(stored(plans)) < len(plans):
        raise RuntimeError("cases changed under their own lock")
    return verdicts

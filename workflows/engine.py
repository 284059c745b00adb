"""The only door: every change of a case's state goes through ``advance``.

One call is one transaction (the caller's, when there is one), one reading statement and one writing one:
what the step asks for is read in one piece with the version of the case, and what the step leaves behind is
written only if that version still stands. Who was slower reads again, under the lock. What the caller writes
around it (messages, letters) commits or falls with it. What the database puts back, because two transactions
stood in each other's way, is begun again from the start by whoever began it: see ``collisions``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from . import openness, rules
from .clock_orders import Lifting, PauseOrder
from .collisions import whole_again
from .models import Case, Policy, Proposal, Step
from .openness import COUNTERSIGN, SEND_BACK, Option
from .parties import SYSTEM, Actor
from .reading import Reading, lock, read
from .refusals import Refusal, StalePage, StepRefused, UnknownStep
from .turn import LostRace, Turn, declared_here

__all__ = [
    "SYSTEM",
    "Option",
    "Refusal",
    "StalePage",
    "StepRefused",
    "UnknownStep",
    "advance",
    "open_case",
    "options_for",
    "options_of",
    "order_clock",
    "record_note",
]

Record = TypeVar("Record", bound=Case)


def open_case(record: Record, *, by: Actor, at: datetime, key: str = "", **data: Any) -> Record:
    """Store a new record in its machine's first state, with step 1 of its history and its clocks."""
    machine = type(record).machine

    def whole() -> Record:
        record.kind = machine.kind
        record.definition_version = machine.version
        record.opened_at = record.entered_state_at = at
        record.__dict__["state"] = str(machine.initial)
        record.desk_id = record.desk_of(machine.standing(record.state).holder)
        record.save(force_insert=True)
        reading = Reading(record, [], rules.current())
        turn = Turn(reading, by=by, at=at, reason="", key=key)
        turn.write(Step.Nature.OPENED, "open", "", data, entered=True)
        return record

    return whole_again(whole, records=[record], savepoint=False)


def _refuse_if_stale(case: Case, expected: int | None) -> None:
    if expected is None or expected == case.version:
        return
    since = case.steps.filter(sequence__gt=expected).order_by("-sequence").first()
    what = _("The case changed while you were looking at it.")
    if since is not None:
        what = _("The case changed while you were looking at it: “%(step)s” on %(at)s by %(who)s.") % {
            "step": since.name.replace("_", " "),
            "at": since.at.strftime("%Y-%m-%d %H:%M UTC"),
            "who": since.get_capacity_display(),
        }
    raise StalePage(Refusal("stale", what, _("Read what is new, then decide again.")))


def advance(
    record: Record,
    step: str,
    *,
    by: Actor,
    at: datetime,
    expected_version: int | None = None,
    reason: str = "",
    idempotency_key: str = "",
    **data: Any,
) -> Step:
    """Take a step on a record, or raise ``StepRefused`` with every reason and its remedy.

    Returns the appended :class:`Step`; its nature tells a step taken from one
    proposed for countersignature. ``data`` goes to the step's method; only what
    the machine declares in ``records`` enters the history. A key used before
    returns the step it made then. The record passed in is brought up to date.
    """

    def take(reading: Reading) -> Step:
        turn = Turn(reading, by=by, at=at, reason=reason, key=idempotency_key)
        if step in (COUNTERSIGN, SEND_BACK):
            return turn.settle(step)
        return turn.take(declared_here(reading.record, step), data)

    return _read_and_write(
        record, take, by=by, at=at, step=step, key=idempotency_key, expected=expected_version
    )


def _read_and_write(
    record: Record,
    write: Callable[[Reading], Step],
    *,
    by: Actor,
    at: datetime,
    step: str | None,
    key: str,
    expected: int | None,
) -> Step:
    """Read, let ``write`` decide and store; whoever loses the race does it again under the lock."""

    def whole() -> Step:
        for locked in (False, True):
            if locked:
                lock([record.pk])
            found = read(type(record), [record.pk], by=by, at=at, step=step, key=key)
            if not found:
                raise type(record).DoesNotExist(record.pk)
            reading = found[record.pk]
            if reading.repeated_id is not None:
                taken = Step.objects.get(pk=reading.repeated_id)
                taken.repeated = True
                break
            _refuse_if_stale(reading.record, expected)
            try:
                taken = write(reading)
                break
            except LostRace:
                continue
        else:
            raise RuntimeError(f"case {record.pk} changed under its own lock")
        record.__dict__.update(reading.record.__dict__)
        return taken

    return whole_again(whole, records=[record], savepoint=False)


def record_note(
    record: Record,
    name: str,
    *,
    by: Actor,
    at: datetime,
    expected_version: int | None = None,
    reason: str = "",
    key: str = "",
    follow: Mapping[int, Policy] | None = None,
    **data: Any,
) -> Step:
    """Append a line that changes no state and bump the version: something that facts read has changed.

    A waiting proposal survives only if what it binds is still the same when it
    is countersigned. ``follow`` lets clocks, by key of their row, run under another rule from now on. Open
    to services of the record's own package only; who may do it is decided there.
    """

    def write(reading: Reading) -> Step:
        turn = Turn(reading, by=by, at=at, reason=reason, key=key)
        return turn.write(
            Step.Nature.RECORDED, name, reading.record.state, data, entered=False, follow=follow
        )

    return _read_and_write(record, write, by=by, at=at, step=None, key=key, expected=expected_version)


def order_clock(
    record: Record,
    order: PauseOrder | Lifting,
    *,
    by: Actor,
    at: datetime,
    expected_version: int | None = None,
    key: str = "",
) -> Step:
    """Order a clock of a case to stand still, or lift such an order; or raise ``StepRefused``.

    The state stays. The line of history names the clock and the authority, its reason is sealed. A key used
    before returns the step it made then.
    """

    def write(reading: Reading) -> Step:
        return Turn(reading, by=by, at=at, reason=order.reason, key=key).obey(order)

    return _read_and_write(record, write, by=by, at=at, step=None, key=key, expected=expected_version)


def options_for(record: Record, *, by: Actor, at: datetime) -> list[Option]:
    """Every step that starts here, open or with the reasons why not, from a fresh read."""
    found = options_of(type(record), [record.pk], by=by, at=at)
    if record.pk not in found:
        raise type(record).DoesNotExist(record.pk)
    return found[record.pk]


def options_of(
    model: type[Case], pks: Sequence[int], *, by: Actor, at: datetime, decided: bool = True
) -> dict[int, list[Option]]:
    """The same for a page of records of one kind, by their keys: one statement, and one for what waits.

    With ``decided`` false, what dated policy decides of each record is not asked, and taken to allow a step.
    """
    readings = read(model, pks, by=by, at=at, step=COUNTERSIGN, decided=decided) if pks else {}
    waiting = {each.proposal_id for each in readings.values()} - {None}
    proposals = Proposal.objects.in_bulk(list(waiting)) if waiting else {}
    return {
        pk: openness.options(each.record, by=by, proposal=proposals.get(each.proposal_id))
        for pk, each in readings.items()
    }

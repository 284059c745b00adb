"""The only door: every change of a case's state goes through ``advance``.

One call is one transaction (the caller's, when there is one), one reading statement and one writing one:
what the step asks for is read in one piece with the version of the case, and what the step leaves behind is
written only if that version still stands. Who was slower reads again, under the lock. What the caller writes
around it (messages, letters) commits or falls with it. What the database puts back, because two transactions
stood in each other's way, is begun again from the start by whoever began it: see ``recordsets.collisions``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from recordsets.collisions import whole_again

from . import page_options, rules
from .assigning import Assignment, note_of
from .clock_orders import Lifting, PauseOrder
from .doorway import Along, Record, read_and_write, read_and_write_all, refuse_if_stale, stored
from .models import Case, Policy, Step
from .openness import COUNTERSIGN, SEND_BACK, Option
from .parties import SYSTEM, Actor
from .reading import Reading
from .refusals import Refusal, StalePage, StepRefused, UnknownStep
from .turn import Plan, Turn, declared_here
from .writing_statement import WRITTEN

__all__ = [
    "SYSTEM",
    "WRITTEN",
    "Note",
    "Option",
    "Refusal",
    "StalePage",
    "StepRefused",
    "UnknownStep",
    "advance",
    "advance_all",
    "assign",
    "assign_all",
    "open_case",
    "options_for",
    "options_of",
    "order_clock",
    "record_note",
    "record_notes",
]

NOTHING: Mapping[int, Any] = MappingProxyType({})


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
        stored([Turn(reading, by=by, at=at, reason="", key=key).open(data)])
        return record

    return whole_again(whole, records=[record], savepoint=False)


def advance(
    record: Record,
    step: str,
    *,
    by: Actor,
    at: datetime,
    expected_version: int | None = None,
    reason: str = "",
    idempotency_key: str = "",
    along: Along | None = None,
    **data: Any,
) -> Step:
    """Take a step on a record, or raise ``StepRefused`` with every reason and its remedy.

    Returns the appended :class:`Step`; its nature tells a step taken from one
    proposed for countersignature. ``data`` goes to the step's method; only what
    the machine declares in ``records`` enters the history. A key used before
    returns the step it made then. The record passed in is brought up to date.
    What ``along`` answers for the record as it will be, and for its line, is written
    in the same statement: if and only if the step is.
    """

    def plan(reading: Reading) -> Plan:
        return _turn_at(reading, step, data, by=by, at=at, reason=reason, key=idempotency_key)

    return read_and_write(
        record, plan, by=by, at=at, step=step, key=idempotency_key, expected=expected_version, along=along
    )


def _turn_at(
    reading: Reading, step: str, data: dict[str, Any], *, by: Actor, at: datetime, reason: str, key: str
) -> Plan:
    turn = Turn(reading, by=by, at=at, reason=reason, key=key)
    if step in (COUNTERSIGN, SEND_BACK):
        return turn.settle(step)
    return turn.take(declared_here(reading.record, step), data)


def advance_all(
    records: Sequence[Case],
    step: str,
    *,
    by: Actor,
    at: datetime,
    expected_versions: Mapping[int, int] = NOTHING,
    reason: str = "",
    keys: Mapping[int, str] = NOTHING,
    **data: Any,
) -> dict[int, Step | StepRefused]:
    """Take the same step on many records: for each, by its key, the step that was taken or why it was not.

    One transaction for all. Every record is decided on its own and gets its own line of history: what one is
    refused keeps no other from moving. The cases are locked first, in the order of their keys; for each kind
    there is one reading and one writing statement. ``expected_versions`` and ``keys`` (of idempotency) are by
    the key of the record; all else as for ``advance``. Raises ``DoesNotExist``.
    """

    def plan(reading: Reading) -> Plan:
        refuse_if_stale(reading.record, expected_versions.get(reading.record.pk))
        key = keys.get(reading.record.pk, "")
        return _turn_at(reading, step, data, by=by, at=at, reason=reason, key=key)

    return read_and_write_all(records, plan, by=by, at=at, step=step, keys=keys)


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

    def plan(reading: Reading) -> Plan:
        return Turn(reading, by=by, at=at, reason=reason, key=key).note(name, data, follow)

    return read_and_write(record, plan, by=by, at=at, step=None, key=key, expected=expected_version)


@dataclass(frozen=True)
class Note:
    """What ``record_notes`` says of one record: as the arguments of ``record_note``."""

    data: Mapping[str, Any]
    key: str = ""
    follow: Mapping[int, Policy] | None = None


def record_notes(
    notes: Mapping[Case, Note], name: str, *, by: Actor, at: datetime, reason: str = ""
) -> dict[int, Step]:
    """A line of the same name in the history of each of these records, by its key; as ``record_note``."""
    own = {record.pk: note for record, note in notes.items()}

    def plan(reading: Reading) -> Plan:
        note = own[reading.record.pk]
        turn = Turn(reading, by=by, at=at, reason=reason, key=note.key)
        return turn.note(name, note.data, note.follow)

    keys = {pk: note.key for pk, note in own.items()}
    verdicts = read_and_write_all(list(notes), plan, by=by, at=at, step=None, keys=keys)
    return {pk: taken for pk, taken in verdicts.items() if isinstance(taken, Step)}


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

    def plan(reading: Reading) -> Plan:
        return Turn(reading, by=by, at=at, reason=order.reason, key=key).obey(order)

    return read_and_write(record, plan, by=by, at=at, step=None, key=key, expected=expected_version)


def assign(
    record: Record,
    given: Assignment,
    *,
    by: Actor,
    at: datetime,
    expected_version: int | None = None,
    reason: str = "",
    key: str = "",
) -> Step:
    """Say who works on a case in a line of its history, or raise ``StepRefused``.

    The state stays. What ``given`` has against it comes before a stale page: it can say who was faster. A key
    used before returns the step it made then.
    """

    def plan(reading: Reading) -> Plan:
        return _assigned(reading, given, expected_version, by=by, at=at, reason=reason, key=key)

    return read_and_write(record, plan, by=by, at=at, step=None, key=key, expected=None)


def assign_all(
    given: Mapping[Case, Assignment],
    *,
    by: Actor,
    at: datetime,
    expected_versions: Mapping[int, int] = NOTHING,
    reason: str = "",
    keys: Mapping[int, str] = NOTHING,
) -> dict[int, Step | StepRefused]:
    """The same for many records: for each, by its key, the line or why there is none; as ``advance_all``."""
    own = {record.pk: each for record, each in given.items()}

    def plan(reading: Reading) -> Plan:
        pk = reading.record.pk
        expected, key = expected_versions.get(pk), keys.get(pk, "")
        return _assigned(reading, own[pk], expected, by=by, at=at, reason=reason, key=key)

    return read_and_write_all(list(given), plan, by=by, at=at, step=None, keys=keys)


def _assigned(
    reading: Reading,
    given: Assignment,
    expected: int | None,
    *,
    by: Actor,
    at: datetime,
    reason: str,
    key: str,
) -> Plan:
    recorded = given.apply(reading.record)
    refuse_if_stale(reading.record, expected)
    turn = Turn(reading, by=by, at=at, reason=reason, key=key)
    return turn.note(note_of(given.to, by), recorded, None)


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
    return page_options.options_of(model, pks, by=by, at=at, decided=decided)

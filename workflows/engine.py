"""The only door: every change of a case's state goes through ``advance``.

One call is one transaction (the caller's, when there is one): lock, idempotency,
version, openness, four-eyes, the step itself, its history, its clocks. What the
caller writes around it (messages, letters) commits or falls with it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeVar

from django.db import transaction
from django.utils.translation import gettext as _

from . import clockwork, openness
from .models import Case, Step
from .openness import COUNTERSIGN, SEND_BACK, Option
from .parties import SYSTEM, Actor
from .refusals import Refusal, StalePage, StepRefused, UnknownStep
from .turn import Turn, append, declared_here

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
    "record_note",
]

Record = TypeVar("Record", bound=Case)


def open_case(record: Record, *, by: Actor, at: datetime, key: str = "", **data: Any) -> Record:
    """Store a new record in its machine's first state, with step 1 of its history and its clocks."""
    machine = record.machine
    with transaction.atomic():
        record.kind = machine.kind
        record.definition_version = machine.version
        record.opened_at = record.entered_state_at = at
        record.__dict__["state"] = str(machine.initial)
        record.desk_id = record.desk_of(machine.standing(record.state).holder)
        record.save(force_insert=True)
        effects = clockwork.keep(record, at=at, entered=True)
        append(
            record, nature=Step.Nature.OPENED, name="open", from_state="", by=by, at=at,
            data=data, effects=effects, key=key,
        )  # fmt: skip
        record.next_due_at = clockwork.next_due(record)
        record.save()
    return record


def _locked(record: Record) -> Case:
    return Case.objects.select_for_update().get(pk=record.pk)


def _repeat(record: Case, key: str) -> Step | None:
    return Step.objects.filter(case_id=record.pk, idempotency_key=key).first() if key else None


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
    with transaction.atomic():
        case = _locked(record)
        repeated = _repeat(case, idempotency_key)
        if repeated is not None:
            repeated.repeated = True
            record.__dict__.update(type(record)._default_manager.get(pk=record.pk).__dict__)
            return repeated
        _refuse_if_stale(case, expected_version)
        fresh = openness.load(type(record), record.pk, by=by, at=at)
        turn = Turn(fresh, by=by, at=at, reason=reason, key=idempotency_key)
        if step in (COUNTERSIGN, SEND_BACK):
            taken = turn.settle(step)
        else:
            taken = turn.take(declared_here(fresh, step), data)
    record.__dict__.update(fresh.__dict__)
    return taken


def record_note(
    record: Record,
    name: str,
    *,
    by: Actor,
    at: datetime,
    expected_version: int | None = None,
    reason: str = "",
    key: str = "",
    **data: Any,
) -> Step:
    """Append a line that changes no state and bump the version: something that facts read has changed.

    A waiting proposal survives only if what it binds is still the same when it
    is countersigned. Open to services of the record's own package only; who may
    do it is decided there.
    """
    with transaction.atomic():
        case = _locked(record)
        repeated = _repeat(case, key)
        if repeated is not None:
            repeated.repeated = True
            return repeated
        _refuse_if_stale(case, expected_version)
        fresh = type(record)._default_manager.get(pk=record.pk)
        turn = Turn(fresh, by=by, at=at, reason=reason, key=key)
        taken = turn.write(Step.Nature.RECORDED, name, fresh.state, data, entered=False)
    record.__dict__.update(fresh.__dict__)
    return taken


def options_for(record: Record, *, by: Actor, at: datetime) -> list[Option]:
    """Every step that starts here, open or with the reasons why not, from a fresh read."""
    fresh = openness.load(type(record), record.pk, by=by, at=at)
    return openness.options(fresh, by=by, proposal=openness.waiting_proposal(fresh))

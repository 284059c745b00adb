"""The only door: every change of a case's state goes through ``advance``.

One call is one transaction (the caller's, when there is one): lock, idempotency,
version, openness, four-eyes, the step itself, its history, its clocks. What the
caller writes around it (messages, letters) commits or falls with it.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, TypeVar

from django.db import transaction
from django.utils.translation import gettext as _
from django_fsm import Transition

from . import clockwork, history, openness
from .models import Case, Proposal, Step
from .openness import COUNTERSIGN, SEND_BACK, Option, manner_of
from .parties import SYSTEM, Actor
from .refusals import Refusal, StalePage, StepRefused, UnknownStep

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


def _append(
    record: Case,
    *,
    nature: str,
    name: str,
    from_state: str,
    by: Actor,
    at: datetime,
    reason: str = "",
    data: dict[str, Any] | None = None,
    effects: list[dict[str, Any]] | None = None,
    key: str = "",
) -> Step:
    record.version += 1
    step = Step(
        case_id=record.pk,
        sequence=record.version,
        nature=nature,
        name=name,
        from_state=from_state,
        to_state=record.state,
        actor_id=by.pk,
        capacity=by.capacity,
        organization=by.organization_id,
        at=at,
        reason=reason,
        definition_version=record.definition_version,
        rules={each["clock"]: each["rule"] for each in effects or [] if "rule" in each},
        data=history.plain(data or {}),
        effects=history.plain(effects or []),
        idempotency_key=key or None,
        previous_hash=record.head_hash,
    )
    step.hash = history.hash_of(step, record.reference)
    step.save(force_insert=True)
    record.head_hash = step.hash
    return step


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
        _append(
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


def _declared(record: Case, name: str) -> Transition:
    declared = openness.declared_step(type(record), name, record.state)
    if declared is not None:
        return declared
    if not any(each.name == name for each in openness.steps_of(type(record))):
        raise UnknownStep(name)
    raise StepRefused(
        Refusal(
            "wrong_state",
            _("This step does not start from “%(state)s”.") % {"state": record.state_label},
            _("Open the case to see which steps are possible now."),
        )
    )


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
            return repeated
        _refuse_if_stale(case, expected_version)
        fresh = openness.load(type(record), record.pk, by=by, at=at)
        turn = _Turn(fresh, by=by, at=at, reason=reason, key=idempotency_key)
        if step in (COUNTERSIGN, SEND_BACK):
            taken = turn.settle(step)
        else:
            taken = turn.take(_declared(fresh, step), data)
    record.__dict__.update(fresh.__dict__)
    return taken


class _Turn:
    """One person's turn at a locked record."""

    def __init__(self, record: Case, *, by: Actor, at: datetime, reason: str, key: str) -> None:
        self.record = record
        self.by = by
        self.at = at
        self.reason = reason.strip()
        self.key = key

    def take(self, declared: Transition, data: dict[str, Any]) -> Step:
        manner = manner_of(declared)
        refusals = openness.refusals_for(self.record, declared, by=self.by)
        if manner.needs_reason and not self.reason:
            refusals.append(Refusal("needs_reason", _("A reason is needed."), _("Write why.")))
        if manner.countersigned_by and openness.waiting_proposal(self.record):
            refusals.append(
                Refusal(
                    "waits",
                    _("Another decision already waits for a countersignature."),
                    _("Settle it first."),
                )
            )
        if refusals:
            raise StepRefused(*refusals)
        recorded = {name: data[name] for name in manner.records if data.get(name) is not None}
        if manner.countersigned_by:
            return self._propose(declared, recorded)
        return self._move(declared, data, recorded)

    def _content_hash(self, step: str, payload: Any) -> str:
        return history.digest({"payload": payload, "content": self.record.decided_content(step)})

    def _propose(self, declared: Transition, recorded: dict[str, Any]) -> Step:
        payload = history.plain(recorded)
        Proposal.objects.create(
            case_id=self.record.pk,
            step=declared.name,
            payload=payload,
            reason=self.reason,
            content_hash=self._content_hash(declared.name, payload),
            proposed_by_id=self.by.pk,
            proposed_at=self.at,
        )
        return self._write(Step.Nature.PROPOSED, declared.name, self.record.state, recorded, entered=False)

    def settle(self, name: str) -> Step:
        """Countersign the waiting proposal, or send it back."""
        proposal = openness.waiting_proposal(self.record)
        if proposal is None:
            raise StepRefused(Refusal("nothing_waits", _("Nothing waits for a countersignature here.")))
        declared = _declared(self.record, proposal.step)
        found = openness.options(self.record, by=self.by, proposal=proposal)
        option = next(each for each in found if each.name == name)
        if not option.open:
            raise StepRefused(*option.refusals)
        if name == SEND_BACK and not self.reason:
            raise StepRefused(Refusal("needs_reason", _("A reason is needed."), _("Write why.")))
        proposal.decided_by_id, proposal.decided_at = self.by.pk, self.at
        if name == SEND_BACK:
            proposal.fate = Proposal.Fate.SENT_BACK
            proposal.save()
            return self._write(Step.Nature.SENT_BACK, proposal.step, self.record.state, {}, entered=False)
        return self._countersign(proposal, declared)

    def _countersign(self, proposal: Proposal, declared: Transition) -> Step:
        if proposal.content_hash != self._content_hash(declared.name, proposal.payload):
            raise StepRefused(
                Refusal(
                    "content_changed",
                    _("What was decided has changed since it was proposed."),
                    _("Send it back, so that it can be proposed anew."),
                )
            )
        if not self.reason:
            self.reason = proposal.reason
        unmet = openness.unmet(self.record, declared)
        if unmet:
            raise StepRefused(*unmet)
        proposal.fate = Proposal.Fate.COUNTERSIGNED
        proposal.save()
        data = revived(proposal.payload)
        return self._move(declared, data, {**data, "proposed_by": proposal.proposed_by_id})

    def _move(self, declared: Transition, data: dict[str, Any], recorded: dict[str, Any]) -> Step:
        before = self.record.state
        getattr(self.record, declared.name)(at=self.at, **data)
        return self._write(
            Step.Nature.MOVED, declared.name, before, recorded, entered=before != self.record.state
        )

    def _write(self, nature: str, name: str, before: str, recorded: dict[str, Any], *, entered: bool) -> Step:
        record = self.record
        if nature == Step.Nature.MOVED:
            record.proposals.filter(fate=Proposal.Fate.WAITING).update(fate=Proposal.Fate.FALLEN)
        standing = record.standing
        if entered:
            record.entered_state_at = self.at
        record.desk_id = record.desk_of(standing.holder)
        record.closed_at = (record.closed_at or self.at) if standing.final else None
        effects = clockwork.keep(record, at=self.at, entered=entered)
        record.next_due_at = clockwork.next_due(record)
        step = _append(
            record, nature=nature, name=name, from_state=before, by=self.by, at=self.at,
            reason=self.reason, data=recorded, effects=effects, key=self.key,
        )  # fmt: skip
        record.save()
        return step


def revived(payload: dict[str, Any]) -> dict[str, Any]:
    """A stored payload with its dates (``…_on``) and instants (``…_at``) back in their types."""
    return {
        name: date.fromisoformat(value)
        if name.endswith("_on") and isinstance(value, str)
        else datetime.fromisoformat(value)
        if name.endswith("_at") and isinstance(value, str)
        else value
        for name, value in payload.items()
    }


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
        turn = _Turn(fresh, by=by, at=at, reason=reason, key=key)
        taken = turn._write(Step.Nature.RECORDED, name, fresh.state, data, entered=False)
    record.__dict__.update(fresh.__dict__)
    return taken


def options_for(record: Record, *, by: Actor, at: datetime) -> list[Option]:
    """Every step that starts here, open or with the reasons why not, from a fresh read."""
    fresh = openness.load(type(record), record.pk, by=by, at=at)
    return openness.options(fresh, by=by, proposal=openness.waiting_proposal(fresh))

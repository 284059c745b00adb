"""One person's turn at a record: take a step, propose it, or settle a proposal.

A turn decides and plans; it stores nothing. Only ``workflows.engine`` calls this, inside its transaction, and
stores what was planned, for one record or for many at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django_fsm import Transition

from recordsets import instance

from . import absences, assigning, clockwork, history, openness, sealing, storing
from .clock_orders import Lifting, PauseOrder
from .machine import Manner, carry_out, steps_for
from .models import Case, Policy, Proposal, Step
from .openness import COUNTERSIGN, SEND_BACK, manner_of
from .parties import Actor
from .reading import Reading
from .refusals import Refusal, StepRefused, UnknownStep

TIME_ZONE, TIME_ZONE_BEFORE = "time_zone", "time_zone_before"
"""In a line of history: where days begin and end from that line on, and where they did before."""


@dataclass(frozen=True)
class Plan:
    """What a turn leaves behind: one change to be stored, and what follows once it is."""

    change: storing.Change
    then: Callable[[], object] | None = None


def next_step(
    record: Case,
    *,
    nature: str,
    name: str,
    from_state: str,
    by: Actor,
    at: datetime,
    reason: str,
    data: Mapping[str, Any],
    effects: Sequence[Mapping[str, Any]],
    key: str,
    number: int | None = None,
) -> Step:
    """The next line of a record's history, with its hash; the record's version and head move with it."""
    record.version += 1
    step = instance(
        Step,
        {
            "id": number,
            "case_id": record.pk,
            "sequence": record.version,
            "nature": nature,
            "name": name,
            "from_state": from_state,
            "to_state": record.state,
            "actor_id": by.pk,
            "capacity": by.capacity,
            "organization": by.organization_id,
            "at": at,
            "reason": reason,
            "definition_version": record.definition_version,
            "rules": {each["clock"]: each["rule"] for each in effects if "rule" in each},
            "effects": history.plain(effects),
            "idempotency_key": key or None,
            "previous_hash": record.head_hash,
        },
    )
    sealing.seal_texts(step, data)
    step.data = history.plain(step.data)
    step.hash = history.hash_of(step, record.reference)
    record.head_hash = step.hash
    return step


def declared_here(record: Case, name: str) -> Transition:
    declared = openness.step_here(record, name)
    if declared is not None:
        return declared
    if not any(each.name == name for each in steps_for(record)):
        raise UnknownStep(name)
    raise StepRefused(
        Refusal(
            "wrong_state",
            _("This step does not start from “%(state)s”.") % {"state": record.state_label},
            _("Open the case to see which steps are possible now."),
        )
    )


class Turn:
    """One person's turn at a record that was just read."""

    def __init__(self, reading: Reading, *, by: Actor, at: datetime, reason: str, key: str) -> None:
        self.reading = reading
        self.record = reading.record
        self.by = by
        self.at = at
        self.reason = reason.strip()
        self.key = key
        self.before = storing.own_columns(reading.record)
        self.behalf = absences.on_behalf(by, at=at)

    def take(self, declared: Transition, data: dict[str, Any]) -> Plan:
        manner = manner_of(declared)
        refusals = openness.refusals_for(self.record, declared, by=self.by)
        if manner.needs_reason and not self.reason:
            refusals.append(Refusal("needs_reason", _("A reason is needed."), _("Write why.")))
        if self.reading.proposal_id:
            refusals.extend(openness.another_waits(self.record, declared, by=self.by))
        if refusals:
            raise StepRefused(*refusals)
        self._refuse_what_is_given(manner, data)
        recorded = {name: data[name] for name in manner.records if data.get(name) is not None}
        recorded |= {name: sealing.Words(data[name]) for name in manner.words if data.get(name)}
        if manner.countersigned_by:
            return self._propose(declared, recorded)
        return self._move(declared, data, recorded)

    def _refuse_what_is_given(self, manner: Manner, data: Mapping[str, Any], *, remedy: str = "") -> None:
        refusal = manner.given(self.record, at=self.at, **data) if manner.given is not None else None
        if refusal is not None:
            raise StepRefused(replace(refusal, remedy=f"{refusal.remedy} {remedy}".strip()))

    def _content_hash(self, step: str, payload: Any, reason: str) -> str:
        content = self.record.decided_content(step)
        return history.digest({"payload": payload, "reason": reason, "content": content})

    def _propose(self, declared: Transition, recorded: dict[str, Any]) -> Plan:
        for name, value in recorded.items():
            if isinstance(value, sealing.Words):  # the proposal would keep it in clear
                raise sealing.SentenceInClear(name)
        payload = history.plain(recorded)
        change = self._change(Step.Nature.PROPOSED, declared.name, self.record.state, recorded, entered=False)
        proposal = Proposal(
            case_id=self.record.pk,
            line=change.step,
            step=declared.name,
            payload=payload,
            reason=self.reason,
            content_hash=self._content_hash(declared.name, payload, self.reason),
            proposed_by_id=self.by.pk,
            proposed_at=self.at,
        )

        def wait() -> None:
            proposal.line = change.step  # its key is known only now
            proposal.save(force_insert=True)

        return Plan(change, wait)

    def settle(self, name: str) -> Plan:
        """Countersign the waiting proposal, or send it back."""
        proposal = self.reading.proposal()
        if proposal is None:
            raise StepRefused(Refusal("nothing_waits", _("Nothing waits for a countersignature here.")))
        declared = declared_here(self.record, proposal.step)
        found = openness.options(self.record, by=self.by, proposal=proposal)
        option = next(each for each in found if each.name == name)
        if not option.open:
            raise StepRefused(*option.refusals)
        if name == SEND_BACK and not self.reason:
            raise StepRefused(Refusal("needs_reason", _("A reason is needed."), _("Write why.")))
        proposal.decided_by_id, proposal.decided_at = self.by.pk, self.at
        if name == COUNTERSIGN:
            return self._countersign(proposal, declared)
        proposal.fate = Proposal.Fate.SENT_BACK
        change = self._change(Step.Nature.SENT_BACK, proposal.step, self.record.state, {}, entered=False)
        return Plan(change, proposal.save)

    def _countersign(self, proposal: Proposal, declared: Transition) -> Plan:
        if proposal.content_hash != self._content_hash(declared.name, proposal.payload, proposal.reason):
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
        data = revived(proposal.payload)
        self._refuse_what_is_given(
            manner_of(declared), data, remedy=_("Send the proposal back, so that it can be made anew.")
        )
        proposal.fate = Proposal.Fate.COUNTERSIGNED
        recorded = {**data, "proposed_by": proposal.proposed_by_id}
        return Plan(self._moved(declared, data, recorded), proposal.save)

    def _move(self, declared: Transition, data: dict[str, Any], recorded: dict[str, Any]) -> Plan:
        change = self._moved(declared, data, recorded)
        return Plan(change, self._let_the_proposal_fall if self.reading.proposal_id else None)

    def _moved(self, declared: Transition, data: dict[str, Any], recorded: dict[str, Any]) -> storing.Change:
        before = self.record.state
        carry_out(self.record, declared, at=self.at, **data)
        entered = before != self.record.state
        return self._change(Step.Nature.MOVED, declared.name, before, recorded, entered=entered)

    def _let_the_proposal_fall(self) -> None:
        self.record.proposals.filter(fate=Proposal.Fate.WAITING).update(fate=Proposal.Fate.FALLEN)

    def obey(self, order: PauseOrder | Lifting) -> Plan:
        """Let a clock stand still, or end such an order; every reason against it is told at once."""
        refusals = order.refusals(self.record, self.reading.clocks, by=self.by)
        if refusals:
            raise StepRefused(*refusals)
        state = self.record.state
        recorded = order.recorded()
        return Plan(
            self._change(Step.Nature.RECORDED, order.name, state, recorded, entered=False, order=order)
        )

    def open(self, data: Mapping[str, Any]) -> Plan:
        """The first line of a history."""
        return Plan(self._change(Step.Nature.OPENED, "open", "", data, entered=True))

    def note(self, name: str, data: Mapping[str, Any], follow: Mapping[int, Policy] | None) -> Plan:
        """A line that changes no state; ``follow`` lets clocks run under other rules from now on."""
        state = self.record.state
        return Plan(self._change(Step.Nature.RECORDED, name, state, data, entered=False, follow=follow))

    def _change(
        self,
        nature: str,
        name: str,
        before: str,
        recorded: Mapping[str, Any],
        *,
        entered: bool,
        follow: Mapping[int, Policy] | None = None,
        order: PauseOrder | Lifting | None = None,
    ) -> storing.Change:
        """What is to be stored; the record itself is already as it will be."""
        record, at = self.record, self.at
        expected = record.version
        standing = record.standing
        if entered:
            record.entered_state_at = at
        left = assigning.put_on_desk(record, record.desk_of(standing.holder))
        record.closed_at = (record.closed_at or at) if standing.final else None
        moved = {} if standing.final else self._counted_elsewhere()
        kept = clockwork.keep(
            record, self.reading.clocks, rules=self.reading.rules, at=at, entered=entered, follow=follow,
            order=order, moved=bool(moved),
        )  # fmt: skip
        record.next_due_at = kept.next_due_at
        step = next_step(
            record, nature=nature, name=name, from_state=before, by=self.by, at=at, reason=self.reason,
            data={**recorded, **moved, **left, **self.behalf}, effects=[each.told() for each in kept.changes],
            key=self.key, number=self.reading.number,
        )  # fmt: skip
        own = storing.changed_columns(record, self.before)
        return storing.Change(record, expected, step, kept.changes, own)

    def _counted_elsewhere(self) -> dict[str, Any]:
        """Where the case counts its days from now on, and where it did, if another office has it now."""
        before, now = self.record.time_zone, self.reading.zone()
        if before == now:
            return {}
        self.record.time_zone = now
        return {TIME_ZONE: now, TIME_ZONE_BEFORE: before}


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

"""Changing rules and closures: who may, what it would do to open cases and drafts, who is told.

The rulebook itself and the four eyes are kept by `workflows.policy_changes`; this adds whose rules they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from recordsets.asking import through_the_door
from recordsets.collisions import in_one_piece
from workflows import history, policy_changes, recompute, rules, what_if
from workflows.days import rule_day
from workflows.models import Policy, PolicyChange, PolicyCheck
from workflows.policies import PROGRAMME, ProgrammeState
from workflows.policy_drafts import ChangeRefused
from workflows.what_if import Impact

from .. import personal_data, policy_people, retention, rule_announcements
from ..models import User, records_of
from . import due_records, programme

__all__ = [
    "ChangeRefused", "Foreseen", "approve", "carry_out", "foresee", "propose", "record_check", "refuse",
    "withdraw",
]  # fmt: skip


@dataclass(frozen=True)
class Foreseen:
    """What a change would do: to the clocks of open cases, to drafts, and to what is due to be destroyed."""

    impact: Impact
    held: tuple[Any, ...] = ()
    released: tuple[Any, ...] = ()
    keeping: due_records.Foreseen | None = None

    @cached_property
    def fingerprint(self) -> str:
        drafts = [[each.reference for each in drafts] for drafts in (self.held, self.released)]
        told = f"{self.impact.summary()['fingerprint']}.{history.digest(drafts)}"
        return f"{told}.{self.keeping.before}.{self.keeping.after}" if self.keeping else told

    def summary(self) -> dict[str, Any]:
        """What is kept with the proposal and with the approval."""
        return {
            **self.impact.summary(), "held": len(self.held), "released": len(self.released),
            "fingerprint": self.fingerprint,
        }  # fmt: skip


def foresee(change: PolicyChange, *, at: datetime) -> Foreseen:
    """What a change would do if it were approved now: to everybody's cases, whoever asks."""
    with through_the_door():
        return _foreseen(change, at=at)


def _foreseen(change: PolicyChange, *, at: datetime) -> Foreseen:
    impact = what_if.impact_of(change, at=at)
    if change.key.startswith(retention.PREFIX):
        proposed = what_if.changed_by(change, rules.current()).book
        on = max(rule_day(at), change.first_day)
        return Foreseen(impact, keeping=due_records.foresee(proposed, on=on))
    if change.key != PROGRAMME or change.is_closure:
        return Foreseen(impact)
    on = max(rule_day(at), change.first_day)
    if change.value == ProgrammeState.OPEN:
        return Foreseen(impact, released=tuple(programme.would_release(on)))
    return Foreseen(impact, held=tuple(programme.would_hold(change.first_day, on)))


def _allowed(user: User, jurisdiction: str) -> None:
    if not policy_people.may_change(user, jurisdiction):
        raise PermissionDenied(_("These rules are changed by other people."))


@in_one_piece
def propose(change: PolicyChange, *, by: User, at: datetime) -> Foreseen:
    """Store a drafted change and tell those who may decide it.

    Raises ``PermissionDenied`` for somebody whose rules these are not, ``PersonalDataFound`` when a text
    names a worker's numbers, ChangeRefused with sentences by field.
    """
    _allowed(by, change.jurisdiction)
    personal_data.refuse(
        {
            _("Reason"): change.reason, _("Authority"): change.authority, _("Source"): change.source,
            _("Value"): str(change.value or ""),
        }
    )  # fmt: skip
    foreseen = foresee(change, at=at)
    policy_changes.propose(change, at=at, foreseen=foreseen.summary())
    rule_announcements.proposed(change, policy_people.deciders(change.jurisdiction, but=by.pk))
    return foreseen


@in_one_piece
def approve(change: PolicyChange, *, by: User, at: datetime, seen: str, reason: str = "") -> PolicyChange:
    """Put a change into the rulebook; the open cases follow at the next tick. By a second person only.

    `seen` is the fingerprint of the effects that the page showed. Raises ``PermissionDenied`` and
    ChangeRefused.
    """
    _allowed(by, change.jurisdiction)
    personal_data.refuse({_("Reason"): reason})
    foreseen = foresee(change, at=at)
    if seen != foreseen.fingerprint and change.waits:
        sentence = _(
            "The cases have moved on since this page was shown. Read the effects again, then decide."
        )
        raise ChangeRefused({"": [sentence]})
    decided = policy_changes.approve(change, by=by, at=at, reason=reason, foreseen=foreseen.summary())
    rule_announcements.decided(decided)
    return decided


@in_one_piece
def refuse(change: PolicyChange, *, by: User, at: datetime, reason: str) -> PolicyChange:
    """Turn a change down; it stays on record, and its proposer is told."""
    _allowed(by, change.jurisdiction)
    personal_data.refuse({_("Reason"): reason})
    decided = policy_changes.refuse(change, by=by, at=at, reason=reason)
    rule_announcements.decided(decided)
    return decided


def withdraw(change: PolicyChange, *, by: User, at: datetime, reason: str = "") -> PolicyChange:
    """Take one's own proposal back; it stays on record."""
    personal_data.refuse({_("Reason"): reason})
    return policy_changes.withdraw(change, by=by, at=at, reason=reason)


def record_check(row: Policy, *, by: User, at: datetime, **found: Any) -> PolicyCheck:
    """Record a comparison of a row with its source. Raises ``PermissionDenied`` and ChangeRefused."""
    _allowed(by, row.jurisdiction)
    personal_data.refuse({_("Note"): found.get("note", ""), _("Source"): found.get("against", "")})
    office = f"{by.get_full_name()}, {by.hat.organization.name}"
    return policy_changes.record_check(row, by=by, at=at, office=office[:200], **found)


def carry_out(*, at: datetime, limit: int = 5_000) -> recompute.CarriedOut:
    """Let the open cases follow what was approved and has begun, each told once."""
    return recompute.carry_out(at=at, tell=rule_announcements.dates_moved, records_of=records_of, limit=limit)

"""Changing a dated rule, or declaring a closure: one person proposes, another decides.

Who may do so at all is decided by the caller. What was proposed stays on record whatever becomes of it; an
approval closes the row in force and opens the new one in the same transaction, and rewrites no row that has
begun. How the open cases follow is told in `workflows.recompute`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from recordsets.collisions import in_one_piece

from . import what_if
from .days import rule_day
from .models import Policy, PolicyChange, PolicyCheck, TollingWindow
from .parties import Actor
from .policy_drafts import EARLIEST, ChangeRefused


def _refuse(sentence: str, field: str = "") -> None:
    raise ChangeRefused({field: [sentence]})


@in_one_piece
def propose(change: PolicyChange, *, at: datetime, foreseen: Mapping[str, Any] | None = None) -> PolicyChange:
    """Store a drafted change, so that a second person can decide it.

    `foreseen` is what its proposer was shown; it is computed unless given.
    """
    change.foreseen = dict(foreseen or what_if.impact_of(change, at=at).summary())
    try:
        with transaction.atomic():
            change.save(force_insert=True)
    except IntegrityError as refused:
        if "one_change_of_a_rule_waits_at_a_time" not in str(refused):
            raise
        _refuse(_("Another change of this rule already waits for a second person. Settle it first."))
    return change


def _locked(change: PolicyChange) -> PolicyChange:
    found = PolicyChange.objects.select_for_update(of=("self",)).get(pk=change.pk)
    if not found.waits:
        _refuse(_("This change was already decided: %(fate)s.") % {"fate": found.get_fate_display()})
    return found


@in_one_piece
def approve(
    change: PolicyChange,
    *,
    by: Actor,
    at: datetime,
    reason: str = "",
    foreseen: Mapping[str, Any] | None = None,
) -> PolicyChange:
    """Put a change into the rulebook: the row in force ends, the new one begins. By a second person only.

    `foreseen` is what the approver was shown; it is computed unless given. A proposal that waited until its
    first day had passed is refused. Raises ChangeRefused.
    """
    change = _locked(change)
    if change.proposed_by_id == by.pk:
        _refuse(_("You proposed this change. Another person has to approve it."))
    if not change.is_closure and not change.correction and change.first_day < rule_day(at):
        _refuse(_("The first day of this change has passed. Refuse it, so that it can be proposed anew."))
    change.foreseen_at_approval = dict(foreseen or what_if.impact_of(change, at=at).summary())
    if change.is_closure:
        change.window = _keep_window(change)
    else:
        change.row = _keep_row(change)
    _settle(change, PolicyChange.Fate.APPROVED, by=by, at=at, reason=reason)
    return change


def _settle(change: PolicyChange, fate: str, *, by: Actor, at: datetime, reason: str) -> None:
    change.fate, change.decided_at, change.decision_reason = fate, at, reason.strip()
    change.decided_by_id = by.pk
    change.save()


def _keep_row(change: PolicyChange) -> Policy:
    history = Policy.objects.select_for_update().filter(key=change.key, jurisdiction=change.jurisdiction)
    fresh = what_if.row_of(change)
    same_day = history.filter(effective_from=change.first_day).first()
    if same_day is not None:  # not begun: proposing one that has is refused
        same_day.value, same_day.legal_cite, same_day.governs = fresh.value, fresh.legal_cite, fresh.governs
        same_day.sources, same_day.source_url, same_day.notes = fresh.sources, fresh.source_url, fresh.notes
        same_day.verified_on, same_day.verified_by = None, ""
        same_day.save()
        return same_day
    for before in history.filter(effective_from__lt=change.first_day):
        if before.effective_to is None or before.effective_to > change.first_day:
            before.effective_to = change.first_day
            before.save(update_fields=["effective_to"])
    after = history.filter(effective_from__gt=change.first_day).order_by("effective_from").first()
    fresh.effective_to = after.effective_from if after else None
    fresh.save(force_insert=True)
    return fresh


def _keep_window(change: PolicyChange) -> TollingWindow:
    if change.window_id is None:
        window = what_if.window_of(change)
        window.save(force_insert=True)
        return window
    window = TollingWindow.objects.select_for_update().get(pk=change.window_id)
    assert change.last_day is not None
    window.ends_on = change.last_day
    window.save(update_fields=["ends_on"])
    return window


@in_one_piece
def refuse(change: PolicyChange, *, by: Actor, at: datetime, reason: str) -> PolicyChange:
    """Turn a change down, with a reason; it stays on record. Raises ChangeRefused."""
    change = _locked(change)
    if change.proposed_by_id == by.pk:
        _refuse(_("You proposed this change. You can withdraw it; another person can refuse it."))
    if not reason.strip():
        _refuse(_("A reason is needed."), "reason")
    _settle(change, PolicyChange.Fate.REFUSED, by=by, at=at, reason=reason)
    return change


@in_one_piece
def withdraw(change: PolicyChange, *, by: Actor, at: datetime, reason: str = "") -> PolicyChange:
    """Take a proposal back; it stays on record. Only by whoever proposed it. Raises ChangeRefused."""
    change = _locked(change)
    if change.proposed_by_id != by.pk:
        _refuse(_("Only the person who proposed a change can withdraw it."))
    _settle(change, PolicyChange.Fate.WITHDRAWN, by=by, at=at, reason=reason)
    return change


@in_one_piece
def record_check(
    row: Policy,
    *,
    finding: str,
    against: str,
    against_url: str = "",
    note: str = "",
    checked_on: date,
    by: Actor,
    office: str,
    at: datetime,
) -> PolicyCheck:
    """Record that somebody compared a row with a source; the row is verified only if the two agree.

    `office` is what the row says of who verified it. Raises ChangeRefused.
    """
    problems: dict[str, list[str]] = {}
    if finding not in PolicyCheck.Finding.values:
        problems["finding"] = [_("Say what you found.")]
    if not against.strip():
        problems["against"] = [_("Name the source that you read.")]
    if checked_on > timezone.localdate(at):
        problems["checked_on"] = [_("This day is still to come.")]
    if checked_on < EARLIEST:
        problems["checked_on"] = [_("This day lies too far back.")]
    if finding == PolicyCheck.Finding.DIFFERS and not note.strip():
        problems["note"] = [_("Say what the source says instead.")]
    if problems:
        raise ChangeRefused(problems)
    row = Policy.objects.select_for_update().get(pk=row.pk)
    check = PolicyCheck.objects.create(
        policy=row, finding=finding, against=against.strip(), against_url=against_url, note=note.strip(),
        checked_on=checked_on, checked_by_id=by.pk, capacity=by.capacity, recorded_at=at,
    )  # fmt: skip
    agrees = finding == PolicyCheck.Finding.AGREES
    row.verified_on, row.verified_by = (checked_on, office) if agrees else (None, "")
    row.save(update_fields=["verified_on", "verified_by"])
    return check

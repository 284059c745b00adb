"""Reviewing a batch of what is due: items taken out, a proposal, and the decision of a second person."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from recordsets.collisions import in_one_piece
from workflows.days import rule_day
from workflows.history import digest
from workflows.parties import Capacity

from .. import personal_data
from ..models import Disposition, DispositionItem, User
from .holds import may_keep

Fate, Stage, Outcome = Disposition.Fate, Disposition.Stage, DispositionItem.Outcome


class DispositionRefused(ValueError):
    """Nothing was changed. The message is a sentence for whoever asked for it."""


def may_propose(user: User) -> bool:
    """Whether somebody reviews batches and proposes them."""
    return user.capacity == Capacity.PRIVACY_OFFICER


def may_decide(disposition: Disposition, user: User) -> bool:
    """Whether somebody may approve a batch: who sees it, and did not propose it."""
    waits = disposition.fate == Fate.PROPOSAL
    return waits and may_keep(user) and disposition.proposed_by_id != user.pk


def items_of(disposition: Disposition) -> QuerySet[DispositionItem]:
    return disposition.items.select_related("person", "case", "rule", "taken_out_by")


def list_hash(disposition: Disposition) -> str:
    """SHA-256 over what a batch is still to destroy: the second person approves this and nothing else."""
    return digest([_said(item) for item in items_of(disposition).order_by("pk") if item.is_open])


def _said(item: DispositionItem) -> dict[str, Any]:
    return {
        "item": item.pk,
        "what": item.what,
        "worker": item.person.token,
        "case": item.case.reference if item.case else "",
        "cases": [each["reference"] for each in item.cases],
        "rule": [item.rule.key, item.rule.effective_from],
        "from": item.starts_on,
        "due": item.due_on,
    }


def _locked(disposition: Disposition) -> Disposition:
    return Disposition.objects.select_for_update().get(pk=disposition.pk)


def _only(allowed: bool) -> None:
    if not allowed:
        raise PermissionDenied


def _refuse_unless(holds: bool, sentence: str) -> None:
    if not holds:
        raise DispositionRefused(sentence)


@in_one_piece
def take_out(
    item: DispositionItem, *, because: str, not_before: date, by: User, at: datetime
) -> DispositionItem:
    """Keep one item; it may be found again from ``not_before`` on.

    Raises ``PermissionDenied``, ``PersonalDataFound``, and ``DispositionRefused`` once it was proposed.
    """
    _only(may_propose(by))
    batch = _locked(item.disposition)
    item = batch.items.select_for_update().get(pk=item.pk)
    _refuse_unless(batch.fate == Fate.REVIEW, _("This batch is no longer being reviewed."))
    _refuse_unless(item.is_open, _("This was taken out before."))
    _refuse_unless(bool(because.strip()), _("A reason is needed."))
    _refuse_unless(not_before > rule_day(at), _("Choose a day to come."))
    personal_data.refuse({_("Reason"): because})
    item.taken_out_by, item.taken_out_because, item.not_before = by, because.strip(), not_before
    item.outcome, item.settled_at = Outcome.TAKEN_OUT, at
    item.save()
    return item


@in_one_piece
def propose(disposition: Disposition, *, by: User, at: datetime) -> Disposition:
    """Put a reviewed batch before a second person. Raises ``PermissionDenied`` and ``DispositionRefused``."""
    _only(may_propose(by))
    batch = _locked(disposition)
    _refuse_unless(batch.fate == Fate.REVIEW, _("This batch was proposed before."))
    _refuse_unless(batch.items.filter(settled_at__isnull=True).exists(), _("Nothing is left in this batch."))
    notes_first = Disposition.objects.filter(stage=Stage.SCREENING, fate=Fate.REVIEW).exclude(pk=batch.pk)
    _refuse_unless(
        batch.stage == Stage.SCREENING or not notes_first.exists(),
        _("Screening notes that were never filed go first. Review their batch before this one."),
    )
    batch.fate, batch.proposed_by, batch.proposed_at = Fate.PROPOSAL, by, at
    batch.list_hash = list_hash(batch)
    batch.save()
    return batch


@in_one_piece
def approve(disposition: Disposition, *, seen: str, by: User, at: datetime) -> Disposition:
    """Order that everything in a proposed batch be destroyed. By another person than the proposer.

    ``seen`` is the hash of the list that was shown. Raises ``PermissionDenied`` for somebody who may not
    see it, and ``DispositionRefused``.
    """
    _only(may_keep(by))
    batch = _locked(disposition)
    _refuse_unless(batch.fate == Fate.PROPOSAL, _("This batch does not wait for a decision."))
    _refuse_unless(
        batch.proposed_by_id != by.pk, _("You proposed this batch. A second person must approve it.")
    )
    _refuse_unless(
        seen == batch.list_hash == list_hash(batch),
        _("The list is another one than this page showed. Read it again, then decide."),
    )
    batch.fate, batch.decided_by, batch.decided_at = Fate.DECIDED_ON, by, at
    batch.save()
    return batch


@in_one_piece
def turn_down(disposition: Disposition, *, because: str, by: User, at: datetime) -> Disposition:
    """End a batch that was proposed, by whoever may decide it or by the proposer; nothing of it is destroyed.

    What is still due is found again at the next walk. Raises ``PermissionDenied``, ``PersonalDataFound`` and
    ``DispositionRefused``.
    """
    _only(may_keep(by))
    batch = _locked(disposition)
    _refuse_unless(batch.fate == Fate.PROPOSAL, _("This batch does not wait for a decision."))
    _refuse_unless(bool(because.strip()), _("A reason is needed."))
    personal_data.refuse({_("Reason"): because})
    for item in batch.items.filter(settled_at__isnull=True):
        item.outcome, item.settled_at = Outcome.RETURNED, at
        item.save(update_fields=["outcome", "settled_at"])
    batch.fate, batch.decided_by, batch.decided_at = Fate.TURNED_DOWN, by, at
    batch.decision_reason = because.strip()
    batch.save()
    return batch

"""Carries out approved dispositions, one item in each transaction: it may be killed and begun again."""

from __future__ import annotations

import logging
from datetime import datetime

from recordsets.collisions import in_one_piece
from workflows import engine, policies, redaction
from workflows.days import rule_day
from workflows.models import RedactionRequest, Wording
from workflows.refusals import StepRefused

from .. import certificates
from ..keys.keepers import KeeperAway
from ..models import (
    DataKey,
    Disposition,
    DispositionItem,
    KeyDestruction,
    Person,
    Screening,
    User,
    WorkerRequest,
)
from ..retention import CaseFacts, judge_screening, judge_worker
from . import holds, keys, retained
from .retained import ERASED

Outcome = DispositionItem.Outcome
log = logging.getLogger(__name__)


def carry_out(*, at: datetime, limit: int = 500) -> int:
    """Destroy what was approved, the oldest batch first; how many items were settled.

    A hold that was opened since, a case that was opened again, or a longer time in the rules keeps an item.
    One that fails is logged, left for the next run, and keeps no other from being settled. Raises
    ``KeeperAway`` where a key that is destroyed in the database could not be forgotten yet; the next run
    begins with that.
    """
    keys.forget_destroyed(at=at)
    settled = 0
    for batch in Disposition.objects.to_carry_out():
        left = batch.items.filter(settled_at__isnull=True).order_by("pk")
        for pk in list(left.values_list("pk", flat=True)[: limit - settled]):
            settled += _settled_if_possible(pk, at=at)
        _finish(batch.pk, at=at)
    return settled


def _settled_if_possible(item_pk: int, *, at: datetime) -> bool:
    try:
        return _settle(item_pk, at=at)
    except KeeperAway:
        raise
    except Exception:
        log.exception("Item %s of a disposition could not be settled; the next run tries again.", item_pk)
        return False


@in_one_piece
def _settle(item_pk: int, *, at: datetime) -> bool:
    """Settle one item, unless somebody else has or is at it; whether it was."""
    waiting = DispositionItem.objects.filter(pk=item_pk, settled_at__isnull=True)
    item = waiting.select_for_update(skip_locked=True).first()
    if item is None:
        return False
    holds.none_comes()
    settle = _settle_worker if item.what == DispositionItem.What.WORKER else _settle_screening
    item.outcome, item.settled_at = settle(item, at=at), at
    item.save(update_fields=["outcome", "settled_at"])
    return True


def _settle_worker(item: DispositionItem, *, at: datetime) -> str:
    person = Person.objects.get(pk=item.person_id)
    if KeyDestruction.objects.filter(person=person).exists():
        return Outcome.GONE
    (facts,) = retained.of([person])
    if facts.held:
        return Outcome.HELD
    if not judge_worker(facts, policies.book(), on=rule_day(at)).is_due:
        return Outcome.NOT_DUE
    batch = item.disposition
    because = f"Disposition {batch.pk}, rule {item.rule.key} of {item.rule.effective_from:%Y-%m-%d}"
    try:
        keys.destroy(person, because=because, at=at, by=batch.decided_by)
    except keys.KeyRefused as refused:
        log.warning("item %s of disposition %s is kept: %s", item.pk, batch.pk, refused)
        return Outcome.NOT_DUE
    for case in facts.cases:
        _forget_words(case, batch, because, at=at)
    return Outcome.DESTROYED


def _forget_words(case: CaseFacts, batch: Disposition, because: str, *, at: datetime) -> None:
    """Redact what people typed into the history of a case: asked by who proposed, granted by who approved."""
    asker, granter = _two(batch)
    record = retained.record(case)
    for words in Wording.objects.filter(case_id=case.pk, text__isnull=False).order_by("sequence", "field"):
        words.refresh_from_db()
        if words.text is None:  # went with the same words of another line
            continue
        try:
            asked = redaction.ask(
                record, sequence=words.sequence, field=words.field, because=because, by=asker, at=at
            )
        except StepRefused:  # somebody has asked for it before
            asked = _waiting_for(words)
        other = granter if asked.asked_by_id != granter.pk else asker
        redaction.grant(asked, record=record, by=other, at=at)


def _waiting_for(words: Wording) -> RedactionRequest:
    found: RedactionRequest = redaction.waiting(words.case_id).get(
        sequences__contains=[words.sequence], field=words.field
    )
    return found


def _two(batch: Disposition) -> tuple[User, User]:
    proposed_by, decided_by = batch.proposed_by, batch.decided_by
    if proposed_by is None or decided_by is None:
        raise ValueError("This disposition was not decided by two people.")
    return proposed_by, decided_by


def _settle_screening(item: DispositionItem, *, at: datetime) -> str:
    request = WorkerRequest.objects.get(pk=item.case_id or 0)
    if KeyDestruction.objects.filter(person=item.person_id).exists():
        return Outcome.GONE
    if holds.covering([item.person_id]):
        return Outcome.HELD
    closed_on = rule_day(request.closed_at) if request.closed_at else None
    case = CaseFacts(
        request.pk, request.kind, request.reference, closed_on, filed=request.filed_at is not None,
        jurisdiction=request.jurisdiction,
    )  # fmt: skip
    if not judge_screening(case, policies.book(), held=False, on=rule_day(at)).is_due:
        return Outcome.NOT_DUE
    notes = Screening.objects.select_for_update().get(request=request)
    notes.arrests = notes.entries = notes.notes = ""
    notes.save()
    by = _two(item.disposition)[1]
    engine.record_note(request, ERASED, by=by, at=at, key=f"{ERASED}:{item.pk}")
    return Outcome.DESTROYED


@in_one_piece
def _finish(batch_pk: int, *, at: datetime) -> bool:
    """Close a batch whose items are all settled and whose keys are forgotten everywhere."""
    batch = Disposition.objects.select_for_update().get(pk=batch_pk)
    if batch.fate != Disposition.Fate.DECIDED_ON or batch.items.filter(settled_at__isnull=True).exists():
        return False
    gone = batch.items.filter(outcome=Outcome.DESTROYED, what=DispositionItem.What.WORKER)
    left = DataKey.objects.filter(pk__in=gone.values("person__key"), forgotten_at__isnull=True)
    if left.exists():
        return False
    batch.fate, batch.finished_at = Disposition.Fate.DONE, at
    batch.certificate_hash = certificates.hash_of(batch)
    batch.save()
    log.info("disposition %s is carried out, certificate %s", batch.pk, batch.certificate_hash)
    return True

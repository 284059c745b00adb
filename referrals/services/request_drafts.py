"""Beginning a worker's request, and getting hold of the statement it rests on."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.core.cache import cache

from recordsets.asking import through_the_door
from recordsets.collisions import in_one_piece
from workflows import engine
from workflows.days import rule_day
from workflows.machines.worker_request import PREPARING

from ..models import Grant, Person, Statement, StatementVersion, User, WorkerRequest
from . import packets, worker_requests

TRIES = 10
TRIES_SECONDS = 3_600
FEWEST_DIGITS = 8


@in_one_piece
def begin(
    person: Person,
    statement: Statement,
    *,
    by: User,
    at: datetime,
    filing: str = WorkerRequest.Filing.INITIAL,
    earlier: Grant | None = None,
    asks_permit: bool = True,
) -> WorkerRequest:
    """A new request, or the one of the same kind that is already being prepared for this worker."""
    Person.objects.select_for_update().get(pk=person.pk)
    same = WorkerRequest.objects.visible_to(by).filter(
        person=person, statement=statement, filing=filing, state__in=PREPARING
    )
    prepared: WorkerRequest | None = same.order_by("pk").first()
    if prepared is not None:
        return prepared
    request = worker_requests.open_request(
        person, statement, by=by, at=at, filing=filing, earlier=earlier, asks_permit=asks_permit
    )
    packets.bring_up_to_date(request, on=rule_day(at))
    return request


class TooManyTries(Exception):
    """The hour's tries of this organization are used up."""


def attach_statement(*, number: str, version: int, code: str, by: User, at: datetime) -> Statement | None:
    """Share a signed statement with the organization that holds its letter.

    The letter proves itself: number, version and at least two groups of the printed code
    must agree. None for anything else, always the same, so that nothing can be found out
    by trying. Raises ``TooManyTries`` after ten tries in an hour.
    """
    tries = f"attach-statement:{by.hat.organization_id}"
    used = int(cache.get(tries, 0))
    if used >= TRIES:
        raise TooManyTries
    cache.set(tries, used + 1, TRIES_SECONDS)
    typed = "".join(character for character in code.upper() if character.isalnum())
    signed = StatementVersion.objects.filter(
        statement__reference__iexact=number.strip(), number=version, signed_at__isnull=False
    )
    with through_the_door():  # the letter is the proof; it is shared below
        found = signed.select_related("statement").first()
    printed = found.fingerprint.upper() if found is not None else "0" * 64
    same = secrets.compare_digest(printed[: len(typed)].encode(), typed.encode("utf-8", "replace"))
    if found is None or not same or len(typed) < FEWEST_DIGITS:
        return None
    cache.delete(tries)
    _share(found.statement, version=version, by=by, at=at)
    return found.statement


@in_one_piece
def _share(statement: Statement, *, version: int, by: User, at: datetime) -> None:
    if not statement.shared_with.filter(pk=by.hat.organization_id).exists():
        statement.shared_with.add(by.hat.organization_id)
        engine.record_note(statement, "share_by_letter", by=by, at=at, version=version)

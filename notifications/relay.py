"""Takes what is due from the outbox and delivers it. Any number of relays may run at once."""

import logging
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import uuid4

from django.contrib.auth import get_user_model
from django.db import DatabaseError, connection
from django.db.models import F, Model, Q
from django.db.models.base import ModelState
from django.db.models.expressions import RawSQL

from notifications import digests, ledger, marks, rhythm
from notifications.channels import InDoubt, PermanentFailure, Receipt, TemporaryFailure, email, inbox, post
from notifications.channels.email import Carrier
from notifications.ledger import Outcome
from notifications.marks import Marks
from notifications.models import Attempt, Channel, Message, State
from recordsets.collisions import whole_again

log = logging.getLogger(__name__)
Row = TypeVar("Row", bound=Model)

BATCH = 500
LIMIT = 10_000
LEASE = timedelta(minutes=5)
SECONDS_FOR_A_RUN = 60.0
"""Well below LEASE, so that a living relay never sends what another has taken over from it."""
TOO_FAR_AHEAD = timedelta(days=1)
"""Longer than any lease or back-off: what is put off further was put off by a clock that was ahead. And more
than the clocks of two hosts differ, so that no living relay loses its lease."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """What one run did: messages sent, put back for a later try, and given up."""

    sent: int = 0
    retried: int = 0
    failed: int = 0


@dataclass
class Run:
    """One run of a relay: its lease, its one connection, what it has done."""

    at: datetime
    lease: str
    stop_at: float
    carrier: Carrier
    marks: Marks
    tally: Counter[State] = field(default_factory=Counter)
    handed_over: bool = False

    def before_handing_over(self) -> None:
        """The mail before this one must be marked before this one leaves: so at most one is ever unmarked."""
        self.marks.settle()
        self.handed_over = True

    @property
    def goes_on(self) -> bool:
        return time.monotonic() < self.stop_at


def deliver_pending(*, at: datetime, limit: int = LIMIT, worker: str) -> Delivered:
    """Deliver up to ``limit`` due messages, the urgent ones first, for at most SECONDS_FOR_A_RUN.

    What a clock that was ahead has put off is found first. Each message is leased, delivered, and marked by
    itself. A relay that is killed loses nothing: when its lease ends, another takes over, and at most the
    one mail that was sent but not yet marked goes out again, with the same Message-ID. Raises RuntimeError
    inside a transaction: marks have to outlive a crash.
    """
    whole_again(lambda: (bring_back(at=at), marks.book_left_behind(at=at)), durable=True)
    return deliver_due(at=at, limit=limit, worker=worker)


def deliver_due(*, at: datetime, limit: int = LIMIT, worker: str) -> Delivered:
    """The same for what is due by its own date, even where the outbox holds later messages already.

    For days that are lived through again; everybody else calls ``deliver_pending``.
    """
    lease = f"{worker[:60]}/{uuid4().hex}"
    stop_at = time.monotonic() + SECONDS_FOR_A_RUN
    digests.gather(at=at)
    with closing(post.carrier()) as carrier, closing(Marks(lease=lease, at=at)) as kept_marks:
        run = Run(at=at, lease=lease, stop_at=stop_at, carrier=carrier, marks=kept_marks)
        while run.tally.total() < limit and run.goes_on:
            batch = claim(at=at, size=min(BATCH, limit - run.tally.total()), lease=lease)
            if not batch:
                break
            _deliver_batch(run, batch)
    tally = run.tally
    return Delivered(sent=tally[State.SENT], retried=tally[State.PENDING], failed=tally[State.FAILED])


def bring_back(*, at: datetime) -> int:
    """Make due at ``at`` what waits only because a clock was ahead when it was written; returns how many.

    What was meant to be sent later, or after somebody's quiet hours, still waits for that.
    """
    meant = Q(send_after__gt=at) | Q(put_off_until__gt=at)
    written_ahead = Q(created_at__gt=at + TOO_FAR_AHEAD, send_after__lte=F("created_at"))
    late = Message.objects.undelivered().filter(next_try_at__gt=at + TOO_FAR_AHEAD)
    astray = late.filter(Q(state=State.LEASED) | written_ahead | ~meant)
    taken = astray.select_for_update(skip_locked=True).values("pk")
    return Message.objects.filter(pk__in=taken).update(next_try_at=at)


# What delivering needs; Django fetches the other columns should anybody ask for them.
_COLUMNS = (
    "id", "public_id", "event", "recipient_id", "channel", "language", "urgent", "mandatory", "letter",
    "state", "attempts", "in_doubt",
)  # fmt: skip
_CLAIM = """
    WITH due AS (
        SELECT id, leased_by
          FROM notifications_message
         WHERE state IN ('PENDING', 'LEASED') AND next_try_at <= %(at)s
         ORDER BY urgent DESC, next_try_at, id
         LIMIT %(size)s
           FOR UPDATE SKIP LOCKED
    )
    UPDATE notifications_message AS message
       SET state = 'LEASED', leased_by = %(lease)s, next_try_at = %(until)s
      FROM due
     WHERE message.id = due.id
    RETURNING {columns}, due.leased_by AS held_by
""".format(columns=", ".join(f"message.{name}" for name in _COLUMNS))  # noqa: S608 (constants of our own)


def claim(*, at: datetime, size: int, lease: str) -> list[Message]:
    """Lease up to ``size`` due messages, passing over those that another relay is taking right now.

    They come in the order in which they are to be sent. Those whose readers have quiet hours are put off
    instead. The first of what a dead relay left behind may have been sent: it is noted as in doubt.
    """
    while True:
        batch = _lease(at=at, size=size, lease=lease)
        awake = _without_the_sleeping(batch, at=at)
        if awake or not batch:
            return awake


def _lease(*, at: datetime, size: int, lease: str) -> list[Message]:
    def claimed() -> list[Message]:
        values: dict[str, Any] = {"at": at, "size": size, "lease": lease, "until": at + LEASE}
        with connection.cursor() as cursor:
            cursor.execute(_CLAIM, values)
            held = [(_holding(Message, _COLUMNS, row), holder) for *row, holder in cursor.fetchall()]
        held.sort(key=lambda each: (not each[0].urgent, each[0].pk))
        batch = [message for message, _holder in held]
        if batch:
            _add_readers(batch)
        taken_over: set[str] = set()
        for message, holder in held:
            if holder and holder not in taken_over and message.channel == Channel.EMAIL:
                taken_over.add(holder)
                message.in_doubt += 1
                message.save(update_fields=["in_doubt"])
        return batch

    return whole_again(claimed, durable=True)


def _add_readers(batch: list[Message]) -> None:
    """Give each message its reader, with as little as mail needs to know of people."""
    model = get_user_model()
    known = {field.name for field in model._meta.get_fields()} & {model.get_email_field_name(), "is_active"}
    names = (model._meta.pk.attname, *known)
    # An array is one parameter; a list of hundreds is hundreds of expressions for Django to write down.
    wanted = RawSQL("SELECT unnest(%s)", [list({message.recipient_id for message in batch})])
    found = model._default_manager.filter(pk__in=wanted).values_list(*names)
    readers = {row[0]: _holding(model, names, row) for row in found}
    for message in batch:
        message.recipient = readers[message.recipient_id]


def _holding(model: type[Row], names: Sequence[str], values: Sequence[Any]) -> Row:
    """A stored record that holds these columns; Django reads another one should anybody ask for it.

    What ``only`` gives, in a fifth of the time: for the rows of which every mail needs two.
    """
    record = model.__new__(model)
    record._state = ModelState()
    record._state.adding, record._state.db = False, connection.alias
    record.__dict__.update(zip(names, values, strict=True))
    return record


def _without_the_sleeping(batch: list[Message], *, at: datetime) -> list[Message]:
    """Put off what would reach its reader in quiet hours."""
    can_wait = {
        each.recipient_id
        for each in batch
        if each.channel == Channel.EMAIL and not (each.urgent or each.mandatory)
    }
    ends = {
        user: end
        for user, schedule in rhythm.schedules_of(can_wait).items()
        if (end := rhythm.end_of_quiet(schedule, at)) is not None
    }
    awake = []
    for message in batch:
        end = ends.get(message.recipient_id)
        if end is None or message.urgent or message.mandatory or message.channel != Channel.EMAIL:
            awake.append(message)
            continue
        held = Message.objects.filter(pk=message.pk)
        held.update(state=State.PENDING, leased_by="", next_try_at=end, put_off_until=end)
    return awake


def _deliver_batch(run: Run, batch: list[Message]) -> None:
    left = batch[::-1]
    try:
        while left and run.goes_on:
            run.tally[_deliver_one(run, left[-1], left[-2] if len(left) > 1 else None)] += 1
            left.pop()
            run.handed_over = False
        run.marks.book()
    finally:
        if left:
            _give_back(run, left)


def _deliver_one(run: Run, message: Message, following: Message | None) -> State:
    """Try one message and store what came of it. A plain success is stored while the next one is written."""
    if message.in_doubt > ledger.MOST_DOUBTS:
        outcome = Outcome(Attempt.Outcome.IN_DOUBT, answer="not sent a third time")
    else:
        outcome = _try(run, message, following)
    if outcome.result is Attempt.Outcome.OK and not message.letter:
        run.marks.note_sent(message, Receipt(outcome.provider_id, outcome.answer))
        return State.SENT
    run.marks.settle()
    return ledger.record(message, outcome, lease=run.lease, at=run.at)


def _try(run: Run, message: Message, following: Message | None) -> Outcome:
    """Deliver one message; whatever goes wrong stops neither the others nor the relay."""
    try:
        receipt = _deliver(run, message, following)
    except PermanentFailure as failure:
        return Outcome(Attempt.Outcome.PERMANENT, answer=str(failure), kind=failure.kind)
    except TemporaryFailure as failure:
        return Outcome(Attempt.Outcome.TEMPORARY, answer=str(failure))
    except InDoubt as failure:
        return Outcome(Attempt.Outcome.IN_DOUBT, answer=str(failure))
    except DatabaseError:
        raise
    except Exception as mistake:
        log.exception("Message %s could not be prepared or handed over.", message.pk)
        result = Attempt.Outcome.IN_DOUBT if run.handed_over else Attempt.Outcome.TEMPORARY
        return Outcome(result, answer=type(mistake).__name__)
    return Outcome(Attempt.Outcome.OK, provider_id=receipt.provider_id, answer=receipt.answer)


def _deliver(run: Run, message: Message, following: Message | None) -> Receipt:
    if message.channel == Channel.INBOX:
        run.before_handing_over()
        return inbox.deliver(message)
    if message.letter:
        run.marks.settle()  # writing another kind of mail may ask the database
    if following is not None and following.in_doubt > ledger.MOST_DOUBTS:
        following = None
    return email.deliver(
        message, carrier=run.carrier, at=run.at, before=run.before_handing_over, following=following
    )


def _give_back(run: Run, messages: list[Message]) -> None:
    """Give up the leases of what was not sent; if the run broke off in a mail, that one is in doubt."""
    run.marks.book()
    held = Message.objects.filter(pk__in=[message.pk for message in messages], leased_by=run.lease)

    def give_up() -> None:
        if run.handed_over:
            held.filter(pk=messages[-1].pk, channel=Channel.EMAIL).update(in_doubt=F("in_doubt") + 1)
        held.update(state=State.PENDING, leased_by="", next_try_at=run.at)

    whole_again(give_up)

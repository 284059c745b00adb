"""Takes in what became of mails after a server had accepted them: they came back, or were unwelcome."""

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.utils.crypto import salted_hmac

from notifications import incidents, ledger
from notifications.models import Bounce, BounceReport, Channel, FailingAddress, Incident, Message, State
from recordsets.collisions import in_one_piece

CAME_BACK = (Bounce.Kind.HARD, Bounce.Kind.SOFT)


class AlreadyTaken(Exception):
    """The very same report came in before."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What a report says about one mail. ``status`` is the enhanced status code of RFC 3463, if known."""

    message_id: str
    kind: str
    status: str = ""
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """What a report did: entries it held, and those about mails of ours."""

    entries: int = 0
    matched: int = 0


@in_one_piece
def take(*, source: str, content: bytes, entries: Sequence[Entry], at: datetime) -> Taken:
    """Store a report and what it says about each mail, once. Raises AlreadyTaken for the same content.

    A mail that came back is marked so, and somebody is to see to it. A mail that came back for good marks
    its reader's address as failing. Nothing is deleted, and the inbox keeps its copy.
    """
    known = _messages(entries)
    report, new = BounceReport.objects.get_or_create(
        digest=hashlib.sha256(content).hexdigest(),
        defaults={
            "source": source,
            "received_at": at,
            "entries": len(entries),
            "matched": sum(each.message_id in known for each in entries),
        },
    )
    if not new:
        raise AlreadyTaken
    for entry in entries:
        if message := known.get(entry.message_id):
            _apply(report, message, entry, at=at)
    return Taken(report.entries, report.matched)


def _messages(entries: Iterable[Entry]) -> dict[str, Message]:
    """The mails that are meant, by Message-ID, locked in one order."""
    numbers = {number: entry.message_id for entry in entries if (number := number_in(entry.message_id))}
    mails = Message.objects.filter(public_id__in=numbers, channel=Channel.EMAIL)
    locked = mails.select_related("recipient").select_for_update(of=("self",)).order_by("pk")
    return {numbers[message.public_id]: message for message in locked}


def number_in(message_id: str) -> UUID | None:
    """The random number that our Message-ID begins with; None for a Message-ID of somebody else."""
    local, at_sign, _host = message_id.strip().removeprefix("<").partition("@")
    try:
        return UUID(local) if at_sign else None
    except ValueError:
        return None


def _apply(report: BounceReport, message: Message, entry: Entry, *, at: datetime) -> None:
    answer = ledger.without_addresses(entry.answer)
    bounce = Bounce.objects.create(
        message=message, report=report, kind=entry.kind, status=entry.status[:20], answer=answer, at=at
    )
    note = f"{bounce.status} {answer}".strip()
    if entry.kind in CAME_BACK:
        if message.state not in (State.BOUNCED, State.SKIPPED):
            message.state, message.leased_by = State.BOUNCED, ""
            message.sent_at = message.sent_at or at
            message.save(update_fields=["state", "leased_by", "sent_at"])
            if message.letter:
                ledger.carry_along(message, State.BOUNCED, at=message.sent_at)
        incidents.of_bounce(message=message, kind=Incident.Kind.BOUNCED, note=note, at=at)
        if entry.kind == Bounce.Kind.HARD:
            _mark_failing(message.recipient, bounce, at=at)
    elif entry.kind == Bounce.Kind.COMPLAINT:
        incidents.of_bounce(message=message, kind=Incident.Kind.COMPLAINT, note=note, at=at)


def _mark_failing(user: AbstractBaseUser, bounce: Bounce, *, at: datetime) -> None:
    FailingAddress.objects.bulk_create(
        [FailingAddress(user_id=user.pk, fingerprint=fingerprint(user), since=at, bounce=bounce)],
        ignore_conflicts=True,
    )


def fingerprint(user: AbstractBaseUser) -> str:
    """A keyed hash of somebody's address as it is now."""
    address = str(getattr(user, "email", "") or "").strip().lower()
    return salted_hmac("notifications.address", address, algorithm="sha256").hexdigest()


def failing_since(user: AbstractBaseUser) -> datetime | None:
    """Since when mail to somebody's present address comes back; None if it does not."""
    failing = FailingAddress.objects.unmended().of(user).filter(fingerprint=fingerprint(user)).first()
    return failing.since if failing else None


def mend(*, user: AbstractBaseUser, at: datetime) -> bool:
    """Note that somebody's address works again; True if it was failing."""
    return bool(FailingAddress.objects.unmended().of(user).update(mended_at=at))


def signature(*, timestamp: str, body: bytes) -> str:
    """The HMAC-SHA256, in hexadecimal, of ``timestamp``, a full stop and ``body``.

    The key is ``settings.NOTIFICATIONS_BOUNCE_KEY``; raises LookupError without one.
    """
    key = getattr(settings, "NOTIFICATIONS_BOUNCE_KEY", "")
    if not key:
        raise LookupError("NOTIFICATIONS_BOUNCE_KEY is not set.")
    return hmac.new(key.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()

"""Who hears that a rung of a clock fired, as the notification matrix says, in the sweep's transaction.

Many cases fall due together that have the same people and the same words. For each such group the messages
about its first case are written as for any case; the database copies them for the others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from datetime import datetime
from functools import cache, partial
from typing import Any

from django.db.models.expressions import RawSQL
from django.utils.translation import gettext_lazy

from notifications import copies, outbox
from notifications.models import Message
from workflows.sweep import Fired

from . import announcements, presenting
from .models import record_models, records_with
from .notification_matrix import A, Notice, notices_of
from .remembering import remembering
from .services.absences import anybody_absent

WHAT_HAPPENED = {
    "warn": gettext_lazy("A date is coming up: %(clock)s, due %(day)s."),
    "due": gettext_lazy("The time is over: %(clock)s, due %(day)s."),
    "breach": gettext_lazy("Overdue: %(clock)s, due %(day)s."),
    "supervisor": gettext_lazy("Overdue, and now before the supervisor: %(clock)s, due %(day)s."),
    "head": gettext_lazy("Overdue, and now before the head of the office: %(clock)s, due %(day)s."),
    "ack_missed": gettext_lazy(
        "The agency has not acknowledged your request in time. What you can do now: %(escalation)s"
    ),
}


def deadlines_passed(fired: Sequence[Fired], *, at: datetime) -> None:
    """Write the messages about rungs that fired: of each, what ``deadline_passed`` writes about it."""
    with remembering():
        groups = {first: others for first, *others in _alike(fired)}
        records = _records(groups)
        for first in list(groups):
            if groups[first] and _deputies_decide(records[first.case_id], first, at=at):
                groups.update((other, []) for other in groups[first])
                groups[first] = []
        records |= _records(each for each in groups if each.case_id not in records)
        with outbox.together():
            told = {each: deadline_passed(records[each.case_id], each, at=at) for each in groups}
        copies.write(
            copies.Alike(
                told[first],
                _cause(first),
                first.reference,
                [(_cause(other), other.reference) for other in others],
            )
            for first, others in groups.items()
            if others
        )


def deadline_passed(record: Any, fired: Fired, *, at: datetime) -> list[Message]:
    """Write the messages about a rung that fired.

    What they say of the case is in ``fired``, what decides who hears it in the ``by`` of each audience: cases
    that agree in both are told together.
    """
    family = _family(fired.rung)
    missed_ack = fired.clock_key == "soi_acknowledgement" and family == "breach"

    def words(what: str) -> str:
        told = presenting.clock_words(record, fired)
        if what == "ack_missed":
            told["escalation"] = presenting.escalation(record, at=fired.due_at)
        return str(WHAT_HAPPENED[what]) % told

    rows: list[Message] = []
    for notice in _notices(fired):
        what = "ack_missed" if missed_ack and notice.to is A.requester else family
        event = f"{fired.clock_key}.{family}"
        rows += announcements.write(
            record, notice, event=event, cause=_cause(fired), words=partial(words, what), at=at
        )
    return rows


def _cause(fired: Fired) -> str:
    return f"deadline:{fired.pk}"


def _family(rung: str) -> str:
    return "warn" if rung.startswith("warn") else rung


def _notices(fired: Fired) -> tuple[Notice, ...]:
    return notices_of(fired.clock_key, _family(fired.rung))


def _alike(fired: Iterable[Fired]) -> Iterator[list[Fired]]:
    """The rungs in groups within which the same people hear the same, but for the case they hear it of."""
    askers: dict[tuple[str, tuple[str, ...]], list[Fired]] = defaultdict(list)
    for each in fired:
        askers[each.kind, _asked(each.kind, each.clock_key, _family(each.rung))].append(each)
    for (kind, asked), asking in askers.items():
        if not asked:
            yield from ([each] for each in asking)
            continue
        cases = RawSQL("SELECT unnest(%s::bigint[])", [[each.case_id for each in asking]])
        seats = {
            pk: seat
            for pk, *seat in record_models()[kind].objects.filter(pk__in=cases).values_list("pk", *asked)
        }
        groups: dict[Hashable, list[Fired]] = defaultdict(list)
        for each in asking:
            shared = each._replace(pk=0, case_id=0, reference="")
            groups[shared, tuple(seats[each.case_id])].append(each)
        yield from groups.values()


@cache
def _asked(kind: str, clock: str, family: str) -> tuple[str, ...]:
    """What decides who hears of a rung, as lookups from a record; nothing where each is asked by itself."""
    told = [notice.to for notice in notices_of(clock, family)]
    if not all(each.by for each in told):
        return ()
    fields = record_models()[kind]._meta.concrete_fields
    known = {name for field in fields for name in (field.name, field.attname)}
    return tuple(sorted({name for each in told for name in each.by if name.partition("__")[0] in known}))


def _deputies_decide(record: Any, fired: Fired, *, at: datetime) -> bool:
    return any(anybody_absent(notice.to.people(record), at=at) for notice in _notices(fired))


def _records(fired: Iterable[Fired]) -> dict[int, Any]:
    found = records_with({(each.kind, each.case_id) for each in fired})
    return {record.pk: record for record in found}

"""The history of a case as its reader may know it.

Own entries are told in full. Of another organization's work a reader learns what
was handed over, what was told to the reader's side, and how it ended: no names of
colleagues elsewhere, no drafts, no reasons that were never meant to leave the house.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications.models import Channel, Message
from workflows import clock_orders, redaction, version_moves
from workflows.days import rule_day
from workflows.machine import steps_of
from workflows.models import Case, Step
from workflows.models.second_person import FOR_ABSENT
from workflows.openness import manner_of

from . import assignees, audiences, notification_matrix, presenting, programme_announcements, small_numbers
from .models import Membership, User, record_models, side_of
from .models.documents import Document
from .reasons import Said, Text, said_in
from .subjects import PERSON

FIRST = 20
MOST = 500
MESSAGES = 100

WORKER = (audiences.requester, audiences.statement_requester, audiences.representatives, audiences.dependants)
AGENCY = (audiences.agency_staff, audiences.agency_approvers, audiences.agency_counted)
SIDES = {
    **dict.fromkeys((each.key for each in WORKER), Document.Side.WORKER),
    **dict.fromkeys((each.key for each in AGENCY), Document.Side.AGENCY),
}


def _side(key: str) -> str:
    return SIDES.get(key, Document.Side.DHS)


@dataclass(frozen=True)
class Entry:
    """One line of the diary, as ``history.html`` draws it; ``words`` were typed besides the reason.

    ``what`` is said for this line, ``label`` for every line of its name.
    """

    at: datetime
    who: str
    capacity: str
    what: str
    label: str
    reason: str
    redacted: str
    words: tuple[Text, ...]
    set_off: list[str]
    sequence: int
    name: str
    hash: str
    own: bool


def may_know(case: Case, step: Step, user: User) -> bool:
    """Whether a reader of a case may know of a step: an own one, the system's, or one that concerns us."""
    if step.organization == user.organization_id or step.actor_id is None:
        return True
    return _is_shared(case, step, side_of(user))


def _is_shared(case: Case, step: Step, side: str) -> bool:
    """Whether a step taken elsewhere concerns the reader's side."""
    if step.nature in (Step.Nature.OPENED, Step.Nature.MIGRATED):
        return True
    if step.name == redaction.NOTE or step.name in clock_orders.NOTES:
        return True
    if step.nature != Step.Nature.MOVED:
        return False
    if side == Document.Side.WORKER and case.kind in PERSON:
        return True
    machine = record_models()[case.kind].machine.of(step.definition_version)
    after = machine.standing(step.to_state)
    before = machine.standing(step.from_state)
    told = notification_matrix.STEPS.get((machine.kind, step.name), ())
    return (
        after.final or before.holder != after.holder or any(_side(notice.to.key) == side for notice in told)
    )


def gives_reasons(record: Any) -> frozenset[str]:
    """Steps whose reason is addressed to the other side, orders about clocks, and changes of version.

    What was typed besides the reason goes with it.
    """
    return (
        clock_orders.NOTES
        | {version_moves.STEP}
        | {each.name for each in steps_of(type(record)) if manner_of(each).needs_reason}
    )


def entries(
    record: Any, user: User, *, limit: int = MOST, name: str = "", own_only: bool = False
) -> list[Entry]:
    """What the reader may know of the history, newest first."""
    steps = record.steps.select_related("actor").order_by("-sequence")
    if name:
        steps = steps.filter(name=name)
    if own_only:
        steps = steps.filter(organization=user.organization_id)
    known = [step for step in steps[:MOST] if may_know(record, step, user)][:limit]
    said, addressed = said_in(record, known), gives_reasons(record)
    names = assignees.names_in(known)
    found: list[Entry] = []
    for step in known:
        own = step.organization == user.organization_id
        told = said[step.sequence] if own or step.name in addressed else Said()
        entry = _entry(record, step, own=own, said=told, names=names)
        entry.set_off.extend(assignees.fallen(record, step, user))
        found.append(entry)
    return found


def _entry(record: Any, step: Step, *, own: bool, said: Said, names: Mapping[int, str]) -> Entry:
    who = str(step.actor) if own and step.actor_id else ""
    absent = step.data.get(FOR_ABSENT)
    if absent is not None:
        who = _for_the_absent(who, absent, named=own)
    label = presenting.step_label(record, step)
    return Entry(
        at=step.at,
        who=who,
        capacity=str(step.get_capacity_display()),
        what=(assignees.in_words(step, names) if own else "") or label,
        label=label,
        reason=said.reason.text,
        redacted=said.reason.redacted,
        words=said.words,
        set_off=presenting.set_off(record, step),
        sequence=step.sequence,
        name=step.name,
        hash=step.hash,
        own=own,
    )


def _for_the_absent(who: str, absent: int, *, named: bool) -> str:
    """Who took a step for whom; from outside only that somebody stood in."""
    if not named:
        return _("a deputy")
    person = User.objects.filter(pk=absent).first()
    return _("%(who)s, for %(absent)s, who is absent") % {"who": who, "absent": person}


@dataclass
class PeopleTold:
    """Who was told of one event: how many in which group, and by name only colleagues of the reader."""

    what: str
    at: datetime
    group: str
    channels: dict[str, str]
    people: dict[int, str]

    @property
    def number(self) -> int:
        return len(self.people)

    @property
    def names(self) -> list[str]:
        return [name for name in self.people.values() if name]


def people_told(record: Any, user: User) -> list[PeopleTold]:
    """The last messages about a case, newest first, gathered by event and group.

    A reader learns whom the own organization's steps told, and what the own organization was told.
    """
    messages = list(
        Message.objects.filter(about=record.reference)
        .select_related("recipient")
        .order_by("-created_at", "-pk")[:MESSAGES]
    )
    own_people = colleagues(user, (each.recipient_id for each in messages))
    steps = {f"step:{step.pk}": step for step in record.steps.all()}
    gathered: dict[str, PeopleTold] = {}
    for message in messages:
        cause, _colon, group = message.key.rpartition(":")
        step = steps.get(cause)
        ours = step is not None and step.organization == user.organization_id
        if message.recipient_id not in own_people and not ours:
            continue
        told = gathered.setdefault(
            message.key,
            PeopleTold(
                what=presenting.step_label(record, step) if step else clock_event(record, message.event),
                at=message.created_at,
                group=str(GROUPS.get(group, group)),
                channels={},
                people={},
            ),
        )
        told.channels[str(Channel(message.channel).label)] = str(message.get_state_display())
        told.people[message.recipient_id] = (
            str(message.recipient) if message.recipient_id in own_people else ""
        )
    return [told for key, told in gathered.items() if _may_count(key, told)]


def _may_count(key: str, told: PeopleTold) -> bool:
    return any(told.names) or may_count(key.rpartition(":")[2], told.number, at=told.at)


def may_count(group: str, people: int, *, at: datetime) -> bool:
    """Whether a reader elsewhere may learn that people of a group were told: not if it counts few workers."""
    return group not in COUNTS_WORKERS or people >= small_numbers.smallest(rule_day(at))


GROUPS = {each.key: each.label for each in vars(audiences).values() if isinstance(each, audiences.Audience)}
COUNTS_WORKERS = frozenset({audiences.dependants.key, programme_announcements.OVERRIDE_GROUP})
GROUPS[programme_announcements.OVERRIDE_GROUP] = gettext_lazy(
    "those who asked for the statement or depend on it"
)


def colleagues(user: User, keys: Iterable[int]) -> set[int]:
    """Those of some people who belong to the reader's organization."""
    return set(
        Membership.objects.current()
        .filter(organization_id=user.organization_id or 0, user_id__in=set(keys))
        .values_list("user_id", flat=True)
    )


def clock_event(record: Any, event: str) -> str:
    """An event of a clock, in words: ``rfe.warn`` is that its date is coming up."""
    key, _dot, family = event.partition(".")
    families = {
        "warn": _("%(clock)s: coming up"),
        "due": _("%(clock)s: due"),
        "breach": _("%(clock)s: overdue"),
        "supervisor": _("%(clock)s: overdue, before the supervisor"),
        "head": _("%(clock)s: overdue, before the head of the office"),
    }
    labels = {rule.key: str(rule.label) for rule in record.machine.clocks}
    return families.get(family, "%(clock)s") % {"clock": labels.get(key, key.replace("_", " "))}


def steps_taken(entries: Iterable[Entry]) -> list[tuple[str, str]]:
    """The steps that occur in a history, for a filter: name and label, by label."""
    seen: dict[str, str] = defaultdict(str)
    for entry in entries:
        seen.setdefault(entry.name, entry.label)
    return sorted(seen.items(), key=lambda pair: pair[1])

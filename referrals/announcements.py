"""Writes what people are told, as the notification matrix says, in the transaction of what happened.

Every message goes to the in-app inbox, where it may name the case's reference
and its plain-language state; mail says only that there is news.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications import outbox
from notifications.models import Message
from recordsets.asking import through_the_door
from workflows.machine import Manner, steps_for
from workflows.models import Step
from workflows.openness import COUNTERSIGN, manner_of

from . import audiences
from .amendment_announcements import OWN_WORDS
from .notification_matrix import CLOCKS, PROPOSED, SENT_BACK, STEPS, A, Notice, told_to
from .remembering import remembering
from .services.absences import with_deputies

WHAT_HAPPENED = {
    "proposed": gettext_lazy("A decision waits for your countersignature."),
    "sent_back": gettext_lazy("A proposal was sent back."),
}


def step_taken(record: Any, step: Step, *, then: Step | None = None) -> None:
    """Write the messages that a step sets off, in the step's own transaction.

    ``then`` is the step that the system took on the record right after it. People are told once, where the
    record stands now, and as urgently as the later step asks for.
    """
    kind = record.machine.kind
    event = f"{kind}.{step.name}".lower()
    if step.nature == Step.Nature.PROPOSED:
        _tell(record, f"{event}.proposed", PROPOSED.get(kind, ()), step=step, what="proposed")
    elif step.nature == Step.Nature.SENT_BACK:
        _tell(
            record,
            f"{event}.sent_back",
            SENT_BACK.get(kind, (told_to(A.reviewers),)),
            step=step,
            what="sent_back",
        )
    elif step.nature in (Step.Nature.MOVED, Step.Nature.OPENED):
        later = {each.to: each for each in STEPS.get((kind, then.name), ())} if then is not None else {}
        notices = [later.get(each.to, each) for each in STEPS.get((kind, step.name), ())]
        own = {each: OWN_WORDS.get((kind, step.name, each.to.key)) for each in notices}
        _tell(record, event, [each for each, tell in own.items() if tell is None], step=step)
        for notice, tell in own.items():
            if tell is not None:
                tell(record, notice, step=step)


def _tell(record: Any, event: str, notices: Iterable[Notice], *, step: Step, what: str = "") -> None:
    def words() -> str:
        standing = record.standing
        return str(WHAT_HAPPENED[what]) if what else f"{standing.public} {standing.then}"

    for notice in notices:
        write(record, notice, event=event, cause=f"step:{step.pk}", words=words, at=step.at)


def write(
    record: Any, notice: Notice, *, event: str, cause: str, words: Callable[[], str], at: datetime
) -> list[Message]:
    """One message to everybody in the notice's audience, each in their own language; returns the rows."""
    rows: list[Message] = []
    about = notice.to.speaks_of(record)
    everybody = with_deputies(notice.to.people(record), about, at=at)
    for language, people in audiences.by_language(everybody).items():
        with translation.override(language):
            rows += outbox.tell(
                event=event,
                recipients=people,
                key=f"{cause}:{notice.to.key}",
                about=about.reference,
                link=about.get_absolute_url(),
                subject=f"{about.machine.label} {about.reference}",
                body=words(),
                at=at,
                channels=notice.channels,
                urgent=notice.urgent,
                mandatory=notice.mandatory,
            )
    return rows


@dataclass(frozen=True)
class WillBeTold:
    """One line of the preview before a button is pressed; no ``number`` where it would count workers."""

    who: str | Promise
    number: int | None
    channels: str
    text: str


def preview(record: Any, step: str) -> list[WillBeTold]:
    """Who will be told if this step is taken now, how many of them, on which channels, with which words."""
    return who_hears(record, _noticed(record, step))


def preview_all(records: Iterable[Any], step: str) -> list[WillBeTold]:
    """The same for one step in many records: each group once, with how many people it has in all of them."""
    people: dict[tuple[str, str], set[int]] = defaultdict(set)
    notices: dict[tuple[str, str], Notice] = {}
    with remembering(), through_the_door():
        for record in records:
            for notice in _noticed(record, step):
                group = (str(notice.to.label), _channels(notice))
                notices.setdefault(group, notice)
                people[group].update(person.pk for person in notice.to.people(record))
    return [_will_be_told(notice, len(people[group])) for group, notice in notices.items()]


def _noticed(record: Any, step: str) -> tuple[Notice, ...]:
    """The lines of the matrix for what taking this step now would set off."""
    kind = record.machine.kind
    declared = [each for each in steps_for(record) if each.name == step and str(each.source) == record.state]
    manner: Manner | None = manner_of(declared[0]) if declared else None
    if step == COUNTERSIGN:
        waiting = record.proposals.filter(fate="WAITING").first()
        return STEPS.get((kind, waiting.step), ()) if waiting else ()
    if manner is not None and manner.countersigned_by is not None:
        return PROPOSED.get(kind, ())
    return STEPS.get((kind, step), ())


def who_hears(record: Any, notices: Iterable[Notice]) -> list[WillBeTold]:
    """Who these lines of the matrix reach now, for a preview."""
    with through_the_door():  # the step itself will look past what its taker may read
        return [_will_be_told(notice, len(notice.to.people(record))) for notice in notices]


def _channels(notice: Notice) -> str:
    return _("inbox and mail") if len(notice.channels) > 1 else _("inbox")


def _will_be_told(notice: Notice, number: int) -> WillBeTold:
    return WillBeTold(
        notice.to.label,
        None if notice.to.counts_workers else number,
        _channels(notice),
        _("The inbox says what happened. The mail says only that there is news."),
    )


def events() -> list[str]:
    """Every event that can be told, for preferences and tests."""
    steps = [f"{kind}.{name}".lower() for kind, name in STEPS]
    return sorted({*steps, *(f"{clock}.{family}" for clock, family in CLOCKS)})

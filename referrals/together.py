"""One step for several cases: for which of them it is open, what it would do to them, what came of it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from workflows.machine import Manner, steps_of
from workflows.models import Step
from workflows.openness import COUNTERSIGN, SEND_BACK, Option, manner_of, step_here
from workflows.refusals import Refusal, StalePage, StepRefused

from . import choices, diary
from .forms.steps import StepForm, form_for
from .models import User, record_models
from .models.people import ICE

MOST = 100


def may(user: User) -> bool:
    """Whether somebody in this capacity takes steps on several cases at once.

    ICE field offices open what was routed to them one case at a time, each time for a stated purpose.
    """
    return user.capacity not in ICE


@dataclass
class Choice:
    """A step of one kind of case, with those of the chosen cases for which it is open and is not.

    ``theirs`` tells whether it belongs to the reader's own party in one of them. ``alone`` is
    a sentence where the step is taken one case at a time only, and empty elsewhere.
    """

    kind: str
    name: str
    label: str
    manner: Manner
    alone: str
    theirs: bool = False
    open: list[tuple[Any, Option]] = field(default_factory=list)
    closed: list[tuple[Any, Option]] = field(default_factory=list)

    @property
    def key(self) -> str:
        return f"{self.kind}.{self.name}"

    @property
    def kind_label(self) -> str:
        return str(record_models()[self.kind].machine.label)

    @property
    def records(self) -> list[Any]:
        return [record for record, _option in self.open]

    @property
    def refusals(self) -> list[Refusal]:
        """Why it is not open, each reason once."""
        return list(dict.fromkeys(each for _record, option in self.closed for each in option.refusals))


def why_alone(kind: str, name: str) -> str:
    """Why a step is taken one case at a time only; empty if it can be taken on many."""
    if name in (COUNTERSIGN, SEND_BACK):
        return _("Whoever countersigns reads each proposal first.")
    if form_for(kind, name) is not StepForm:
        return _("It asks for more than a reason, or shows what to weigh first.")
    return ""


def steps_open(records: Iterable[Any], user: User, *, at: datetime) -> list[Choice]:
    """Every step that starts in one of these cases, those open for most of them first."""
    found: dict[tuple[str, str, str], Choice] = {}
    records = list(records)
    options_of = choices.options_seen_of(records, by=user, at=at)
    for record in records:
        for each in options_of[record.pk]:
            option = choices.before_its_form(record, each)
            settles = option.name in (COUNTERSIGN, SEND_BACK)
            key = (record.kind, option.name, str(option.label) if settles else "")
            choice = found.get(key)
            if choice is None:
                alone = why_alone(record.kind, option.name)
                choice = Choice(record.kind, option.name, str(option.label), option.manner, alone)
                found[key] = choice
            choice.theirs = choice.theirs or option.theirs
            (choice.open if option.open else choice.closed).append((record, option))
    return sorted(found.values(), key=lambda each: (-len(each.open), not each.manner.main))


def step_named(records: Iterable[Any], kind: str, name: str, user: User, *, at: datetime) -> Choice:
    """One step of these cases; open for none of them if it starts in none."""
    for choice in steps_open(records, user, at=at):
        if (choice.kind, choice.name) == (kind, name):
            return choice
    manner = next(manner_of(each) for each in steps_of(record_models()[kind]) if each.name == name)
    return Choice(kind, name, str(manner.label), manner, why_alone(kind, name))


def declared(kind: str, name: str) -> bool:
    """Whether people can take such a step in cases of such a kind."""
    model = record_models().get(kind)
    if model is None:
        return False
    return name in (COUNTERSIGN, SEND_BACK) or any(
        each.name == name and not manner_of(each).quiet for each in steps_of(model)
    )


class LeftOut(NamedTuple):
    """Why a step is not open for some of the chosen cases, and for which."""

    refusals: tuple[Refusal, ...]
    records: list[Any]


def left_out(records: Iterable[Any], choice: Choice) -> list[LeftOut]:
    """The chosen cases for which a step is not open, by the reasons."""
    going = {record.pk for record in choice.records}
    refused = {record.pk: option.refusals for record, option in choice.closed}
    found: dict[tuple[Refusal, ...], list[Any]] = defaultdict(list)
    for record in records:
        if record.pk not in going:
            found[refused.get(record.pk) or (_does_not_start(record, choice),)].append(record)
    return [LeftOut(*each) for each in found.items()]


def _does_not_start(record: Any, choice: Choice) -> Refusal:
    if record.kind != choice.kind:
        return Refusal(
            "other_kind",
            _("This step is for cases of another kind: %(kind)s.") % {"kind": choice.kind_label},
        )
    return Refusal(
        "wrong_state",
        _("This step does not start from “%(state)s”.") % {"state": record.state_label},
        _("Open the case to see which steps are possible now."),
    )


@dataclass(frozen=True)
class Sums:
    """What a step would do to several cases: each sentence with the number of cases it is true of."""

    consequence: str
    waits_for: str
    states: list[tuple[str, int]]
    clocks: list[tuple[str, int]]
    ends: int


def effects_of(choice: Choice, *, at: datetime) -> Sums:
    """What happens if a step is taken now on all cases for which it is open, in one query."""
    running = choices.running_clocks(choice.records)
    each = [
        choices.effects_of(record, option, at=at, running=running[record.pk])
        for record, option in choice.open
    ]
    return Sums(
        consequence=str(choice.manner.consequence),
        waits_for=next((effects.waits_for for effects in each if effects.waits_for), ""),
        states=Counter(state for effects in each for state in effects.states).most_common(),
        clocks=Counter(sentence for effects in each for sentence in effects.clocks).most_common(),
        ends=sum(effects.ends for effects in each),
    )


@dataclass(frozen=True)
class Outcome:
    """What came of a step in one case: taken, waiting for a countersignature, or refused and why."""

    record: Any
    sentence: str = ""
    waits: bool = False
    refusals: tuple[Refusal, ...] = ()
    changes: Sequence[diary.Entry] = ()

    @property
    def records(self) -> list[Any]:
        """The case, as refusals are shown with the cases for which they hold."""
        return [self.record]


def asked_for(records: Iterable[Any], name: str) -> dict[int, Option]:
    """The step as each case's own version declares it, by the key of the case, before it is taken."""
    return {record.pk: _option(record, name) for record in records}


def _option(record: Any, name: str) -> Option:
    here = step_here(record, name) or next(each for each in steps_of(type(record)) if each.name == name)
    manner = manner_of(here)
    return Option(name, str(manner.label), (), (), manner, "", theirs=True)


def outcomes(
    records: Iterable[Any],
    verdicts: Mapping[int, Step | StepRefused],
    options: Mapping[int, Option],
    *,
    seen: Mapping[int, int],
    user: User,
) -> list[Outcome]:
    """What came of it in each case; where a page was stale, with what happened since the version seen."""
    found = []
    for record in records:
        verdict = verdicts[record.pk]
        if isinstance(verdict, Step):
            sentence = choices.done_sentence(record, verdict, options[record.pk])
            found.append(Outcome(record, sentence, waits=verdict.nature == Step.Nature.PROPOSED))
            continue
        changes = (
            [entry for entry in diary.entries(record, user) if entry.sequence > seen[record.pk]]
            if isinstance(verdict, StalePage)
            else []
        )
        found.append(Outcome(record, refusals=verdict.refusals, changes=changes))
    return found

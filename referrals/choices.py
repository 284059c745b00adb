"""Steps as a person meets them: buttons, closed doors with their reasons, and what a step would set off."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from workflows import engine
from workflows.machine import ClockRule, Manner, set_by, steps_for
from workflows.models import Case, Clock, Step
from workflows.openness import COUNTERSIGN, SEND_BACK, Option, manner_of, step_here
from workflows.refusals import Refusal

from . import diary
from .forms.steps import form_for
from .models import User, record_models
from .services.effects import goes_on_with


@dataclass(frozen=True)
class Button:
    """One step as ``step_buttons.html`` draws it."""

    name: str
    label: str
    open: bool
    main: bool
    url: str
    reasons: tuple[Refusal, ...]


@dataclass(frozen=True)
class Buttons:
    """A case's steps: those of the reader's own party, and those of others."""

    mine: list[Button]
    others: list[Button]


def buttons(record: Case, options: Iterable[Option]) -> Buttons:
    """The options of one person; at most one of the open ones is the main one.

    What only waits for this person's countersignature stands first, before what they could do instead.
    """
    shown = _as_shown(record, options)
    leading = _leading(shown)
    mine: list[Button] = []
    others: list[Button] = []
    for option in shown:
        (mine if option.theirs else others).append(_button(record, option, main=option is leading))
    return Buttons(mine, others)


def _as_shown(record: Case, options: Iterable[Option]) -> list[Option]:
    first = sorted(options, key=lambda each: not (each.open and each.name == COUNTERSIGN))
    return [before_its_form(record, each) for each in first]


def _leading(shown: Sequence[Option]) -> Option | None:
    """The one that is most likely meant, if it is open."""
    proposed = any(each.name == COUNTERSIGN for each in shown)
    leads = (each for each in shown if (each.name == COUNTERSIGN if proposed else each.manner.main))
    return next((each for each in leads if each.open), None)


def _button(record: Case, option: Option, *, main: bool) -> Button:
    return Button(
        name=option.name,
        label=str(option.label),
        open=option.open,
        main=main,
        url=reverse("case_step", kwargs={"reference": record.reference, "name": option.name}),
        reasons=option.refusals,
    )


def next_steps(cases: Iterable[Case], user: User, *, at: datetime) -> dict[int, Button]:
    """The main step of this person in each case of a page, by key; one query for each kind.

    Whether dated policy lets it happen is not asked here: the step's own page says so, with its reason.
    """
    of_kind: dict[str, dict[int, Case]] = defaultdict(dict)
    for case in cases:
        if case.closed_at is None:
            of_kind[case.kind][case.pk] = case
    found = {}
    for kind, own in of_kind.items():
        for pk, options in engine.options_of(
            record_models()[kind], list(own), by=user, at=at, decided=False
        ).items():
            leading = _leading(_as_shown(own[pk], options))
            if leading is not None and leading.theirs:
                found[pk] = _button(own[pk], leading, main=True)
    return found


def before_its_form(record: Case, option: Option) -> Option:
    """The option without those refusals that the step's own form answers."""
    provided = form_for(record.kind, option.name).provides
    if not provided:
        return option
    return replace(option, refusals=tuple(each for each in option.refusals if each.code not in provided))


def options_seen(record: Any, *, by: User, at: datetime) -> list[Option]:
    """The options of one person; a proposal inside another organization is nobody's business yet.

    From outside, the proposed step is simply not the reader's, and nothing is there to be countersigned.
    """
    return _as_seen({record.pk: engine.options_for(record, by=by, at=at)}, by)[record.pk]


def options_seen_of(records: Iterable[Case], *, by: User, at: datetime) -> dict[int, list[Option]]:
    """The same for many records, by their keys: one query for each kind, and two for all that waits.

    Whether dated policy lets a step happen is not asked here, as for ``next_steps``.
    """
    of_kind: dict[str, list[int]] = defaultdict(list)
    for record in records:
        of_kind[record.kind].append(record.pk)
    found: dict[int, list[Option]] = {}
    for kind, pks in of_kind.items():
        found |= engine.options_of(record_models()[kind], pks, by=by, at=at, decided=False)
    return _as_seen(found, by)


def _as_seen(found: dict[int, list[Option]], by: User) -> dict[int, list[Option]]:
    """Of these options of records, those that concern this person."""
    proposed = {
        option.proposal.proposed_by_id
        for options in found.values()
        for option in options
        if option.proposal is not None
    }
    elsewhere = proposed - diary.colleagues(by, proposed) if proposed else set()
    return {pk: _without_proposals_of(elsewhere, options) for pk, options in found.items()}


def _without_proposals_of(elsewhere: set[int], options: list[Option]) -> list[Option]:
    proposal = next((option.proposal for option in options if option.proposal is not None), None)
    if proposal is None or proposal.proposed_by_id not in elsewhere:
        return options
    return [
        replace(option, refusals=(_not_yours(option),)) if option.name == proposal.step else option
        for option in options
        if option.proposal is None
    ]


def _not_yours(option: Option) -> Refusal:
    return Refusal(
        "not_your_step",
        _("This step belongs to %(party)s.") % {"party": option.party},
        _("Ask them to take it."),
    )


def option_named(record: Any, name: str, *, by: User, at: datetime) -> Option | None:
    """One step as this person sees it; closed if it does not start here; None if there is no such step."""
    for option in options_seen(record, by=by, at=at):
        if option.name == name:
            return before_its_form(record, option)
    if name in (COUNTERSIGN, SEND_BACK):
        return _closed(
            name,
            _("Countersign") if name == COUNTERSIGN else _("Send back"),
            Manner(label=""),
            Refusal("nothing_waits", _("Nothing waits for a countersignature here.")),
        )
    for declared in steps_for(record):
        manner = manner_of(declared)
        if declared.name == name and not manner.quiet:
            return _closed(
                name,
                str(manner.label),
                manner,
                Refusal(
                    "wrong_state",
                    _("This step does not start from “%(state)s”.") % {"state": record.state_label},
                    _("Open the case to see which steps are possible now."),
                ),
            )
    return None


def _closed(name: str, label: str, manner: Manner, refusal: Refusal) -> Option:
    return Option(name, label, (refusal,), (), manner, "", theirs=False)


@dataclass(frozen=True)
class Effects:
    """What a step would do: to the state, to the clocks, to the case as a whole."""

    states: list[str]
    ends: bool
    clocks: list[str]
    waits_for: str


def running_clocks(records: Iterable[Case]) -> dict[int, frozenset[str]]:
    """The clocks that count or stand still in each of these records, by its key: one query."""
    found: dict[int, set[str]] = {record.pk: set() for record in records}
    running = Clock.objects.filter(case_id__in=found, stopped_at__isnull=True)
    for case_id, key in running.values_list("case_id", "key"):
        found[case_id].add(key)
    return {pk: frozenset(keys) for pk, keys in found.items()}


def effects_of(
    record: Any, option: Option, *, at: datetime, running: frozenset[str] | None = None
) -> Effects:
    """What happens if this step is taken now, as far as the machine declares it.

    Where the system takes a further step at once, the state is the one to which that one leads. ``running``
    are the record's clocks, where they were asked for together with those of others.
    """
    machine = record.machine
    settles = option.name in (COUNTERSIGN, SEND_BACK)
    second = None if settles else option.manner.countersigned_by
    targets = [target for target in option.targets if target in {str(each) for each in machine.states}]
    moves = [target for target in targets if target != record.state]
    if len(moves) == 1:
        moves = [_where_it_ends(record, option.name, moves[0], at=at)]
    if running is None and len(moves) == 1:
        running = running_clocks([record])[record.pk]
    return Effects(
        states=[machine.label_of(target) for target in moves],
        ends=bool(moves) and all(machine.standing(target).final for target in moves),
        clocks=_clock_changes(record, option, moves[0], running or frozenset()) if len(moves) == 1 else [],
        waits_for=str(second.label) if second is not None else "",
    )


def _where_it_ends(record: Any, name: str, target: str, *, at: datetime) -> str:
    """The state in which a step leaves the record: its own, or that of the system's step right after it."""
    following = goes_on_with(record, name, at=at)
    return next(
        (
            str(each.target)
            for each in steps_for(record)
            if each.name == following and str(each.source) == target
        ),
        target,
    )


def _clock_changes(record: Any, option: Option, target: str, running: frozenset[str]) -> list[str]:
    told = []
    for rule in record.machine.clocks:
        words = {"clock": str(rule.label)}
        if target in rule.runs_in:
            if rule.key not in running and not _has_an_end(record, option, rule):
                continue
            if rule.key not in running:
                told.append(_("Starts to count: %(clock)s.") % words)
            elif record.state in rule.paused_in:
                told.append(_("Counts on: %(clock)s.") % words)
            elif rule.restarts:
                told.append(_("Starts anew: %(clock)s.") % words)
        elif rule.key in running:
            stands = target in rule.paused_in
            told.append(
                (_("Stands still: %(clock)s.") if stands else _("Stops counting: %(clock)s.")) % words
            )
    return told


def _has_an_end(record: Any, option: Option, rule: ClockRule) -> bool:
    """Whether a clock with a fixed end will have one: a day that is known, or that the step itself sets."""
    if not rule.until or getattr(record, rule.until) is not None:
        return True
    step = option.proposal.step if option.proposal is not None else option.name
    declared = step_here(record, step)
    return declared is not None and rule.until in set_by(declared)


def done_sentence(record: Any, step: Step, option: Option) -> str:
    """What to tell the person whose step was just taken."""
    if step.nature == Step.Nature.PROPOSED:
        second = option.manner.countersigned_by
        return _("Proposed: %(step)s. It waits for a countersignature by %(party)s.") % {
            "step": option.label,
            "party": second.label if second is not None else "",
        }
    if step.nature == Step.Nature.SENT_BACK:
        return _("The proposal was sent back.")
    return _("Done: %(step)s. The case is now: %(state)s.") % {
        "step": option.label,
        "state": record.state_label,
    }

"""Cases that nothing will move any more: nobody's turn, no clock, or leftovers of an end.

Whatever this finds should not exist: the engine and the machines rule it out. It shows what remains: data
restored by hand, a machine that lost a state, a clock that a repair forgot. It only reports; repairing is
somebody's decision.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, TextChoices, Value
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from . import assigning
from .checks import machine_models
from .definitions import older
from .machine import Machine, Standing
from .models import Case, Clock, Deadline, Pause, Proposal


class Trouble(TextChoices):
    """Why a case is stuck."""

    UNKNOWN_STATE = "unknown_state", _("Its state no longer exists in the machine")
    NOBODY = "nobody", _("It is open and lies on nobody's desk")
    NO_CLOCK = "no_clock", _("It is open, no clock runs, and its state gives no reason for that")
    SILENT_CLOCK = "silent_clock", _("A clock runs that will not warn anybody before it is due")
    ARMED_AFTER_END = "armed_after_end", _("It has ended, and a date is still waiting to fire")
    CLOCK_AFTER_END = "clock_after_end", _("It has ended, and a clock still runs")
    PROPOSAL_AFTER_END = "proposal_after_end", _("It has ended, and a decision still waits for a signature")
    LEFT = "left", _("Whoever has it in hand no longer sits at the desk that has it")


REMEDIES: Mapping[Trouble, str | Promise] = {
    Trouble.UNKNOWN_STATE: _(
        "Its version has no such state. Move it to a version that has: migrate_cases, with a map."
    ),
    Trouble.NOBODY: _("Ask who is responsible. A step of that office puts the case on its desk again."),
    Trouble.NO_CLOCK: _("Ask the office that has the case to record a step. The clocks then start again."),
    Trouble.SILENT_CLOCK: _("Tell the office the date now. A step on the case sets its warnings again."),
    Trouble.ARMED_AFTER_END: _("Cancel the date. If it fires, people hear of a case that is over."),
    Trouble.CLOCK_AFTER_END: _("Stop the clock. It counts toward a date that no longer matters."),
    Trouble.PROPOSAL_AFTER_END: _("Send the decision back. The case ended before it was signed."),
    Trouble.LEFT: _("Ask the office that has the case to take it or to give it to somebody."),
}
WITHOUT_HARM = frozenset({Trouble.LEFT})
"""Not stuck: the case counts as nobody's, and anybody at its desk moves it on."""


Search: TypeAlias = "QuerySet[Any, tuple[str, str, str, datetime, str]]"
"""Rows of reference, kind, state, since when, and what it is about."""


@dataclass(frozen=True)
class Stuck:
    """One finding: a case and what is wrong with it. ``about`` is the clock, rung or step meant, if any."""

    trouble: Trouble
    reference: str
    kind: str
    state: str
    since: datetime
    about: str

    @property
    def state_label(self) -> str:
        known = (
            machine.label_of(self.state)
            for machine in _versions()
            if machine.kind == self.kind and self.state in {str(each) for each in machine.states}
        )
        return next(known, self.state)

    @property
    def kind_label(self) -> str:
        return kind_label(self.kind)

    @property
    def remedy(self) -> str:
        return str(REMEDIES[self.trouble])

    def as_json(self) -> dict[str, str]:
        """For machines: stable codes, and the sentences in the language of the moment."""
        return {
            "reference": self.reference,
            "kind": self.kind,
            "state": self.state,
            "trouble": self.trouble.value,
            "about": self.about,
            "since": self.since.isoformat(),
            "what": str(self.trouble.label),
            "remedy": self.remedy,
        }


def find(*, at: datetime, limit: int | None = None) -> list[Stuck]:
    """Every stuck case, the longest first within each trouble; at most ``limit`` of each trouble."""
    return [Stuck(trouble, *row) for trouble, search in _searches(at).items() for row in search[:limit]]


def counts(*, at: datetime) -> dict[Trouble, int]:
    """How many cases are stuck in each way, with zeros; the same searches as :func:`find`."""
    return {trouble: search.count() for trouble, search in _searches(at).items()}


def _searches(at: datetime) -> dict[Trouble, Search]:
    return {
        Trouble.UNKNOWN_STATE: _cases(Case.objects.exclude(_in_states(lambda _standing: True))),
        Trouble.NOBODY: _cases(
            Case.objects.open()
            .filter(_in_states(lambda standing: not standing.final))
            .filter(desk__isnull=True, assignee__isnull=True)
        ),
        Trouble.NO_CLOCK: _cases(
            Case.objects.open()
            .filter(_in_states(lambda standing: not standing.final and not standing.no_clock))
            .exclude(Exists(Clock.objects.filter(case=OuterRef("pk"), stopped_at__isnull=True)))
        ),
        Trouble.SILENT_CLOCK: _of_case(_silent_clocks(at), since="started_at", about="key"),
        Trouble.ARMED_AFTER_END: _of_case(
            Deadline.objects.filter(state=Deadline.State.ARMED, case__closed_at__isnull=False).exclude(
                _meant_to_run("clock_key")
            ),
            since="case__closed_at",
            about="clock_key",
        ),
        Trouble.CLOCK_AFTER_END: _of_case(
            Clock.objects.filter(stopped_at__isnull=True, case__closed_at__isnull=False).exclude(
                _meant_to_run("key")
            ),
            since="case__closed_at",
            about="key",
        ),
        Trouble.PROPOSAL_AFTER_END: _of_case(
            Proposal.objects.filter(fate=Proposal.Fate.WAITING, case__closed_at__isnull=False),
            since="proposed_at",
            about="step",
        ),
        Trouble.LEFT: _cases(
            Case.objects.open().filter(assignee__isnull=False).exclude(assigning.still_there())
        ),
    }


def _silent_clocks(at: datetime) -> QuerySet[Clock]:
    """Running clocks whose date is to come (or was never computed) and that have no armed rung."""
    armed = Deadline.objects.filter(clock=OuterRef("pk"), state=Deadline.State.ARMED)
    paused = Pause.objects.filter(clock=OuterRef("pk"), ended_at__isnull=True)
    return (
        Clock.objects.filter(stopped_at__isnull=True, case__closed_at__isnull=True)
        .filter(Q(due_at__isnull=True) | Q(due_at__gt=at))
        .exclude(Exists(armed))
        .exclude(Exists(paused))
    )


def _cases(found: QuerySet[Case]) -> Search:
    nothing = Value("", output_field=CharField())
    rows = found.order_by("entered_state_at", "reference")
    return rows.values_list("reference", "kind", "state", "entered_state_at", nothing)


def _of_case(found: QuerySet[Any], *, since: str, about: str) -> Search:
    """One row for each clock, rung or proposal, told of its case."""
    rows = found.order_by(since, "case__reference", "pk")
    return rows.values_list("case__reference", "case__kind", "case__state", since, about)


def kind_label(kind: str) -> str:
    """The name of a kind of case; the stored word where no machine is left for it."""
    machine = _machines().get(kind)
    return str(machine.label) if machine else kind


def _machines() -> dict[str, Machine]:
    return {str(model.machine.kind): model.machine for model in machine_models()}


def _versions() -> Iterator[Machine]:
    """Every machine in every version under which cases may live."""
    for model in machine_models():
        yield from older.machines(model)


def _in_states(wanted: Callable[[Standing], bool]) -> Q:
    """Cases in the states, of every machine, whose standing is wanted."""
    return _any_of(
        Q(kind=str(machine.kind), definition_version=machine.version, state__in=states)
        for machine in _versions()
        if (states := [str(state) for state, standing in machine.standings.items() if wanted(standing)])
    )


def _meant_to_run(key: str) -> Q:
    """Clocks that their machine lets run on in a final state; ``key`` is the row's field with the clock's."""
    return _any_of(
        Q(
            case__kind=str(machine.kind),
            case__definition_version=machine.version,
            case__state__in=finals,
            **{key: rule.key},
        )
        for machine in _versions()
        for rule in machine.clocks
        if (finals := [str(state) for state in rule.runs_in if machine.standings[state].final])
    )


def _any_of(conditions: Iterable[Q]) -> Q:
    """Any of them; nothing where there is none."""
    found = Q(pk__in=[])
    for condition in conditions:
        found |= condition
    return found

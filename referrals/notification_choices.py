"""What somebody is told of in each capacity, what of it can be turned off, and why the rest cannot."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications import preferences
from notifications.models import Channel
from workflows.machine import steps_of
from workflows.models import Kind
from workflows.openness import manner_of
from workflows.parties import Capacity

from .audiences import APPROVERS, STAFF, Audience
from .models import User, record_models
from .models.people import ADVOCATES, AGENCY, ICE, USCIS
from .models.trails import IN_CHARGE
from .notification_matrix import (
    ACCESS_ALERT,
    ALERTED,
    CASE_GIVEN,
    GIVEN,
    PROPOSED,
    RULE_CHANGED,
    SENT_BACK,
    STEPS,
    A,
    Notice,
    notices_of,
    told_to,
)

Capacities = frozenset[str]

HEARS: dict[str, Capacities] = {
    A.requester.key: ADVOCATES,
    A.statement_requester.key: ADVOCATES,
    A.representatives.key: frozenset({Capacity.REPRESENTATIVE}),
    A.dependants.key: frozenset({Capacity.REPRESENTATIVE}),
    A.agency_staff.key: frozenset(STAFF),
    A.agency_approvers.key: frozenset(APPROVERS),
    A.agency_counted.key: AGENCY,
    A.intake.key: frozenset({Capacity.DHS_INTAKE}),
    A.uscis.key: frozenset({Capacity.USCIS_ADJUDICATOR}),
    A.ice.key: ICE,
    A.reviewers.key: frozenset({Capacity.DHS_INTAKE, Capacity.USCIS_ADJUDICATOR, Capacity.ICE_REVIEWER}),
    A.trail_readers.key: IN_CHARGE | {Capacity.REPRESENTATIVE, Capacity.PRIVACY_OFFICER},
}
"""Capacities that an audience can hold, by its key; the two below depend on whose turn it is."""

HOLDERS: dict[str, Capacities] = {
    "agency": AGENCY,
    "requester": ADVOCATES,
    "representative": frozenset({Capacity.REPRESENTATIVE}),
    "intake": frozenset({Capacity.DHS_INTAKE}),
    "uscis": USCIS,
    "ice": ICE,
    "decider": USCIS | ICE,
}
SUPERVISORS: Capacities = frozenset({Capacity.USCIS_SUPERVISOR, Capacity.ICE_SUPERVISOR})

FAMILIES = ("warn", "due", "breach", "supervisor", "head")

RIGHTS = gettext_lazy("It changes somebody's rights, or it starts a date that must be kept.")
LATE = gettext_lazy("A date that the law or a rule sets hangs on it.")
PROGRAMME = gettext_lazy("The rules for every open case changed.")
READING = gettext_lazy("Somebody has to look at it soon.")
ACCOUNT = gettext_lazy("It protects your account.")


@dataclass(frozen=True)
class Row:
    """One line to choose on: its words, the events it stands for, the channels on which it can be told.

    ``why_fixed`` says why it cannot be turned off; ``partly_fixed`` that some of it cannot.
    """

    label: str
    events: tuple[str, ...]
    channels: tuple[str, ...]
    why_fixed: str = ""
    partly_fixed: bool = False

    @property
    def key(self) -> str:
        return self.events[0]


@dataclass(frozen=True)
class Group:
    """A kind of case with its rows, or what belongs to none."""

    label: str
    rows: tuple[Row, ...]

    @property
    def fixed(self) -> int:
        """How many of its rows cannot be turned off."""
        return sum(bool(row.why_fixed) for row in self.rows)


def groups(user: User) -> list[Group]:
    """Everything that this person can be told of in any of the capacities held, by kind of case."""
    capacities = frozenset(held.capacity for held in user.capacities)
    found = []
    for name, model in record_models().items():
        kind = Kind(name)
        rows = (
            *_steps(kind, model, capacities),
            *_waiting(kind, model, capacities),
            *_clocks(model, capacities),
        )
        if rows:
            found.append(Group(str(model.machine.label), _merged(rows)))
    at_a_desk = capacities - {Capacity.ADMINISTRATOR, Capacity.PROGRAMME_OFFICER, Capacity.PRIVACY_OFFICER}
    return [*found, *([_at_the_desk()] if at_a_desk else []), _always_told(capacities)]


def _merged(rows: Iterable[Row]) -> tuple[Row, ...]:
    """One line for steps that people know by one name, whoever takes them."""
    merged: dict[Any, Row] = {}
    for row in rows:
        same = (row.label, row.channels, row.why_fixed, row.partly_fixed)
        known = merged.get(same)
        merged[same] = replace(known, events=known.events + row.events) if known else row
    return tuple(merged.values())


def _steps(kind: Kind, model: type[Any], capacities: Capacities) -> Iterator[Row]:
    labels = {each.name: manner_of(each).label for each in steps_of(model)}
    labels["open"] = gettext_lazy("Opened")
    for (of, name), notices in STEPS.items():
        if of == kind:
            yield from _row(
                str(labels.get(name, name)), [f"{kind}.{name}".lower()], notices, capacities, RIGHTS
            )


def _waiting(kind: Kind, model: type[Any], capacities: Capacities) -> Iterator[Row]:
    """Proposals that wait for a second person, and those that were sent back."""
    steps = sorted({each.name for each in steps_of(model) if manner_of(each).countersigned_by is not None})
    if not steps:
        return
    proposed = [f"{kind}.{name}.proposed".lower() for name in steps]
    supervising = _supervisors("agency" if kind in SENT_BACK else "uscis")
    yield from _row(
        _("A decision waits for a countersignature"),
        proposed,
        PROPOSED.get(kind) or (),
        capacities,
        RIGHTS,
        supervising,
    )
    back: tuple[Notice, ...] = SENT_BACK.get(kind) or (told_to(A.reviewers),)
    sent_back = [
        f"{kind}.send_back.sent_back".lower(),
        *(f"{kind}.{name}.sent_back".lower() for name in steps),
    ]
    yield from _row(_("A proposal was sent back"), sent_back, back, capacities, RIGHTS, supervising)


def _clocks(model: type[Any], capacities: Capacities) -> Iterator[Row]:
    for rule in model.machine.clocks:
        holders = {model.machine.standing(state).holder for state in rule.runs_in}
        free: list[str] = []
        fixed: list[str] = []
        channels: set[str] = set()
        for family in FAMILIES:
            mine = [each for each in notices_of(rule.key, family) if _reached(each.to, holders) & capacities]
            if mine:
                kept = fixed if all(each.mandatory for each in mine) else free
                kept.append(f"{rule.key}.{family}")
                channels.update(channel for each in mine for channel in each.channels)
        shown = tuple(channel for channel in Channel.values if channel in channels)
        if free:
            yield Row(_("%(clock)s: dates near or past") % {"clock": rule.label}, tuple(free), shown)
        if fixed:
            label = _("%(clock)s: last warnings") if free else _("%(clock)s: dates near or past")
            yield Row(label % {"clock": rule.label}, tuple(fixed), shown, why_fixed=str(LATE))


def _reached(audience: Audience, holders: Iterable[str]) -> Capacities:
    if audience.key == A.holders.key:
        return frozenset[str]().union(*(HOLDERS.get(holder, frozenset()) for holder in holders))
    if audience.key == A.supervisors.key:
        return frozenset[str]().union(*(_supervisors(holder) for holder in holders))
    return HEARS[audience.key]


def _supervisors(holder: str) -> Capacities:
    return frozenset(APPROVERS) if holder == "agency" else SUPERVISORS


def _row(
    label: str,
    events: list[str],
    notices: Iterable[Notice],
    capacities: Capacities,
    why: str | Promise,
    supervisors: Capacities = SUPERVISORS,
) -> Iterator[Row]:
    mine = [
        each
        for each in notices
        if (supervisors if each.to.key == A.supervisors.key else HEARS.get(each.to.key, frozenset()))
        & capacities
    ]
    if not mine:
        return
    told = {channel for each in mine for channel in each.channels}
    fixed = [each for each in mine if each.mandatory]
    yield Row(
        label=label,
        events=tuple(events),
        channels=tuple(channel for channel in Channel.values if channel in told),
        why_fixed=str(why) if len(fixed) == len(mine) else "",
        partly_fixed=0 < len(fixed) < len(mine),
    )


def _at_the_desk() -> Group:
    row = Row(_("A colleague gave you a case to work on"), (CASE_GIVEN,), GIVEN.channels)
    return Group(_("Work at your desk"), (row,))


def _always_told(capacities: Capacities) -> Group:
    rows = [
        Row(_("A new password was asked for"), ("account.password_reset",), (Channel.EMAIL,), str(ACCOUNT))
    ]
    if Capacity.REPRESENTATIVE in capacities:
        events = ("programme.held", "programme.released", "programme.override")
        rows.append(
            Row(
                _("The federal programme opened, closed or made an exception"),
                events,
                tuple(Channel.values),
                str(PROGRAMME),
            )
        )
    changed = [notice for notices in RULE_CHANGED.values() for notice in notices]
    rows += _row(_("A rule changed and moved dates of a case"), ["rule.changed"], changed, capacities, LATE)
    rows += _row(
        _("A clock was ordered to stand still, or goes on"), ["clock.ordered"], changed, capacities, LATE
    )
    rows += _row(
        _("A case moved to another version of its procedure"),
        ["case.version_changed"],
        changed,
        capacities,
        LATE,
    )
    rows += _row(_("Alert about reading"), [ACCESS_ALERT], [ALERTED], capacities, READING)
    return Group(_("The programme and your account"), tuple(rows))


def store(user: User, ticked: Callable[[Row, str], bool]) -> None:
    """Store what was ticked for every row that can be turned off."""
    choices = {
        (event, channel): ticked(row, channel)
        for group in groups(user)
        for row in group.rows
        if not row.why_fixed
        for channel in row.channels
        for event in row.events
    }
    preferences.choose_many(user=user, choices=choices)

"""What a rule may say: the shape of its value, and what is wrong with a new one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from django.apps import apps
from django.utils.translation import gettext as _

from . import terms
from .calendars import calendar, calendar_keys
from .models import Case
from .policies import CALENDAR, PROGRAMME, ProgrammeState

LONGEST = 2_000
MOST_RUNGS = 12
LARGEST_NUMBER = 1_000_000_000
SOME_DAY = date(2026, 3, 2)


class Shape(StrEnum):
    """The kinds of values that rules have."""

    TERM = "term"
    NUMBER = "number"
    TEXT = "text"
    LIST = "list"
    TRUTH = "truth"
    RECORD = "record"


def shape_of(value: Any) -> Shape:
    """The shape of a stored value; a rule keeps the shape it has."""
    if isinstance(value, bool):
        return Shape.TRUTH
    if isinstance(value, int | float):
        return Shape.NUMBER
    if isinstance(value, str):
        return Shape.TEXT
    if isinstance(value, Sequence):
        return Shape.LIST
    if isinstance(value, Mapping) and {"amount", "unit"} <= value.keys():
        return Shape.TERM
    return Shape.RECORD


def problems_of(key: str, value: Any, *, like: Any) -> list[str]:
    """Every sentence against giving a rule this value; `like` is the value it has now."""
    shape = shape_of(like)
    if shape_of(value) is not shape:
        return [_("The new value is not of the same kind as the one it replaces.")]
    if key == PROGRAMME and value not in set(ProgrammeState):
        return [_("Choose one of the states of the programme.")]
    if key == CALENDAR and value not in calendar_keys():
        return [_("Choose one of the calendars.")]
    match shape:
        case Shape.TERM:
            return list(_term(key, value))
        case Shape.NUMBER:
            return [] if abs(value) <= LARGEST_NUMBER else [_("This number is too large.")]
        case Shape.TEXT:
            return list(_text(value))
        case Shape.LIST:
            return [problem for entry in value for problem in _text(str(entry))][:1]
        case Shape.RECORD:
            return list(_record(value, like))
    return []


def _text(value: str) -> Iterator[str]:
    if not value.strip():
        yield _("This cannot be empty.")
    if len(value) > LONGEST:
        yield _("At most %(number)d characters.") % {"number": LONGEST}


def _record(value: Mapping[str, Any], like: Mapping[str, Any]) -> Iterator[str]:
    if value.keys() != like.keys():
        yield _("The new value does not have the same parts as the one it replaces.")
        return
    for part, entry in value.items():
        if shape_of(entry) is not shape_of(like[part]):
            yield _("“%(part)s” is not of the same kind as before.") % {"part": part}


def _term(key: str, value: Mapping[str, Any]) -> Iterator[str]:
    try:
        term = terms.Term.parse(value)
        ladder = terms.rungs(value)
        days = calendar("us-federal")
        found = terms.due(term, calendar=days, start=SOME_DAY)
        reached = [terms.rung_at(found, rung, days) for rung in ladder]
    except (ValueError, KeyError, TypeError) as problem:
        yield str(problem)
        return
    yield from _ladder(key, ladder, reached, found.at)


def _ladder(
    key: str, ladder: Sequence[terms.Rung], reached: Sequence[datetime], due_at: datetime
) -> Iterator[str]:
    names = [rung.rung for rung in ladder]
    if len(ladder) > MOST_RUNGS:
        yield _("A ladder has at most %(number)d rungs.") % {"number": MOST_RUNGS}
    if "due" not in names:
        yield _("A ladder needs the rung “due”, the date itself.")
    for rung, moment in zip(ladder, reached, strict=True):
        yield from _rung(rung, moment, due_at)
    if list(reached) != sorted(reached):
        yield _("The rungs are not in the order in which they are reached.")
    for name in sorted(needed_rungs(key) - set(names)):
        yield _("The rung “%(rung)s” cannot be left out: the system takes a step when it is reached.") % {
            "rung": name
        }


def _rung(rung: terms.Rung, moment: datetime, due_at: datetime) -> Iterator[str]:
    if rung.rung == "due":
        return
    name = {"rung": rung.rung}
    if rung.before is None and rung.after is None:
        yield _("Say how long before or after the date the rung “%(rung)s” is reached.") % name
    elif rung.after is not None and rung.rung.startswith("warn"):
        yield _("The warning “%(rung)s” lies after the date.") % name
    elif rung.before is not None and not rung.rung.startswith("warn") and moment < due_at:
        yield _("The rung “%(rung)s” lies before the date; only warnings do.") % name


def needed_rungs(key: str) -> set[str]:
    """The rungs of a rule on which some machine takes a step."""
    return {
        rung
        for model in apps.get_models()
        if issubclass(model, Case) and model is not Case
        for rule in model.machine.clocks
        if rule.rule == key
        for rung in rule.fires
    }

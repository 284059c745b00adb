"""Which rule applies on which day.

Rules are rows (`workflows.models.policy`), never constants. A rule is looked up by key, by the date that
governs, and by jurisdiction: an agency's own row comes first, the federal one (`US`) second.
"""

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Sequence
from copy import copy
from datetime import date
from enum import StrEnum
from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from workflows import rulebook
from workflows.calendars import Calendar, calendar
from workflows.days_in_words import day_with_weekday
from workflows.deadline_sentences import Sentence
from workflows.models.policy import FEDERAL, Policy
from workflows.models.tolling import TollingWindow
from workflows.rulebook.loading import Loaded, load
from workflows.terms import Due, Rung, Served, Term, Tolling, due, rungs

__all__ = [
    "Loaded", "NoPolicy", "PolicyBook", "ProgrammeState", "ProgrammeStatus",
    "book", "calculate", "closures", "load", "policy", "programme", "programme_and_next",
    "shipped_book",
    "shipped_closures", "term", "tolling", "value",
]  # fmt: skip

PROGRAMME = "dale.status"
CALENDAR = "agency.calendar"
_REQUIRED: Any = object()


class NoPolicy(LookupError):
    """No rule of this key is in force on the day asked for. The message is a sentence for the user."""


class ProgrammeState(StrEnum):
    """What the federal labor programme does with requests."""

    OPEN = "open"
    CLOSED_TO_NEW = "closed_to_new"
    SUSPENDED = "suspended"
    TERMINATED = "terminated"


@dataclasses.dataclass(frozen=True)
class ProgrammeStatus:
    """The programme's state on a day, since when, and who says so."""

    status: ProgrammeState
    since: date
    source: str
    note: str

    @property
    def takes_new_requests(self) -> bool:
        return self.status is ProgrammeState.OPEN


class PolicyBook:
    """All rules at one moment, for code that asks many questions: made with one query, then none."""

    def __init__(self, rows: Iterable[Policy]) -> None:
        self._histories: dict[tuple[str, str], list[Policy]] = defaultdict(list)
        for row in rows:
            self._histories[row.key, row.jurisdiction].append(row)

    def __bool__(self) -> bool:
        return bool(self._histories)

    def policy(self, key: str, *, on: date, jurisdiction: str = FEDERAL) -> Policy:
        """The row in force on a day; the jurisdiction's own, else the federal one. Raises NoPolicy."""
        for place in dict.fromkeys((jurisdiction, FEDERAL)):
            for row in self._histories.get((key, place), ()):
                if row.applies(on):
                    return row
        raise NoPolicy(
            _("There is no rule “%(key)s” for %(jurisdiction)s in force on %(date)s.")
            % {"key": key, "jurisdiction": jurisdiction, "date": day_with_weekday(on)}
        )

    def governing(self, key: str, *, day: date, today: date, jurisdiction: str = FEDERAL) -> Policy:
        """The row that a case has to keep to: today's if that one governs while a case is pending, else
        the one of the case's own `day` (filing, service, decision), also where no row is in force today.
        Raises NoPolicy.
        """
        try:
            now = self.policy(key, on=today, jurisdiction=jurisdiction)
        except NoPolicy:
            return self.policy(key, on=day, jurisdiction=jurisdiction)
        if now.governs == Policy.Governs.PENDING:
            return now
        return self.policy(key, on=day, jurisdiction=jurisdiction)

    def value(self, key: str, *, on: date, jurisdiction: str = FEDERAL, default: Any = _REQUIRED) -> Any:
        """The value of the row in force, or `default` where given and there is none."""
        try:
            return self.policy(key, on=on, jurisdiction=jurisdiction).value
        except NoPolicy:
            if default is _REQUIRED:
                raise
            return default

    def term(self, key: str, *, on: date, jurisdiction: str = FEDERAL) -> Term:
        """The period that the row in force states. Raises NoPolicy, or ValueError if it states none."""
        return Term.parse(self.value(key, on=on, jurisdiction=jurisdiction))

    def ladder(self, key: str, *, on: date, jurisdiction: str = FEDERAL) -> list[Rung]:
        return rungs(self.value(key, on=on, jurisdiction=jurisdiction))

    def programme(self, on: date) -> ProgrammeStatus:
        """The state of the programme on a day. Raises NoPolicy before it began (13 January 2023)."""
        row = self.policy(PROGRAMME, on=on)
        return ProgrammeStatus(
            status=ProgrammeState(row.value), since=row.effective_from, source=row.source, note=row.note
        )

    def rows(self) -> list[Policy]:
        """Every row, in no order."""
        return [row for rows in self._histories.values() for row in rows]

    def history(self, key: str, *, jurisdiction: str = FEDERAL) -> list[Policy]:
        """The rows of a key that a jurisdiction itself has, oldest first."""
        return sorted(self._histories.get((key, jurisdiction), ()), key=lambda row: row.effective_from)

    def with_row(self, row: Policy) -> "PolicyBook":
        """Another book in which `row` ends the one in force on its first day and lasts until the next."""
        kept = []
        row.effective_to = None
        for each in self.rows():
            if (each.key, each.jurisdiction) != (row.key, row.jurisdiction):
                kept.append(each)
            elif each.effective_from < row.effective_from:
                kept.append(_ended(each, row.effective_from))
            elif each.effective_from > row.effective_from:
                row.effective_to = min(row.effective_to or each.effective_from, each.effective_from)
                kept.append(each)
        return PolicyBook([*kept, row])

    def first(self, key: str, *, jurisdiction: str = FEDERAL) -> Policy:
        """The oldest row on record. Raises NoPolicy for an unknown key."""
        rows = self._histories.get((key, jurisdiction)) or self._histories.get((key, FEDERAL))
        if not rows:
            raise NoPolicy(_("There is no rule “%(key)s”.") % {"key": key})
        return min(rows, key=lambda row: row.effective_from)

    def rules(self) -> tuple[str, ...]:
        """The federal keys whose value is a period: what a due date can be computed for."""
        return tuple(
            sorted(
                key
                for (key, jurisdiction), rows in self._histories.items()
                if jurisdiction == FEDERAL
                and all(
                    isinstance(row.value, dict) and {"amount", "unit"} <= row.value.keys() for row in rows
                )
            )
        )


def _ended(row: Policy, day: date) -> Policy:
    """The row, or a copy that ends on a day if it lasts beyond it."""
    if row.effective_to is not None and row.effective_to <= day:
        return row
    ended = copy(row)
    ended.effective_to = day
    return ended


def book() -> PolicyBook:
    """All rules, as kept in memory until one changes (see `workflows.rules`): one small query."""
    from workflows import rules

    return rules.current().book


def shipped_book() -> PolicyBook:
    """The rules of the rulebook files alone, without a query."""
    return PolicyBook(rulebook.read().policies)


def policy(key: str, *, on: date, jurisdiction: str = FEDERAL) -> Policy:
    """The row in force on a day. Raises NoPolicy."""
    return book().policy(key, on=on, jurisdiction=jurisdiction)


def value(key: str, *, on: date, jurisdiction: str = FEDERAL, default: Any = _REQUIRED) -> Any:
    """The value in force on a day; see PolicyBook.value."""
    return book().value(key, on=on, jurisdiction=jurisdiction, default=default)


def term(key: str, *, on: date, jurisdiction: str = FEDERAL) -> Term:
    """The period in force on a day; see PolicyBook.term."""
    return policy(key, on=on, jurisdiction=jurisdiction).term


def programme(on: date) -> ProgrammeStatus:
    """The state of the federal programme on a day; see PolicyBook.programme."""
    return book().programme(on)


def programme_and_next(on: date) -> tuple[ProgrammeStatus, ProgrammeStatus | None]:
    """The state of the programme on a day and the next one that is decided already. Raises NoPolicy."""
    rows = book()
    later = [row for row in rows.history(PROGRAMME) if row.effective_from > on]
    return rows.programme(on), rows.programme(later[0].effective_from) if later else None


def closures(jurisdiction: str = FEDERAL) -> Sequence[Tolling]:
    """The declared closures that stop the clocks of a jurisdiction."""
    from workflows import rules

    return rules.current().closures(jurisdiction)


def shipped_closures(jurisdiction: str = FEDERAL) -> list[Tolling]:
    """The same from the rulebook files alone, without a query."""
    return tolling(row for row in rulebook.read().closures if row.jurisdiction in {jurisdiction, FEDERAL})


def tolling(windows: Iterable[TollingWindow]) -> list[Tolling]:
    """Closures as the arithmetic of due dates reads them; the explanation names reason and authority."""
    return [
        Tolling(
            window.starts_on,
            window.ends_on,
            ", ".join(dict.fromkeys(filter(None, (window.reason, window.authority)))),
        )
        for window in windows
    ]


def calculate(
    rule: str,
    *,
    start: date,
    served: Served | None,
    on: date,
    jurisdiction: str = FEDERAL,
    days: Calendar | None = None,
    rows: PolicyBook | None = None,
    tolling: Iterable[Tolling] | None = None,
) -> Due:
    """The due date of a rule counted from `start`, with its explanation.

    `on` is the date that picks the rule's row, usually the same as `start`; for a day before the first
    row on record that first one is used and the explanation says so. `days` is the calendar of federal
    offices unless given; `rows` and `tolling` are read from the database unless given.

    Raises NoPolicy for an unknown rule, OutOfRange outside 1900 to 2100, ValueError for a rule that is
    not a period.
    """
    rows = book() if rows is None else rows
    told: tuple[Sentence, ...] = ()
    try:
        row = rows.policy(rule, on=on, jurisdiction=jurisdiction)
    except NoPolicy:
        row = rows.first(rule, jurisdiction=jurisdiction)
        told = (partial(_earliest_used, on, row),)
    found = due(
        row.term,
        calendar=days or calendar("us-federal"),
        start=start,
        served=served,
        tolling=closures(jurisdiction) if tolling is None else tuple(tolling),
    )
    return dataclasses.replace(found, told=(*told, *found.told))


def _earliest_used(on: date, row: Policy) -> str:
    words = {"date": day_with_weekday(on), "since": day_with_weekday(row.effective_from)}
    return _("No rule on record for %(date)s; the rule of %(since)s is used.") % words

"""How long what is personal about a worker is kept: rules, what starts their time, and the verdict.

Pure: what is known of a worker, the rules of a day, and whether a hold covers it give a verdict with its
arithmetic. The rules are dated rows of the rulebook whose keys begin with ``retention.``; the row of the day
on which somebody asks counts, so that a longer time also keeps what was closed before it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from django.utils.translation import gettext as _

from workflows import terms
from workflows.calendars import calendar
from workflows.days_in_words import day_with_weekday
from workflows.models import Kind, Policy
from workflows.models.policy import FEDERAL
from workflows.policies import NoPolicy, PolicyBook
from workflows.terms import Due

from .models.visibility import PERSON

PREFIX = "retention."
SCREENING = f"{PREFIX}screening.never_filed"
ASKED = f"{PREFIX}worker.asked"
NEVER_FILED = f"{PREFIX}worker.never_filed"
SOON_DAYS = 90
"""What ends within as many calendar days is said to come."""


def closed(kind: str) -> str:
    """The key of the rule for a closed case of a kind."""
    return f"{PREFIX}{kind.lower()}.closed"


KEYS = (SCREENING, ASKED, NEVER_FILED, *(closed(kind) for kind in PERSON))


class Standing(StrEnum):
    """How something stands to its rule on a day."""

    DUE = "due"
    SOON = "soon"
    LATER = "later"
    HELD = "held"
    OPEN = "open"
    UNRULED = "unruled"


@dataclass(frozen=True)
class CaseFacts:
    """What retention knows of a case: ``filed`` says whether anybody outside the own office received it."""

    pk: int
    kind: str
    reference: str
    closed_on: date | None
    filed: bool
    jurisdiction: str = FEDERAL


@dataclass(frozen=True)
class WorkerFacts:
    """What retention knows of a worker; days are those of Washington, D.C., as for all rules.

    ``last_on`` is the day of the last thing done, ``asked_on`` that of a wish to be forgotten.
    """

    pk: int
    token: str
    last_on: date
    cases: tuple[CaseFacts, ...] = ()
    asked_on: date | None = None
    held: bool = False

    @property
    def filed(self) -> bool:
        return any(case.filed for case in self.cases)

    @property
    def has_open_cases(self) -> bool:
        return any(case.closed_on is None for case in self.cases)


@dataclass(frozen=True)
class Verdict:
    """How it stands, under which rule, counted from which day, and with which arithmetic."""

    standing: Standing
    rule: Policy | None = None
    starts_on: date | None = None
    due: Due | None = field(default=None, compare=False)

    @property
    def is_due(self) -> bool:
        return self.standing is Standing.DUE

    @property
    def key(self) -> str:
        return self.rule.key if self.rule else ""


@dataclass(frozen=True)
class _Ends:
    """When the time of one rule ends."""

    rule: Policy
    starts_on: date
    due: Due


def kept_until(rule: Policy, starts_on: date) -> Due:
    """The last day of keeping, with its arithmetic. Raises ``OutOfRange`` beyond the year 2100."""
    return terms.due(rule.term, calendar=calendar("us-federal"), start=starts_on)


def arithmetic(rule: Policy, starts_on: date) -> list[str]:
    """How the last day of keeping comes about, sentence by sentence, in the active language."""
    due = kept_until(rule, starts_on)
    return [*due.explanation[:-1], _("Kept through %(day)s.") % {"day": day_with_weekday(due.on)}]


def judge_worker(facts: WorkerFacts, book: PolicyBook, *, on: date) -> Verdict:
    """Whether everything personal about a worker is due to be destroyed on a day.

    Nothing is due while a case is open. Where anything was filed, the last of the rules for the closed cases
    counts. Where nothing was, the first of the two: some time after the last activity, or after the worker
    asked to be forgotten. A hold goes before every rule, and without a rule everything is kept.
    """
    if facts.has_open_cases:
        return Verdict(Standing.HELD if facts.held else Standing.OPEN)
    try:
        ends = _worker_ends(facts, book, on)
    except NoPolicy:
        return Verdict(Standing.HELD if facts.held else Standing.UNRULED)
    return _verdict(ends, held=facts.held, on=on)


def _worker_ends(facts: WorkerFacts, book: PolicyBook, on: date) -> _Ends:
    if facts.filed:
        every = [
            _ends(book, closed(case.kind), case.closed_on, on, case.jurisdiction)
            for case in facts.cases
            if case.closed_on
        ]
        return max(every, key=lambda each: (each.due.on, each.starts_on))
    every = [_ends(book, NEVER_FILED, facts.last_on, on)]
    if facts.asked_on is not None:
        every.append(_ends(book, ASKED, facts.asked_on, on))
    return min(every, key=lambda each: each.due.on)


def judge_screening(case: CaseFacts, book: PolicyBook, *, held: bool, on: date) -> Verdict:
    """Whether the screening notes of a request are due: only of one that ended without being filed."""
    if case.closed_on is None or case.filed:
        return Verdict(Standing.HELD if held else Standing.OPEN)
    try:
        return _verdict(_ends(book, SCREENING, case.closed_on, on, case.jurisdiction), held=held, on=on)
    except NoPolicy:
        return Verdict(Standing.HELD if held else Standing.UNRULED)


def _ends(book: PolicyBook, key: str, starts_on: date, on: date, jurisdiction: str = FEDERAL) -> _Ends:
    rule = book.policy(key, on=on, jurisdiction=jurisdiction)
    return _Ends(rule, starts_on, kept_until(rule, starts_on))


def _verdict(ends: _Ends, *, held: bool, on: date) -> Verdict:
    left = (ends.due.on - on).days
    if held:
        standing = Standing.HELD
    elif left < 0:
        standing = Standing.DUE
    else:
        standing = Standing.SOON if left <= SOON_DAYS else Standing.LATER
    return Verdict(standing, ends.rule, ends.starts_on, ends.due)


def rows_in_force(book: PolicyBook, *, on: date) -> list[Policy]:
    """The retention rules of a day, in the order of their keys here; those that are missing are left out."""
    found = []
    for key in KEYS:
        try:
            found.append(book.policy(key, on=on))
        except NoPolicy:
            continue
    return found


def kinds_said(cases: Iterable[CaseFacts]) -> Sequence[dict[str, object]]:
    """What a batch shows of a worker's cases: kind, reference, closing day."""
    return [
        {"kind": str(Kind(case.kind)), "reference": case.reference, "closed_on": case.closed_on}
        for case in cases
    ]

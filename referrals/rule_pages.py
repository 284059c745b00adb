"""What the pages of the rulebook show: rows, where they come from, who checked them, what runs under them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from workflows import policies, rulebook, what_if
from workflows.models import Policy, PolicyChange, PolicyCheck, TollingWindow
from workflows.models.policy import FEDERAL
from workflows.policies import PolicyBook

from . import policy_people, rule_words
from .models import User

WAITING, SCHEDULED = "waiting", "scheduled"


@dataclass(frozen=True)
class Asked:
    """What a reader of the rulebook looks for: a day, words, whose rules, only what nobody verified."""

    on: date
    words: str = ""
    jurisdiction: str = ""
    unverified: bool = False

    def matches(self, row: Policy) -> bool:
        if not row.applies(self.on) or (self.unverified and row.verified):
            return False
        if self.jurisdiction and row.jurisdiction != self.jurisdiction:
            return False
        found = f"{row.key} {row.label} {row.legal_cite} {row.source}".casefold()
        return all(word in found for word in self.words.casefold().split())


@dataclass(frozen=True)
class Counts:
    """How many rows a day has, and how many of them nobody verified."""

    rows: int
    unverified: int


def rules_on(asked: Asked, book: PolicyBook) -> list[Policy]:
    """The rows in force that a reader asked for, by name and jurisdiction."""
    found = [row for row in book.rows() if asked.matches(row)]
    return sorted(
        found, key=lambda row: (row.label.casefold(), row.jurisdiction != FEDERAL, row.jurisdiction)
    )


def counts_on(on: date, book: PolicyBook) -> Counts:
    rows = [row for row in book.rows() if row.applies(on)]
    return Counts(len(rows), sum(not row.verified for row in rows))


def rules_table(
    rows: Iterable[Policy], *, names: Mapping[str, str], running: Mapping[int, int] | None
) -> dict[str, Any]:
    """The rows of the list; `running` are the open cases under each row, for those who may know."""
    columns: list[dict[str, Any]] = [
        {"label": _("Rule")}, {"label": _("What it says")}, {"label": _("Since")}, {"label": _("Until")},
        {"label": _("Verified")},
    ]  # fmt: skip
    if running is not None:
        columns.append({"label": _("Open cases"), "numeric": True})
    return {
        "caption": _("Rules in force"),
        "columns": columns,
        "rows": [_rule_row(row, names, running) for row in rows],
    }


def rule_url(key: str, jurisdiction: str) -> str:
    return reverse("rule", kwargs={"key": key, "jurisdiction": jurisdiction})


def _rule_row(row: Policy, names: Mapping[str, str], running: Mapping[int, int] | None) -> dict[str, Any]:
    whose = rule_words.jurisdiction_in_words(row.jurisdiction, names)
    cells: list[dict[str, Any]] = [
        {"url": rule_url(row.key, row.jurisdiction), "text": row.label, "note": f"{whose} · {row.key}"},
        {
            "text": rule_words.value_in_words(row.key, row.value),
            "note": rule_words.governs_in_words(row.governs),
        },
        {"day": row.effective_from},
        {"day": row.effective_to} if row.effective_to else {"text": _("further notice")},
        {"day": row.verified_on, "note": row.verified_by} if row.verified_on else {"text": _("Not verified")},
    ]
    if running is not None:
        cells.append({"text": str(running.get(row.pk, 0))})
    return {"cells": cells, "late": not row.verified}


@dataclass(frozen=True)
class ShownRow:
    """One row of a rule's history, as its page draws it."""

    row: Policy
    says: str
    ladder: list[str]
    current: bool
    to_come: bool
    cases: int | None
    checks: list[PolicyCheck]
    changes: list[PolicyChange]
    origin: str


def history_of(
    key: str, jurisdiction: str, *, today: date, running: Mapping[int, int] | None
) -> list[ShownRow]:
    """A rule's whole history, newest first, in four queries."""
    rows = list(
        Policy.objects.filter(key=key, jurisdiction=jurisdiction)
        .prefetch_related("checks__checked_by", "changes__proposed_by", "changes__decided_by")
        .order_by("-effective_from")
    )
    shipped = {row.effective_from: row for row in _shipped(key, jurisdiction)}
    return [
        ShownRow(
            row=row,
            says=rule_words.value_in_words(key, row.value),
            ladder=rule_words.ladder_in_words(row.value),
            current=row.applies(today),
            to_come=row.effective_from > today,
            cases=None if running is None else running.get(row.pk, 0),
            checks=list(row.checks.all()),
            changes=list(row.changes.all()),
            origin=_origin(row, shipped.get(row.effective_from), changed=bool(row.changes.all())),
        )
        for row in rows
    ]


@cache
def _all_shipped() -> tuple[Policy, ...]:
    """The rows of the files, read once for the life of the process."""
    return tuple(rulebook.read().policies)


def _shipped(key: str, jurisdiction: str) -> list[Policy]:
    return [row for row in _all_shipped() if row.key == key and row.jurisdiction == jurisdiction]


def _origin(row: Policy, shipped: Policy | None, *, changed: bool) -> str:
    if changed:
        return _("Proposed and approved here.")
    if shipped is None:
        return _("On record here only: the files of this release do not have this row.")
    if (shipped.value, shipped.governs) != (row.value, row.governs):
        return _("Differs from the files of this release, which say: %(value)s.") % {
            "value": rule_words.value_in_words(row.key, shipped.value)
        }
    return _("As shipped in the files of this release.")


def missing_rows(key: str, jurisdiction: str, shown: Iterable[ShownRow]) -> list[Policy]:
    """Rows that the files have and the database lacks."""
    stored = {each.row.effective_from for each in shown}
    return [row for row in _shipped(key, jurisdiction) if row.effective_from not in stored]


def differences(book: PolicyBook) -> int:
    """How many rows of the files are missing here or say something else."""
    return sum(
        not any(
            row.effective_from == each.effective_from
            and (row.value, row.governs) == (each.value, each.governs)
            for row in book.history(each.key, jurisdiction=each.jurisdiction)
        )
        for each in _all_shipped()
    )


def changes_for(user: User, key: str, jurisdiction: str) -> list[PolicyChange]:
    """The proposals of one rule that a reader may see, newest first."""
    return list(
        policy_people.changes_visible_to(user)
        .filter(key=key, jurisdiction=jurisdiction, matter=PolicyChange.Matter.RULE)
        .select_related("proposed_by", "decided_by")
    )


def windows_on_record(jurisdictions: Iterable[str] | None = None) -> list[TollingWindow]:
    """The closures, newest first, with the changes that made them."""
    windows = TollingWindow.objects.prefetch_related("changes__proposed_by", "changes__decided_by")
    if jurisdictions is not None:
        windows = windows.filter(Q(jurisdiction__in=list(jurisdictions)))
    return list(windows.order_by("-starts_on", "jurisdiction"))


def running_for(user: User) -> dict[int, int] | None:
    """Open cases under each row, for those who keep the rules."""
    return what_if.running_under() if policy_people.is_steward(user) else None


def row_or_first(key: str, jurisdiction: str, on: date) -> Policy | None:
    """The row in force for a jurisdiction, else its oldest, else the federal one; None for an unknown key."""
    book = policies.book()
    try:
        return book.policy(key, on=on, jurisdiction=jurisdiction)
    except policies.NoPolicy:
        pass
    try:
        return book.first(key, jurisdiction=jurisdiction)
    except policies.NoPolicy:
        return None


def row_by_number(pk: int) -> Policy | None:
    """A row by its number."""
    return Policy.objects.filter(pk=pk).first()


def window_by_number(pk: int) -> TollingWindow | None:
    """A closure by its number."""
    return TollingWindow.objects.filter(pk=pk).first()

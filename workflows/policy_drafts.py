"""Drafting a change of a rule or a closure: what is wrong with it, before anybody is asked to decide it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from . import policies, policy_values
from .days import rule_day
from .days_in_words import day_with_weekday
from .models import Policy, PolicyChange, TollingWindow
from .models.policy import FEDERAL
from .parties import Actor

EARLIEST, LATEST = date(2000, 1, 1), date(2100, 12, 31)
FURTHEST_WINDOW = timedelta(days=3 * 366)


class ChangeRefused(ValueError):
    """A change that cannot be proposed or decided so; `problems` has sentences by the field they concern."""

    def __init__(self, problems: Mapping[str, list[str]]) -> None:
        super().__init__(" ".join(sentence for found in problems.values() for sentence in found))
        self.problems = dict(problems)


def row_before(key: str, jurisdiction: str, on: date) -> Policy:
    """The row that a new one of this key would replace or stand beside. Raises ``policies.NoPolicy``."""
    book = policies.book()
    try:
        return book.policy(key, on=on, jurisdiction=jurisdiction)
    except policies.NoPolicy:
        return book.first(key, jurisdiction=jurisdiction)


def draft_rule(
    *,
    key: str,
    jurisdiction: str = FEDERAL,
    first_day: date,
    value: Any,
    governs: str = "",
    authority: str = "",
    source: str,
    source_url: str = "",
    reason: str,
    correction: bool = False,
    by: Actor,
    at: datetime,
) -> PolicyChange:
    """An unsaved change of a rule that may be proposed as it is.

    A first day before today is refused unless it is a correction, and then only the clocks of cases that are
    still open and whose governing day lies in the corrected time move. Raises ChangeRefused with sentences
    by field, and ``policies.NoPolicy`` for an unknown key.
    """
    before = row_before(key, jurisdiction, first_day)
    governs = governs or before.governs
    problems: dict[str, list[str]] = {}
    wrong_day = _wrong_first_day(key, jurisdiction, first_day, correction=correction, today=rule_day(at))
    if wrong_day:
        problems["first_day"] = [wrong_day]
    wrong_value = policy_values.problems_of(key, value, like=before.value)
    if wrong_value:
        problems["value"] = wrong_value
    elif (value, governs, jurisdiction, authority) == (
        before.value, before.governs, before.jurisdiction, before.legal_cite,
    ):  # fmt: skip
        problems["value"] = [_("This is the value that the rule already has on that day.")]
    _refuse_blanks(problems, source=source, reason=reason)
    if PolicyChange.objects.waiting().filter(key=key, jurisdiction=jurisdiction).exists():
        problems[""] = [_("Another change of this rule already waits for a second person. Settle it first.")]
    if problems:
        raise ChangeRefused(problems)
    return PolicyChange(
        matter=PolicyChange.Matter.RULE, key=key, jurisdiction=jurisdiction, first_day=first_day, value=value,
        governs=governs, authority=authority.strip(), source=source.strip(), source_url=source_url,
        reason=reason.strip(), correction=correction and first_day < rule_day(at), replaces=before,
        proposed_by_id=by.pk, proposed_at=at,
    )  # fmt: skip


def _refuse_blanks(problems: dict[str, list[str]], **texts: str) -> None:
    for field, text in texts.items():
        if not text.strip():
            problems[field] = [_("This cannot be empty.")]


def _wrong_first_day(
    key: str, jurisdiction: str, first_day: date, *, correction: bool, today: date
) -> str | None:
    if not EARLIEST <= first_day <= LATEST:
        return _("Choose a day between %(first)s and %(last)s.") % {
            "first": day_with_weekday(EARLIEST), "last": day_with_weekday(LATEST),
        }  # fmt: skip
    if first_day < today and not correction:
        return _(
            "This day is past. A rule changes from today on or later, so that nobody is held to a rule "
            "that was not there. If the row on record was wrong, mark the change as a correction."
        )
    begun = Policy.objects.filter(key=key, jurisdiction=jurisdiction, effective_from=first_day)
    if first_day <= today and begun.exists():
        return _(
            "The row on record began on this very day and cases may rest on it. "
            "Choose the day after it or later."
        )
    return None


def draft_closure(
    *,
    jurisdiction: str = FEDERAL,
    first_day: date,
    last_day: date,
    authority: str,
    reason: str,
    window: TollingWindow | None = None,
    by: Actor,
    at: datetime,
) -> PolicyChange:
    """An unsaved closure that may be proposed as it is, or a new last day for `window`.

    A closure may begin in the past, as shutdowns are declared when they are there: dates that were missed
    meanwhile move, rungs that fired stay fired. Raises ChangeRefused with sentences by field.
    """
    problems: dict[str, list[str]] = {}
    if not EARLIEST <= first_day <= last_day <= LATEST:
        problems["last_day"] = [_("A closure cannot end before it begins.")]
    elif last_day - first_day > FURTHEST_WINDOW:
        problems["last_day"] = [_("A closure lasts three years at most. Extend it when it goes on.")]
    _refuse_blanks(problems, authority=authority, reason=reason)
    if window is not None and (window.jurisdiction, window.starts_on) != (jurisdiction, first_day):
        problems["first_day"] = [_("The first day of a closure on record does not change.")]
    if window is not None and window.ends_on == last_day:
        problems["last_day"] = [_("This is the last day that the closure already has.")]
    others = TollingWindow.objects.filter(jurisdiction=jurisdiction, starts_on=first_day)
    if window is None and others.exists():
        problems["first_day"] = [
            _("A closure that begins on this day is already on record. Extend that one.")
        ]
    waiting = PolicyChange.objects.waiting().filter(
        matter=PolicyChange.Matter.CLOSURE, jurisdiction=jurisdiction, first_day=first_day
    )
    if waiting.exists():
        problems[""] = [_("A closure from this day on already waits for a second person. Settle it first.")]
    if problems:
        raise ChangeRefused(problems)
    return PolicyChange(
        matter=PolicyChange.Matter.CLOSURE, jurisdiction=jurisdiction, first_day=first_day, last_day=last_day,
        authority=authority.strip(), reason=reason.strip(), window=window, proposed_by_id=by.pk,
        proposed_at=at,
    )  # fmt: skip

"""The rules as they stand, kept in the process as long as nobody has changed them.

Triggers move a stamp whenever a row of policy or a closure changes, in that change's own transaction.
Whoever reads a case reads the stamp with it, so that rules kept in memory are never older than the case.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from django.utils.translation import get_language

from .models import Policy, RulesStamp, TollingWindow
from .models.policy import FEDERAL
from .policies import PolicyBook, tolling
from .terms import Tolling

T = TypeVar("T")
MOST_KNOWN = 4_096


@dataclasses.dataclass(frozen=True)
class Rules:
    """Every dated rule and every declared closure at one moment."""

    stamp: int | None
    book: PolicyBook
    rows: dict[int, Policy]
    windows: tuple[TollingWindow, ...]
    _closures: dict[tuple[str, str | None], Sequence[Tolling]] = dataclasses.field(default_factory=dict)
    _known: dict[Hashable, Any] = dataclasses.field(default_factory=dict)

    def closures(self, jurisdiction: str) -> Sequence[Tolling]:
        """The closures that stop the clocks of a jurisdiction, its own and the nation-wide ones, as told."""
        asked = (jurisdiction, get_language())
        known = self._closures.get(asked)
        if known is None:
            places = {jurisdiction, FEDERAL}
            known = tolling(each for each in self.windows if each.jurisdiction in places)
            self._closures[asked] = known
        return known

    def once(self, key: Hashable, reckon: Callable[[], T]) -> T:
        """What follows from these rules and the key alone: found once, as long as the rules stand.

        Without a key it is found anew.
        """
        if key is None:
            return reckon()
        if key not in self._known:
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            self._known[key] = reckon()
        found: T = self._known[key]
        return found


_kept: Rules | None = None
_held: ContextVar[Rules | None] = ContextVar("held", default=None)


def as_of(stamp: int | None) -> Rules:
    """The rules that belong to a stamp; read again, with two queries, when the stamp has moved.

    Without a stamp (no rule was ever loaded) nothing is kept.
    """
    global _kept
    kept = _kept
    if stamp is not None and kept is not None and kept.stamp == stamp:
        return kept
    policies = list(Policy.objects.all())
    rules = Rules(
        stamp=stamp,
        book=PolicyBook(policies),
        rows={row.pk: row for row in policies},
        windows=tuple(TollingWindow.objects.all()),
    )
    if stamp is not None:
        _kept = rules
    return rules


@contextmanager
def held(rules: Rules) -> Iterator[None]:
    """Within this block ``current`` answers these rules: those that were read together with a case."""
    token = _held.set(rules)
    try:
        yield
    finally:
        _held.reset(token)


def current() -> Rules:
    """The rules as they stand now: one small query, and two more when something has changed."""
    rules = _held.get()
    if rules is not None:
        return rules
    return as_of(RulesStamp.objects.values_list("stamp", flat=True).first())

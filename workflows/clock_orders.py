"""Ordering a clock to stand still, and lifting such an order: who may, when, and what the history says of it.

A clock is stopped by its case's own state while the other side has to act. Beyond that, whoever is in charge
of it may order it to stand still, for a reason and on a legal authority: a court's order, a policy hold, a
notice about a closure. Orders may overlap each other and the state's own pause; each is lifted by itself, and
the clock goes on when nothing holds it any more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.translation import gettext as _

from .models import Case, Clock, Pause
from .parties import Actor
from .refusals import Refusal
from .sealing import Words

if TYPE_CHECKING:
    from .clockwork import Bench, ClockChange
    from .machine import ClockRule

ORDER, LIFT = "order_pause", "lift_pause"
NOTES = frozenset({ORDER, LIFT})
"""The lines of history that orders leave. They concern everybody who sees the case."""
LONGEST_AUTHORITY = 200


def moves_with_a_pause(clock: Clock) -> bool:
    """Whether time in which this clock stands still is added to it: not to a fixed end, nor to a date
    that is counted back from another.
    """
    return clock.until_at is None and clock.policy is not None and not clock.policy.term.counts_back


def may_order(record: Case, rule: ClockRule, by: Actor) -> bool:
    """Whether somebody is in charge of a clock of this record."""
    return rule.ordered_by is not None and bool(rule.ordered_by(record, by))


def _rule(record: Case, key: str) -> ClockRule | None:
    return next((rule for rule in record.machine.clocks if rule.key == key), None)


def _about_the_clock(record: Case, key: str, clock: Clock | None, by: Actor) -> Iterator[Refusal]:
    """Why nobody, or not this person, can say anything about this clock now."""
    rule = _rule(record, key)
    if rule is None:
        yield Refusal("no_clock", _("This case has no such clock."), _("Open the case to see its clocks."))
        return
    if clock is None:
        yield Refusal(
            "clock_stopped",
            _("This clock does not run now."),
            _("Open the case to see which clocks run."),
        )
    elif not moves_with_a_pause(clock):
        yield Refusal(
            "fixed_date",
            _("This date is fixed. It does not move when a clock stands still."),
            _("Take the step that sets another date, if there is one."),
        )
    elif rule.ordered_by is None:
        yield Refusal(
            "nobodys_order",
            _("Nobody can order this clock to stand still."),
            _("A change of the rule, or a declared closure, can move its date."),
        )
    if rule.ordered_by is not None and not rule.ordered_by(record, by):
        yield Refusal(
            "not_your_step",
            _("Only %(party)s can decide this.") % {"party": rule.ordered_by.label},
            _("Ask them, and give them the reason and the authority."),
        )


def _about_the_reason(reason: str) -> Iterator[Refusal]:
    if not reason.strip():
        yield Refusal("needs_reason", _("A reason is needed."), _("Write why."))


@dataclass(frozen=True)
class PauseOrder:
    """That the clock of this key is to stand still from now on."""

    clock: str
    reason: str
    authority: str
    name: ClassVar[str] = ORDER

    def refusals(self, record: Case, clocks: Sequence[Clock], *, by: Actor) -> list[Refusal]:
        """Every reason against it, each with its remedy; ``clocks`` are those that have not stopped."""
        clock = next((each for each in clocks if each.key == self.clock), None)
        found = [*_about_the_clock(record, self.clock, clock, by), *_about_the_reason(self.reason)]
        if not self.authority.strip():
            found.append(
                Refusal(
                    "needs_authority",
                    _("An authority is needed."),
                    _("Name the law, the court's order or the notice on which the clock stands still."),
                )
            )
        elif len(self.authority.strip()) > LONGEST_AUTHORITY:
            found.append(
                Refusal(
                    "long_authority",
                    _("The authority has more than %(most)d characters.") % {"most": LONGEST_AUTHORITY},
                    _("Cite it in short, and explain it in the reason."),
                )
            )
        return found

    def recorded(self) -> dict[str, Any]:
        """What the line of history holds besides the reason; the authority is sealed like it."""
        return {"clock": self.clock, "authority": Words(self.authority.strip())}

    def applied(self, bench: Bench, clock: Clock) -> ClockChange:
        return bench.pause(
            clock,
            reason=self.reason.strip(),
            authority=self.authority.strip(),
            ordered_in=bench.record.version + 1,
        )


@dataclass(frozen=True)
class Lifting:
    """That an order no longer holds. ``ordered_in`` is the number of the line of history that gave it."""

    clock: str
    ordered_in: int
    reason: str
    name: ClassVar[str] = LIFT

    def _pause(self, clock: Clock | None) -> Pause | None:
        pauses = clock.stretches() if clock is not None else []
        wanted = (pause for pause in pauses if pause.ended_at is None)
        return next((pause for pause in wanted if pause.ordered_in == self.ordered_in), None)

    def refusals(self, record: Case, clocks: Sequence[Clock], *, by: Actor) -> list[Refusal]:
        """Every reason against it, each with its remedy; ``clocks`` are those that have not stopped."""
        clock = next((each for each in clocks if each.key == self.clock), None)
        found = list(_about_the_clock(record, self.clock, clock, by))
        if clock is not None and self._pause(clock) is None:
            found.append(
                Refusal(
                    "no_order",
                    _("No such order holds for this clock now."),
                    _("Open the case to see why the clock stands still."),
                )
            )
        return [*found, *_about_the_reason(self.reason)]

    def recorded(self) -> dict[str, Any]:
        """What the line of history holds besides the reason, which is sealed."""
        return {"clock": self.clock, "order": self.ordered_in}

    def applied(self, bench: Bench, clock: Clock) -> ClockChange:
        pause = self._pause(clock)
        assert pause is not None
        return bench.resume(clock, pause)

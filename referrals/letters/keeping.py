"""What stays together on a page: headings with their text, short things whole, a signature with a text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from reportlab.platypus import CondPageBreak, KeepTogether, Spacer

from referrals.letters import styles
from referrals.letters.flowables import TaggedText

SHORT_TABLE: Final = 8  # rows
SHORT_TEXT: Final = 1500  # characters


@dataclass
class Kept:
    """Flowables that stay on one page. Only for what fits on a fraction of one.

    What `closes` a letter takes the short text before it along, so that no page holds it alone.
    """

    flowables: list[Any]
    closes: bool = False


def kept(flowables: list[Any], *, characters: int, rows: int = 0) -> list[Any]:
    """Short things stay on one page; long ones may break."""
    short = rows <= SHORT_TABLE and characters <= SHORT_TEXT
    return [Kept(flowables)] if short and flowables else flowables


def bound(items: list[Any]) -> list[Any]:
    """Join each heading or lead-in with what follows: all of it if short, else its first lines."""
    joined: list[Any] = []
    leaders: list[Any] = []
    for item in items:
        if getattr(getattr(item, "style", None), "leads", False):
            leaders.append(item)
            continue
        if isinstance(item, Kept):
            before = _short_end_of(joined) if item.closes and not leaders else []
            joined.append(Kept([*before, *leaders, *item.flowables]))
        else:
            joined += [*_room_for(leaders), *leaders, item]
        leaders = []
    together = [KeepTogether(each.flowables) if isinstance(each, Kept) else each for each in joined]
    return together + leaders


def _short_end_of(joined: list[Any]) -> list[Any]:
    """Take the last short thing, and the space after it, off the end of what is laid out so far."""
    spaces: list[Any] = []
    while joined and isinstance(joined[-1], Spacer):
        spaces.insert(0, joined.pop())
    last = joined[-1] if joined else None
    if isinstance(last, Kept):
        return [*joined.pop().flowables, *spaces]
    if isinstance(last, TaggedText) and len(last.getPlainText()) <= SHORT_TEXT:
        return [joined.pop(), *spaces]
    joined += spaces
    return []


def _room_for(leaders: list[Any]) -> list[Any]:
    if not leaders:
        return []
    height = sum(
        leader.style.spaceBefore + leader.style.leading + leader.style.spaceAfter for leader in leaders
    )
    return [CondPageBreak(height + 3 * styles.TEXT.leading)]

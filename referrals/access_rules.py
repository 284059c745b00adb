"""What reading is told to those who look after the records: the rules as data, and what they find.

Every figure can be set with ``ACCESS_ALERTS`` (JSON, merged over these). The defaults are a beginning that
nobody has measured at a real office yet.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from .models import Access, AccessAlert

RULES: dict[str, dict[str, int]] = {
    "bulk": {"persons": 40, "minutes": 60},  # opened one by one, printed, or found by a search
    "listed": {"persons": 400, "minutes": 60},  # in lists that were turned over
    "odd_hours": {"from": 22, "to": 5},  # hours of the reader's office
    "refusals": {"number": 8, "minutes": 60},
}
What, Rule = Access.What, AccessAlert.Rule
OPENED = frozenset({What.RECORD, What.SEARCH, What.DOCUMENT, What.EXPORT})
LISTED = frozenset({What.LIST})


@dataclass
class Finding:
    """What a rule found: the reads it rests on, what it counted, and a key that stays the same."""

    rule: str
    key: str
    number: int
    reads: list[Access] = field(default_factory=list)
    subject: str = ""


def rules() -> dict[str, dict[str, int]]:
    """The rules in force: those of the settings over those above."""
    chosen: dict[str, dict[str, int]] = settings.ACCESS_ALERTS
    return {name: {**figures, **chosen.get(name, {})} for name, figures in RULES.items()}


def furthest() -> timedelta:
    """How far back a rule looks."""
    return timedelta(minutes=max(each.get("minutes", 0) for each in rules().values()))


def findings(
    new: list[Access], before: list[Access], *, watched: set[str], zones: dict[int, str]
) -> Iterator[Finding]:
    """What the new reads set off, together with those of the same people just before them.

    ``watched`` are the tokens and references that nobody has a reason to open, ``zones`` the time zone of
    each office.
    """
    chosen = rules()
    by_reader: dict[int, list[Access]] = defaultdict(list)
    for read in sorted([*before, *new], key=lambda each: each.at):
        by_reader[read.user_id].append(read)
    fresh = {read.pk for read in new}
    for reads in by_reader.values():
        latest = [read for read in reads if read.pk in fresh]
        yield from _many(Rule.BULK, reads, latest, OPENED, chosen["bulk"])
        yield from _many(Rule.LISTED, reads, latest, LISTED, chosen["listed"])
        yield from _refused(reads, latest, chosen["refusals"])
        yield from _at_night(latest, chosen["odd_hours"], zones)
        yield from _watched(latest, watched)


def _windows(
    reads: list[Access], latest: list[Access], kinds: Iterable[str], minutes: int
) -> Iterator[list[Access]]:
    """For each hour in which something new of these kinds was read: the reads of the time before its last."""
    kinds = set(kinds)
    ends = {_hour(read.at): read.at for read in latest if read.what in kinds}
    for end in ends.values():
        begins = end - timedelta(minutes=minutes)
        yield [read for read in reads if read.what in kinds and begins < read.at <= end]


def _many(
    rule: str, reads: list[Access], latest: list[Access], kinds: frozenset[str], limits: dict[str, int]
) -> Iterator[Finding]:
    for window in _windows(reads, latest, kinds, limits["minutes"]):
        people = {token for read in window for token in read.persons}
        if len(people) >= limits["persons"]:
            yield Finding(rule, _key(rule, window[-1], _hour(window[-1].at)), len(people), window)


def _refused(reads: list[Access], latest: list[Access], limits: dict[str, int]) -> Iterator[Finding]:
    elsewhere = [read for read in reads if read.owner_id is None or read.owner_id != read.organization_id]
    for window in _windows(elsewhere, latest, {What.REFUSED}, limits["minutes"]):
        if len(window) >= limits["number"]:
            key = _key(Rule.REFUSALS, window[-1], _hour(window[-1].at))
            yield Finding(Rule.REFUSALS, key, len(window), window)


def _at_night(latest: list[Access], limits: dict[str, int], zones: dict[int, str]) -> Iterator[Finding]:
    """Once for each night; a night belongs to the day on which it began."""
    nights: dict[str, list[Access]] = defaultdict(list)
    for read in latest:
        zone = zones.get(read.office_id or 0)
        if zone is None or read.what not in OPENED:
            continue
        local = read.at.astimezone(ZoneInfo(zone))
        if local.hour >= limits["from"] or local.hour < limits["to"]:
            nights[(local - timedelta(hours=limits["to"])).date().isoformat()].append(read)
    for night, reads in nights.items():
        yield Finding(Rule.ODD_HOURS, _key(Rule.ODD_HOURS, reads[-1], night), len(reads), reads)


def _watched(latest: list[Access], watched: set[str]) -> Iterator[Finding]:
    touched: dict[tuple[str, str], list[Access]] = defaultdict(list)
    for read in latest:
        if read.what in OPENED or read.what == What.REFUSED:
            for mark in watched & {*read.persons, *read.cases, read.subject}:
                touched[mark, read.at.date().isoformat()].append(read)
    for (mark, day), reads in touched.items():
        key = _key(Rule.CANARY, reads[-1], f"{mark}:{day}")
        yield Finding(Rule.CANARY, key, len(reads), reads, subject=mark)


def _hour(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H")


def _key(rule: str, read: Access, when: Any) -> str:
    return f"{rule}:{read.user_id}:{when}"

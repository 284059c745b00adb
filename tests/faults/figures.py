"""What a fault did to the effects of people's work: the figures that each test prints and asserts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pytest


@dataclass
class Figures:
    """Effects that were to happen, once each; what was seen; and repetitions that are marked as such."""

    request: pytest.FixtureRequest

    def hold(
        self, what: str, *, expected: Iterable[Any], done: Iterable[Any], marked: Iterable[Any] = ()
    ) -> None:
        """Print how many effects were expected, done, lost and doubled; none may be lost, and only a marked
        one doubled, once."""
        wanted, seen, allowed = set(expected), Counter(done), set(marked)
        lost = wanted - seen.keys()
        strangers = seen.keys() - wanted
        doubled = {each: times for each, times in seen.items() if times > 1}
        row = (what, len(wanted), len(seen), len(lost), len(doubled), len(allowed & doubled.keys()))
        self.request.node.user_properties.append(("faults", row))
        print("%s: expected %d, done %d, lost %d, doubled %d (of them marked %d)" % row)  # noqa: T201, UP031
        assert not lost, f"{what}: lost {sorted(map(str, lost))[:5]}"
        assert not strangers, f"{what}: nobody asked for {sorted(map(str, strangers))[:5]}"
        unmarked = doubled.keys() - allowed
        assert not unmarked, f"{what}: doubled {sorted(map(str, unmarked))[:5]}"
        assert all(times == 2 for times in doubled.values()), f"{what}: more than twice {doubled}"

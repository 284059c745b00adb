"""The rules this product ships with: one TOML file for each subject, read into unsaved rows.

A file holds `[[policy]]` tables with the fields of the Policy model and may hold `[[closure]]` tables with
those of TollingWindow. A policy without `effective_to` applies until the next one of its key and
jurisdiction begins.
"""

import dataclasses
import tomllib
from collections import defaultdict
from itertools import pairwise
from pathlib import Path
from typing import Any

from workflows.models.policy import FEDERAL, Policy
from workflows.models.tolling import TollingWindow

FOLDER = Path(__file__).parent
CHECKED_BY = "Project maintainers, from the public source named"
NOT_CHECKED = "Not verified; set by your agency."


@dataclasses.dataclass(frozen=True)
class Rulebook:
    """Unsaved rows, in order of key, jurisdiction and first day."""

    policies: list[Policy]
    closures: list[TollingWindow]


def read() -> Rulebook:
    """The rows of all files."""
    policies: list[Policy] = []
    closures: list[TollingWindow] = []
    for path in sorted(FOLDER.glob("*.toml")):
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        policies += [_policy(entry) for entry in content.get("policy", [])]
        closures += [TollingWindow(**entry) for entry in content.get("closure", [])]
    _end_each_at_the_next(policies)
    policies.sort(key=lambda row: (row.key, row.jurisdiction, row.effective_from))
    return Rulebook(policies=policies, closures=closures)


def _policy(entry: dict[str, Any]) -> Policy:
    row = Policy(**entry)
    if row.verified:
        row.verified_by = row.verified_by or CHECKED_BY
    elif NOT_CHECKED not in row.note:
        row.note = f"{NOT_CHECKED} {row.note}".strip()
    return row


def _end_each_at_the_next(policies: list[Policy]) -> None:
    histories: dict[tuple[str, str], list[Policy]] = defaultdict(list)
    for row in policies:
        histories[row.key, row.jurisdiction or FEDERAL].append(row)
    for history in histories.values():
        history.sort(key=lambda row: row.effective_from)
        for row, following in pairwise(history):
            row.effective_to = row.effective_to or following.effective_from

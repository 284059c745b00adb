"""One panel for each kind of case: what its page shows beside state, dates, steps and history."""

from __future__ import annotations

from datetime import datetime
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from .base import Link, Panel, Section

__all__ = ["Link", "Panel", "Section", "panel_for"]


def panel_for(record: Any, user: Any, *, at: datetime) -> Panel:
    """The panel of a record for one reader; each kind has a module of its own here."""
    name = f"{__name__}.{record.machine.kind.lower()}"
    if find_spec(name) is None:
        return Panel(title=str(record.machine.label))
    panel: Panel = import_module(name).panel(record, user, at=at)
    return panel

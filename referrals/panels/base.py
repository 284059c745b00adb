"""What a kind of case adds to the common case page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Link:
    """A page that belongs to the case beside its steps."""

    label: str
    url: str
    main: bool = False


@dataclass(frozen=True)
class Section:
    """A part of the page with its own template; ``context`` is all that the template gets."""

    id: str
    label: str
    template: str
    context: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Panel:
    """Title, facts, sections and links of one record for one reader."""

    title: str
    facts: list[tuple[str, Any]] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    warning: str = ""

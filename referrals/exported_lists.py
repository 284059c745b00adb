"""The lists that can be exported: of each capacity those that its own pages show, and nothing beside.

Every list begins with what the person may see at the moment at which it is asked. Nobody at an ICE field
office exports anything.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflows.models import PolicyChange
from workflows.parties import Capacity

from . import caseload, listing, policy_people, queues, touched_cases
from .models import Matter, Person, User
from .models.people import ICE
from .services import policy_changes
from .services.matter_search import find
from .spreadsheets import Value

AT_ONCE = 200
WITHOUT_A_DESK = ICE | {Capacity.ADMINISTRATOR, Capacity.PRIVACY_OFFICER, ""}


@dataclass(frozen=True)
class Wanted:
    """A list and which part of it, as its page says it in its address."""

    what: str
    part: str = ""
    whose: str = ""
    about: int | None = None


class List(ABC):
    """A list of a page as a table; ``label`` is what people call it."""

    label: str | Promise

    @abstractmethod
    def may(self, user: User, wanted: Wanted) -> bool:
        """Whether this person has such a list, and such a part of it."""

    @abstractmethod
    def count(self, user: User, wanted: Wanted, *, at: datetime) -> int:
        """How many rows it has now."""

    @abstractmethod
    def columns(self) -> list[str]: ...

    @abstractmethod
    def rows(self, user: User, wanted: Wanted, *, at: datetime, most: int) -> Iterator[Sequence[Value]]:
        """At most ``most`` rows, a few hundred read at once."""


class Desk(List):
    """The cases of one part of the desk: a representative's requests, an agency's statements, DHS's cases."""

    label = gettext_lazy("Cases of my desk")

    def may(self, user: User, wanted: Wanted) -> bool:
        if user.capacity in WITHOUT_A_DESK or wanted.part not in queues.Show.values:
            return False
        return not wanted.whose or (wanted.whose in queues.Whose.values and wanted.part in queues.OURS)

    def count(self, user: User, wanted: Wanted, *, at: datetime) -> int:
        return queues.part(user, wanted.part, at=at, whose=wanted.whose).count()

    def columns(self) -> list[str]:
        return [
            _("Reference"), _("What"), _("Kind of case"), _("State"), _("Whose turn"), _("In whose hands"),
            _("Due"), _("What is due"), _("Age"), _("Last news"),
        ]  # fmt: skip

    def rows(self, user: User, wanted: Wanted, *, at: datetime, most: int) -> Iterator[Sequence[Value]]:
        found = iter(queues.part(user, wanted.part, at=at, whose=wanted.whose)[:most])
        while cases := list(islice(found, AT_ONCE)):
            yield from (_case_row(row["cells"]) for row in listing.rows(cases, user, at=at))


def _case_row(cells: list[dict[str, Any]]) -> Sequence[Value]:
    reference, what, turn, due, age, news = cells
    waiting = turn.get("turn")
    whose = "" if not waiting else _("you") if waiting["mine"] else waiting["who"]
    state = turn.get("note") or turn.get("text", "")
    date, about = _due(due)
    texts = (reference["text"], what["text"], what.get("note", ""), state, whose, turn.get("held", ""))
    return [*map(str, texts), date, about, str(age["text"]), str(news["text"])]


def _due(cell: dict[str, Any]) -> tuple[Value, str]:
    """The next date, as an instant where it has an hour, and what is due."""
    deadline = cell.get("deadline")
    return (deadline["at"] or deadline["on"], str(deadline["what"])) if deadline else (None, "")


class Workers(List):
    """The workers of a representative's office, the most pressing first."""

    label = gettext_lazy("Workers of my office")

    def may(self, user: User, wanted: Wanted) -> bool:
        return user.is_representative

    def count(self, user: User, wanted: Wanted, *, at: datetime) -> int:
        return Person.objects.visible_to(user).count()

    def columns(self) -> list[str]:
        return [_("Worker"), _("Next date"), _("What is due"), _("What is open")]

    def rows(self, user: User, wanted: Wanted, *, at: datetime, most: int) -> Iterator[Sequence[Value]]:
        found = iter(caseload.by_pressure(user)[:most])
        while workers := list(islice(found, AT_ONCE)):
            for row in caseload.rows(workers, user, at=at):
                who, due, opened = row["cells"]
                yield [str(who["text"]), *_due(due), str(opened["text"])]


class Matters(List):
    """The matters of a labor agency, the latest first."""

    label = gettext_lazy("Matters of my agency")

    def may(self, user: User, wanted: Wanted) -> bool:
        return user.is_agency

    def count(self, user: User, wanted: Wanted, *, at: datetime) -> int:
        return Matter.objects.visible_to(user).count()

    def columns(self) -> list[str]:
        return [_("Case number"), _("Employer"), _("All names"), _("Place"), _("Stage"), _("Opened")]

    def rows(self, user: User, wanted: Wanted, *, at: datetime, most: int) -> Iterator[Sequence[Value]]:
        for matter in find(Matter.objects.visible_to(user), "")[:most]:
            sites = list(matter.worksites.all())
            yield [
                matter.case_number,
                str(matter.employer),
                "\n".join(str(each.name) for each in matter.names.all()),
                str(sites[0]) if sites else "",
                str(matter.get_stage_display()),
                matter.opened_on,
            ]


class TouchedCases(List):
    """The open cases that a waiting change of a rule would touch; references whole only where they may be."""

    label = gettext_lazy("Cases that a change of a rule would touch")

    def may(self, user: User, wanted: Wanted) -> bool:
        return user.capacity not in ICE and self._change(user, wanted) is not None

    def count(self, user: User, wanted: Wanted, *, at: datetime) -> int:
        return sum(1 for _row in self._lines(user, wanted, at=at)) - 1

    def columns(self) -> list[str]:
        return next(touched_cases.csv_rows([], User()))

    def rows(self, user: User, wanted: Wanted, *, at: datetime, most: int) -> Iterator[Sequence[Value]]:
        yield from islice(self._lines(user, wanted, at=at), 1, most + 1)

    def _lines(self, user: User, wanted: Wanted, *, at: datetime) -> Iterator[list[str]]:
        change = self._change(user, wanted)
        assert change is not None
        return touched_cases.csv_rows(policy_changes.foresee(change, at=at).impact.touched, user)

    def _change(self, user: User, wanted: Wanted) -> PolicyChange | None:
        found = policy_people.changes_visible_to(user).filter(pk=wanted.about or 0).first()
        return found if found is not None and found.waits else None


LISTS: dict[str, List] = {
    "desk": Desk(),
    "workers": Workers(),
    "matters": Matters(),
    "rule_change": TouchedCases(),
}


def wanted(what: str, *, part: str = "", whose: str = "", about: str = "") -> Wanted | None:
    """A list as an address names it; None for what is no list."""
    if what not in LISTS or (about and not (about.isascii() and about.isdigit() and len(about) < 19)):
        return None
    return Wanted(what, part, whose, int(about) if about else None)


def part_in_words(chosen: Any) -> list[str]:
    """The part of a desk that was chosen, of ``Wanted`` or of an ``Export``."""
    if chosen.what != "desk":
        return []
    parts = [queues.Show(chosen.part).label] if chosen.part in queues.Show.values else []
    hands = [queues.Whose(chosen.whose).label] if chosen.whose in queues.Whose.values else []
    return [str(each) for each in (*parts, *hands)]


def find_list(user: User, asked: Wanted | None) -> List | None:
    """The list that is meant, if this person has it."""
    found = LISTS.get(asked.what) if asked else None
    return found if asked and found and found.may(user, asked) else None

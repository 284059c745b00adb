"""Small numbers of workers, which are shown to nobody who may not see the workers themselves.

A number below the threshold is not shown, nought among them: the difference between nobody and one person is
the person. In a table with totals so many further cells are left out that nothing can be subtracted out: of
each small number at least as many values stay possible as the threshold says. The threshold is a dated rule.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from heapq import nsmallest
from itertools import pairwise, product

from django.utils.translation import gettext as _

from workflows import policies

RULE = "statistics.smallest_number"
SMALLEST = 10
"""Where no rule is in force on a day."""
UNLIMITED = 10**9
TRIED = 40
"""As many rectangles are tried for one cell before its totals are hidden: a large table stays quick."""
Cell = tuple[int, int]
Node = tuple[str, int]


def smallest(on: date, book: policies.PolicyBook | None = None) -> int:
    """The smallest number of workers that is shown on a day; asks no question where the rules are at hand."""
    return int((book or policies.book()).value(RULE, on=on, default=SMALLEST))


@dataclass(frozen=True)
class Number:
    """A number of workers, shown only if it is not small: ``exact`` is None below ``least``."""

    exact: int | None
    least: int

    @property
    def text(self) -> str:
        """The number, or that it is small."""
        if self.exact is None:
            return _("fewer than %(least)s") % {"least": self.least}
        return str(self.exact)

    def __str__(self) -> str:
        return self.text


def shown(number: int, *, on: date) -> Number:
    """A number of workers as it may be shown on a day to those who may not see the workers."""
    return of(number, least=smallest(on))


def of(number: int, *, least: int) -> Number:
    """The same where the threshold was looked up once for many numbers."""
    return Number(number if number >= least else None, least)


def in_words(number: int | None) -> str:
    """A cell of a table as people read it."""
    return _("not shown") if number is None else str(number)


@dataclass(frozen=True)
class Shown:
    """A table as it may be shown; None stands for what is left out."""

    cells: list[list[int | None]]
    row_totals: list[int | None]
    column_totals: list[int | None]
    total: int | None


def table(cells: Sequence[Sequence[int]], *, least: int, known: Collection[Cell] = ()) -> Shown:
    """A table of counts with its totals, without the small ones and without what would give them away.

    ``known`` are cells that the same readers see elsewhere where they are not small, so that to hide them
    here would protect nothing; totals are the row and the column after the last. Totals of rows and of
    columns cannot both be known.
    """
    counts = _with_totals(cells)
    hidden = _Hidden(counts, least, known)
    for cell in sorted(hidden.cells, key=hidden.value):
        if cell not in hidden.safe:
            hidden.protect(cell)
    hidden.protect_all()
    told = [
        [None if (i, j) in hidden.cells else number for j, number in enumerate(row)]
        for i, row in enumerate(counts)
    ]
    return Shown([row[:-1] for row in told[:-1]], [row[-1] for row in told[:-1]], told[-1][:-1], told[-1][-1])


def _with_totals(cells: Sequence[Sequence[int]]) -> list[list[int]]:
    rows = [[*row, sum(row)] for row in cells]
    width = len(rows[0]) if rows else 1
    return [*rows, [sum(row[j] for row in rows) for j in range(width)]]


class _Hidden:
    """The cells of a table (totals are its last row and column) that are left out, and what they give away.

    Every row and every column adds up to its total. So the cells are the edges of a graph between rows and
    columns, and what a reader cannot tell apart are flows in circles over hidden cells: one more here, one
    less there. No cell may fall below nought. A total counts the other way round in both its sums.
    """

    def __init__(self, counts: list[list[int]], least: int, known: Collection[Cell]) -> None:
        self.counts, self.least = counts, least
        self.rows, self.columns = len(counts), len(counts[0])
        every = set(product(range(self.rows), range(self.columns)))
        small = {cell for cell in every if self.value(cell) < least}
        self.can_be_hidden = every - set(known) | small
        self.cells: set[Cell] = set()
        self.safe: set[Cell] = set()
        self._room: dict[Node, dict[Node, int]] = defaultdict(dict)
        self.hide(small)

    def hide(self, some: Collection[Cell]) -> None:
        """Leave cells out: from now on readers do not know them."""
        for cell in some:
            bounded, free = self._ends(cell)
            self._room[bounded][free] = self.value(cell)
            self._room[free][bounded] = UNLIMITED
        self.cells |= set(some)

    def show(self, some: Collection[Cell]) -> None:
        """Take that back."""
        for cell in some:
            bounded, free = self._ends(cell)
            del self._room[bounded][free], self._room[free][bounded]
        self.cells -= set(some)

    def _ends(self, cell: Cell) -> tuple[Node, Node]:
        """The sums of a cell: what goes from the first to the second makes the cell smaller."""
        row, column = ("row", cell[0]), ("column", cell[1])
        return (row, column) if self._turned(cell) else (column, row)

    def value(self, cell: Cell) -> int:
        return self.counts[cell[0]][cell[1]]

    def is_total(self, cell: Cell) -> bool:
        return cell[0] == self.rows - 1 or cell[1] == self.columns - 1

    def needed(self, cell: Cell) -> int:
        """How many other values have to stay possible: as many as the threshold for a small number."""
        return self.least - 1 if self.value(cell) < self.least else 1

    def protect(self, cell: Cell) -> None:
        """Hide the cheapest rectangle through a cell that protects it, at last one over totals."""
        if self.is_safe(cell):
            return
        rectangles = list(self._rectangles(cell))
        totals = max(rectangles, key=lambda corners: sum(map(self.is_total, corners)), default=())
        for corners in (*nsmallest(TRIED, rectangles, key=self._cost), totals):
            new = {corner for corner in corners if corner not in self.cells}
            self.hide(new)
            if self.is_safe(cell):
                return
            self.show(new)
        self.hide(self.can_be_hidden - self.cells)

    def protect_all(self) -> None:
        """Until nothing that is hidden can be computed, also of what was hidden for the sake of others."""
        while unsafe := [cell for cell in sorted(self.cells) if not self.is_safe(cell)]:
            if self.cells == self.can_be_hidden:
                return
            for cell in unsafe:
                self.protect(cell)

    def _rectangles(self, cell: Cell) -> Iterator[tuple[Cell, Cell, Cell]]:
        i, j = cell
        for k, m in product(range(self.rows), range(self.columns)):
            corners = (i, m), (k, j), (k, m)
            if k != i and m != j and self.can_be_hidden.issuperset(corners):
                yield corners

    def _cost(self, corners: tuple[Cell, ...]) -> tuple[int, int, int]:
        """Few totals first, then few cells, then small ones."""
        new = [corner for corner in corners if corner not in self.cells]
        return sum(map(self.is_total, new)), len(new), sum(map(self.value, new))

    def is_safe(self, cell: Cell) -> bool:
        """Whether enough other values stay possible for a hidden cell. More hidden cells never harm."""
        if cell in self.safe:
            return True
        need, (bounded, free) = self.needed(cell), self._ends(cell)
        down = min(self.value(cell), self._flow(free, bounded, cell, need))
        if down >= need or down + self._flow(bounded, free, cell, need - down) >= need:
            self.safe.add(cell)
        return cell in self.safe

    def _turned(self, cell: Cell) -> bool:
        """Whether a cell is the total of a row or of a column, but not that of both."""
        return (cell[0] == self.rows - 1) != (cell[1] == self.columns - 1)

    def _flow(self, source: Node, sink: Node, without: Cell, need: int) -> int:
        """How much can go from one sum to another over hidden cells, at most ``need``."""
        moved: dict[tuple[Node, Node], int] = defaultdict(int)
        ends = self._ends(without)
        closed = {ends, ends[::-1]}

        def room(here: Node, there: Node) -> int:
            return 0 if (here, there) in closed else self._room[here][there] - moved[here, there]

        pushed = 0
        while pushed < need and (path := self._path(room, source, sink)):
            steps = list(pairwise(path))
            amount = min(need - pushed, *(room(a, b) for a, b in steps))
            for a, b in steps:
                moved[a, b] += amount
                moved[b, a] -= amount
            pushed += amount
        return pushed

    def _path(self, room: Callable[[Node, Node], int], source: Node, sink: Node) -> list[Node]:
        """A shortest way with room on every step; empty where there is none."""
        came: dict[Node, Node | None] = {source: None}
        waiting = deque([source])
        while waiting and sink not in came:
            node = waiting.popleft()
            for there in self._room[node]:
                if there not in came and room(node, there) > 0:
                    came[there] = node
                    waiting.append(there)
        if sink not in came:
            return []
        path = [sink]
        while (before := came[path[-1]]) is not None:
            path.append(before)
        return path[::-1]

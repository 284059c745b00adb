"""Small numbers of workers cannot be read, nor computed from what stands beside them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from referrals import small_numbers
from referrals.small_numbers import Number, Shown, table

LEAST = 3
DAY = date(2026, 9, 2)
TWO_BY_TWO = st.lists(st.lists(st.integers(0, 7), min_size=2, max_size=2), min_size=2, max_size=2)
TABLES = st.integers(1, 4).flatmap(
    lambda width: st.lists(
        st.lists(st.integers(0, 30), min_size=width, max_size=width), min_size=1, max_size=5
    )
)
Grid = list[list[Any]]


def whole(cells: Grid) -> Grid:
    """A table with its totals as last row and column."""
    rows = [[*row, sum(row)] for row in cells]
    return [*rows, [sum(column) for column in zip(*rows, strict=True)]]


def as_grid(shown: Shown) -> Grid:
    rows = [[*row, total] for row, total in zip(shown.cells, shown.row_totals, strict=True)]
    return [*rows, [*shown.column_totals, shown.total]]


def agrees(counts: Grid, told: Grid) -> bool:
    """Whether a table could be the one that is shown."""
    every = zip((n for row in counts for n in row), (t for row in told for t in row), strict=True)
    return all(t is None or n == t for n, t in every)


def rings(told: Grid, start: tuple[int, int]) -> Iterator[list[tuple[int, int]]]:
    """Every ring of hidden cells through one of them that turns by row and column in turn."""
    hidden = [(i, j) for i, row in enumerate(told) for j, cell in enumerate(row) if cell is None]

    def go_on(ring: list[tuple[int, int]]) -> Iterator[list[tuple[int, int]]]:
        along_row = len(ring) % 2 == 1
        last = ring[-1]
        if not along_row and last[1] == start[1] and len(ring) > 2:
            yield ring
        for cell in hidden:
            same = cell[0] == last[0] if along_row else cell[1] == last[1]
            if same and cell not in ring and len(ring) < 8:
                yield from go_on([*ring, cell])

    yield from go_on([start])


def moved(counts: Grid, ring: list[tuple[int, int]], by: int) -> Grid:
    """The same table with one more and one less in turn along a ring; a total counts the other way round."""
    changed = [list(row) for row in counts]
    last_row, last_column = len(counts) - 1, len(counts[0]) - 1
    for place, (i, j) in enumerate(ring):
        turned = (i == last_row) != (j == last_column)
        changed[i][j] += by if (place % 2 == 0) != turned else -by
    return changed


@given(cells=TABLES)
@settings(max_examples=60, deadline=None)
def test_no_hidden_cell_can_be_solved_from_what_is_shown(cells: Grid) -> None:
    counts, told = whole(cells), as_grid(table(cells, least=LEAST))
    assert agrees(counts, told)
    for i, j in product(range(len(counts)), range(len(counts[0]))):
        assert told[i][j] is not None or another(counts, told, (i, j)), (told, i, j)
        assert told[i][j] is None or told[i][j] >= LEAST


def another(counts: Grid, told: Grid, cell: tuple[int, int]) -> bool:
    """Whether a different table shows the same and says something else in one cell."""
    for ring in rings(told, cell):
        for by in (1, -1):
            other = moved(counts, ring, by)
            if min(map(min, other)) >= 0:
                inner = [row[:-1] for row in other[:-1]]
                assert whole(inner) == other  # it adds up
                assert agrees(other, told)
                return True
    return False


@given(cells=TABLES)
@settings(max_examples=40, deadline=None)
def test_what_is_told_elsewhere_is_no_help(cells: Grid) -> None:
    """The first column stands on other pages too, wherever it is not small."""
    known = [(i, 0) for i in range(len(cells))]
    counts, told = whole(cells), as_grid(table(cells, least=LEAST, known=known))
    for i in range(len(cells)):
        assert told[i][0] == counts[i][0] or counts[i][0] < LEAST
    for i, j in product(range(len(counts)), range(len(counts[0]))):
        assert told[i][j] is not None or another(counts, told, (i, j)), (told, i, j)


@given(cells=TWO_BY_TWO)
@settings(max_examples=40, deadline=None)
def test_of_a_small_number_as_many_values_stay_possible_as_the_threshold_says(cells: Grid) -> None:
    counts, told = whole(cells), as_grid(table(cells, least=LEAST))
    possible = [
        other for a, b, c, d in product(range(11), repeat=4) if agrees(other := whole([[a, b], [c, d]]), told)
    ]
    for i, j in product(range(3), range(3)):
        if counts[i][j] < LEAST:
            assert len({other[i][j] for other in possible}) >= LEAST


@given(cells=TABLES)
@settings(max_examples=30, deadline=None)
def test_a_table_without_small_numbers_is_shown_whole(cells: Grid) -> None:
    large = [[number + LEAST for number in row] for row in cells]
    assert as_grid(table(large, least=LEAST)) == whole(large)


def test_a_single_small_number_takes_another_one_with_it() -> None:
    shown = table([[4, 40, 60]], least=10)
    assert shown.cells == [[None, None, 60]]
    assert shown.row_totals == [104]


def test_an_empty_table_has_nothing_to_hide() -> None:
    assert table([], least=10).cells == []


@pytest.mark.parametrize(("number", "told"), [(0, None), (1, None), (9, None), (10, 10), (250, 250)])
def test_a_number_is_shown_from_the_threshold_on(number: int, told: int | None) -> None:
    assert Number(number if number >= 10 else None, 10).exact == told


@pytest.mark.django_db
def test_the_threshold_is_a_dated_rule() -> None:
    assert small_numbers.smallest(DAY) == 10
    assert small_numbers.shown(9, on=DAY).text == "fewer than 10"
    assert small_numbers.shown(10, on=DAY).text == "10"
